package io.heddle.engine.handshake;

import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.NegotiationText;
import io.heddle.engine.crypto.Suites;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsServer;
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
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsDHConfig;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.jspecify.annotations.Nullable;

/**
 * The server's decisions, in the order in which bctls asks for them: context by server name, version, application protocol,
 * session, suite, credentials, client certificate.
 *
 * <p>bctls' tables are raw types, hence the suppressed warnings. Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class ServerNegotiator extends AbstractTlsServer {
    private final ServerSettings settings;
    private final ServerPsk psk;
    private final ServerStapling stapling = new ServerStapling();
    private final ServerAlpn alpn;
    private final ServerContextChoice contexts;

    private ClientAuthRequirement demand;

    // Of the handshake that runs; set once each.
    private final SessionAccess access;
    private final ConnectionSessions sessions;
    private ServerResumption resumption;
    private ServerClientAuth clients;
    /** Of the first ClientHello. */
    private @Nullable ClientHelloRules rules;

    /** The identity of the pre-shared key that the last ClientHello of TLS 1.3 is answered with. */
    private byte @Nullable [] selectedIdentity;

    private ClientHelloInfo offer = ClientHelloInfo.NOTHING;
    private @Nullable Throwable refusal;
    private List<Suite> suiteOrder;
    private @Nullable Credential credential;
    private @Nullable Group group;
    private int dhBits;

    public ServerNegotiator(ServerSettings settings) {
        super(settings.common().crypto());
        this.settings = settings;
        this.suiteOrder = settings.common().suites();
        this.demand = new ClientAuthRequirement(settings.clientCertificates(), Optional.empty());
        this.access = new SessionAccess(settings.sessions(), settings.sessionEvents());
        this.sessions = new ConnectionSessions(access);
        this.resumption = new ServerResumption(settings, demand.policy(), access, sessions);
        this.psk = new ServerPsk(settings);
        this.alpn = new ServerAlpn(settings);
        this.contexts = new ServerContextChoice(settings.contexts());
        this.clients = new ServerClientAuth(settings.common(), demand);
    }

    /** Sets what the next handshakes ask of the client's certificate. */
    void askFromNowOn(ClientAuthRequirement changed) {
        demand = changed;
    }

    /** bctls keeps this object for renegotiations, which begin with nothing but the context. */
    @Override
    public void notifyHandshakeBeginning() throws IOException {
        super.notifyHandshakeBeginning();
        resumption = new ServerResumption(settings, demand.policy(), access, sessions);
        clients = new ServerClientAuth(settings.common(), demand);
        contexts.begin();
        rules = null;
        selectedIdentity = null;
        refusal = null;
        suiteOrder = settings.common().suites();
        credential = null;
        group = null;
        dhBits = 0;
    }

    ConnectionSessions sessions() {
        return sessions;
    }

    public ServerResumption resumption() {
        return resumption;
    }

    // ClientHello

    /** The whole ClientHello, before bctls decides anything; a HelloRetryRequest brings a second one, which changes nothing. */
    public void clientHello(ClientHello hello, ClientHelloRules received) throws IOException {
        ClientHelloRules first = rules;
        if (first != null) {
            received.requireAnyVersion();
            received.requireTls13();
            received.requireRepeats(first);
            received.requireIdentities(first, selectedIdentity);
            // What the first one offered counts only if the second one offers and proves it again.
            psk.begin();
            resumption.declined(this);
            return;
        }
        rules = received;
        try {
            examine(hello, received);
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

    private void examine(ClientHello hello, ClientHelloRules received) throws IOException {
        received.requireAnyVersion();
        offer = ClientHelloInfo.of(
                hello,
                received.version(),
                received.leadsToTls13(settings.common().versions()));
        contexts.choose(offer.servername());
        if (offer.prefersChaCha()) {
            suiteOrder = Suites.chaChaFirst(settings.common().suites());
        }
        psk.begin();
        resumption.clientHello(hello, offer.servername(), settings.contexts().dependsOnName());
    }

    ServerContext chosen() {
        return contexts.chosen();
    }

    private ServerGroups groups() {
        return new ServerGroups(settings, offer, context);
    }

    /** The version is known by now: who has our credentials can be asked. */
    private void findCredentials() throws IOException {
        contexts.findCredentials(new CredentialSource.Wanted(negotiated(), sharedSigalgs(), List.of()));
    }

    private List<Sigalg> sharedSigalgs() {
        return settings.common().sigalgs().stream()
                .filter(offer.sigalgs()::contains)
                .toList();
    }

    private ServerCredentials credentials() {
        return new ServerCredentials(settings.common(), contexts.credentials(), context);
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
                ClientHelloRules received = rules;
                if (received != null && ProtocolVersion.TLSv13.equals(ours)) {
                    received.requireTls13();
                }
                return ours;
            }
        }
        throw FatalAlerts.alert(Code.ERR_SSL_UNSUPPORTED_PROTOCOL.failure(
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
        if (TlsUtils.isTLSv13(context)) {
            groups().requireCommon();
        }
        return groups().keySharesFirst();
    }

    @Override
    public int getSelectedCipherSuite() throws IOException {
        Optional<Suite> fixed = resumption.suite().or(psk::suite);
        if (fixed.isPresent()) {
            selectCipherSuite(fixed.get().number());
            return fixed.get().number();
        }
        findCredentials();
        try {
            int selected = super.getSelectedCipherSuite();
            resumption.withoutSession(Suites.isPsk(selected));
            return selected;
        } catch (TlsFatalAlert none) {
            credentials().requireSharedSigalg(offer);
            contexts.requireCredentials(Code.ERR_SSL_NO_SHARED_CIPHER, "no shared cipher");
            throw FatalAlerts.alert(Code.ERR_SSL_NO_SHARED_CIPHER.failure(
                    "cipher: the client offered %s, the server accepts %s with %s",
                    NegotiationText.suites(offeredCipherSuites),
                    suiteOrder,
                    NegotiationText.keyTypes(contexts.credentials())));
        }
    }

    @Override
    protected boolean isSelectableCipherSuite(int number, int curveBits, int fieldBits, Vector sigalgs) {
        Suite suite = Suite.of(number).orElse(null);
        if (suite == null || !super.isSelectableCipherSuite(number, curveBits, fieldBits, sigalgs)) {
            return false;
        }
        return switch (suite.keyExchange()) {
            case ECDHE -> groups().ecdhe() != null && credentials().choose(suite) != null;
            case RSA -> credentials().choose(suite) != null;
            case DHE -> settings.dh().any() && credentials().choose(suite) != null;
            case PSK -> psk.available();
            case DHE_PSK -> psk.available() && settings.dh().any();
            case ECDHE_PSK -> psk.available() && groups().ecdhe() != null;
            case RSA_PSK -> psk.available() && credentials().choose(suite) != null;
            default -> false;
        };
    }

    @Override
    public TlsECConfig getECDHConfig() throws IOException {
        Group agreed = groups().ecdhe();
        group = agreed;
        return TlsECCUtils.createNamedECConfig(context, agreed == null ? -1 : agreed.number());
    }

    @Override
    public TlsDHConfig getDHConfig() throws IOException {
        findCredentials();
        TlsDHConfig chosenGroup = credentials()
                .dhGroup(settings.dh(), Suite.of(selectedCipherSuite).orElseThrow());
        dhBits = DhGroups.bits(chosenGroup);
        return chosenGroup;
    }

    @Override
    protected int getMaximumNegotiableCurveBits() {
        Group agreed = groups().ecdhe();
        return agreed == null ? 0 : NamedGroup.getCurveBits(agreed.number());
    }

    // Application protocol

    @Override
    protected @Nullable ProtocolName selectProtocolName() throws IOException {
        Optional<ServerSettings.AlpnChoice> choice = alpn.choose(negotiated(), AlpnNames.texts(clientProtocolNames));
        choice.map(ServerSettings.AlpnChoice::credentials)
                .filter(others -> !others.isEmpty())
                .ifPresent(contexts::replaceCredentials);
        return choice.map(ServerSettings.AlpnChoice::protocol)
                .map(ProtocolName::asUtf8Encoding)
                .orElse(null);
    }

    private HandshakeInfo negotiated() {
        SecurityParameters parameters = context.getSecurityParametersHandshake();
        return new HandshakeInfo(
                offer.servername(),
                HandshakeSettings.version(parameters.getNegotiatedVersion()),
                Suite.of(parameters.getCipherSuite()),
                offer.sigalgs(),
                clients.chain(),
                List.of());
    }

    // Session

    /** bctls asks for a session where nothing can be refused, so it is looked for here, just before. */
    @Override
    public void processClientExtensions(Hashtable extensions) throws IOException {
        super.processClientExtensions(TlsUtils.isTLSv13(context) ? ofTls13(extensions) : extensions);
        // A renegotiation is there to agree on something new: a client certificate, fresh keys.
        if (!TlsUtils.isTLSv13(context)
                && !context.getSecurityParametersHandshake().isRenegotiating()) {
            resumption.lookForSession(this);
        }
    }

    /** RFC 8446 4.2: in TLS 1.3 extensions of TLS 1.2 alone are not looked at; bctls refuses a content that TLS 1.2 forbids. */
    private static Hashtable ofTls13(Hashtable extensions) {
        var kept = new Hashtable(extensions);
        kept.remove(TlsExtensionsUtils.EXT_ec_point_formats);
        kept.remove(TlsExtensionsUtils.EXT_encrypt_then_mac);
        kept.remove(TlsExtensionsUtils.EXT_truncated_hmac);
        kept.remove(TlsExtensionsUtils.EXT_status_request_v2);
        kept.remove(TlsExtensionsUtils.EXT_trusted_ca_keys);
        return kept;
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
        selectedIdentity = found == null ? null : found.getIdentity();
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
            credential = null;
            return null;
        }
        findCredentials();
        ServerCredentials.Choice choice = credentials().choose(suite);
        if (choice == null) {
            credentials().requireSharedSigalg(offer);
            contexts.requireCredentials(
                    Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM, "no suitable signature algorithm");
            throw FatalAlerts.alert(Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM.failure(
                    "certificate: no suitable signature algorithm, the client offered %s, the server has keys of %s",
                    NegotiationText.sigalgs(parameters.getClientSigAlgs()),
                    NegotiationText.keyTypes(contexts.credentials())));
        }
        credential = choice.credential();
        Certificate chain = choice.credential().chain(version);
        if (version == TlsVersion.TLS_1_3) {
            staple(choice.credential(), version);
            chain = stapling.onto(chain);
        }
        return credentials().answer(choice, chain, suite, offer.version());
    }

    // OCSP stapling

    private void staple(Credential used, TlsVersion version) throws IOException {
        if (certificateStatusRequest != null
                && certificateStatusRequest.getStatusType() == CertificateStatusType.ocsp) {
            stapling.fetch(chosen().ocspRequest(), used.identity().chain(), version);
        }
    }

    /** bctls asks for these in full handshakes only. RFC 6066 8: the ServerHello of TLS 1.2 announces a response. */
    @Override
    public Hashtable getServerExtensions() throws IOException {
        if (!TlsUtils.isTLSv13(context)) {
            findCredentials();
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
        return Suites.isPsk(selectedCipherSuite) ? null : clients.request(chosen(), context);
    }

    @Override
    public void notifyClientCertificate(Certificate certificate) throws IOException {
        clients.presented(chosen(), certificate, negotiated());
    }

    @Override
    public int getMaxCertificateChainLength() {
        // Ours judges the length of a chain; this bounds what is parsed.
        return 100;
    }

    @Override
    public int getMaxHandshakeMessageSize() {
        // Of any message; MessageLengths knows that the others are shorter.
        return ClientHelloRules.LONGEST;
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
        resumption.completed(this);
        alpn.settled();
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
        return new HandshakeResult(
                new HandshakeResult.Agreed(
                        version,
                        Suite.of(done.getCipherSuite()).orElseThrow(),
                        agreed,
                        dhBits,
                        alpn.agreed(),
                        offer.servername(),
                        resumption.how(),
                        credential == null ? List.of() : credential.identity().chain(),
                        clients.chain(),
                        psk.identity().isPresent() ? Authorization.GRANTED : clients.authorization(),
                        resumption.id(),
                        offer.sigalgs(),
                        psk.identity(),
                        List.of(),
                        Optional.empty(),
                        settings.common().clock().instant()),
                binding,
                resumption.state());
    }

    ServerClientAuth clients() {
        return clients;
    }

    /** Returns whether the client of a session is good enough for this server today. */
    boolean accepts(SessionState session) {
        return clients.accepts(session, chosen(), negotiated());
    }

    /**
     * Returns the chain that a full handshake with this suite would show, and takes it for ours: sessions do not remember it, JSSE
     * asks for it, and bctls refuses to negotiate anew where it knows of no certificate of the server.
     */
    @Nullable
    Certificate likelyChain(Suite suite, TlsVersion version) throws IOException {
        findCredentials();
        Credential likely = credentials().likely(suite, version).orElse(null);
        credential = likely;
        return likely == null ? null : likely.chain(version);
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
