package io.heddle.certificate;

import io.heddle.certificate.file.Pem;
import io.heddle.certificate.path.TrustStore;
import io.heddle.provider.FallbackProvider;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;

/**
 * Certificates for tests, made in memory: {@code TestPki.server("localhost")} is an identity that {@code
 * TestPki.trust()} trusts.
 *
 * <p>Keys are made once in a JVM and shared, by kind and number, because an RSA key takes a while; certificates are
 * made anew at each call.
 */
public final class TestPki {
    /** The time around which certificates are valid, for use in {@code verify}; whole seconds. */
    @SuppressWarnings("TimeInStaticInitializer") // one time for all certificates of a run is the purpose
    public static final Instant NOW = Instant.ofEpochSecond(Instant.now().getEpochSecond());

    private static final ConcurrentHashMap<String, KeyPair> KEYS = new ConcurrentHashMap<>();

    private TestPki() {}

    /** The kinds of key, with the algorithm that they sign certificates with. */
    public enum Key {
        RSA_2048("RSA", "SHA256withRSA", 2048),
        RSA_1024("RSA", "SHA256withRSA", 1024),
        RSA_512("RSA", "SHA256withRSA", 512),
        RSA_PSS_2048("RSASSA-PSS", "SHA256withRSAandMGF1", 2048),
        P256("EC", "SHA256withECDSA", "secp256r1"),
        P384("EC", "SHA384withECDSA", "secp384r1"),
        P521("EC", "SHA512withECDSA", "secp521r1"),
        ED25519("Ed25519", "Ed25519", 255),
        ED448("Ed448", "Ed448", 448),
        ML_DSA_44("ML-DSA-44", "ML-DSA-44", 44),
        ML_DSA_65("ML-DSA-65", "ML-DSA-65", 65),
        ML_DSA_87("ML-DSA-87", "ML-DSA-87", 87);

        private final String algorithm;
        final String signature;
        private final int bits;
        private final String curve;

        Key(String algorithm, String signature, int bits) {
            this(algorithm, signature, bits, "");
        }

        Key(String algorithm, String signature, String curve) {
            this(algorithm, signature, 0, curve);
        }

        Key(String algorithm, String signature, int bits, String curve) {
            this.algorithm = algorithm;
            this.signature = signature;
            this.bits = bits;
            this.curve = curve;
        }

        /** Returns a pair of this kind: for the same number always the same. */
        public KeyPair pair(int number) {
            return KEYS.computeIfAbsent(name() + number, name -> make());
        }

        private KeyPair make() {
            try {
                KeyPairGenerator generator =
                        FallbackProvider.find(algorithm, KeyPairGenerator::getInstance, KeyPairGenerator::getInstance);
                if (!curve.isEmpty()) {
                    generator.initialize(new ECGenParameterSpec(curve));
                } else if (algorithm.startsWith("RSA")) {
                    generator.initialize(bits);
                }
                return generator.generateKeyPair();
            } catch (GeneralSecurityException missing) {
                throw new IllegalStateException(missing);
            }
        }
    }

    /** Returns the root that everything without another issuer comes from: P-256, valid for ten years. */
    public static Identity ca() {
        return Shared.CA;
    }

    /** Returns a trust store with {@link #ca()} alone. */
    public static TrustStore trust() {
        return Shared.TRUST;
    }

    /** Returns a server with an EC key, issued by {@link #ca()}, for these DNS names or IP literals. */
    public static Identity server(String... names) {
        return server(Key.P256, names);
    }

    /** Returns a server with a key of this kind, issued by {@link #ca()}, for these DNS names or IP literals. */
    public static Identity server(Key key, String... names) {
        return certificate("CN=" + names[0]).key(key, 1).server(names).issuedBy(ca());
    }

    /** Returns a client with an EC key, issued by {@link #ca()}. */
    public static Identity client(String commonName) {
        return certificate("CN=" + commonName).key(Key.P256, 2).client().issuedBy(ca());
    }

    /** Returns a server with an EC key, issued by an intermediate, which is in its chain, that {@link #ca()} issued. */
    public static Identity serverWithIntermediate(String... names) {
        return certificate("CN=" + names[0])
                .key(Key.P256, 1)
                .server(names)
                .issuedBy(intermediate("Heddle Test Intermediate"));
    }

    /** Returns a self-signed root. */
    public static Identity root(String commonName, Key key, int number) {
        return certificate("CN=" + commonName).key(key, number).ca().selfSigned();
    }

    /** Returns an intermediate CA issued by {@link #ca()}. */
    public static Identity intermediate(String commonName) {
        return certificate("CN=" + commonName).key(Key.P256, 11).ca().issuedBy(ca());
    }

    /** Returns a server with a self-signed certificate. */
    public static Identity selfSigned(String... names) {
        return certificate("CN=" + names[0]).key(Key.P256, 3).server(names).selfSigned();
    }

    /** Begins a certificate; the subject as in {@code CN=a, O=b}. */
    public static TestCertificate certificate(String subject) {
        return new TestCertificate(new X500Name(subject));
    }

    /** Begins a certificate with a subject that no text can express. */
    public static TestCertificate certificate(X500Name subject) {
        return new TestCertificate(subject);
    }

    /** Returns a CRL of this issuer, current, with these serial numbers on it. */
    public static X509CRL crl(Identity issuer, X509Certificate... revoked) {
        return crl(issuer, NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(30)), crl -> {}, revoked);
    }

    /** Returns a CRL with these times and whatever {@code more} adds to it. */
    public static X509CRL crl(
            Identity issuer,
            Instant thisUpdate,
            Instant nextUpdate,
            Consumer<JcaX509v2CRLBuilder> more,
            X509Certificate... revoked) {
        try {
            var builder = new JcaX509v2CRLBuilder(issuer.leaf().getSubjectX500Principal(), Date.from(thisUpdate));
            builder.setNextUpdate(Date.from(nextUpdate));
            for (X509Certificate certificate : revoked) {
                builder.addCRLEntry(certificate.getSerialNumber(), Date.from(thisUpdate), CRLReason.keyCompromise);
            }
            more.accept(builder);
            var signer = TestCertificate.signer(TestCertificate.signatureOf(issuer.key()), issuer.key());
            return new JcaX509CRLConverter().getCRL(builder.build(signer));
        } catch (GeneralSecurityException | OperatorCreationException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Returns certificates as PEM text. */
    public static String pem(List<X509Certificate> certificates) {
        var text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            try {
                text.append(Pem.write("CERTIFICATE", certificate.getEncoded()));
            } catch (GeneralSecurityException failed) {
                throw new IllegalStateException(failed);
            }
        }
        return text.toString();
    }

    /** Returns a private key as PEM text, PKCS#8. */
    public static String pem(PrivateKey key) {
        return Pem.write("PRIVATE KEY", key.getEncoded());
    }

    /** Returns a CRL as PEM text. */
    public static String pem(X509CRL crl) {
        try {
            return Pem.write("X509 CRL", crl.getEncoded());
        } catch (GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static final class Shared {
        static final Identity CA = certificate("CN=Heddle Test Root, O=Heddle")
                .key(Key.P256, 10)
                .valid(NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(3650)))
                .ca()
                .selfSigned();
        static final TrustStore TRUST = TrustStore.of(List.of(CA.leaf()));
    }
}
