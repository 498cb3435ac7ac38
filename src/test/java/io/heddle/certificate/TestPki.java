package io.heddle.certificate;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Certificates for tests, made in memory: {@code TestPki.server("localhost")} is an identity that {@code TestPki.trust()} trusts.
 *
 * <p>Keys are made once in a JVM and shared, by kind and number, because an RSA key takes a while; certificates are made anew at each call.
 */
public final class TestPki {
    /** What certificates are valid around, and what {@code verify} should be asked about; whole seconds. */
    @SuppressWarnings("TimeInStaticInitializer") // one time for all certificates of a run is the purpose
    public static final Instant NOW = Instant.ofEpochSecond(Instant.now().getEpochSecond());

    private static final ConcurrentHashMap<String, KeyPair> KEYS = new ConcurrentHashMap<>();
    private static final AtomicLong SERIALS = new AtomicLong(0x1000);

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
        ED448("Ed448", "Ed448", 448);

        private final String algorithm;
        private final String signature;
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
                KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
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

    /** Returns a server that vouches for itself. */
    public static Identity selfSigned(String... names) {
        return certificate("CN=" + names[0]).key(Key.P256, 3).server(names).selfSigned();
    }

    /** Begins a certificate; the subject as in {@code CN=a, O=b}. */
    public static Builder certificate(String subject) {
        return new Builder(new X500Name(subject));
    }

    /** Begins a certificate with a subject that no text can express. */
    public static Builder certificate(X500Name subject) {
        return new Builder(subject);
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
            var signer = signer(signatureOf(issuer.key()), issuer.key());
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

    /** A certificate in the making; unless told otherwise, P-256, valid from yesterday for a year, with key identifiers. */
    public static final class Builder {
        private final X500Name subject;
        private final List<Extension> extensions = new ArrayList<>();
        private Key key = Key.P256;
        private KeyPair pair = Key.P256.pair(1);
        private Instant notBefore = NOW.minus(Duration.ofDays(1));
        private Instant notAfter = NOW.plus(Duration.ofDays(365));
        private BigInteger serial = BigInteger.valueOf(SERIALS.incrementAndGet());
        private boolean keyIdentifiers = true;
        private String signature = "";

        private Builder(X500Name subject) {
            this.subject = subject;
        }

        /** Takes the shared key of this kind and number. */
        public Builder key(Key kind, int number) {
            this.key = kind;
            this.pair = kind.pair(number);
            return this;
        }

        /** Takes this public key; the certificate's identity cannot be had, only {@link #certificateIssuedBy}. */
        public Builder key(PublicKey publicKey) {
            this.pair = new KeyPair(publicKey, pair.getPrivate());
            return this;
        }

        /** Sets the validity. */
        public Builder valid(Instant from, Instant to) {
            this.notBefore = from;
            this.notAfter = to;
            return this;
        }

        /** Makes it expired since yesterday. */
        public Builder expired() {
            return valid(NOW.minus(Duration.ofDays(100)), NOW.minus(Duration.ofDays(1)));
        }

        /** Makes it valid from tomorrow on. */
        public Builder notYetValid() {
            return valid(NOW.plus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(100)));
        }

        /** Sets the serial number, else a new one is counted. */
        public Builder serial(BigInteger number) {
            this.serial = number;
            return this;
        }

        /** Leaves subject and authority key identifier out. */
        public Builder withoutKeyIdentifiers() {
            this.keyIdentifiers = false;
            return this;
        }

        /** Has it signed with this JCA algorithm instead of the issuer's usual one, for instance {@code SHA1withRSA}. */
        public Builder signedWith(String algorithm) {
            this.signature = algorithm;
            return this;
        }

        /** Makes it a CA. */
        public Builder ca() {
            return extension(Extension.basicConstraints, true, new BasicConstraints(true))
                    .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        }

        /** Makes it a CA with a path length. */
        public Builder ca(int pathLength) {
            return extension(Extension.basicConstraints, true, new BasicConstraints(pathLength))
                    .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        }

        /** Makes it a server for these DNS names and IP literals. */
        public Builder server(String... names) {
            return extendedKeyUsage(KeyPurposeId.id_kp_serverAuth).names(names);
        }

        /** Makes it a client. */
        public Builder client() {
            return extendedKeyUsage(KeyPurposeId.id_kp_clientAuth);
        }

        /** Sets the extended key usages. */
        public Builder extendedKeyUsage(KeyPurposeId... purposes) {
            return extension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
        }

        /** Sets the key usage, bits as in {@link KeyUsage}. */
        public Builder keyUsage(int bits) {
            return extension(Extension.keyUsage, true, new KeyUsage(bits));
        }

        /** Sets the alternative names: IP literals as such, the rest as DNS names. */
        public Builder names(String... names) {
            var general = new ArrayList<GeneralName>();
            for (String name : names) {
                int kind = IpLiteral.parse(name).isPresent() ? GeneralName.iPAddress : GeneralName.dNSName;
                general.add(new GeneralName(kind, name));
            }
            return extension(
                    Extension.subjectAlternativeName, false, new GeneralNames(general.toArray(GeneralName[]::new)));
        }

        /** Adds any extension; one of the same kind is replaced. */
        public Builder extension(ASN1ObjectIdentifier type, boolean critical, ASN1Encodable value) {
            try {
                return extension(type, critical, value.toASN1Primitive().getEncoded());
            } catch (java.io.IOException failed) {
                throw new IllegalStateException(failed);
            }
        }

        /** Adds an extension whose content may be anything. */
        public Builder extension(ASN1ObjectIdentifier type, boolean critical, byte[] content) {
            extensions.removeIf(extension -> extension.getExtnId().equals(type));
            extensions.add(new Extension(type, critical, new DEROctetString(content)));
            return this;
        }

        /** Returns the identity, its own issuer. */
        public Identity selfSigned() {
            return new Identity(
                    pair.getPrivate(), List.of(build(subject, pair.getPublic(), pair.getPrivate(), key.signature)));
        }

        /** Returns the identity; its chain has the issuer's too, without a root. */
        public Identity issuedBy(Identity issuer) {
            var chain = new ArrayList<X509Certificate>();
            chain.add(certificateIssuedBy(issuer));
            issuer.chain().stream()
                    .filter(c -> !c.getSubjectX500Principal().equals(c.getIssuerX500Principal()))
                    .forEach(chain::add);
            return new Identity(pair.getPrivate(), chain);
        }

        /** Returns the certificate alone. */
        public X509Certificate certificateIssuedBy(Identity issuer) {
            return build(
                    X500Name.getInstance(issuer.leaf().getSubjectX500Principal().getEncoded()),
                    issuer.leaf().getPublicKey(),
                    issuer.key(),
                    signatureOf(issuer.key()));
        }

        private X509Certificate build(X500Name issuer, PublicKey issuerKey, PrivateKey issuerPrivateKey, String usual) {
            try {
                var builder = new X509v3CertificateBuilder(
                        issuer,
                        serial,
                        Date.from(notBefore),
                        Date.from(notAfter),
                        subject,
                        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
                if (keyIdentifiers) {
                    X509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
                    var issuerInfo = SubjectPublicKeyInfo.getInstance(issuerKey.getEncoded());
                    add(
                            builder,
                            new Extension(
                                    Extension.subjectKeyIdentifier,
                                    false,
                                    identifiers
                                            .createSubjectKeyIdentifier(SubjectPublicKeyInfo.getInstance(
                                                    pair.getPublic().getEncoded()))
                                            .getEncoded()));
                    add(
                            builder,
                            new Extension(
                                    Extension.authorityKeyIdentifier,
                                    false,
                                    identifiers
                                            .createAuthorityKeyIdentifier(issuerInfo)
                                            .getEncoded()));
                }
                for (Extension extension : extensions) {
                    add(builder, extension);
                }
                var signer = signer(signature.isEmpty() ? usual : signature, issuerPrivateKey);
                return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
            } catch (GeneralSecurityException | OperatorCreationException | java.io.IOException failed) {
                throw new IllegalStateException(failed);
            }
        }

        private static void add(X509v3CertificateBuilder builder, Extension extension) throws CertIOException {
            if (builder.hasExtension(extension.getExtnId())) {
                builder.replaceExtension(extension);
            } else {
                builder.addExtension(extension);
            }
        }
    }

    private static String signatureOf(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> Key.RSA_2048.signature;
            case "RSASSA-PSS" -> Key.RSA_PSS_2048.signature;
            case "EC" -> Key.P256.signature;
            default -> key.getAlgorithm().equals("EdDSA") && key.getEncoded().length > 60 ? "Ed448" : "Ed25519";
        };
    }

    /** BouncyCastle's signer asks providers for PSS by names that the JDK does not know. */
    private static ContentSigner signer(String algorithm, PrivateKey key)
            throws OperatorCreationException, GeneralSecurityException {
        if (!algorithm.endsWith("MGF1")) {
            return new JcaContentSignerBuilder(algorithm).build(key);
        }
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        pss.initSign(key);
        var content = new ByteArrayOutputStream();
        return new ContentSigner() {
            @Override
            public AlgorithmIdentifier getAlgorithmIdentifier() {
                return new DefaultSignatureAlgorithmIdentifierFinder().find(algorithm);
            }

            @Override
            public OutputStream getOutputStream() {
                return content;
            }

            @Override
            public byte[] getSignature() {
                try {
                    pss.update(content.toByteArray());
                    return pss.sign();
                } catch (GeneralSecurityException failed) {
                    throw new IllegalStateException(failed);
                }
            }
        };
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
