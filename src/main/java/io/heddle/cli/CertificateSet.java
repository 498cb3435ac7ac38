package io.heddle.cli;

import static org.bouncycastle.asn1.x509.KeyPurposeId.id_kp_clientAuth;
import static org.bouncycastle.asn1.x509.KeyPurposeId.id_kp_serverAuth;

import io.heddle.cli.TestAuthority.Period;
import io.heddle.cli.TestAuthority.Subject;
import io.heddle.provider.FallbackProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.jcajce.spec.MLDSAParameterSpec;

/** The test PKI that {@code heddle certs} makes: which certificates, with which names, in which files. */
final class CertificateSet {
    /** The passphrase of the PKCS#12 files and the encrypted key. Not secret: it is printed. */
    static final String PASSPHRASE = "heddle";

    private static final AlgorithmParameterSpec RSA = new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4);
    private static final AlgorithmParameterSpec P256 = new ECGenParameterSpec("secp256r1");
    private static final AlgorithmParameterSpec ED25519 = NamedParameterSpec.ED25519;
    private static final AlgorithmParameterSpec ML_DSA_65 = MLDSAParameterSpec.ml_dsa_65;

    private static final List<GeneralName> SERVER_NAMES = List.of(
            new GeneralName(GeneralName.dNSName, "localhost"),
            new GeneralName(GeneralName.dNSName, "*.example.test"),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
            new GeneralName(GeneralName.iPAddress, "::1"));
    private static final List<GeneralName> OTHER_NAMES =
            List.of(new GeneralName(GeneralName.dNSName, "wrong-host.invalid"));
    private static final List<KeyPurposeId> SERVER = List.of(id_kp_serverAuth);
    private static final List<KeyPurposeId> CLIENT = List.of(id_kp_clientAuth);
    // An invalid certificate has only one defect, in either role.
    private static final List<KeyPurposeId> BOTH = List.of(id_kp_serverAuth, id_kp_clientAuth);

    private static final int ITERATIONS = 10_000;

    private final List<CertificateFile> files = new ArrayList<>();
    private final SecureRandom random;
    private final Period valid;
    private final TestAuthority root;
    private final TestAuthority issuer;

    private CertificateSet(Period valid, SecureRandom random) throws GeneralSecurityException, IOException {
        this.valid = valid;
        this.random = random;
        this.root = TestAuthority.root("CN=Heddle Test CA,O=Heddle", keys(P256), valid, random);
        this.issuer = root.intermediate("CN=Heddle Test Intermediate,O=Heddle", keys(P256), valid);
    }

    /**
     * Returns the files of a new PKI, valid for ten years from the day before now.
     *
     * @throws GeneralSecurityException if the JDK lacks an algorithm
     */
    static List<CertificateFile> make(InstantSource clock, SecureRandom random)
            throws GeneralSecurityException, IOException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant from = now.minus(Duration.ofDays(1));
        var set = new CertificateSet(new Period(from, yearsAfter(from, 10)), random);
        set.make(now);
        return List.copyOf(set.files);
    }

    private void make(Instant now) throws GeneralSecurityException, IOException {
        add(CertificateFile.certificates("ca.pem", "the root: what --ca trusts", List.of(root.certificate())));
        add(CertificateFile.key("ca-key.pem", "its key", root.keys().getPrivate()));
        add(CertificateFile.certificates(
                "intermediate.pem", "signs all that follow, is signed by the root", List.of(issuer.certificate())));
        add(CertificateFile.key("intermediate-key.pem", "its key", issuer.keys().getPrivate()));

        Issued rsa = server("server-rsa", "a server with an RSA-2048 key", RSA);
        Issued ec = server("server-ec", "a server with a P-256 key", P256);
        server("server-ed25519", "a server with an Ed25519 key", ED25519);
        server("server-mldsa65", "a server with an ML-DSA-65 key, for TLS 1.3", ML_DSA_65);
        Issued client = issue("client", "a client with a P-256 key", P256, List.of(), CLIENT, valid);
        issue("client-rsa", "a client with an RSA-2048 key", RSA, List.of(), CLIENT, valid);

        var past = new Period(now.minus(Duration.ofDays(30)), now.minus(Duration.ofDays(1)));
        var future = new Period(yearsAfter(now, 9), valid.to());
        issue("expired", "ended a day ago; this and the next three in either role", P256, SERVER_NAMES, BOTH, past);
        issue("not-yet-valid", "begins in nine years", P256, SERVER_NAMES, BOTH, future);
        Issued revoked = issue("revoked", "is in intermediate-crl.pem", P256, SERVER_NAMES, BOTH, valid);
        issue("wrong-host", "only for wrong-host.invalid", P256, OTHER_NAMES, BOTH, valid);

        X509CRL rootCrl = root.crl(valid, List.of());
        X509CRL issuerCrl = issuer.crl(valid, List.of(revoked.certificate()));
        add(CertificateFile.crls("ca-crl.pem", "the CRL of the root, empty", List.of(rootCrl)));
        add(CertificateFile.crls("intermediate-crl.pem", "the CRL of the intermediate", List.of(issuerCrl)));
        add(CertificateFile.crls("crls.pem", "both CRLs: what --crl needs", List.of(issuerCrl, rootCrl)));
        byte[] ocsp = issuer.ocspGood(ec.certificate(), valid);
        add(new CertificateFile("server-ec-ocsp.der", ocsp, false, "an OCSP response: server-ec is good"));

        pkcs12("server-rsa", rsa);
        pkcs12("server-ec", ec);
        pkcs12("client", client);
        add(CertificateFile.encryptedKey(
                "server-rsa-key-encrypted.pem", "server-rsa-key.pem under a passphrase", encrypted(rsa.key())));
    }

    private record Issued(PrivateKey key, X509Certificate certificate) {}

    private Issued server(String name, String what, AlgorithmParameterSpec keyType)
            throws GeneralSecurityException, IOException {
        Issued issued = issue(name, what, keyType, SERVER_NAMES, SERVER, valid);
        add(CertificateFile.certificates(
                name + "-leaf.pem", "without the intermediate", List.of(issued.certificate())));
        return issued;
    }

    private Issued issue(
            String name,
            String what,
            AlgorithmParameterSpec keyType,
            List<GeneralName> names,
            List<KeyPurposeId> purposes,
            Period period)
            throws GeneralSecurityException, IOException {
        KeyPair keys = keys(keyType);
        String commonName = names.isEmpty() ? name : names.getFirst().getName().toString();
        X509Certificate certificate =
                issuer.issue(new Subject("CN=" + commonName + ",O=Heddle", keys.getPublic(), names, purposes), period);
        add(CertificateFile.certificates(name + ".pem", what, List.of(certificate, issuer.certificate())));
        add(CertificateFile.key(name + "-key.pem", "its key", keys.getPrivate()));
        return new Issued(keys.getPrivate(), certificate);
    }

    private void pkcs12(String name, Issued issued) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] passphrase = PASSPHRASE.toCharArray();
        X509Certificate[] chain = {issued.certificate(), issuer.certificate()};
        store.setKeyEntry(name, issued.key(), passphrase, chain);
        var bytes = new ByteArrayOutputStream();
        store.store(bytes, passphrase);
        add(new CertificateFile(name + ".p12", bytes.toByteArray(), true, name + " as PKCS#12, with its chain"));
    }

    // PKCS#8 with PBES2: PBKDF2 with HMAC-SHA256 and AES-256-CBC, as openssl pkcs8 -topk8 does.
    private byte[] encrypted(PrivateKey key) throws GeneralSecurityException, IOException {
        byte[] salt = new byte[16];
        random.nextBytes(salt);
        var algorithm = "PBEWithHmacSHA256AndAES_256";
        var secret = SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(PASSPHRASE.toCharArray()));
        var cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.ENCRYPT_MODE, secret, new PBEParameterSpec(salt, ITERATIONS), random);
        // The JDK encodes these parameters only under the name of the standard, not of the cipher.
        var parameters = AlgorithmParameters.getInstance("PBES2");
        parameters.init(cipher.getParameters().getEncoded());
        return new EncryptedPrivateKeyInfo(parameters, cipher.doFinal(key.getEncoded())).getEncoded();
    }

    private KeyPair keys(AlgorithmParameterSpec type) throws GeneralSecurityException {
        KeyPairGenerator generator = switch (type) {
            case RSAKeyGenParameterSpec rsa -> KeyPairGenerator.getInstance("RSA");
            // These encode the public key with the private one, RFC 5915 section 3; GnuTLS reads no others, the JDK
            // writes none.
            case ECGenParameterSpec curve -> KeyPairGenerator.getInstance("EC", FallbackProvider.get());
            // With the seed and the expanded key, as OpenSSL writes them; the JDK writes one of the two.
            case MLDSAParameterSpec mlDsa -> KeyPairGenerator.getInstance("ML-DSA", FallbackProvider.get());
            default -> KeyPairGenerator.getInstance("Ed25519");
        };
        generator.initialize(type, random);
        return generator.generateKeyPair();
    }

    private void add(CertificateFile file) {
        files.add(file);
    }

    private static Instant yearsAfter(Instant time, int years) {
        return time.atOffset(ZoneOffset.UTC).plusYears(years).toInstant();
    }
}
