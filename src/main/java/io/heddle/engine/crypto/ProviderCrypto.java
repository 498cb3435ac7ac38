package io.heddle.engine.crypto;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.heddle.certificate.x509.BouncyCastleVersion;
import io.heddle.certificate.x509.MlDsa;
import io.heddle.cipher.Group;
import io.heddle.cipher.Suite;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.KeyType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateType;
import org.bouncycastle.tls.EncryptionAlgorithm;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.TlsECDomain;
import org.bouncycastle.tls.crypto.TlsKemConfig;
import org.bouncycastle.tls.crypto.TlsKemDomain;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.TlsStreamVerifier;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCertificate;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JceTlsECDomain;
import org.jspecify.annotations.Nullable;

/**
 * The cryptography of every connection: selects the provider of an algorithm, and fills in where bctls 1.84 on JDK
 * providers has gaps (RSA-PSS names, ChaCha20-Poly1305, the label of resumption binders) or is slow (records,
 * nonces, certificates).
 *
 * <p>One object serves any number of connections. Thread-safe.
 */
public final class ProviderCrypto extends JcaTlsCrypto {
    /** In bytes of encodings, a thousand certificates of usual size; parsed they take about three times as much. */
    private static final long CACHED_BYTES = 2 << 20;

    /** A certificate above this size is parsed each time. */
    private static final int LARGEST_CACHED = 16 << 10;

    private static final String PSS_SUFFIX = "WITHRSAANDMGF1";

    private final SecureRandom random;

    /**
     * Parsed certificates of verified peers, by their whole encoding. It spares parsing; it holds no decision about
     * trust. Those of other peers are not kept, since a client can send any number of them.
     */
    private final Cache<ByteBuffer, TlsCertificate> certificates = Caffeine.newBuilder()
            .maximumWeight(CACHED_BYTES)
            .weigher((ByteBuffer encoding, TlsCertificate parsed) -> encoding.remaining())
            .build();

    /** Makes the cryptography on the JDK's providers. */
    public ProviderCrypto(SecureRandom random) {
        super(new ProviderLookup(), random, random);
        BouncyCastleVersion.require();
        this.random = random;
    }

    /** The suites that the installed providers can run: the same for every object, and slow to find out. */
    private static final class RunnableSuites {
        static final Set<Integer> NUMBERS = runnable(new ProviderCrypto(new SecureRandom()));

        private static Set<Integer> runnable(ProviderCrypto crypto) {
            int[] all = Suite.all().stream().mapToInt(Suite::number).toArray();
            return Arrays.stream(TlsUtils.getSupportedCipherSuites(crypto, all))
                    .boxed()
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    /** Returns whether the providers can run a suite. */
    public boolean runs(Suite suite) {
        return RunnableSuites.NUMBERS.contains(suite.number());
    }

    @Override
    public TlsNonceGenerator createNonceGenerator(byte[] ignoredSeed) {
        return new ConnectionCiphers(random);
    }

    @Override
    public TlsCipher createCipher(TlsCryptoParameters parameters, int encryption, int mac) throws IOException {
        RecordCipher cipher = recordCipher(parameters, encryption, mac);
        ((ConnectionCiphers) parameters.getNonceGenerator())
                .created(cipher, parameters.getSecurityParametersHandshake());
        return cipher;
    }

    private RecordCipher recordCipher(TlsCryptoParameters parameters, int encryption, int mac) throws IOException {
        try {
            return switch (encryption) {
                case EncryptionAlgorithm.AES_128_GCM -> aead(parameters, AeadRecordCipher.Aead.GCM, 16);
                case EncryptionAlgorithm.AES_256_GCM -> aead(parameters, AeadRecordCipher.Aead.GCM, 32);
                case EncryptionAlgorithm.AES_128_CCM -> aead(parameters, AeadRecordCipher.Aead.CCM, 16);
                case EncryptionAlgorithm.AES_256_CCM -> aead(parameters, AeadRecordCipher.Aead.CCM, 32);
                case EncryptionAlgorithm.AES_128_CCM_8 -> aead(parameters, AeadRecordCipher.Aead.CCM_8, 16);
                case EncryptionAlgorithm.AES_256_CCM_8 -> aead(parameters, AeadRecordCipher.Aead.CCM_8, 32);
                case EncryptionAlgorithm.CHACHA20_POLY1305 ->
                    aead(parameters, AeadRecordCipher.Aead.CHACHA20_POLY1305, 32);
                default ->
                    new WrappedRecordCipher(
                            super.createCipher(parameters, encryption, mac), parameters.getServerVersion());
            };
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
    }

    private RecordCipher aead(TlsCryptoParameters parameters, AeadRecordCipher.Aead aead, int keySize)
            throws IOException, GeneralSecurityException {
        return new AeadRecordCipher(this, parameters, getHelper(), aead, keySize);
    }

    @Override
    protected @Nullable Boolean isSupportedEncryptionAlgorithm(int encryption) {
        // bctls asks for BouncyCastle's names of the two halves; Heddle uses one cipher, which every JDK has.
        return encryption == EncryptionAlgorithm.CHACHA20_POLY1305
                ? Boolean.TRUE
                : super.isSupportedEncryptionAlgorithm(encryption);
    }

    /** bctls asks for the algorithms of ML-KEM that it would use; {@link MlKemDomain} has a provider in any case. */
    @Override
    protected @Nullable Boolean isSupportedNamedGroup(int group) {
        return NamedGroup.refersToASpecificKem(group) ? Boolean.TRUE : super.isSupportedNamedGroup(group);
    }

    @Override
    public TlsECDomain createECDomain(TlsECConfig config) {
        return switch (config.getNamedGroup()) {
            case NamedGroup.x25519, NamedGroup.x448 -> super.createECDomain(config);
            default -> new PrimeCurveDomain(this, config);
        };
    }

    /** The arithmetic of a curve whose points have a form byte in front. */
    private static final class PrimeCurveDomain extends JceTlsECDomain {
        private static final int UNCOMPRESSED = 4;

        private final int group;

        PrimeCurveDomain(ProviderCrypto crypto, TlsECConfig config) {
            super(crypto, config);
            this.group = config.getNamedGroup();
        }

        /** RFC 8446 4.2.8.2, RFC 8422 5.4.1. bctls 1.84 takes every form of X9.62 in a key_share of TLS 1.3. */
        @Override
        public PublicKey decodePublicKey(byte[] encoding) throws IOException {
            if (encoding.length > 0 && encoding[0] != UNCOMPRESSED) {
                throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                        "group: the peer sent a point of %s in the form %d, the uncompressed form (4) alone is allowed",
                        Group.of(group).map(Group::opensslName).orElseGet(() -> "group " + group), encoding[0] & 0xff));
            }
            return super.decodePublicKey(encoding);
        }
    }

    @Override
    public TlsKemDomain createKemDomain(TlsKemConfig config) {
        return new MlKemDomain(this, random, config);
    }

    /** bctls leaves both parts in memory. */
    @Override
    public TlsSecret createHybridSecret(TlsSecret first, TlsSecret second) {
        byte[] head = first.extract();
        byte[] tail = second.extract();
        byte[] whole = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, whole, head.length, tail.length);
        Arrays.fill(head, (byte) 0);
        Arrays.fill(tail, (byte) 0);
        return take(whole);
    }

    @Override
    public TlsSecret hkdfInit(int hash) {
        return ResumptionSecrets.start(this, TlsCryptoUtils.getHashOutputSize(hash));
    }

    @Override
    public TlsCertificate createCertificate(short type, byte[] encoding) throws IOException {
        if (type != CertificateType.X509) {
            throw new TlsFatalAlert(AlertDescription.unsupported_certificate);
        }
        TlsCertificate cached = certificates.getIfPresent(ByteBuffer.wrap(encoding));
        return cached == null ? new ParsedCertificate(this, parse(encoding)) : cached;
    }

    /** Caches the parsed certificates of a verified chain, for the next connection of its peer. */
    public static void keepVerified(Certificate chain) throws IOException {
        for (TlsCertificate certificate : chain.getCertificateList()) {
            if (certificate instanceof ParsedCertificate parsed) {
                parsed.keep();
            }
        }
    }

    /** A certificate that a peer sent. */
    private static final class ParsedCertificate extends JcaTlsCertificate {
        private final ProviderCrypto owner;

        ParsedCertificate(ProviderCrypto owner, X509Certificate certificate) {
            super(owner, certificate);
            this.owner = owner;
        }

        /** bctls 1.84 takes the number of the bit for its mask, and so refuses a missing usage with internal_error. */
        @Override
        protected void validateKeyUsageBit(int bit) throws IOException {
            if (!supportsKeyUsageBit(bit)) {
                throw FatalAlerts.alert(Code.INVALID_PURPOSE.failure(
                        "certificate: the key usage of the peer's certificate leaves out %s, for which the handshake needs it",
                        switch (bit) {
                            case KU_DIGITAL_SIGNATURE -> "digitalSignature";
                            case KU_KEY_ENCIPHERMENT -> "keyEncipherment";
                            default -> "keyAgreement";
                        }));
            }
        }

        void keep() throws IOException {
            byte[] encoding = getEncoded();
            if (encoding.length <= LARGEST_CACHED) {
                owner.certificates.put(ByteBuffer.wrap(encoding), this);
            }
        }
    }

    /** Returns bctls' form of a local certificate. */
    public JcaTlsCertificate certificate(X509Certificate certificate) {
        return new JcaTlsCertificate(this, certificate);
    }

    private static X509Certificate parse(byte[] encoding) throws TlsFatalAlert {
        try {
            var in = new ByteArrayInputStream(encoding);
            var parsed =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            if (parsed == null || in.available() > 0) {
                throw new CertificateException("not one certificate alone");
            }
            return parsed;
        } catch (CertificateException e) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    e,
                    Alert.BAD_CERTIFICATE,
                    "certificate: the peer sent %d bytes that are not one X.509 certificate",
                    encoding.length));
        }
    }

    // The JDK has one name of RSA-PSS for every digest; the parameters contain the digest.

    @Override
    protected TlsStreamVerifier createStreamVerifier(
            String algorithm, @Nullable AlgorithmParameterSpec parameter, byte[] signature, PublicKey key)
            throws IOException {
        return super.createStreamVerifier(jdkName(algorithm), parameter, signature, key);
    }

    @Override
    protected Tls13Verifier createTls13Verifier(
            String algorithm, @Nullable AlgorithmParameterSpec parameter, PublicKey key) throws IOException {
        try {
            PublicKey taken = KeyType.of(key).isMlDsa() ? MlDsa.verifyingKey(key) : key;
            return super.createTls13Verifier(jdkName(algorithm), parameter, taken);
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
    }

    private static String jdkName(String algorithm) {
        return algorithm.toUpperCase(Locale.ROOT).endsWith(PSS_SUFFIX) ? "RSASSA-PSS" : algorithm;
    }

    /** Returns the secret of these bytes, which are overwritten: bctls makes a copy of its own, and wipes it. */
    public TlsSecret take(byte[] bytes) {
        TlsSecret taken = createSecret(bytes);
        Arrays.fill(bytes, (byte) 0);
        return taken;
    }
}
