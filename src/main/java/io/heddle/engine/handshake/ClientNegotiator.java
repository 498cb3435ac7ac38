package io.heddle.engine.handshake;

import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.CertificateChains;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.KeySigner;
import io.heddle.engine.crypto.PeerSignature;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.crypto.Shorts;
import io.heddle.engine.crypto.Sigalgs;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
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
import org.bouncycastle.tls.Certificate;
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
import org.jspecify.annotations.Nullable;

/**
 * The client's offer, and its decisions about what the server answers.
 *
 * <p>bctls' tables are raw types, hence the suppressed warnings. Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class ClientNegotiator extends AbstractTlsClient {
    private final ClientSettings settings;
    private final ClientPsk psk;
    private final ClientStapling stapling;

    /** Of the first handshake: a connection speaks it until its end. */
    private Optional<String> protocol = Optional.empty();

    // Of the handshake that runs.
    private ClientResumption resumption;
    private @Nullable Credential credential;
    private @Nullable Group group;
    private int dhBits;
    private Authorization authorization = Authorization.NOT_ASKED;
    private List<X509Certificate> peerChain = List.of();
    private List<Sigalg> peerSigalgs = List.of();

    public ClientNegotiator(ClientSettings settings) {
        super(settings.common().crypto());
        this.settings = settings;
        this.resumption = new ClientResumption(settings, settings.session());
        this.psk = new ClientPsk(settings);
        this.stapling = new ClientStapling(settings.stapleCheck());
    }

    /** bctls keeps this object for renegotiations, which begin with nothing. */
    @Override
    public void notifyHandshakeBeginning() throws IOException {
        super.notifyHandshakeBeginning();
        if (isRenegotiating()) {
            resumption = new ClientResumption(settings, Optional.empty());
            credential = null;
            group = null;
            dhBits = 0;
            authorization = Authorization.NOT_ASKED;
            peerChain = List.of();
            peerSigalgs = List.of();
        }
    }

    private boolean isRenegotiating() {
        return context.getSecurityParametersHandshake().isRenegotiating();
    }

    public ClientResumption resumption() {
        return resumption;
    }

    ClientStapling stapling() {
        return stapling;
    }

    // The offer

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return settings.common().protocolVersions();
    }

    boolean offersTls13() {
        return settings.common().versions().contains(TlsVersion.TLS_1_3);
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

    @Override
    protected int[] getSupportedCipherSuites() {
        return settings.common().suiteNumbers();
    }

    @Override
    protected Vector getSupportedGroups(Vector ignoredRoles) {
        Vector groups = new Vector();
        for (Group each : settings.common().groups()) {
            groups.add(each.number());
        }
        return groups;
    }

    @Override
    public Vector getEarlyKeyShareGroups() {
        // A second share costs a key generation in every handshake, and most servers take the first.
        return settings.common().groups().stream()
                .filter(each -> each.fits(TlsVersion.TLS_1_3))
                .findFirst()
                .map(each -> TlsUtils.vectorOfOne(each.number()))
                .orElseGet(Vector::new);
    }

    @Override
    protected Vector getSupportedSignatureAlgorithms() {
        return Sigalgs.toVector(settings.common().sigalgs());
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
        return stapling.request();
    }

    @Override
    public Hashtable getClientExtensions() throws IOException {
        psk.begin();
        return resumption.extensions(
                super.getClientExtensions(), ProtocolVersion.contains(getProtocolVersions(), ProtocolVersion.TLSv13));
    }

    // The session

    @Override
    public @Nullable TlsSession getSessionToResume() {
        return resumption.session();
    }

    @Override
    public @Nullable Vector getExternalPSKs() {
        Vector offered = new Vector();
        // A ticket first: it was made by a handshake that has proved at least as much.
        Stream.of(resumption.ticketPsk(), psk.offer()).filter(Objects::nonNull).forEach(offered::add);
        return offered.isEmpty() ? null : offered;
    }

    @Override
    public TlsPSKIdentity getPSKIdentity() throws IOException {
        return psk.identity();
    }

    @Override
    public void notifySelectedPSK(@Nullable TlsPSK selected) throws IOException {
        psk.selected(selected);
        resumption.selected(selected != null && !usedSharedKey());
    }

    @Override
    public void notifyNewSessionTicket(NewSessionTicket ticket) {
        resumption.ticketArrived(ticket);
    }

    // The server's answers

    @Override
    public void notifyServerVersion(ProtocolVersion version) throws IOException {
        super.notifyServerVersion(version);
        if (!ProtocolVersion.contains(getProtocolVersions(), version)) {
            throw FatalAlerts.alert(Code.ERR_SSL_UNSUPPORTED_PROTOCOL.failure(
                    "version: the server chose %s, the client offered %s",
                    version, settings.common().versions()));
        }
    }

    /**
     * Takes the application protocol that the server selected, in its ServerHello or in EncryptedExtensions.
     *
     * @throws IOException the fatal alert if it was not offered (RFC 7301 3.1), or is another than before a renegotiation
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
            protocol = selected;
        } else if (selected.isPresent() && !selected.equals(protocol)) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "alpn: the server chose \"%s\" in a renegotiation, the connection speaks \"%s\"",
                    TlsFailure.printable(selected.get()), TlsFailure.printable(protocol.orElse(""))));
        }
    }

    /** Checks the CertificateVerify of TLS 1.3 against the offer and the server's certificate. */
    void requireScheme(byte[] certificateVerify) throws IOException {
        new PeerSignature("server", settings.common().sigalgs()).requireScheme(certificateVerify, peerChain);
    }

    @Override
    public TlsKeyExchangeFactory getKeyExchangeFactory() {
        // bctls keeps the group of TLS 1.2 to itself, but its key exchange knows.
        return new DefaultTlsKeyExchangeFactory() {
            @Override
            public TlsKeyExchange createECDHEKeyExchangeClient(int keyExchange) {
                return new TlsECDHEKeyExchange(keyExchange) {
                    @Override
                    public void processServerKeyExchange(InputStream input) throws IOException {
                        super.processServerKeyExchange(input);
                        group = Group.of(ecConfig.getNamedGroup()).orElse(null);
                    }
                };
            }

            @Override
            public TlsKeyExchange createDHEKeyExchangeClient(int keyExchange, TlsDHGroupVerifier verifier) {
                return new TlsDHEKeyExchange(keyExchange, verifier) {
                    @Override
                    public void processServerKeyExchange(InputStream input) throws IOException {
                        super.processServerKeyExchange(input);
                        dhBits = DhGroups.bits(dhConfig);
                        requireDhSize();
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
                            group = Group.of(ecConfig.getNamedGroup()).orElse(null);
                        }
                        if (dhConfig != null) {
                            dhBits = DhGroups.bits(dhConfig);
                            requireDhSize();
                        }
                    }
                };
            }
        };
    }

    /** bctls takes RFC 7919's groups only; OpenSSL and Node take any that is large enough, which is judged here. */
    @Override
    public TlsDHGroupVerifier getDHGroupVerifier() {
        return group -> true;
    }

    private void requireDhSize() throws IOException {
        if (dhBits < settings.leastPrimeBits()) {
            throw FatalAlerts.alert(Code.ERR_SSL_DH_KEY_TOO_SMALL.failure(
                    "dh: the server's parameters have %d bits, the security level asks for %d",
                    dhBits, settings.leastPrimeBits()));
        }
        if (dhBits < settings.minDhSize()) {
            throw FatalAlerts.alert(Code.ERR_TLS_DH_PARAM_SIZE.failure(
                    "dh: the server's parameters have %d bits, at least %d are required",
                    dhBits, settings.minDhSize()));
        }
    }

    @Override
    public TlsAuthentication getAuthentication() throws IOException {
        settings.common().requireNewSessions();
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate certificate) throws IOException {
                judge(certificate);
            }

            @Override
            public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
                return answer(request);
            }
        };
    }

    private void judge(TlsServerCertificate presented) throws IOException {
        Certificate certificate = presented.getCertificate();
        if (certificate == null || certificate.isEmpty()) {
            throw FatalAlerts.alert(
                    Code.ERR_SSL_BAD_LENGTH.failure("certificate: the server sent no certificate, one is required"));
        }
        peerChain = CertificateChains.of(certificate);
        if (TlsUtils.isTLSv13(context)) {
            stapling.entries(certificate);
        } else {
            SecurityParameters parameters = context.getSecurityParametersHandshake();
            PeerKey.of(peerChain.getFirst(), HandshakeSettings.version(parameters.getNegotiatedVersion()))
                    .requireServer(
                            Suite.of(parameters.getCipherSuite()).orElseThrow(),
                            settings.common().groups());
        }
        try {
            authorization = settings.verifier()
                    .verify(new PeerVerifier.Peer(
                            peerChain, settings.servername(), Optional.empty(), negotiated(), false));
        } catch (TlsFailure e) {
            throw FatalAlerts.alert(e);
        }
        if (authorization.authorized()) {
            ProviderCrypto.keepVerified(certificate);
        }
        Optional<Code> unproven = stapling.judge(peerChain);
        if (authorization.authorized() && unproven.isPresent()) {
            authorization = Authorization.denied(unproven.get());
        }
    }

    /** Returns the first of our certificates whose key makes a signature that the server takes; null sends none. */
    private @Nullable TlsCredentials answer(CertificateRequest request) throws IOException {
        // bctls forgets them when the handshake is complete.
        peerSigalgs = Sigalgs.of(request.getSupportedSignatureAlgorithms());
        SecurityParameters parameters = context.getSecurityParametersHandshake();
        TlsVersion version = HandshakeSettings.version(parameters.getNegotiatedVersion());
        for (Credential each : ServerContextChoice.find(settings.credentials(), wanted(request))) {
            if (!version.isAtLeast(TlsVersion.TLS_1_2)) {
                if (each.signsUnnegotiated() && takes(request, each)) {
                    return use(each, version, null);
                }
                continue;
            }
            for (Object offered : request.getSupportedSignatureAlgorithms()) {
                Sigalg sigalg = Sigalg.of(SignatureScheme.from((SignatureAndHashAlgorithm) offered))
                        .orElse(null);
                if (sigalg != null
                        && settings.common().sigalgs().contains(sigalg)
                        && each.signs(sigalg, version)
                        && (version == TlsVersion.TLS_1_3 || takes(request, each))) {
                    return use(each, version, sigalg);
                }
            }
        }
        return null;
    }

    private CredentialSource.Wanted wanted(CertificateRequest request) throws IOException {
        // A server that was tolerated unverified is not shown to those that choose the client's certificate.
        HandshakeInfo negotiated =
                authorization.authorized() ? negotiated() : negotiated().withPeer(List.of(), List.of());
        List<Sigalg> shared = peerSigalgs.stream()
                .filter(settings.common().sigalgs()::contains)
                .filter(each -> each.signsIn(negotiated.version()))
                .toList();
        List<X500Principal> issuers = new ArrayList<>();
        if (request.getCertificateAuthorities() != null) {
            for (Object each : request.getCertificateAuthorities()) {
                issuers.add(new X500Principal(((X500Name) each).getEncoded()));
            }
        }
        return new CredentialSource.Wanted(negotiated, shared, issuers);
    }

    private HandshakeInfo negotiated() {
        SecurityParameters parameters = context.getSecurityParametersHandshake();
        return new HandshakeInfo(
                settings.servername(),
                HandshakeSettings.version(parameters.getNegotiatedVersion()),
                Suite.of(parameters.getCipherSuite()),
                peerSigalgs,
                peerChain,
                stapling.responses());
    }

    private static boolean takes(CertificateRequest request, Credential credential) {
        short[] types = request.getCertificateTypes();
        short ours = switch (credential.identity().keyType()) {
            case RSA, RSA_PSS -> ClientCertificateType.rsa_sign;
            default -> ClientCertificateType.ecdsa_sign;
        };
        return types == null || Shorts.contains(types, ours);
    }

    private TlsCredentials use(Credential chosen, TlsVersion version, @Nullable Sigalg sigalg) {
        credential = chosen;
        return new KeySigner(chosen.chain(version), chosen.key(), sigalg);
    }

    @Override
    public int getMaxCertificateChainLength() {
        return 100;
    }

    @Override
    public int getMaxHandshakeMessageSize() {
        return FatalAlerts.LONGEST_MESSAGE;
    }

    @Override
    public boolean shouldCheckSigAlgOfPeerCerts() {
        return false;
    }

    @Override
    public void notifySecureRenegotiation(boolean secure) throws IOException {
        // OpenSSL since 3.0 and Node ask for it as well: without, an attacker may have gone first (RFC 5746 4.1).
        if (!secure && !settings.legacyServerConnect() && !TlsUtils.isTLSv13(context)) {
            throw FatalAlerts.alert(Code.ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED.failure(
                    "renegotiation: the server does not support RFC 5746, it is required"));
        }
    }

    // The end

    /** bctls forgets it when a ticket comes. */
    @Override
    public void notifySessionID(byte[] id) {
        super.notifySessionID(id);
        resumption.serverChose(id);
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        if (usedSharedKey() && peerChain.isEmpty()) {
            // Nobody else knows the key; there is no certificate whose name could be checked.
            authorization = Authorization.GRANTED;
        }
        resumption.completed(this, usedSharedKey());
        psk.forget();
    }

    @Override
    public void notifyConnectionClosed() {
        super.notifyConnectionClosed();
        psk.forget();
    }

    /** Takes over what the session knows about the server: a resumed handshake has no certificate. */
    void resumed(List<X509Certificate> chain, Authorization granted) {
        peerChain = chain;
        authorization = granted;
    }

    boolean usedSharedKey() {
        return psk.used().isPresent();
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
                        protocol,
                        settings.servername(),
                        resumption.how(),
                        credential == null ? List.of() : credential.identity().chain(),
                        peerChain,
                        authorization,
                        resumption.id(),
                        peerSigalgs,
                        psk.used(),
                        stapling.responses(),
                        stapling.verdict(),
                        settings.common().clock().instant()),
                binding,
                resumption.state());
    }

    org.bouncycastle.tls.TlsClientContext context() {
        return context;
    }

    List<X509Certificate> peerChain() {
        return peerChain;
    }

    Authorization authorization() {
        return authorization;
    }
}
