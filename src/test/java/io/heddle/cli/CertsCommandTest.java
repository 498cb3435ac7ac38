package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.Identity;
import io.heddle.certificate.file.PrivateKeyReader;
import io.heddle.protocol.KeyType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertsCommandTest {
    @TempDir
    private static Path folder;

    private static CommandRun made;

    @BeforeAll
    static void make() {
        made = heddle("certs", folder.toString());
    }

    @Test
    void prints_every_file_that_it_made_and_makes_nothing_else() throws IOException {
        assertThat(made.exitCode()).isZero();
        assertThat(made.err()).isEmpty();
        List<String> printed = made.out()
                .lines()
                .filter(line -> line.startsWith(folder.toString()))
                .map(line -> line.substring(0, line.indexOf("  ")))
                .toList();
        try (var there = Files.list(folder)) {
            assertThat(there.map(Path::toString)).containsExactlyInAnyOrderElementsOf(printed);
        }
        assertThat(made.out()).endsWith("passphrase of the PKCS#12 files and the encrypted key: heddle\n");
    }

    @Test
    void only_the_owner_can_read_what_holds_a_key() throws IOException {
        try (var there = Files.list(folder)) {
            assertThat(there).allSatisfy(file -> {
                boolean secret = file.toString().matches(".*(-key|-key-encrypted)\\.pem|.*\\.p12");
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(file.toString())
                        .startsWith("rw-")
                        .matches(secret ? "rw-------" : "rw-r?-?-r?-?-");
            });
        }
    }

    /** GnuTLS reads no key on a curve without it. */
    @ParameterizedTest
    @ValueSource(strings = {"ca", "server-ec", "client"})
    void key_on_a_curve_has_its_public_key_with_it(String name) throws IOException {
        byte[] pkcs8 = pem(name + "-key.pem");
        assertThat(ECPrivateKey.getInstance(PrivateKeyInfo.getInstance(pkcs8).parsePrivateKey())
                        .getPublicKey())
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server-rsa",
                "server-ec",
                "server-ed25519",
                "server-mldsa65",
                "client",
                "client-rsa",
                "wrong-host"
            })
    void chain_of_a_good_certificate_leads_to_the_root(String name) {
        assertThatCode(() -> validate(name, Instant.now())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"expired,EXPIRED", "not-yet-valid,NOT_YET_VALID", "revoked,REVOKED"})
    void a_bad_certificate_is_bad_for_its_reason_only(String name, BasicReason reason) {
        assertThatThrownBy(() -> validate(name, Instant.now()))
                .asInstanceOf(InstanceOfAssertFactories.type(CertPathValidatorException.class))
                .extracting(CertPathValidatorException::getReason)
                .isEqualTo(reason);
    }

    @Test
    void chains_last_ten_years_from_the_day_before() throws Exception {
        X509Certificate certificate = chain("server-ec").getFirst();
        Instant begin = certificate.getNotBefore().toInstant();
        Instant end = begin.atOffset(ZoneOffset.UTC).plusYears(10).toInstant();
        assertThat(begin)
                .isBetween(
                        Instant.now().minus(Duration.ofHours(25)), Instant.now().minus(Duration.ofDays(1)));
        assertThatCode(() -> validate("server-ec", end)).doesNotThrowAnyException();
        assertThatThrownBy(() -> validate("server-ec", end.plusSeconds(1)))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "server-rsa,RSA,SHA256withRSA",
        "server-ec,EC,SHA256withECDSA",
        "server-ed25519,Ed25519,Ed25519",
        "client,EC,SHA256withECDSA",
        "client-rsa,RSA,SHA256withRSA",
        "expired,EC,SHA256withECDSA",
        "not-yet-valid,EC,SHA256withECDSA",
        "revoked,EC,SHA256withECDSA",
        "wrong-host,EC,SHA256withECDSA"
    })
    void key_belongs_to_its_certificate(String name, String type, String algorithm) throws Exception {
        var key = KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(pem(name + "-key.pem")));
        assertMatch(key, chain(name).getFirst(), algorithm);
    }

    /** The JDK 24 and 25 read only expanded keys themselves. */
    @Test
    void key_for_ml_dsa_belongs_to_its_certificate() throws Exception {
        PrivateKey key = PrivateKeyReader.read("key", Files.readAllBytes(folder.resolve("server-mldsa65-key.pem")));
        var identity = new Identity(key, chain("server-mldsa65"));
        assertThat(identity.keyType()).isEqualTo(KeyType.ML_DSA_65);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-rsa", "server-ec", "server-ed25519", "server-mldsa65"})
    void server_certificate_names_this_machine_and_the_example_domain(String name) throws Exception {
        assertThat(chain(name).getFirst().getSubjectAlternativeNames())
                .containsExactlyInAnyOrder(
                        List.of(2, "localhost"),
                        List.of(2, "*.example.test"),
                        List.of(7, "127.0.0.1"),
                        List.of(7, "0:0:0:0:0:0:0:1"));
        assertThat(chain(name + "-leaf")).containsExactly(chain(name).getFirst());
    }

    @Test
    void wrong_host_names_none_of_that() throws Exception {
        assertThat(chain("wrong-host").getFirst().getSubjectAlternativeNames())
                .containsExactly(List.of(2, "wrong-host.invalid"));
    }

    @ParameterizedTest
    @CsvSource({"server-rsa,SHA256withRSA", "server-ec,SHA256withECDSA", "client,SHA256withECDSA"})
    void pkcs12_holds_the_key_and_the_chain_under_the_passphrase(String name, String algorithm) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(folder.resolve(name + ".p12"))) {
            store.load(file, CertificateSet.PASSPHRASE.toCharArray());
        }
        assertThat(List.of(store.getCertificateChain(name))).isEqualTo(chain(name));
        var key = (PrivateKey) store.getKey(name, CertificateSet.PASSPHRASE.toCharArray());
        assertMatch(key, chain(name).getFirst(), algorithm);
    }

    @Test
    void ocsp_response_calls_server_ec_good_and_is_signed_by_its_issuer() throws Exception {
        var response = new OCSPResp(Files.readAllBytes(folder.resolve("server-ec-ocsp.der")));
        assertThat(response.getStatus()).isEqualTo(OCSPResp.SUCCESSFUL);
        var basic = (BasicOCSPResp) response.getResponseObject();
        X509Certificate issuer = chain("intermediate").getFirst();
        assertThat(basic.isSignatureValid(new JcaContentVerifierProviderBuilder().build(issuer)))
                .isTrue();
        var single = basic.getResponses()[0];
        assertThat(single.getCertID().getSerialNumber())
                .isEqualTo(chain("server-ec").getFirst().getSerialNumber());
        assertThat(single.getCertStatus()).isSameAs(CertificateStatus.GOOD);
        assertThat(new JcaX509CertificateHolder(issuer).isValidOn(single.getThisUpdate()))
                .isTrue();
    }

    @Test
    void refuses_to_replace_a_file_and_leaves_the_folder_alone(@TempDir Path other) throws IOException {
        Path mine = Files.writeString(other.resolve("client-key.pem"), "mine");
        CommandRun run = heddle("certs", other.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("heddle: EEXIST: certs: " + mine + " already exists, only --force replaces it\n");
        assertThat(run.out()).isEmpty();
        assertThat(other).isDirectoryContaining(mine::equals);
        assertThat(mine).hasContent("mine");
        try (var there = Files.list(other)) {
            assertThat(there).hasSize(1);
        }
    }

    @Test
    void replaces_with_force(@TempDir Path other) throws IOException {
        Path mine = Files.writeString(other.resolve("client-key.pem"), "mine");
        assertThat(heddle("certs", "--force", other.toString()).exitCode()).isZero();
        assertThat(mine).content().startsWith("-----BEGIN PRIVATE KEY-----");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(mine)))
                .isEqualTo("rw-------");
    }

    @Test
    void names_the_folder_that_is_a_file(@TempDir Path other) throws IOException {
        Path file = Files.createFile(other.resolve("file"));
        CommandRun run = heddle("certs", file.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("heddle: ENOTDIR: " + file + ": is not a folder\n");
    }

    private static void validate(String name, Instant at) throws GeneralSecurityException, IOException {
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(chain("ca").getFirst(), null)));
        parameters.setDate(Date.from(at));
        try (InputStream crls = Files.newInputStream(folder.resolve("crls.pem"))) {
            Collection<?> both = CertificateFactory.getInstance("X.509").generateCRLs(crls);
            assertThat(both).hasSize(2);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(both)));
        }
        var path = CertificateFactory.getInstance("X.509").generateCertPath(chain(name));
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
    }

    private static List<X509Certificate> chain(String name) throws GeneralSecurityException, IOException {
        try (InputStream file = Files.newInputStream(folder.resolve(name + ".pem"))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(file).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        }
    }

    private static void assertMatch(PrivateKey key, X509Certificate certificate, String algorithm)
            throws GeneralSecurityException {
        byte[] message = {1, 2, 3};
        var signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(message);
        byte[] signature = signer.sign();
        signer.initVerify(certificate);
        signer.update(message);
        assertThat(signer.verify(signature)).isTrue();
    }

    private static byte[] pem(String file) throws IOException {
        String base64 = Files.readString(folder.resolve(file)).replaceAll("-----[A-Z ]+-----", "");
        return Base64.getMimeDecoder().decode(base64);
    }
}
