package io.heddle.certificate.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import io.heddle.interop.Openssl;
import io.heddle.protocol.KeyType;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what the installed openssl writes: private keys and PKCS#12 in each of its encryptions. */
@Tag("interop")
class OpenSslKeyMaterialTest {
    private static final String PASSPHRASE = "schlüssel 鍵";

    @TempDir
    static Path directory;

    private static Identity rsa = TestPki.server(TestPki.Key.RSA_2048, "a.example");
    private static Identity ec = TestPki.server("a.example");

    @BeforeAll
    static void writeKeys() throws IOException {
        Files.writeString(directory.resolve("RSA"), TestPki.pem(rsa.key()));
        Files.writeString(directory.resolve("EC"), TestPki.pem(ec.key()));
        Files.writeString(
                directory.resolve("Ed25519"),
                TestPki.pem(TestPki.server(TestPki.Key.ED25519, "a").key()));
        Files.writeString(directory.resolve("leaf"), TestPki.pem(ec.chain()));
        Files.writeString(directory.resolve("ca"), TestPki.pem(TestPki.ca().chain()));
    }

    /** Keys of openssl 3.5; older releases have no such algorithm. */
    @ParameterizedTest
    @ValueSource(strings = {"seed-only", "priv-only", "seed-priv", "bare-seed", "bare-priv"})
    void reads_the_forms_of_keys_for_ml_dsa(String form) throws IOException {
        for (String algorithm : List.of("ML-DSA-44", "ML-DSA-65", "ML-DSA-87")) {
            String key = directory.resolve(algorithm + form).toString();
            String certificate = key + ".crt";
            var made = Openssl.run(
                    "genpkey", "-algorithm", algorithm, "-provparam", "ml-dsa.output_formats=" + form, "-out", key);
            if (Openssl.release().compareTo(Version.parse("3.5")) < 0) {
                assertThat(made.exitCode()).isNotZero();
                continue;
            }
            made.succeeded();
            Openssl.run("req", "-x509", "-new", "-key", key, "-subj", "/CN=a", "-out", certificate)
                    .succeeded();
            var identity = new Identity(
                    PrivateKeyReader.read("key", Files.readAllBytes(Path.of(key))),
                    CertificateReader.read("cert", Files.readString(Path.of(certificate))));
            assertThat(identity.keyType()).isEqualTo(KeyType.valueOf(algorithm.replace('-', '_')));
        }
    }

    static Stream<String> encryptions() {
        return Stream.of("RSA", "EC", "Ed25519")
                .flatMap(key -> Stream.of(
                                "pkcs8 -topk8 -v2 aes-256-cbc",
                                "pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA1",
                                "pkcs8 -topk8 -v2 aes-192-cbc -v2prf hmacWithSHA512 -iter 100000",
                                "pkcs8 -topk8 -v2 des3",
                                "pkcs8 -topk8 -scrypt",
                                "pkcs8 -topk8 -v1 PBE-SHA1-3DES",
                                "pkcs8 -topk8 -v1 PBE-SHA1-RC2-128 -provider legacy -provider default",
                                "pkcs8 -topk8 -v1 PBE-MD5-DES -provider legacy -provider default",
                                "pkcs8 -topk8 -v1 PBE-SHA1-DES -provider legacy -provider default")
                        .map(how -> key + ": " + how));
    }

    @ParameterizedTest
    @MethodSource("encryptions")
    void opens_an_encrypted_key_with_its_passphrase_alone(String how) throws IOException {
        opens(how.substring(0, how.indexOf(':')), how.substring(how.indexOf(':') + 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RSA: rsa -traditional -aes256",
                "RSA: rsa -traditional -aes128",
                "RSA: rsa -traditional -aes192",
                "RSA: rsa -traditional -des3",
                "EC: ec -aes256",
                "EC: ec -des3",
                "RSA: rsa -traditional -des -provider legacy -provider default"
            })
    void opens_a_key_of_the_older_form_with_its_passphrase_alone(String how) throws IOException {
        opens(how.substring(0, how.indexOf(':')), how.substring(how.indexOf(':') + 2));
    }

    /** One passphrase in 256 yields good padding by chance; of 2,000 it is about eight. */
    @Test
    void every_wrong_passphrase_of_the_older_form_is_called_wrong() throws IOException {
        Path out = directory.resolve("older");
        String in = directory.resolve("EC").toString();
        Openssl.run("ec", "-aes256", "-in", in, "-out", out.toString(), "-passout", "pass:" + PASSPHRASE)
                .succeeded();
        byte[] pem = Files.readAllBytes(out);
        for (int i = 0; i < 2000; i++) {
            String wrong = "wrong " + i;
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> PrivateKeyReader.read("key", pem, wrong.toCharArray()))
                    .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_BAD_DECRYPT"));
        }
    }

    private static void opens(String key, String how) throws IOException {
        Path out = directory.resolve("encrypted");
        String[] command = (how + " -in " + directory.resolve(key) + " -out " + out).split(" ");
        String[] whole = Stream.concat(Stream.of(command), Stream.of("-passout", "pass:" + PASSPHRASE))
                .toArray(String[]::new);
        Openssl.run(whole).succeeded();
        byte[] pem = Files.readAllBytes(out);
        PrivateKey expected = PrivateKeyReader.read("key", Files.readAllBytes(directory.resolve(key)));

        assertThat(new String(pem, StandardCharsets.US_ASCII)).contains("ENCRYPTED");
        PrivateKey read = PrivateKeyReader.read("key", pem, PASSPHRASE.toCharArray());
        // The older form of an EC key carries its public point, so the encodings differ.
        assertThat(secret(read)).isEqualTo(secret(expected));
        for (String wrong : List.of("", "wrong")) {
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> PrivateKeyReader.read("key", pem, wrong.toCharArray()))
                    .withMessageContaining("bad decrypt")
                    .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_BAD_DECRYPT"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rsa -traditional",
                "rsa -traditional -outform DER",
                "pkcs8 -topk8 -nocrypt",
                "pkcs8 -topk8 -nocrypt -outform DER"
            })
    void reads_plain_rsa_keys_and_ignores_a_passphrase(String how) throws IOException {
        Path out = directory.resolve("plain");
        Openssl.run((how + " -in " + directory.resolve("RSA") + " -out " + out).split(" "))
                .succeeded();

        assertThat(PrivateKeyReader.read("key", Files.readAllBytes(out), "superfluous".toCharArray()))
                .isEqualTo(rsa.key());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ec", "ec -outform DER", "ec -no_public", "pkcs8 -topk8 -nocrypt", "ec -conv_form compressed"})
    void reads_plain_ec_keys(String how) throws IOException {
        Path out = directory.resolve("plain");
        Openssl.run((how + " -in " + directory.resolve("EC") + " -out " + out).split(" "))
                .succeeded();

        assertThat(new Identity(PrivateKeyReader.read("key", Files.readAllBytes(out)), ec.chain()).keyType())
                .isEqualTo(KeyType.EC);
    }

    private static Object secret(PrivateKey key) {
        return key instanceof ECPrivateKey ec ? ec.getS() : key;
    }

    @Test
    void skips_the_parameters_before_an_ec_key() throws IOException {
        Path out = directory.resolve("generated");
        Openssl.run("ecparam", "-name", "prime256v1", "-genkey", "-out", out.toString())
                .succeeded();
        assertThat(PrivateKeyReader.read("key", Files.readAllBytes(out)).getAlgorithm())
                .isEqualTo("EC");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-legacy",
                "-certpbe AES-128-CBC -keypbe AES-256-CBC -macalg SHA512",
                "-certpbe NONE -keypbe NONE",
                "-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg SHA1",
                "-keypbe PBE-SHA1-2DES -certpbe PBE-SHA1-RC2-128 -provider legacy -provider default",
                "-maciter -iter 5000"
            })
    void opens_pkcs12_with_its_passphrase_alone(String how) throws IOException {
        for (String passphrase : List.of(PASSPHRASE, "")) {
            byte[] content = pkcs12(how, passphrase);

            Pkcs12 read = Pkcs12.read("pfx", content, passphrase.toCharArray());

            assertThat(read.identity().leaf()).isEqualTo(ec.leaf());
            assertThat(read.identity().key()).isEqualTo(ec.key());
            assertThat(read.others()).containsExactly(TestPki.ca().leaf());
            assertThat(read.identity().chain())
                    .containsExactly(ec.leaf(), TestPki.ca().leaf());
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> Pkcs12.read("pfx", content, "wrong".toCharArray()))
                    .withMessage("pfx: the passphrase does not open it, or it is damaged (mac verify failure)")
                    .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_PKCS12_MAC_VERIFY_FAILURE"));
        }
    }

    @Test
    void refuses_pkcs12_without_key() throws IOException {
        byte[] withoutKey = pkcs12("-nokeys", PASSPHRASE);
        assertThatExceptionOfType(InvalidOption.class)
                .as("PFX-04")
                .isThrownBy(() -> Pkcs12.read("pfx", withoutKey, PASSPHRASE.toCharArray()))
                .withMessage("pfx: holds no private key (unable to load private key from PFX data)")
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_CRYPTO_OPERATION_FAILED"));
    }

    private static byte[] pkcs12(String how, String passphrase) throws IOException {
        Path out = directory.resolve("p12");
        String command = "pkcs12 -export -inkey " + directory.resolve("EC") + " -in " + directory.resolve("leaf")
                + " -certfile " + directory.resolve("ca") + " -out " + out + (how.isEmpty() ? "" : " " + how);
        String[] whole = Stream.concat(Stream.of(command.split(" ")), Stream.of("-passout", "pass:" + passphrase))
                .toArray(String[]::new);
        Openssl.run(whole).succeeded();
        return Files.readAllBytes(out);
    }
}
