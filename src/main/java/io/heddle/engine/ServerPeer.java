package io.heddle.engine;

import io.heddle.cipher.Group;
import io.heddle.cipher.Suite;
import io.heddle.cipher.TlsVersion;
import io.heddle.engine.PeerVerifier.Authorization;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CertificateStatus;
import org.bouncycastle.tls.CertificateStatusType;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.NewSessionTicket;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsECCUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsDHConfig;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.impl.jcajce.JceDefaultTlsCredentialedDecryptor;
import org.jspecify.annotations.Nullable;

/**
 * The server's decisions, in the order in which bctls asks for them: context by server name, version, application protocol,
 * session, suite, credentials, client certificate.
 *
 * <p>bctls' tables are raw types, hence the suppressed warnings. Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
final class ServerPeer extends AbstractTlsServer {
    private final ServerSettings settings;
    private final ServerPsk psk;

    /** Of the first handshake: a connection keeps it, and the name that it was found by. */
    private @Nullable ServerContext chosen;

    /** Of the first handshake: a connection speaks it until its end. */
    private @Nullable ProtocolName protocol;

    private ClientCertificateDemand demand;

    // Of the handshake that runs; set once each.
    private ServerResumption resumption;
    private ClientCertificates clients;
    private boolean examined;
    private ClientOffer offer = ClientOffer.NOTHING;
    private @Nullable Throwable refusal;
    private List<Suite> suiteOrder;
    private @Nullable Credential credential;
    private @Nullable Group group;
    private int dhBits;
    private final ServerStapling stapling = new ServerStapling();

    ServerPeer(ServerSettings settings) {
        super(settings.common().crypto());
        this.settings = settings;
        this.suiteOrder = settings.common().suites();
        this.demand = new ClientCertificateDemand(settings.clientCertificates(), Optional.empty());
        this.resumption = new ServerResumption(settings, demand.policy());
        this.psk = new ServerPsk(settings);
        this.clients = new ClientCertificates(settings.common(), demand);
    }

    /** Sets what the next handshakes ask of the client's certificate. */
    void askFromNowOn(ClientCertificateDemand changed) {
        demand = changed;
    }

    /** bctls keeps this object for renegotiations, which begin with nothing but the context. */
    @Override
    public void notifyHandshakeBeginning() throws IOException {
        super.notifyHandshakeBeginning();
        resumption = new ServerResumption(settings, demand.policy());
        clients = new ClientCertificates(settings.common(), demand);
        examined = false;
        refusal = null;
        suiteOrder = settings.common().suites();
        credential = null;
        group = null;
        dhBits = 0;
    }

    ServerResumption resumption() {
        return resumption;
    }

    private ProviderCrypto crypto() {
        return settings.common().crypto();
    }

    // ClientHello

    /** The whole ClientHello, before bctls decides anything; a HelloRetryRequest brings a second one, which changes nothing. */
    void clientHello(ClientHello hello) {
        if (examined) {
            // What the first one offered counts only if the second one offers and proves it again.
            psk.begin();
            resumption.declined(this);
            return;
        }
        examined = true;
        try {
            examine(hello);
        } catch (IOException | Error e) {
            refusal = e;
        }
    }

    /** bctls sends no alert before this point, so what was wrong with the ClientHello is said here. */
    @Override
    public void notifyClientVersion(ProtocolVersion version) throws IOException {
        super.notifyClientVersion(version);
        if (refusal instanceof IOException refused) {
            throw refused;
        }
        if (refusal instanceof Error thrown) {
            throw thrown;
        }
    }

    private void examine(ClientHello hello) throws IOException {
        Optional<String> before = offer.servername();
        offer = ClientOffer.of(hello);
        Optional<String> servername = offer.servername();
        if (chosen == null) {
            choose(servername);
        } else if (!servername.equals(before)) {
            throw Fatal.alert(Code.ERR_SSL_HANDSHAKE_FAILURE.failure(
                    "servername: the client asked for \"%s\" in a renegotiation, the connection is with \"%s\"",
                    TlsFailure.printable(servername.orElse("")), TlsFailure.printable(before.orElse(""))));
        }
        if (offer.prefersChaCha()) {
            suiteOrder = chaChaFirst(settings.common().suites());
        }
        psk.begin();
        resumption.clientHello(hello, servername, settings.contexts().dependsOnName());
    }

    private void choose(Optional<String> servername) throws IOException {
        try {
            chosen = settings.contexts().select(servername);
        } catch (TlsFailure e) {
            throw Fatal.alert(e);
        } catch (Exception e) {
            throw Fatal.alert(Code.ERR_TLS_CALLBACK.failure(
                    e, "servername: the callback failed for \"%s\": %s", servername.orElse(""), e));
        }
    }

    ServerContext chosen() {
        ServerContext known = chosen;
        if (known == null) {
            throw new IllegalStateException("no ClientHello yet");
        }
        return known;
    }

    private ServerCredentials credentials() {
        return new ServerCredentials(settings.common(), chosen().credentials(), context);
    }

    private static List<Suite> chaChaFirst(List<Suite> ours) {
        List<Suite> order = new ArrayList<>(ours);
        order.sort((a, b) -> Boolean.compare(
                a.encryption() != Suite.Encryption.CHACHA20_POLY1305,
                b.encryption() != Suite.Encryption.CHACHA20_POLY1305));
        return order;
    }

    // Version, suite, group

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return settings.common().protocolVersions();
    }

    @Override
    public ProtocolVersion getServerVersion() throws IOException {
        ProtocolVersion[] offered = context.getClientSupportedVersions();
        for (ProtocolVersion ours : getProtocolVersions()) {
            if (ProtocolVersion.contains(offered, ours)) {
                return ours;
            }
        }
        throw Fatal.alert(Code.ERR_SSL_UNSUPPORTED_PROTOCOL.failure(
                "version: the client offered %s, the server accepts %s",
                List.of(offered), settings.common().versions()));
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return settings.common().suiteNumbers();
    }

    @Override
    public int[] getCipherSuites() {
        return settings.common().suiteNumbers(suiteOrder);
    }

    @Override
    protected boolean preferLocalCipherSuites() {
        return settings.honorCipherOrder();
    }

    @Override
    public boolean preferLocalSupportedGroups() {
        return settings.honorCipherOrder();
    }

    /** Those groups first for which the client sent a key already: another would cost it a round trip. */
    @Override
    public int[] getSupportedGroups() throws IOException {
        int[] theirs = offer.groups();
        if (theirs != null && TlsUtils.isTLSv13(context)) {
            requireCommonGroup(theirs);
        }
        return settings.common().groups().stream()
                .sorted((a, b) -> Boolean.compare(
                        !offer.keyShares().contains(a.number()),
                        !offer.keyShares().contains(b.number())))
                .mapToInt(Group::number)
                .toArray();
    }

    private void requireCommonGroup(int[] theirs) throws IOException {
        List<Group> ours = settings.common().groups();
        if (Arrays.stream(theirs)
                .noneMatch(number -> Group.of(number)
                        .filter(group -> ours.contains(group) && group.fits(TlsVersion.TLS_1_3))
                        .isPresent())) {
            throw Fatal.alert(Code.ERR_SSL_NO_SUITABLE_KEY_SHARE.failure(
                    "group: the client offered %s, the server accepts %s", Names.groups(theirs), Names.groups(ours)));
        }
    }

    @Override
    public int getSelectedCipherSuite() throws IOException {
        Optional<Suite> fixed = resumption.suite().or(psk::suite);
        if (fixed.isPresent()) {
            selectCipherSuite(fixed.get().number());
            return fixed.get().number();
        }
        try {
            int selected = super.getSelectedCipherSuite();
            resumption.withoutSession(isPsk(selected));
            return selected;
        } catch (TlsFatalAlert none) {
            credentials().requireSharedSigalg(offer);
            throw Fatal.alert(Code.ERR_SSL_NO_SHARED_CIPHER.failure(
                    "cipher: the client offered %s, the server accepts %s with %s",
                    Names.suites(offeredCipherSuites), suiteOrder, Names.keyTypes(chosen().credentials())));
        }
    }

    @Override
    protected boolean isSelectableCipherSuite(int number, int curveBits, int fieldBits, Vector sigalgs) {
        Suite suite = Suite.of(number).orElse(null);
        if (suite == null || !super.isSelectableCipherSuite(number, curveBits, fieldBits, sigalgs)) {
            return false;
        }
        return switch (suite.keyExchange()) {
            case ECDHE -> ecdheGroup() != null && credentials().choose(suite) != null;
            case RSA -> credentials().choose(suite) != null;
            case DHE -> settings.dh().any() && credentials().choose(suite) != null;
            case PSK -> psk.available();
            case DHE_PSK -> psk.available() && settings.dh().any();
            case ECDHE_PSK -> psk.available() && ecdheGroup() != null;
            case RSA_PSK -> psk.available() && credentials().choose(suite) != null;
            default -> false;
        };
    }

    private static boolean isPsk(int suite) {
        return Suite.of(suite).filter(each -> each.keyExchange().isPsk()).isPresent();
    }

    /** Returns the group for ECDHE in TLS 1.2 and below, where it is not part of the ClientHello's key shares. */
    private @Nullable Group ecdheGroup() {
        int[] theirs = context.getSecurityParametersHandshake().getClientSupportedGroups();
        TlsVersion version = HandshakeSettings.version(context.getServerVersion());
        List<Group> ours = settings.common().groups().stream()
                .filter(each -> each.kind() == Group.Kind.ECDH && each.fits(version))
                .toList();
        if (theirs == null) {
            // RFC 8422 4: a client without the extension takes any curve.
            return ours.isEmpty() ? null : ours.getFirst();
        }
        List<Integer> order = new ArrayList<>();
        for (int each : theirs) {
            order.add(each);
        }
        if (settings.honorCipherOrder()) {
            return ours.stream()
                    .filter(each -> order.contains(each.number()))
                    .findFirst()
                    .orElse(null);
        }
        return order.stream()
                .flatMap(number -> Group.of(number).stream())
                .filter(ours::contains)
                .findFirst()
                .orElse(null);
    }

    @Override
    public TlsECConfig getECDHConfig() throws IOException {
        Group agreed = ecdheGroup();
        group = agreed;
        return TlsECCUtils.createNamedECConfig(context, agreed == null ? -1 : agreed.number());
    }

    @Override
    public TlsDHConfig getDHConfig() throws IOException {
        TlsDHConfig chosenGroup = dhGroup(Suite.of(selectedCipherSuite).orElseThrow());
        dhBits = DhGroups.bits(chosenGroup);
        return chosenGroup;
    }

    private TlsDHConfig dhGroup(Suite suite) throws IOException {
        if (suite.keyExchange() == Suite.KeyExchange.DHE_PSK) {
            return settings.dh().group(suite);
        }
        ServerCredentials.Choice choice = credentials().choose(suite);
        if (choice == null) {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }
        return settings.dh().group(choice.credential().identity().leaf().getPublicKey());
    }

    @Override
    protected int getMaximumNegotiableCurveBits() {
        Group agreed = ecdheGroup();
        return agreed == null ? 0 : NamedGroup.getCurveBits(agreed.number());
    }

    // Application protocol

    @Override
    protected @Nullable ProtocolName selectProtocolName() throws IOException {
        List<String> offered = new ArrayList<>();
        for (Object each : clientProtocolNames) {
            offered.add(((ProtocolName) each).getUtf8Decoding());
        }
        if (context.getSecurityParametersHandshake().isRenegotiating()) {
            requireSameProtocol(offered);
            return protocol;
        }
        try {
            Optional<ServerSettings.AlpnChoice> choice = settings.alpn().select(negotiated(), List.copyOf(offered));
            Optional<String> selected = choice.map(ServerSettings.AlpnChoice::protocol);
            if (selected.isPresent() && !offered.contains(selected.get())) {
                throw Code.ERR_TLS_ALPN_CALLBACK_INVALID_RESULT.failure(
                        "alpn: the selector chose \"%s\", the client offered %s",
                        selected.get(),
                        offered.stream().map(TlsFailure::printable).toList());
            }
            choice.map(ServerSettings.AlpnChoice::credentials)
                    .filter(others -> !others.isEmpty())
                    .ifPresent(others -> chosen = chosen().with(others));
            protocol = selected.map(ProtocolName::asUtf8Encoding).orElse(null);
            return protocol;
        } catch (TlsFailure e) {
            throw Fatal.alert(e);
        } catch (Exception e) {
            throw Fatal.alert(Code.ERR_TLS_CALLBACK.failure(e, "alpn: the callback failed for %s: %s", offered, e));
        }
    }

    private void requireSameProtocol(List<String> offered) throws IOException {
        if (protocol != null && !clientProtocolNames.contains(protocol)) {
            throw Fatal.alert(Code.ERR_SSL_NO_APPLICATION_PROTOCOL.failure(
                    "alpn: the client offered %s in a renegotiation, the connection speaks \"%s\"",
                    offered.stream().map(TlsFailure::printable).toList(),
                    TlsFailure.printable(protocol.getUtf8Decoding())));
        }
    }

    private ServerSettings.Negotiated negotiated() {
        SecurityParameters parameters = context.getSecurityParametersHandshake();
        return new ServerSettings.Negotiated(
                offer.servername(),
                HandshakeSettings.version(parameters.getNegotiatedVersion()),
                Suite.of(parameters.getCipherSuite()));
    }

    // Session

    /** bctls asks for a session where nothing can be refused, so it is looked for here, just before. */
    @Override
    public void processClientExtensions(Hashtable extensions) throws IOException {
        super.processClientExtensions(extensions);
        // A renegotiation is there to agree on something new: a client certificate, fresh keys.
        if (!TlsUtils.isTLSv13(context)
                && !context.getSecurityParametersHandshake().isRenegotiating()) {
            resumption.lookForSession(this);
        }
    }

    @Override
    public @Nullable TlsSession getSessionToResume(byte[] id) {
        return resumption.session();
    }

    @Override
    public @Nullable TlsPSKExternal getExternalPSK(Vector identities) {
        psk.begin();
        TlsPSKExternal ticket;
        try {
            ticket = resumption.psk(this, identities);
        } catch (IOException e) {
            // bctls expects none here; Fatal.blamed takes it out again.
            throw new UncheckedIOException(e);
        }
        TlsPSKExternal found = ticket != null ? ticket : psk.select(this, identities);
        resumption.withoutSession(psk.identity().isPresent());
        return found;
    }

    @Override
    public @Nullable TlsPSKIdentityManager getPSKIdentityManager() {
        return psk.manager();
    }

    /** bctls asks for an id when it makes a full handshake, whatever session was found before. */
    @Override
    public byte @Nullable [] getNewSessionID() {
        resumption.declined(this);
        return resumption.newSessionId();
    }

    @Override
    public void getServerExtensionsForConnection(Hashtable extensions) throws IOException {
        super.getServerExtensionsForConnection(extensions);
        if (!TlsUtils.isTLSv13(context)) {
            resumption.announceTicket(extensions);
        }
    }

    @Override
    public NewSessionTicket getNewSessionTicket() throws IOException {
        return resumption.newTicket(this);
    }

    // Credentials

    @Override
    public @Nullable TlsCredentials getCredentials() throws IOException {
        SecurityParameters parameters = context.getSecurityParametersHandshake();
        TlsVersion version = HandshakeSettings.version(parameters.getNegotiatedVersion());
        Suite suite = Suite.of(parameters.getCipherSuite()).orElseThrow();
        settings.common().requireNewSessions();
        if (suite.authentication() == Suite.Authentication.PSK) {
            return null;
        }
        ServerCredentials.Choice choice = credentials().choose(suite);
        if (choice == null) {
            credentials().requireSharedSigalg(offer);
            throw Fatal.alert(Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM.failure(
                    "certificate: no suitable signature algorithm, the client offered %s, the server has keys of %s",
                    Names.sigalgs(parameters.getClientSigAlgs()), Names.keyTypes(chosen().credentials())));
        }
        credential = choice.credential();
        Certificate chain = choice.credential().chain(version);
        if (version == TlsVersion.TLS_1_3) {
            staple(choice.credential(), version);
            chain = stapling.onto(chain);
        }
        if (suite.keyExchange().encryptsToRsa()) {
            return new JceDefaultTlsCredentialedDecryptor(
                    crypto(), chain, choice.credential().key());
        }
        return new KeySigner(chain, choice.credential().key(), choice.sigalg());
    }

    // OCSP stapling

    private void staple(Credential used, TlsVersion version) throws IOException {
        if (certificateStatusRequest != null
                && certificateStatusRequest.getStatusType() == CertificateStatusType.ocsp) {
            stapling.fetch(chosen().stapler(), used.identity().chain(), version);
        }
    }

    /** bctls asks for these in full handshakes only. RFC 6066 8: the ServerHello of TLS 1.2 announces a response. */
    @Override
    public Hashtable getServerExtensions() throws IOException {
        if (!TlsUtils.isTLSv13(context)) {
            ServerCredentials.Choice choice =
                    credentials().choose(Suite.of(selectedCipherSuite).orElseThrow());
            if (choice != null) {
                staple(choice.credential(), HandshakeSettings.version(context.getServerVersion()));
            }
        }
        return super.getServerExtensions();
    }

    @Override
    protected boolean allowCertificateStatus() {
        return stapling.present();
    }

    @Override
    public @Nullable CertificateStatus getCertificateStatus() {
        return stapling.message();
    }

    // Client certificate

    @Override
    public @Nullable CertificateRequest getCertificateRequest() throws IOException {
        // RFC 4279 4: with RSA_PSK, too, the client is who knows the key.
        return isPsk(selectedCipherSuite) ? null : clients.request(chosen(), context);
    }

    @Override
    public void notifyClientCertificate(Certificate certificate) throws IOException {
        clients.presented(chosen(), certificate, TlsUtils.isTLSv13(context));
    }

    @Override
    public int getMaxCertificateChainLength() {
        // Ours judges the length of a chain; this bounds what is parsed.
        return 100;
    }

    @Override
    public int getMaxHandshakeMessageSize() {
        return HandshakeSettings.LONGEST_MESSAGE;
    }

    @Override
    public boolean shouldCheckSigAlgOfPeerCerts() {
        return false;
    }

    // The end

    @Override
    public void notifySecureRenegotiation(boolean secure) {
        // Every renegotiation asks for it; a client that never renegotiates may be without.
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        resumption.keepSession(this);
        psk.forget();
    }

    @Override
    public void notifyConnectionClosed() {
        super.notifyConnectionClosed();
        psk.forget();
    }

    HandshakeResult result(BindingMaterial binding) {
        SecurityParameters done = context.getSecurityParametersConnection();
        TlsVersion version = HandshakeSettings.version(done.getNegotiatedVersion());
        Optional<Group> agreed =
                version == TlsVersion.TLS_1_3 ? Group.of(done.getNegotiatedGroup()) : Optional.ofNullable(group);
        byte[] id = done.getSessionID();
        return new HandshakeResult(
                new HandshakeResult.Agreed(
                        version,
                        Suite.of(done.getCipherSuite()).orElseThrow(),
                        agreed,
                        dhBits,
                        Optional.ofNullable(protocol).map(ProtocolName::getUtf8Decoding),
                        offer.servername(),
                        resumption.how(),
                        credential == null ? List.of() : credential.identity().chain(),
                        clients.chain(),
                        psk.identity().isPresent() ? Authorization.GRANTED : clients.authorization(),
                        id == null || id.length == 0 ? settings.sessions().newId() : id,
                        offer.sigalgs(),
                        psk.identity(),
                        List.of()),
                binding,
                resumption.state());
    }

    ClientCertificates clients() {
        return clients;
    }

    /** Asks the verifier about a client whose certificates a session has; what it throws refuses the client. */
    void judge(List<X509Certificate> chain, Optional<Integer> stored) throws IOException {
        clients.judge(chosen(), chain, stored);
    }

    /** Returns the chain that a full handshake with this suite would show, for sessions that do not remember it. */
    @Nullable
    Certificate likelyChain(Suite suite, TlsVersion version) {
        return credentials().likely(suite, version);
    }

    org.bouncycastle.tls.TlsServerContext context() {
        return context;
    }

    boolean encryptThenMacOffered() {
        return encryptThenMACOffered;
    }

    short maxFragmentLengthOffered() {
        return maxFragmentLengthOffered;
    }

    boolean pointFormatsOffered() {
        return clientSentECPointFormats;
    }
}
