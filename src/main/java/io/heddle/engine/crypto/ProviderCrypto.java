package io.heddle.engine.crypto;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.heddle.certificate.x509.BouncyCastleVersion;
import io.heddle.certificate.x509.MlDsa;
import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.KeyType;
import io.heddle.provider.ProviderTable;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateType;
import org.bouncycastle.tls.DigitallySigned;
import org.bouncycastle.tls.EncryptionAlgorithm;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureScheme;
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
import org.bouncycastle.tls.crypto.TlsVerifier;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCertificate;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
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

    private final Map<Group, Curve> curves = new ConcurrentHashMap<>();

    /** Creates the cryptography on the providers of the {@link ProviderTable}. */
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
    public TlsSecret createSecret(byte[] data) {
        return new HandshakeSecret(this, data.clone());
    }

    @Override
    public TlsSecret generateRSAPreMasterSecret(ProtocolVersion version) {
        byte[] secret = new byte[48];
        random.nextBytes(secret);
        TlsUtils.writeVersion(version, secret, 0);
        return new HandshakeSecret(this, secret);
    }

    // bctls keeps what the providers have in tables with monitors, which each ClientHello meets dozens of times.

    @Override
    public boolean hasEncryptionAlgorithm(int encryption) {
        return Capability.ENCRYPTION.has(
                encryption, number -> Boolean.TRUE.equals(isSupportedEncryptionAlgorithm(number)));
    }

    @Override
    public boolean hasNamedGroup(int group) {
        return Capability.GROUPS.has(group, number -> Boolean.TRUE.equals(isSupportedNamedGroup(number)));
    }

    @Override
    public boolean hasSignatureScheme(int scheme) {
        return Capability.SIGNATURES.has(scheme, number -> Boolean.TRUE.equals(isSupportedSignatureScheme(number)));
    }

    /** What the providers have, by the numbers of TLS: the same for every object, and found out once for each number. */
    private enum Capability {
        ENCRYPTION,
        GROUPS,
        SIGNATURES;

        private final Map<Integer, Boolean> found = new ConcurrentHashMap<>();

        boolean has(int number, IntPredicate search) {
            Boolean present = found.get(number);
            if (present == null) {
                present = search.test(number);
                found.put(number, present);
            }
            return present;
        }
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
        return new AeadRecordCipher(parameters, getHelper(), aead, keySize);
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
        Group group = Group.of(config.getNamedGroup()).orElse(null);
        if (group == null || !Curve.has(group)) {
            return new WeierstrassDomain(this, config);
        }
        return curves.computeIfAbsent(group, wanted -> Curve.of(wanted, this, random));
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
        return new HandshakeSecret(this, new byte[TlsCryptoUtils.getHashOutputSize(hash)]);
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

        /** bctls signs digests without their names in TLS 1.2, for which few providers have a fast path. */
        @Override
        public TlsVerifier createVerifier(short algorithm) throws IOException {
            TlsVerifier checked = super.createVerifier(algorithm);
            return new TlsVerifier() {
                @Override
                public @Nullable TlsStreamVerifier getStreamVerifier(DigitallySigned signed) throws IOException {
                    Optional<Sigalg> sigalg = signed.getAlgorithm() == null
                            ? Optional.empty()
                            : Sigalg.of(SignatureScheme.from(signed.getAlgorithm()));
                    return sigalg.isEmpty()
                            ? checked.getStreamVerifier(signed)
                            : verifier(sigalg.get(), signed.getSignature());
                }

                @Override
                public boolean verifyRawSignature(DigitallySigned signed, byte[] hash) throws IOException {
                    return checked.verifyRawSignature(signed, hash);
                }
            };
        }

        private TlsStreamVerifier verifier(Sigalg sigalg, byte[] signature) throws IOException {
            try {
                return SignatureVerifier.of(
                        SignatureAlgorithms.verifier(sigalg, certificate.getPublicKey()), signature);
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert(AlertDescription.internal_error, e);
            }
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

    @Override
    protected Tls13Verifier createTls13Verifier(
            String algorithm, @Nullable AlgorithmParameterSpec parameter, PublicKey key) throws IOException {
        try {
            return new SignatureVerifier(
                    KeyType.of(key).isMlDsa()
                            ? MlDsa.verifier(key)
                            : SignatureAlgorithms.verifier(jdkName(algorithm), parameter, key));
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
    }

    /** The JDK has one name of RSA-PSS for every digest; the parameters contain the digest. */
    private static String jdkName(String algorithm) {
        return algorithm.toUpperCase(Locale.ROOT).endsWith(PSS_SUFFIX) ? "RSASSA-PSS" : algorithm;
    }

    /** Returns the secret of these bytes; the array becomes its own and is not copied. */
    public TlsSecret take(byte[] bytes) {
        return new HandshakeSecret(this, bytes);
    }
}
