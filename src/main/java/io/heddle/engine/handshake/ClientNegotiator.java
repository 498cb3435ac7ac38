package io.heddle.engine.handshake;

import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.compression.CertificateCompression;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.KeySigner;
import io.heddle.engine.crypto.Sigalgs;
import io.heddle.engine.handshake.HandshakeResult.BindingMaterial;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Vector;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CertificateStatusRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsKeyExchangeFactory;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.NewSessionTicket;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsDHEKeyExchange;
import org.bouncycastle.tls.TlsDHGroupVerifier;
import org.bouncycastle.tls.TlsECDHEKeyExchange;
import org.bouncycastle.tls.TlsKeyExchange;
import org.bouncycastle.tls.TlsKeyExchangeFactory;
import org.bouncycastle.tls.TlsPSK;
import org.bouncycastle.tls.TlsPSKIdentity;
import org.bouncycastle.tls.TlsPSKKeyExchange;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The offer of a client, and its decisions about the server's answers, in the order in which bctls asks for them, see
 * the package page.
 *
 * <p>bctls' tables are raw types, hence the suppressed warnings. Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class ClientNegotiator extends AbstractTlsClient {
    private final ClientSettings settings;

    /** The application protocol of the first handshake, which a renegotiation does not change. */
    private Optional<String> alpnProtocol = Optional.empty();

    private ClientHandshakeState handshake;

    public ClientNegotiator(ClientSettings settings) {
        super(settings.common().crypto());
        this.settings = settings;
        this.handshake = new ClientHandshakeState(settings, settings.sessions().resumed());
    }

    public ClientResumption resumption() {
        return handshake.resumption;
    }

    ClientStapling stapling() {
        return handshake.serverAuth.stapling();
    }

    /** Returns the compression of certificates, which TLS 1.3 alone has. */
    public CertificateCompression compression() {
        return handshake.compression;
    }

    boolean usedExternalPsk() {
        return handshake.usedExternalPsk();
    }

    boolean offersTls13() {
        return settings.common().versions().contains(TlsVersion.TLS_1_3);
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
    public int getMaxHandshakeMessageSize() {
        return FatalAlerts.LONGEST_MESSAGE;
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

    /** bctls keeps this object for renegotiations, which resume no session. */
    @Override
    public void notifyHandshakeBeginning() throws IOException {
        super.notifyHandshakeBeginning();
        if (isRenegotiating()) {
            handshake = new ClientHandshakeState(settings, Optional.empty());
        }
    }

    private boolean isRenegotiating() {
        return context.getSecurityParametersHandshake().isRenegotiating();
    }

    /** In a renegotiation the version is settled (RFC 5246 7.4.1.2), and TLS 1.3 has none. */
    @Override
    public ProtocolVersion[] getProtocolVersions() {
        return isRenegotiating()
                ? new ProtocolVersion[] {
                    context.getSecurityParametersHandshake().getNegotiatedVersion()
                }
                : super.getProtocolVersions();
    }

    /** TLS 1.2 and below. */
    @Override
    public @Nullable TlsSession getSessionToResume() {
        return resumption().session12();
    }

    @Override
    public Hashtable getClientExtensions() throws IOException {
        boolean tls13 = ProtocolVersion.contains(getProtocolVersions(), ProtocolVersion.TLSv13);
        Hashtable extensions = resumption().extensions(super.getClientExtensions(), tls13);
        if (tls13) {
            compression().offer(extensions);
        }
        return extensions;
    }

    @Override
    protected @Nullable Vector getProtocolNames() {
        List<ProtocolName> names = settings.common().protocolNames();
        return names.isEmpty() ? null : new Vector(names);
    }

    @Override
    protected @Nullable Vector getSNIServerNames() {
        return settings.servername()
                .map(name -> TlsUtils.vectorOfOne(
                        new ServerName(NameType.host_name, name.getBytes(StandardCharsets.US_ASCII))))
                .orElse(null);
    }

    @Override
    protected @Nullable CertificateStatusRequest getCertificateStatusRequest() {
        return stapling().request();
    }

    @Override
    protected Vector getSupportedSignatureAlgorithms() {
        // As in OpenSSL, those of TLS 1.3 alone are not offered without that version.
        boolean tls13 = ProtocolVersion.contains(getProtocolVersions(), ProtocolVersion.TLSv13);
        return Sigalgs.toVector(settings.common().sigalgs().stream()
                .filter(sigalg -> tls13 || sigalg.signsIn(TlsVersion.TLS_1_2))
                .toList());
    }

    @Override
    protected Vector getSupportedGroups(Vector ignoredRoles) {
        List<TlsVersion> versions =
                Stream.of(getProtocolVersions()).map(HandshakeSettings::version).toList();
        Vector groups = new Vector();
        for (Group group : settings.common().groups().groups()) {
            if (versions.stream().anyMatch(group::fits)) {
                groups.add(group.number());
            }
        }
        return groups;
    }

    /** TLS 1.3. */
    @Override
    public @Nullable Vector getExternalPSKs() {
        Vector offered = new Vector();
        // A ticket first: it was made by a handshake that has proved at least as much.
        Stream.of(resumption().ticketPsk(), handshake.psk.offer())
                .filter(Objects::nonNull)
                .forEach(offered::add);
        return offered.isEmpty() ? null : offered;
    }

    /** TLS 1.3. */
    @Override
    public Vector getEarlyKeyShareGroups() {
        Vector groups = new Vector();
        for (Group group : settings.common().groups().keyShares()) {
            groups.add(group.number());
        }
        return groups;
    }

    // ServerHello, EncryptedExtensions

    @Override
    public void notifyServerVersion(ProtocolVersion version) throws IOException {
        super.notifyServerVersion(version);
        if (!ProtocolVersion.contains(getProtocolVersions(), version)) {
            throw FatalAlerts.alert(Code.ERR_SSL_UNSUPPORTED_PROTOCOL.failure(
                    "version: the server chose %s, the client offered %s",
                    version, settings.common().versions()));
        }
    }

    /** Keeps the id, which bctls drops when a ticket comes. */
    @Override
    public void notifySessionID(byte[] id) {
        super.notifySessionID(id);
        resumption().serverChose(id);
    }

    /** TLS 1.3: the server selected the group of one of the key shares. */
    void keyShareSelected(int group) {
        handshake.group = Group.of(group).orElse(null);
    }

    /** TLS 1.3. */
    @Override
    public void notifySelectedPSK(@Nullable TlsPSK selected) throws IOException {
        handshake.psk.selected(selected);
        resumption().selected(selected != null && !usedExternalPsk());
    }

    @Override
    public void notifySecureRenegotiation(boolean secure) throws IOException {
        // As in Node and OpenSSL since 3.0: without it, an attacker's handshake may have come first (RFC 5746 4.1).
        if (!secure && !settings.legacyServerConnect() && !TlsUtils.isTLSv13(context)) {
            throw FatalAlerts.alert(Code.ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED.failure(
                    "renegotiation: the server does not support RFC 5746, it is required"));
        }
    }

    /**
     * Takes the application protocol that the server selected, in its ServerHello or in EncryptedExtensions.
     *
     * @throws IOException the fatal alert if it was not offered (RFC 7301 3.1), or is another than
     *     before a renegotiation
     */
    void protocolSelected() throws IOException {
        SecurityParameters parameters = context.getSecurityParametersHandshake();
        ProtocolName name = parameters.getApplicationProtocol();
        if (name != null && !settings.common().protocolNames().contains(name)) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "alpn: the server chose %s, the client offered %s",
                    AlpnNames.printable(name), settings.common().alpnProtocols()));
        }
        Optional<String> selected = Optional.ofNullable(name).map(ProtocolName::getUtf8Decoding);
        if (!parameters.isRenegotiating()) {
            alpnProtocol = selected;
        } else if (selected.isPresent() && !selected.equals(alpnProtocol)) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "alpn: the server chose \"%s\" in a renegotiation, the connection speaks \"%s\"",
                    TlsFailure.printable(selected.get()), TlsFailure.printable(alpnProtocol.orElse(""))));
        }
    }

    // ServerKeyExchange of TLS 1.2 and below

    @Override
    public TlsKeyExchangeFactory getKeyExchangeFactory() {
        // bctls hides the group of TLS 1.2, which is a protected field of its key exchange.
        ClientHandshakeState current = handshake;
        return new DefaultTlsKeyExchangeFactory() {
            @Override
            public TlsKeyExchange createECDHEKeyExchangeClient(int keyExchange) {
                return new TlsECDHEKeyExchange(keyExchange) {
                    @Override
                    public void processServerKeyExchange(InputStream input) throws IOException {
                        super.processServerKeyExchange(input);
                        current.group = Group.of(ecConfig.getNamedGroup()).orElse(null);
                    }
                };
            }

            @Override
            public TlsKeyExchange createDHEKeyExchangeClient(int keyExchange, TlsDHGroupVerifier verifier) {
                return new TlsDHEKeyExchange(keyExchange, verifier) {
                    @Override
                    public void processServerKeyExchange(InputStream input) throws IOException {
                        super.processServerKeyExchange(input);
                        current.dhBits = DhGroups.bits(dhConfig);
                        requireDhSize(current.dhBits);
                    }
                };
            }

            @Override
            public TlsKeyExchange createPSKKeyExchangeClient(
                    int keyExchange, TlsPSKIdentity identity, TlsDHGroupVerifier verifier) {
                return new TlsPSKKeyExchange(keyExchange, identity, verifier) {
                    @Override
                    public void processServerKeyExchange(InputStream input) throws IOException {
                        super.processServerKeyExchange(input);
                        if (ecConfig != null) {
                            current.group = Group.of(ecConfig.getNamedGroup()).orElse(null);
                        }
                        if (dhConfig != null) {
                            current.dhBits = DhGroups.bits(dhConfig);
                            requireDhSize(current.dhBits);
                        }
                    }
                };
            }
        };
    }

    @Override
    public TlsPSKIdentity getPSKIdentity() throws IOException {
        return handshake.psk.identity();
    }

    /**
     * bctls accepts only RFC 7919's groups; OpenSSL and Node accept any that is large enough, see
     * {@link #requireDhSize}.
     */
    @Override
    public TlsDHGroupVerifier getDHGroupVerifier() {
        return group -> true;
    }

    private void requireDhSize(int bits) throws IOException {
        if (bits < settings.keyExchange().minPrimeBits()) {
            throw FatalAlerts.alert(Code.ERR_SSL_DH_KEY_TOO_SMALL.failure(
                    "dh: the server's parameters have %d bits, the security level asks for %d",
                    bits, settings.keyExchange().minPrimeBits()));
        }
        if (bits < settings.keyExchange().minDhSize()) {
            throw FatalAlerts.alert(Code.ERR_TLS_DH_PARAM_SIZE.failure(
                    "dh: the server's parameters have %d bits, at least %d are required",
                    bits, settings.keyExchange().minDhSize()));
        }
    }

    // Certificate, CertificateVerify

    @Override
    public TlsAuthentication getAuthentication() throws IOException {
        settings.common().requireNewSessions();
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate certificate) throws IOException {
                handshake.serverAuth.verify(certificate.getCertificate(), context.getSecurityParametersHandshake());
            }

            @Override
            public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
                return clientCredentials(request);
            }
        };
    }

    /** Checks the CertificateVerify of TLS 1.3 against the offer and the server's certificate. */
    void requireScheme(byte[] certificateVerify) throws IOException {
        handshake.serverAuth.requireScheme(certificateVerify);
    }

    // CertificateRequest, and the client's Certificate and CertificateVerify

    /**
     * Returns the first of the local certificates whose key makes a signature that the server accepts; null sends none.
     */
    private @Nullable TlsCredentials clientCredentials(CertificateRequest request) throws IOException {
        handshake.peerSigalgs = Sigalgs.of(request.getSupportedSignatureAlgorithms());
        SecurityParameters parameters = context.getSecurityParametersHandshake();
        TlsVersion version = HandshakeSettings.version(parameters.getNegotiatedVersion());
        for (Credential credential : ServerCredentials.find(settings.credentials(), wanted(request))) {
            if (!version.isAtLeast(TlsVersion.TLS_1_2)) {
                if (credential.signsUnnegotiated() && accepts(request, credential)) {
                    return select(credential, version, null);
                }
                continue;
            }
            for (Object offered : request.getSupportedSignatureAlgorithms()) {
                Sigalg sigalg = Sigalg.of(SignatureScheme.from((SignatureAndHashAlgorithm) offered))
                        .orElse(null);
                if (sigalg != null
                        && settings.common().sigalgs().contains(sigalg)
                        && credential.signs(sigalg, version)
                        && (version == TlsVersion.TLS_1_3 || accepts(request, credential))) {
                    return select(credential, version, sigalg);
                }
            }
        }
        return null;
    }

    private CredentialSource.Wanted wanted(CertificateRequest request) throws IOException {
        HandshakeInfo info = handshake.serverAuth.info(context.getSecurityParametersHandshake(), handshake.peerSigalgs);
        List<Sigalg> shared = handshake.peerSigalgs.stream()
                .filter(settings.common().sigalgs()::contains)
                .filter(sigalg -> sigalg.signsIn(info.version()))
                .toList();
        List<X500Principal> issuers = new ArrayList<>();
        if (request.getCertificateAuthorities() != null) {
            for (Object authority : request.getCertificateAuthorities()) {
                issuers.add(new X500Principal(((X500Name) authority).getEncoded()));
            }
        }
        // A key manager does not see a server that was tolerated unverified.
        boolean verified = handshake.serverAuth.authorization().authorized();
        return new CredentialSource.Wanted(verified ? info : info.withPeer(List.of(), List.of()), shared, issuers);
    }

    private static boolean accepts(CertificateRequest request, Credential credential) {
        short[] types = request.getCertificateTypes();
        short local = switch (credential.identity().keyType()) {
            case RSA, RSA_PSS -> ClientCertificateType.rsa_sign;
            default -> ClientCertificateType.ecdsa_sign;
        };
        return types == null || Arrays.contains(types, local);
    }

    private TlsCredentials select(Credential credential, TlsVersion version, @Nullable Sigalg sigalg) {
        handshake.credential = credential;
        return new KeySigner(compression().onto(credential.chain(version)), credential.key(), sigalg);
    }

    // NewSessionTicket, Finished

    /** TLS 1.2 and below. */
    @Override
    public void notifyNewSessionTicket(NewSessionTicket ticket) {
        resumption().ticketArrived(ticket);
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        if (usedExternalPsk()) {
            handshake.serverAuth.peerProvedPsk();
        }
        resumption().completed(context.getSecurityParametersConnection(), usedExternalPsk());
        handshake.psk.wipe();
    }

    HandshakeResult result(BindingMaterial binding) {
        SecurityParameters parameters = context.getSecurityParametersConnection();
        ClientServerAuth serverAuth = handshake.serverAuth;
        return new HandshakeResult(
                new HandshakeResult.Agreed(
                        serverAuth.info(parameters, handshake.peerSigalgs),
                        HandshakeResult.KeyExchange.of(parameters, handshake.group, handshake.dhBits),
                        alpnProtocol,
                        new HandshakeResult.SessionUse(
                                resumption().how(), resumption().id()),
                        handshake.localChain(),
                        new HandshakeResult.PeerVerdict(
                                serverAuth.authorization(),
                                handshake.psk.used(),
                                serverAuth.stapling().verdict()),
                        settings.common().clock().instant()),
                binding,
                resumption().state());
    }

    @Override
    public void notifyConnectionClosed() {
        super.notifyConnectionClosed();
        handshake.psk.wipe();
    }
}
