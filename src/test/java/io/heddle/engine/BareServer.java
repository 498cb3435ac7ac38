package io.heddle.engine;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.KeySigner;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.HandshakeSettings;
import io.heddle.protocol.KeyType;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.Vector;
import java.util.function.UnaryOperator;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.KeyShareEntry;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsServerProtocol;
import org.jspecify.annotations.Nullable;

/** A server of bctls for one version, which signs as a test requires and sends extensions that were not requested. */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class BareServer extends DefaultTlsServer {
    private final ProviderCrypto provider;
    private final ProtocolVersion version;
    private final Identity identity;
    private final Sigalg sigalg;
    private final Hashtable<Integer, byte[]> added = new Hashtable<>();

    private @Nullable CertificateRequest request;
    private Identity shown;
    private boolean extended = true;
    private @Nullable Group group;

    /** Returns a server of TLS 1.3 with a P-256 key. */
    public BareServer() {
        this(ProtocolVersion.TLSv13, TestPki.server("localhost"), Sigalg.ECDSA_SECP256R1_SHA256);
    }

    public BareServer(ProtocolVersion version, Identity identity, Sigalg sigalg) {
        this(new ProviderCrypto(new SecureRandom()), version, identity, sigalg);
    }

    private BareServer(ProviderCrypto crypto, ProtocolVersion version, Identity identity, Sigalg sigalg) {
        super(crypto);
        this.provider = crypto;
        this.version = version;
        this.identity = identity;
        this.sigalg = sigalg;
        this.shown = identity;
    }

    /** Presents a certificate that does not match the signing key. */
    public BareServer presenting(Identity other) {
        shown = other;
        return this;
    }

    /** Sets whether the next handshake has an extended master secret. */
    BareServer extended(boolean offered) {
        extended = offered;
        return this;
    }

    /** Adds an extension to the ServerHello of TLS 1.2, or to EncryptedExtensions. */
    public BareServer with(int type, byte... content) {
        added.put(type, content);
        return this;
    }

    /** Selects this group of TLS 1.3; by default one that bctls prefers. */
    BareServer group(Group selected) {
        group = selected;
        return this;
    }

    @Override
    public int[] getSupportedGroups() throws IOException {
        return group == null ? super.getSupportedGroups() : new int[] {group.number()};
    }

    /** Requests a certificate of the client. */
    BareServer asking(CertificateRequest sent) {
        request = sent;
        return this;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return version.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return new int[] {
            CipherSuite.TLS_AES_128_GCM_SHA256,
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
        };
    }

    @Override
    protected boolean isSelectableCipherSuite(int suite, int curves, int fields, Vector sigalgs) {
        boolean rsa = sigalg.keyType() == KeyType.RSA || sigalg.keyType() == KeyType.RSA_PSS;
        int suite12 = rsa
                ? CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
                : CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
        if (!negotiatesSigalgs()) {
            return suite == CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA;
        }
        return suite == (version.equals(ProtocolVersion.TLSv13) ? CipherSuite.TLS_AES_128_GCM_SHA256 : suite12);
    }

    private boolean negotiatesSigalgs() {
        return ProtocolVersion.TLSv12.isEqualOrEarlierVersionOf(version);
    }

    @Override
    public boolean shouldUseExtendedMasterSecret() {
        return extended;
    }

    @Override
    public void getServerExtensionsForConnection(Hashtable extensions) throws IOException {
        super.getServerExtensionsForConnection(extensions);
        extensions.putAll(added);
    }

    @Override
    public @Nullable CertificateRequest getCertificateRequest() {
        return request;
    }

    @Override
    public TlsCredentials getCredentials() {
        Credential credential = Credential.of(shown, provider);
        TlsVersion chosen = HandshakeSettings.version(version);
        return new KeySigner(credential.chain(chosen), identity.key(), negotiatesSigalgs() ? sigalg : null);
    }

    /**
     * The protocol object of the server. Its outgoing messages can be changed; the transcript has the original ones.
     */
    public static final class Handshake extends TlsServerProtocol {
        private final UnaryOperator<byte[]> outgoing;

        private final boolean asksForCookie;

        public Handshake(UnaryOperator<byte[]> outgoing) {
            this(outgoing, false);
        }

        private Handshake(UnaryOperator<byte[]> outgoing, boolean asksForCookie) {
            this.outgoing = outgoing;
            this.asksForCookie = asksForCookie;
        }

        /**
         * Returns a server that answers the first ClientHello with a HelloRetryRequest that has a cookie and
         * no key_share.
         */
        public static Handshake askingForCookie() {
            return new Handshake(UnaryOperator.identity(), true);
        }

        @Override
        protected ServerHello generate13ServerHello(ClientHello hello, HandshakeMessageInput message, boolean second)
                throws IOException {
            if (asksForCookie && !second) {
                // Without a share bctls sends a HelloRetryRequest.
                return super.generate13ServerHello(withShares(hello, new Vector()), message, false);
            }
            return super.generate13ServerHello(asksForCookie ? withSelectedShare(hello) : hello, message, second);
        }

        /** bctls takes one share after a HelloRetryRequest, and this one did not ask for another. */
        private ClientHello withSelectedShare(ClientHello hello) throws IOException {
            Vector shares = TlsExtensionsUtils.getKeyShareClientHello(hello.getExtensions());
            shares.removeIf(share -> ((KeyShareEntry) share).getNamedGroup() != retryGroup);
            return withShares(hello, shares);
        }

        private static ClientHello withShares(ClientHello hello, Vector shares) throws IOException {
            var extensions = new Hashtable(hello.getExtensions());
            TlsExtensionsUtils.addKeyShareClientHello(extensions, shares);
            return new ClientHello(
                    hello.getVersion(),
                    hello.getRandom(),
                    hello.getSessionID(),
                    null,
                    hello.getCipherSuites(),
                    extensions,
                    0);
        }

        @Override
        protected ServerHello generate13HelloRetryRequest(ClientHello hello) throws IOException {
            ServerHello retry = super.generate13HelloRetryRequest(hello);
            if (asksForCookie) {
                retry.getExtensions().remove(TlsExtensionsUtils.EXT_key_share);
            }
            return retry;
        }

        @Override
        protected void writeRecord(short type, byte[] buffer, int offset, int length) throws IOException {
            byte[] content = Arrays.copyOfRange(buffer, offset, offset + length);
            byte[] changed = type == ContentType.handshake ? outgoing.apply(content) : content;
            super.writeRecord(type, changed, 0, changed.length);
        }
    }
}
