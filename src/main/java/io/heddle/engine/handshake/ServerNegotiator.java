package io.heddle.engine.handshake;

import io.heddle.cipher.Group;
import io.heddle.cipher.Suite;
import io.heddle.engine.compression.CertificateCompression;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.NegotiationText;
import io.heddle.engine.handshake.HandshakeResult.BindingMaterial;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
import io.heddle.engine.handshake.sessions.ConnectionSessions;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
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
 * The decisions of a server, in the order in which bctls asks for them, see the package page: context by server name,
 * version, application protocol, session, suite, credentials, client certificate.
 *
 * <p>bctls' tables are raw types, hence the suppressed warnings. Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class ServerNegotiator extends AbstractTlsServer {
    private final ServerSettings settings;

    // State of the connection, kept across renegotiations.
    private final ServerContextChoice contexts;
    private final ServerAlpn alpn;
    private final ConnectionSessions sessions;

    /** The requirement of the next handshake. */
    private ClientAuthRequirement clientAuthRequirement;

    /** Null before the ClientHello of a handshake, and after its result. */
    private @Nullable ServerHandshakeState handshake;

    /** The failure with which a refused ClientHello ends the connection. */
    private @Nullable Throwable refusal;

    public ServerNegotiator(ServerSettings settings) {
        super(settings.common().crypto());
        this.settings = settings;
        this.contexts = new ServerContextChoice(settings.contexts());
        this.alpn = new ServerAlpn(settings);
        this.sessions = new ConnectionSessions(
                settings.sessions().server(), settings.sessions().events());
        this.clientAuthRequirement = new ClientAuthRequirement(settings.clientCertificates(), Optional.empty());
    }

    /** Sets the requirement on the client's certificate in the next handshakes. */
    void requireClientAuth(ClientAuthRequirement requirement) {
        clientAuthRequirement = requirement;
    }

    ConnectionSessions sessions() {
        return sessions;
    }

    private ServerHandshakeState handshake() {
        ServerHandshakeState current = handshake;
        if (current == null) {
            throw new IllegalStateException("no ClientHello yet");
        }
        return current;
    }

    public ServerResumption resumption() {
        return handshake().resumption;
    }

    // Settings that bctls reads at any time

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return settings.common().protocolVersions();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return settings.common().suiteNumbers();
    }

    @Override
    protected boolean preferLocalCipherSuites() {
        return settings.keyExchange().honorCipherOrder();
    }

    @Override
    public int getMaxHandshakeMessageSize() {
        // The limit of a ClientHello, the longest message; MessageLengths has lower limits for the others.
        return ClientHelloRules.LONGEST;
    }

    @Override
    public int getMaxCertificateChainLength() {
        // The verifier limits the length of a chain; this limits what is parsed.
        return 100;
    }

    @Override
    public boolean shouldCheckSigAlgOfPeerCerts() {
        return false;
    }

    // ClientHello

    /**
     * Takes the whole ClientHello, before bctls decides anything. A HelloRetryRequest brings a second one, which must
     * repeat the first one.
     */
    public void clientHello(ClientHello hello, ClientHelloRules rules) throws IOException {
        if (handshake != null) {
            handshake.secondClientHello(rules);
            return;
        }
        try {
            handshake = begin(hello, rules);
        } catch (IOException | Error e) {
            refusal = e;
        }
    }

    private ServerHandshakeState begin(ClientHello message, ClientHelloRules rules) throws IOException {
        rules.requireAnyVersion();
        var hello = ClientHelloInfo.of(
                message, rules.version(), rules.leadsToTls13(settings.common().versions()));
        contexts.choose(hello.servername());
        return new ServerHandshakeState(settings, clientAuthRequirement, contexts, sessions, hello, rules, context);
    }

    /** bctls sends no alert before this point, so a refused ClientHello is reported here. */
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

    @Override
    public ProtocolVersion getServerVersion() throws IOException {
        ProtocolVersion[] offered = context.getClientSupportedVersions();
        for (ProtocolVersion local : getProtocolVersions()) {
            if (ProtocolVersion.contains(offered, local)) {
                if (ProtocolVersion.TLSv13.equals(local)) {
                    handshake().requireTls13();
                }
                return local;
            }
        }
        throw FatalAlerts.alert(Code.ERR_SSL_UNSUPPORTED_PROTOCOL.failure(
                "version: the client offered %s, the server accepts %s",
                List.of(offered), settings.common().versions()));
    }

    /** In TLS 1.3 the selected group alone, for which bctls requests a key share if the client sent none. */
    @Override
    public int[] getSupportedGroups() throws IOException {
        ServerGroups groups = handshake().groups;
        return TlsUtils.isTLSv13(context) ? groups.selected() : groups.all();
    }

    /** TLS 1.3: selects a ticket, else a key of the application. */
    @Override
    public @Nullable TlsPSKExternal getExternalPSK(Vector identities) {
        ServerHandshakeState current = handshake();
        current.psk.declined();
        TlsPSKExternal ticket;
        try {
            ticket = current.resumption.find13(identities);
        } catch (IOException e) {
            // bctls declares no IOException here; FatalAlerts.blamed unwraps it.
            throw new UncheckedIOException(e);
        }
        TlsPSKExternal found = ticket != null ? ticket : current.psk.select(identities);
        current.resumption.withoutNewSession(current.psk.identity().isPresent());
        current.selectedIdentity = found == null ? null : found.getIdentity();
        return found;
    }

    @Override
    public void notifySecureRenegotiation(boolean secure) {
        // Every renegotiation requires it; a client that never renegotiates may be without.
    }

    /** bctls asks for a session where nothing can be refused, so it is looked for here, just before. */
    @Override
    public void processClientExtensions(Hashtable extensions) throws IOException {
        boolean tls13 = TlsUtils.isTLSv13(context);
        super.processClientExtensions(tls13 ? ofTls13(extensions) : extensions);
        // A renegotiation is there to agree on something new: a client certificate, fresh keys.
        if (!tls13 && !context.getSecurityParametersHandshake().isRenegotiating()) {
            resumption()
                    .find12(new ServerResumption.Offered(
                            encryptThenMACOffered, maxFragmentLengthOffered, clientSentECPointFormats));
        }
    }

    /**
     * Removes the extensions that only TLS 1.2 defines, which are ignored in TLS 1.3 (RFC 8446 4.2). bctls would refuse
     * contents that TLS 1.2 forbids.
     */
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
    protected @Nullable ProtocolName selectProtocolName() throws IOException {
        Optional<ServerSettings.AlpnChoice> choice =
                alpn.choose(handshake().clientAuth.info(), AlpnNames.texts(clientProtocolNames));
        choice.map(ServerSettings.AlpnChoice::credentials)
                .filter(others -> !others.isEmpty())
                .ifPresent(contexts::replaceCredentials);
        return choice.map(ServerSettings.AlpnChoice::protocol)
                .map(ProtocolName::asUtf8Encoding)
                .orElse(null);
    }

    // Session of TLS 1.2 and below

    @Override
    public @Nullable TlsSession getSessionToResume(byte[] id) {
        return resumption().session();
    }

    /** bctls asks for an id when it makes a full handshake, whatever session was found before. */
    @Override
    public byte @Nullable [] getNewSessionID() {
        resumption().declined();
        return resumption().newSessionId();
    }

    // Suite

    @Override
    public int[] getCipherSuites() {
        return handshake().suites.numbers();
    }

    @Override
    public int getSelectedCipherSuite() throws IOException {
        ServerHandshakeState current = handshake();
        Suite ofSession = current.resumption.suite13();
        Suite fixed = ofSession != null ? ofSession : current.psk.suite();
        if (fixed != null) {
            selectCipherSuite(fixed.number());
            return fixed.number();
        }
        current.credentials.find();
        try {
            int selected = super.getSelectedCipherSuite();
            current.resumption.withoutNewSession(ServerSuites.isPsk(selected));
            return selected;
        } catch (TlsFatalAlert none) {
            current.credentials.requireSharedSigalg();
            current.credentials.requireAny(Code.ERR_SSL_NO_SHARED_CIPHER, "no shared cipher");
            throw FatalAlerts.alert(Code.ERR_SSL_NO_SHARED_CIPHER.failure(
                    "cipher: the client offered %s, the server accepts %s with %s",
                    NegotiationText.suites(offeredCipherSuites),
                    current.suites.order(),
                    NegotiationText.keyTypes(current.credentials.all())));
        }
    }

    @Override
    protected boolean isSelectableCipherSuite(int number, int curveBits, int fieldBits, Vector sigalgs) {
        Suite suite = Suite.of(number).orElse(null);
        if (suite == null || !super.isSelectableCipherSuite(number, curveBits, fieldBits, sigalgs)) {
            return false;
        }
        ServerHandshakeState current = handshake();
        return switch (suite.keyExchange()) {
            case ECDHE -> current.groups.ecdhe() != null && current.credentials.choose(suite) != null;
            case RSA -> current.credentials.choose(suite) != null;
            case DHE -> settings.keyExchange().dh().any() && current.credentials.choose(suite) != null;
            case PSK -> current.psk.available();
            case DHE_PSK ->
                current.psk.available() && settings.keyExchange().dh().any();
            case ECDHE_PSK -> current.psk.available() && current.groups.ecdhe() != null;
            case RSA_PSK -> current.psk.available() && current.credentials.choose(suite) != null;
            default -> false;
        };
    }

    @Override
    protected int getMaximumNegotiableCurveBits() {
        Group agreed = handshake().groups.ecdhe();
        return agreed == null ? 0 : NamedGroup.getCurveBits(agreed.number());
    }

    // ServerHello, EncryptedExtensions

    /**
     * bctls asks for these in full handshakes only. RFC 6066 8: the ServerHello of TLS 1.2 announces an OCSP response.
     */
    @Override
    public Hashtable getServerExtensions() throws IOException {
        if (!TlsUtils.isTLSv13(context)) {
            ServerCredentials credentials = handshake().credentials;
            credentials.find();
            ServerCredentials.Choice choice =
                    credentials.choose(Suite.of(selectedCipherSuite).orElseThrow());
            if (choice != null) {
                staple(choice.credential(), HandshakeSettings.version(context.getServerVersion()));
            }
        }
        try {
            return super.getServerExtensions();
        } catch (TlsFatalAlert refused) {
            if (refused.getAlertDescription() != AlertDescription.unsupported_certificate) {
                throw refused;
            }
            // RFC 7250 4.2: of the types that the client accepts, the server has no certificate.
            throw FatalAlerts.alert(Code.ERR_SSL_BAD_EXTENSION.failure(
                    "certificate: the client accepts the server_certificate_type %s, X.509 (0) is required",
                    Arrays.toString(TlsExtensionsUtils.getServerCertificateTypeExtensionClient(clientExtensions))));
        }
    }

    private void staple(Credential credential, TlsVersion version) throws IOException {
        if (certificateStatusRequest != null
                && certificateStatusRequest.getStatusType() == CertificateStatusType.ocsp) {
            handshake()
                    .stapling
                    .fetch(
                            contexts.chosen().ocspRequest(),
                            credential.identity().chain(),
                            version);
        }
    }

    @Override
    protected boolean allowCertificateStatus() {
        return handshake().stapling.present();
    }

    @Override
    public void getServerExtensionsForConnection(Hashtable extensions) throws IOException {
        super.getServerExtensionsForConnection(extensions);
        if (!TlsUtils.isTLSv13(context)) {
            resumption().announceTicket(extensions);
        }
    }

    // CertificateRequest, ServerKeyExchange, Certificate, CertificateVerify, CertificateStatus

    @Override
    public @Nullable CertificateRequest getCertificateRequest() throws IOException {
        // RFC 4279 4: with RSA_PSK, too, the key authenticates the client.
        return ServerSuites.isPsk(selectedCipherSuite)
                ? null
                : handshake().clientAuth.request();
    }

    /** TLS 1.2 and below. */
    @Override
    public @Nullable TlsPSKIdentityManager getPSKIdentityManager() {
        return handshake().psk.manager();
    }

    /** TLS 1.2 and below. */
    @Override
    public TlsDHConfig getDHConfig() throws IOException {
        ServerHandshakeState current = handshake();
        current.credentials.find();
        TlsDHConfig config = current.credentials.dhGroup(
                settings.keyExchange().dh(), Suite.of(selectedCipherSuite).orElseThrow());
        current.dhBits = DhGroups.bits(config);
        return config;
    }

    /** TLS 1.2 and below. */
    @Override
    public TlsECConfig getECDHConfig() throws IOException {
        ServerHandshakeState current = handshake();
        Group agreed = current.groups.ecdhe();
        current.group = agreed;
        return TlsECCUtils.createNamedECConfig(context, agreed == null ? -1 : agreed.number());
    }

    @Override
    public @Nullable TlsCredentials getCredentials() throws IOException {
        ServerCredentials credentials = handshake().credentials;
        SecurityParameters parameters = context.getSecurityParametersHandshake();
        TlsVersion version = HandshakeSettings.version(parameters.getNegotiatedVersion());
        Suite suite = Suite.of(parameters.getCipherSuite()).orElseThrow();
        settings.common().requireNewSessions();
        if (suite.authentication() == Suite.Authentication.PSK) {
            credentials.select(null);
            return null;
        }
        credentials.find();
        ServerCredentials.Choice choice = credentials.choose(suite);
        if (choice == null) {
            credentials.requireSharedSigalg();
            credentials.requireAny(Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM, "no suitable signature algorithm");
            throw FatalAlerts.alert(Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM.failure(
                    "certificate: no suitable signature algorithm, the client offered %s, the server has keys of %s",
                    NegotiationText.sigalgs(parameters.getClientSigAlgs()),
                    NegotiationText.keyTypes(credentials.all())));
        }
        credentials.select(choice.credential());
        Certificate chain = choice.credential().chain(version);
        if (version == TlsVersion.TLS_1_3) {
            staple(choice.credential(), version);
            chain = handshake().compression.onto(handshake().stapling.onto(chain));
        }
        return credentials.proof(choice, chain, suite);
    }

    /** TLS 1.2 and below. */
    @Override
    public @Nullable CertificateStatus getCertificateStatus() {
        return handshake().stapling.message();
    }

    // The client's Certificate and CertificateVerify

    /** Returns the compression of certificates, which TLS 1.3 alone has. */
    public CertificateCompression compression() {
        return handshake().compression;
    }

    @Override
    public void notifyClientCertificate(Certificate certificate) throws IOException {
        handshake().clientAuth.verify(certificate);
    }

    /** Checks the CertificateVerify of TLS 1.3 against the request and the client's certificate. */
    void requireScheme(byte[] certificateVerify) throws IOException {
        handshake().clientAuth.requireScheme(certificateVerify);
    }

    // NewSessionTicket, Finished

    /** TLS 1.2 and below. */
    @Override
    public NewSessionTicket getNewSessionTicket() throws IOException {
        return resumption().newTicket();
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        resumption().completed();
        alpn.settled();
        handshake().psk.wipe();
    }

    /** Returns the result, with which the state of the handshake ends. */
    HandshakeResult result(BindingMaterial binding) {
        ServerHandshakeState ended = handshake();
        handshake = null;
        SecurityParameters parameters = context.getSecurityParametersConnection();
        Optional<String> pskIdentity = ended.psk.identity();
        ServerClientAuth clientAuth = ended.clientAuth;
        return new HandshakeResult(
                new HandshakeResult.Agreed(
                        HandshakeInfo.of(
                                ended.clientHello.servername(),
                                parameters,
                                ended.clientHello.sigalgs(),
                                clientAuth.chain(),
                                List.of()),
                        HandshakeResult.KeyExchange.of(parameters, ended.group, ended.dhBits),
                        alpn.agreed(),
                        new HandshakeResult.SessionUse(ended.resumption.how(), ended.resumption.id()),
                        ended.credentials.localChain(),
                        new HandshakeResult.PeerVerdict(
                                pskIdentity.isPresent() ? Authorization.GRANTED : clientAuth.authorization(),
                                pskIdentity,
                                Optional.empty()),
                        settings.common().clock().instant()),
                binding,
                ended.resumption.state());
    }

    @Override
    public void notifyConnectionClosed() {
        super.notifyConnectionClosed();
        if (handshake != null) {
            handshake.psk.wipe();
        }
    }
}
