package io.heddle.engine;

import io.heddle.certificate.Identity;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.KeySigner;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.crypto.Sigalgs;
import io.heddle.engine.handshake.HandshakeSettings;
import io.heddle.protocol.TlsVersion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.DefaultTlsKeyExchangeFactory;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.NewSessionTicket;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsKeyExchange;
import org.bouncycastle.tls.TlsKeyExchangeFactory;
import org.bouncycastle.tls.TlsRSAKeyExchange;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * A client of bctls that can omit extensions that OpenSSL, Node, the JDK and Heddle always send. Accepts
 * every certificate.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class BareClient extends DefaultTlsClient {
    private final ProtocolVersion version;
    private final boolean extended;
    private final boolean earlyData;
    private @Nullable TlsCredentials credentials;
    private int premasterVersion;
    private final AtomicReference<byte @Nullable []> ticket = new AtomicReference<>();
    private final AtomicReference<byte[]> sessionId = new AtomicReference<>(new byte[0]);
    private @Nullable String servername;
    private boolean sigalgs = true;
    private @Nullable Vector offered;
    private @Nullable Vector offeredForCertificates;

    public BareClient(ProtocolVersion version, boolean extended) {
        this(version, extended, false);
    }

    /** With {@code earlyData} it announces early data, which the test has to send (RFC 8446 4.2.10). */
    public BareClient(ProtocolVersion version, boolean extended, boolean earlyData) {
        super(new ProviderCrypto(new SecureRandom()));
        this.version = version;
        this.extended = extended;
        this.earlyData = earlyData;
    }

    /** Sends a server name as given; by default there is none. */
    BareClient servername(String name) {
        servername = name;
        return this;
    }

    /** Omits {@code signature_algorithms}. */
    BareClient withoutSigalgs() {
        sigalgs = false;
        return this;
    }

    @Override
    protected @Nullable Vector getSNIServerNames() {
        return servername == null
                ? null
                : new Vector(
                        List.of(new ServerName(NameType.host_name, servername.getBytes(StandardCharsets.US_ASCII))));
    }

    /** Sends these schemes for handshakes, and those for certificates in an extension of their own. */
    BareClient sigalgs(List<Sigalg> handshakes, List<Sigalg> certificates) {
        offered = Sigalgs.toVector(handshakes);
        offeredForCertificates = Sigalgs.toVector(certificates);
        return this;
    }

    @Override
    protected @Nullable Vector getSupportedSignatureAlgorithms() {
        if (offered != null) {
            return offered;
        }
        return sigalgs ? super.getSupportedSignatureAlgorithms() : null;
    }

    @Override
    protected @Nullable Vector getSupportedSignatureAlgorithmsCert() {
        return offeredForCertificates;
    }

    /** Presents a certificate and signs with this scheme, even if the server did not request it. */
    BareClient signing(Identity identity, Sigalg sigalg) {
        return signing(identity, identity, sigalg);
    }

    /** Presents a certificate, and signs with the key of another. */
    BareClient signing(Identity shown, Identity signer, Sigalg sigalg) {
        Credential credential = Credential.of(shown, (ProviderCrypto) getCrypto());
        credentials = new KeySigner(credential.chain(HandshakeSettings.version(version)), signer.key(), sigalg);
        return this;
    }

    /** Presents a certificate in TLS 1.1, and signs with the EC key of another. */
    public BareClient presenting(Identity shown, Identity signer) {
        Credential credential = Credential.of(shown, (ProviderCrypto) getCrypto());
        credentials = new KeySigner(credential.chain(TlsVersion.TLS_1_1), signer.key(), null);
        return this;
    }

    /** Presents a certificate with an extension that the server did not request. */
    BareClient withCertificateExtension(Identity identity, Sigalg sigalg, int type, byte... content) {
        var extensions = new Hashtable<Integer, byte[]>();
        extensions.put(type, content);
        var entry = new CertificateEntry(((ProviderCrypto) getCrypto()).certificate(identity.leaf()), extensions);
        credentials = new KeySigner(
                new Certificate(TlsUtils.EMPTY_BYTES, new CertificateEntry[] {entry}), identity.key(), sigalg);
        return this;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return version.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        if (premasterVersion != 0) {
            return new int[] {CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256};
        }
        return new int[] {
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
            CipherSuite.TLS_AES_128_GCM_SHA256
        };
    }

    /** Offers RSA key exchange alone, with a premaster secret that begins with this version. */
    BareClient premasterVersion(int number) {
        premasterVersion = number;
        return this;
    }

    @Override
    public TlsKeyExchangeFactory getKeyExchangeFactory() {
        return new DefaultTlsKeyExchangeFactory() {
            @Override
            public TlsKeyExchange createRSAKeyExchange(int keyExchange) {
                return new TlsRSAKeyExchange(keyExchange) {
                    @Override
                    public void generateClientKeyExchange(OutputStream output) throws IOException {
                        byte[] secret = new byte[48];
                        TlsUtils.writeUint16(premasterVersion, secret, 0);
                        preMasterSecret = getCrypto().createSecret(secret);
                        TlsUtils.writeOpaque16(
                                getCrypto().createSecret(secret.clone()).encrypt(serverEncryptor), output);
                    }
                };
            }
        };
    }

    @Override
    public boolean shouldUseExtendedMasterSecret() {
        return extended;
    }

    @Override
    public Hashtable getClientExtensions() throws IOException {
        Hashtable extensions = super.getClientExtensions();
        extensions.put((Integer) ExtensionType.session_ticket, TlsUtils.EMPTY_BYTES);
        if (earlyData) {
            extensions.put((Integer) ExtensionType.early_data, TlsUtils.EMPTY_BYTES);
        }
        return extensions;
    }

    byte @Nullable [] ticket() {
        return ticket.get();
    }

    /** Returns the session id of the ServerHello, empty before it. */
    byte[] sessionId() {
        return sessionId.get();
    }

    @Override
    public void notifySessionID(byte[] chosen) {
        super.notifySessionID(chosen);
        sessionId.set(chosen == null ? new byte[0] : chosen.clone());
    }

    @Override
    public void notifyNewSessionTicket(NewSessionTicket sent) {
        ticket.set(sent.getTicket());
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate certificate) {}

            @Override
            public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
                return credentials;
            }
        };
    }

    /** The protocol object of the client. It counts tickets, and its outgoing messages can be changed. */
    public static final class Handshake extends TlsClientProtocol {
        private final UnaryOperator<byte[]> outgoing;
        private int tickets;

        private final int legacyVersion;

        public Handshake(UnaryOperator<byte[]> outgoing) {
            this(outgoing, 0x0303);
        }

        /** Creates a client whose ClientHello has this legacy_version, in the transcript as well. */
        public Handshake(UnaryOperator<byte[]> outgoing, int legacyVersion) {
            this.outgoing = outgoing;
            this.legacyVersion = legacyVersion;
        }

        @Override
        protected void sendClientHelloMessage() throws IOException {
            ClientHello hello = clientHello;
            clientHello = new ClientHello(
                    ProtocolVersion.get(legacyVersion >>> 8, legacyVersion & 0xff),
                    hello.getRandom(),
                    hello.getSessionID(),
                    null,
                    hello.getCipherSuites(),
                    hello.getExtensions(),
                    hello.getBindersSize());
            super.sendClientHelloMessage();
        }

        int tickets() {
            return tickets;
        }

        @Override
        protected void receive13NewSessionTicket(ByteArrayInputStream message) throws IOException {
            tickets++;
            super.receive13NewSessionTicket(message);
        }

        @Override
        protected void writeRecord(short type, byte[] buffer, int offset, int length) throws IOException {
            byte[] content = Arrays.copyOfRange(buffer, offset, offset + length);
            byte[] changed = type == ContentType.handshake ? outgoing.apply(content) : content;
            super.writeRecord(type, changed, 0, changed.length);
        }
    }
}
