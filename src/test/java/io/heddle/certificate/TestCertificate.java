package io.heddle.certificate;

import io.heddle.certificate.x509.IpLiteral;
import io.heddle.certificate.x509.MlDsa;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.X509v1CertificateBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A builder of certificates; by default P-256, valid from yesterday for a year, with key identifiers. */
public final class TestCertificate {
    private static final AtomicLong SERIALS = new AtomicLong(0x1000);

    private final X500Name subject;
    private final List<Extension> extensions = new ArrayList<>();
    private TestPki.Key key = TestPki.Key.P256;
    private KeyPair pair = TestPki.Key.P256.pair(1);
    private Instant notBefore = TestPki.NOW.minus(Duration.ofDays(1));
    private Instant notAfter = TestPki.NOW.plus(Duration.ofDays(365));
    private BigInteger serial = BigInteger.valueOf(SERIALS.incrementAndGet());
    private boolean keyIdentifiers = true;
    private boolean version1;
    private String signature = "";

    TestCertificate(X500Name subject) {
        this.subject = subject;
    }

    /** Sets the key to the shared one of this kind and number. */
    public TestCertificate key(TestPki.Key kind, int number) {
        this.key = kind;
        this.pair = kind.pair(number);
        return this;
    }

    /** Sets the public key; there is no identity then, only {@link #certificateIssuedBy}. */
    public TestCertificate key(PublicKey publicKey) {
        this.pair = new KeyPair(publicKey, pair.getPrivate());
        return this;
    }

    /** Sets the validity. */
    public TestCertificate valid(Instant from, Instant to) {
        this.notBefore = from;
        this.notAfter = to;
        return this;
    }

    /** Makes it expired since yesterday. */
    public TestCertificate expired() {
        return valid(TestPki.NOW.minus(Duration.ofDays(100)), TestPki.NOW.minus(Duration.ofDays(1)));
    }

    /** Makes it valid from tomorrow on. */
    public TestCertificate notYetValid() {
        return valid(TestPki.NOW.plus(Duration.ofDays(1)), TestPki.NOW.plus(Duration.ofDays(100)));
    }

    /** Sets the serial number; the default is the next of a counter. */
    public TestCertificate serial(BigInteger number) {
        this.serial = number;
        return this;
    }

    /** Omits the subject and authority key identifiers. */
    public TestCertificate withoutKeyIdentifiers() {
        this.keyIdentifiers = false;
        return this;
    }

    /** Makes it one of version 1, which has no extensions. */
    public TestCertificate version1() {
        this.version1 = true;
        return this;
    }

    /** Sets the JCA signature algorithm instead of the issuer's usual one, for instance {@code SHA1withRSA}. */
    public TestCertificate signedWith(String algorithm) {
        this.signature = algorithm;
        return this;
    }

    /** Makes it a CA. */
    public TestCertificate ca() {
        return extension(Extension.basicConstraints, true, new BasicConstraints(true))
                .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    }

    /** Makes it a CA with a path length. */
    public TestCertificate ca(int pathLength) {
        return extension(Extension.basicConstraints, true, new BasicConstraints(pathLength))
                .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    }

    /** Makes it a server for these DNS names and IP literals. */
    public TestCertificate server(String... names) {
        return extendedKeyUsage(KeyPurposeId.id_kp_serverAuth).names(names);
    }

    /** Makes it a client. */
    public TestCertificate client() {
        return extendedKeyUsage(KeyPurposeId.id_kp_clientAuth);
    }

    /** Sets the extended key usages. */
    public TestCertificate extendedKeyUsage(KeyPurposeId... purposes) {
        return extension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
    }

    /** Sets the key usage, bits as in {@link KeyUsage}. */
    public TestCertificate keyUsage(int bits) {
        return extension(Extension.keyUsage, true, new KeyUsage(bits));
    }

    /** Sets the alternative names: IP literals as such, the rest as DNS names. */
    public TestCertificate names(String... names) {
        var general = new ArrayList<GeneralName>();
        for (String name : names) {
            int kind = IpLiteral.parse(name).isPresent() ? GeneralName.iPAddress : GeneralName.dNSName;
            general.add(new GeneralName(kind, name));
        }
        return extension(
                Extension.subjectAlternativeName, false, new GeneralNames(general.toArray(GeneralName[]::new)));
    }

    /** Adds any extension; one of the same kind is replaced. */
    public TestCertificate extension(ASN1ObjectIdentifier type, boolean critical, ASN1Encodable value) {
        try {
            return extension(type, critical, value.toASN1Primitive().getEncoded());
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Adds an extension whose content may be anything. */
    public TestCertificate extension(ASN1ObjectIdentifier type, boolean critical, byte[] content) {
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

    /** Returns the certificate alone, its own issuer; for keys that an identity refuses. */
    public X509Certificate certificateSelfSigned() {
        return build(subject, pair.getPublic(), pair.getPrivate(), key.signature);
    }

    /** Returns the certificate alone, issued with a key that an identity refuses. */
    public X509Certificate certificateIssuedBy(X509Certificate issuer, PrivateKey issuerKey) {
        return build(
                X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded()),
                issuer.getPublicKey(),
                issuerKey,
                signatureOf(issuerKey));
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
            var publicKey = SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
            var signer = signer(signature.isEmpty() ? usual : signature, issuerPrivateKey);
            if (version1) {
                return new JcaX509CertificateConverter()
                        .getCertificate(new X509v1CertificateBuilder(
                                        issuer, serial, Date.from(notBefore), Date.from(notAfter), subject, publicKey)
                                .build(signer));
            }
            var builder = new X509v3CertificateBuilder(
                    issuer, serial, Date.from(notBefore), Date.from(notAfter), subject, publicKey);
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
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (GeneralSecurityException | OperatorCreationException | IOException failed) {
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

    static String signatureOf(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> TestPki.Key.RSA_2048.signature;
            case "RSASSA-PSS" -> TestPki.Key.RSA_PSS_2048.signature;
            case "EC" -> TestPki.Key.P256.signature;
            case "ML-DSA", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87" ->
                MlDsa.type(PrivateKeyInfo.getInstance(key.getEncoded())
                                .getPrivateKeyAlgorithm()
                                .getAlgorithm()
                                .getId())
                        .orElseThrow()
                        .name()
                        .replace('_', '-');
            default -> key.getAlgorithm().equals("EdDSA") && key.getEncoded().length > 60 ? "Ed448" : "Ed25519";
        };
    }

    /**
     * BouncyCastle's signer requests PSS by names that the JDK's providers do not have, and keys for ML-DSA of its
     * own.
     */
    static ContentSigner signer(String algorithm, PrivateKey key)
            throws OperatorCreationException, GeneralSecurityException {
        if (algorithm.startsWith("ML-DSA")) {
            return signer(algorithm, MlDsa.signer(key));
        }
        if (!algorithm.endsWith("MGF1")) {
            return new JcaContentSignerBuilder(algorithm).build(key);
        }
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        pss.initSign(key);
        return signer(algorithm, pss);
    }

    private static ContentSigner signer(String algorithm, Signature signature) {
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
                    signature.update(content.toByteArray());
                    return signature.sign();
                } catch (GeneralSecurityException failed) {
                    throw new IllegalStateException(failed);
                }
            }
        };
    }
}
