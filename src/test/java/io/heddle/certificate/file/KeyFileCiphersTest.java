package io.heddle.certificate.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import io.heddle.interop.ProgramResult;
import io.heddle.interop.Node;
import io.heddle.interop.Openssl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key files under every cipher that the installed openssl writes, with its default and its legacy module. */
@Tag("interop")
@Tag("node")
class KeyFileCiphersTest {
    private static final String PASSPHRASE = "schlüssel 鍵";
    private static final Pattern CIPHER = Pattern.compile("-([a-z0-9-]+-(?:cbc|cfb|cfb1|cfb8|ofb|ctr)|chacha20)\\b");
    private static final Pattern DEK_INFO = Pattern.compile("^DEK-Info: (.+),", Pattern.MULTILINE);
    private static final Pattern LEFT_OUT = Pattern.compile("[A-Z0-9-]+-CFB1|DESX-CBC|ChaCha20");

    @TempDir
    static Path directory;

    private static PrivateKey key = TestPki.Key.P256.pair(1).getPrivate();

    @BeforeAll
    static void writeKey() throws IOException {
        Files.writeString(directory.resolve("key"), TestPki.pem(key));
    }

    /** The older form, with a DEK-Info header. */
    @Test
    void opens_the_older_form_under_each_cipher_but_a_few_that_it_names() throws IOException {
        List<String> read = new ArrayList<>();
        for (String cipher : ciphers()) {
            String pem = written("ec", "-" + cipher);
            var name = DEK_INFO.matcher(pem);
            assertThat(name.find()).as(pem).isTrue();
            if (LEFT_OUT.matcher(name.group(1)).matches()) {
                refused(
                        pem,
                        "key: the key is encrypted with the cipher %s, which is not supported"
                                .formatted(name.group(1)));
            } else {
                opens(name.group(1), pem);
                read.add(name.group(1));
            }
        }
        System.out.println("DEK-Info: " + read);
        assertThat(read)
                .contains("AES-128-CTR", "ARIA-192-CBC", "BF-CBC", "CAMELLIA-256-CFB", "CAST5-CBC", "DES-EDE-CBC")
                .contains("RC2-40-CBC", "SEED-CBC", "SM4-CBC", "AES-256-OFB", "CAMELLIA-128-CFB8")
                .hasSizeGreaterThan(60);
    }

    /** PKCS#8; openssl writes the identifier of CFB for CFB8 and CFB1 as well, and cannot read such a file either. */
    @Test
    void opens_pkcs8_under_each_cipher_that_openssl_reads_back() throws IOException {
        List<String> read = new ArrayList<>();
        for (String cipher : ciphers()) {
            String pem = written("pkcs8", "-topk8", "-v2", cipher);
            if (!pem.isEmpty() && opensslReads()) {
                opens(cipher, pem);
                read.add(cipher);
            }
        }
        System.out.println("PBES2: " + read);
        assertThat(read)
                .contains(
                        "aes-256-cbc", "aria-192-ctr", "bf-cbc", "camellia-256-cbc", "cast5-cbc", "des-cbc", "seed-ofb")
                // OpenSSL 3.5 writes RC2 with the whole key only.
                .contains("rc2-cbc", "sm4-cbc", "aes-128-ofb", "camellia-192-cfb")
                .hasSizeGreaterThan(40);
    }

    @Test
    void opens_what_node_opens() throws IOException {
        for (String cipher : List.of("aria-256-cbc", "camellia-192-cbc", "aes-128-cfb", "camellia-128-ctr")) {
            for (String[] how : new String[][] {{"ec", "-" + cipher}, {"pkcs8", "-topk8", "-v2", cipher}}) {
                opens(cipher, written(how));
                ProgramResult node = Node.run(
                        "const crypto = require('crypto'), fs = require('fs');"
                                + "console.log(crypto.createPrivateKey({ key: fs.readFileSync(process.argv[2]), passphrase: process.argv[3] }).asymmetricKeyDetails.namedCurve)",
                        directory.resolve("encrypted").toString(),
                        PASSPHRASE);
                assertThat(node.succeeded().out()).as(cipher).contains("prime256v1");
            }
        }
    }

    private static List<String> ciphers() {
        String list = Openssl.run("enc", "-list", "-provider", "legacy", "-provider", "default")
                .succeeded()
                .out();
        return CIPHER.matcher(list)
                .results()
                .map(found -> found.group(1))
                .distinct()
                .toList();
    }

    /** Returns the text that was written, empty if openssl refuses. */
    private static String written(String... how) throws IOException {
        Path out = directory.resolve("encrypted");
        Files.deleteIfExists(out);
        var command = new ArrayList<>(List.of(how));
        command.addAll(List.of("-in", directory.resolve("key").toString(), "-out", out.toString()));
        command.addAll(List.of("-passout", "pass:" + PASSPHRASE, "-provider", "legacy", "-provider", "default"));
        boolean written = Openssl.run(command.toArray(String[]::new)).exitCode() == 0;
        return written ? Files.readString(out, StandardCharsets.US_ASCII) : "";
    }

    private static boolean opensslReads() {
        return Openssl.run(Stream.of("pkey -provider legacy -provider default -noout -in".split(" "), new String[] {
                                    directory.resolve("encrypted").toString(), "-passin", "pass:" + PASSPHRASE
                                })
                                .flatMap(Stream::of)
                                .toArray(String[]::new))
                        .exitCode()
                == 0;
    }

    private static void opens(String cipher, String pem) {
        PrivateKey opened = PrivateKeyReader.read("key", pem, PASSPHRASE.toCharArray());
        assertThat(((ECPrivateKey) opened).getS()).as(cipher).isEqualTo(((ECPrivateKey) key).getS());
        assertThatExceptionOfType(InvalidOption.class)
                .as(cipher)
                .isThrownBy(() -> PrivateKeyReader.read("key", pem, "wrong".toCharArray()))
                .withMessage("key: the passphrase does not open the encrypted key (bad decrypt)");
    }

    private static void refused(String pem, String message) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> PrivateKeyReader.read("key", pem, PASSPHRASE.toCharArray()))
                .withMessage(message);
    }
}
