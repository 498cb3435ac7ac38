package io.heddle.certificate.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
    @DisplayName("PFX-03: no newline at the end is needed")
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void reads_blocks_with_text_around_them_and_any_line_end(String newline) {
        String text = String.join(
                newline,
                "Subject: a",
                "-----BEGIN A B-----  ",
                "AQ",
                "ID ",
                "-----END A B-----",
                "",
                "between",
                "-----BEGIN C-----",
                "-----END C-----");

        List<Pem.Block> blocks = Pem.read("cert", text);

        assertThat(blocks).extracting(Pem.Block::label).containsExactly("A B", "C");
        assertThat(blocks.get(0).der()).containsExactly(1, 2, 3);
        assertThat(blocks.get(1).der()).isEmpty();
        assertThat(blocks.get(0)).hasToString("A B (3 bytes)");
    }

    @Test
    void reads_back_what_it_writes() {
        for (int length : new int[] {0, 1, 47, 48, 49, 1000}) {
            byte[] der = new byte[length];
            assertThat(Pem.read("cert", Pem.write("X", der)).getFirst().der()).isEqualTo(der);
        }
        assertThat(Pem.write("X", new byte[] {1, 2, 3})).isEqualTo("-----BEGIN X-----\nAQID\n-----END X-----\n");
        assertThat(Pem.write("X", new byte[49]).lines()).allMatch(line -> line.length() <= 64);
    }

    @Test
    void reads_the_headers_of_encrypted_keys() {
        String text =
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n 11\n\nAQID\n-----END RSA PRIVATE KEY-----";

        Pem.Block block = Pem.read("key", text).getFirst();

        assertThat(block.header("Proc-Type")).contains("4,ENCRYPTED");
        assertThat(block.header("DEK-Info")).contains("AES-128-CBC,0011");
        assertThat(block.header("Other")).isEmpty();
        assertThat(block.der()).containsExactly(1, 2, 3);
    }

    @Test
    void finds_nothing_in_other_text() {
        assertThat(Pem.read("cert", "")).isEmpty();
        assertThat(Pem.read("cert", "hello\n--- Begin ---\n-- END --\nserial: 00\n"))
                .isEmpty();
        assertThat(Pem.isPem("x\n".getBytes(StandardCharsets.US_ASCII))).isFalse();
        assertThat(Pem.isPem(new byte[0])).isFalse();
        assertThat(Pem.isPem("x\n-----BEGIN A-----".getBytes(StandardCharsets.US_ASCII)))
                .isTrue();
    }

    /** As in OpenSSL; in a text that Java decoded the mark is one character. */
    @Test
    void a_byte_order_mark_before_or_between_blocks_takes_no_block_away() throws Exception {
        List<X509Certificate> chain =
                TestPki.serverWithIntermediate("a.example").chain();
        String first = "\ufeff" + TestPki.pem(chain.subList(0, 1));
        String second = "\ufeff" + TestPki.pem(chain.subList(1, 2));
        String key = "\ufeff" + TestPki.pem(TestPki.ca().key());
        var crl = TestPki.crl(TestPki.ca());

        for (String newline : List.of("\n", "\r\n", "\r")) {
            String text = (first + second + key + "\ufeff\ufeff" + TestPki.pem(crl)).replace("\n", newline);
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertThat(CertificateReader.read("cert", text)).isEqualTo(chain);
            assertThat(CertificateReader.read("cert", bytes)).isEqualTo(chain);
            assertThat(PrivateKeyReader.read("key", bytes))
                    .isEqualTo(TestPki.ca().key());
            assertThat(PrivateKeyReader.read("key", text, new char[0]))
                    .isEqualTo(TestPki.ca().key());
            assertThat(CrlReader.read("crl", text)).containsExactly(crl);
            assertThat(CrlReader.read("crl", bytes)).containsExactly(crl);
        }
        assertThat(Pem.read("dh", "\ufeff" + Pem.write("DH PARAMETERS", new byte[1])))
                .hasSize(1);
    }

    /** OpenSSL skips such a block, and the chain begins with the intermediate. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                " -----BEGIN CERTIFICATE-----",
                "\t-----BEGIN CERTIFICATE-----",
                "\u00a0-----BEGIN CERTIFICATE-----",
                "cert: -----BEGIN CERTIFICATE-----",
                "> -----BEGIN CERTIFICATE-----",
                "----BEGIN CERTIFICATE-----",
                "------BEGIN CERTIFICATE-----",
                "---- BEGIN CERTIFICATE ----",
                "-----BEGIN CERTIFICATE----",
                "-----BEGIN CERTIFICATE",
                "-----BEGIN CERTIFICATE----- x",
                "-----BEGIN CERTIFICATE------",
                "-----BEGINCERTIFICATE-----",
                "-----Begin certificate-----",
                "\u2014\u2014-BEGIN CERTIFICATE-----",
                "\u2013\u2013\u2013\u2013\u2013BEGIN CERTIFICATE\u2013\u2013\u2013\u2013\u2013",
                "\u200b-----BEGIN CERTIFICATE-----"
            })
    void a_line_that_looks_like_a_begin_line_and_is_none_is_named(String begin) {
        List<X509Certificate> chain =
                TestPki.serverWithIntermediate("a.example").chain();
        String good = TestPki.pem(chain);
        String damaged = begin + good.substring(good.indexOf('\n'));
        for (String text : List.of(damaged, "-----BEGIN X509 CRL-----\n-----END X509 CRL-----\n" + damaged)) {
            int line = text.equals(damaged) ? 1 : 3;
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> CertificateReader.read("cert", text))
                    .withMessage(
                            "cert: line %d looks like a line of PEM but is none, \"-----BEGIN NAME-----\" with nothing before or behind it is read"
                                    .formatted(line))
                    .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_PEM_NO_START_LINE"));
        }
        byte[] windows = damaged.getBytes(Charset.forName("windows-1252"));
        assertThatExceptionOfType(InvalidOption.class).isThrownBy(() -> CertificateReader.read("cert", windows));
    }

    @Test
    void a_block_without_its_begin_line_is_named() {
        String good = TestPki.pem(TestPki.serverWithIntermediate("a.example").chain());
        String headless = good.substring(good.indexOf('\n') + 1);
        int line = (int) good.substring(0, good.indexOf("-----END")).lines().count();
        refusedCertificate(
                headless,
                "ERR_OSSL_PEM_BAD_END_LINE",
                "ca \"a.pem\": the END line in line %d ends no block, its BEGIN line is missing or damaged"
                        .formatted(line));
        refusedCertificate(
                good.replace("-----\n-----BEGIN", "----------BEGIN"),
                "ERR_OSSL_PEM_BAD_END_LINE",
                "ca \"a.pem\": the CERTIFICATE block that begins in line 1 has no END line of its own");
    }

    @Test
    void a_block_is_switched_off_by_comment_signs() {
        String comment = TestPki.pem(TestPki.ca().chain()).replaceAll("(?m)^(?=.)", "# ");
        List<X509Certificate> chain = TestPki.server("a.example").chain();

        assertThat(CertificateReader.read("cert", comment + TestPki.pem(chain))).isEqualTo(chain);
    }

    @Test
    void blocks_of_other_kinds_are_passed_over_and_unknown_ones_named() throws Exception {
        var others = new StringBuilder();
        for (String label : List.of(
                "EC PARAMETERS", "DH PARAMETERS", "CERTIFICATE REQUEST", "RSA PUBLIC KEY", "SSL SESSION PARAMETERS")) {
            others.append(Pem.write(label, new byte[3]));
        }
        String certificate = TestPki.pem(TestPki.ca().chain());
        String crl = TestPki.pem(TestPki.crl(TestPki.ca()));
        String key = TestPki.pem(TestPki.ca().key());
        assertThat(CertificateReader.read("c", others + key + crl + certificate))
                .isEqualTo(TestPki.ca().chain());
        assertThat(CrlReader.read("c", others + key + certificate + crl)).hasSize(1);
        assertThat(PrivateKeyReader.read("c", others + certificate + crl + key, new char[0]))
                .isEqualTo(TestPki.ca().key());

        for (String label : List.of("CERTIFCATE", "PKCS7", "CMS", "certificate", "KEY", "")) {
            String text = Pem.write("EC PARAMETERS", new byte[3]) + Pem.write(label, new byte[3]);
            String sentence =
                    "c: the block that begins in line 4 is of kind %s, which is not read here".formatted(label);
            for (ThrowingCallable reading : new ThrowingCallable[] {
                () -> CertificateReader.read("c", text + certificate),
                () -> CrlReader.read("c", text + crl),
                () -> PrivateKeyReader.read("c", text + key, new char[0]),
                () -> DhParameters.read("c", text.replace("EC", "DSA").getBytes(StandardCharsets.US_ASCII))
            }) {
                assertThatExceptionOfType(InvalidOption.class)
                        .isThrownBy(reading)
                        .withMessage(sentence)
                        .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_PEM_NO_START_LINE"));
            }
        }
    }

    @Test
    void text_in_utf_16_is_named() {
        String certificate = "\ufeff" + TestPki.pem(TestPki.ca().chain());
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            byte[] text = certificate.getBytes(charset);
            for (ThrowingCallable reading : new ThrowingCallable[] {
                () -> CertificateReader.read("c", text),
                () -> CrlReader.read("c", text),
                () -> PrivateKeyReader.read("c", text)
            }) {
                assertThatExceptionOfType(InvalidOption.class)
                        .isThrownBy(reading)
                        .withMessage("c: is text in UTF-16, PEM is read in ASCII or UTF-8");
            }
        }
    }

    @Test
    void der_with_text_inside_is_der() throws Exception {
        X509Certificate certificate =
                TestPki.certificate("CN=-----BEGIN CERTIFICATE-----").certificateSelfSigned();

        assertThat(Pem.isPem(certificate.getEncoded())).isFalse();
        assertThat(CertificateReader.read("ca", certificate.getEncoded())).containsExactly(certificate);
    }

    /** A line of dashes is scanned once, not once for each dash. */
    @Test
    void long_lines_cost_no_more_than_short_ones() {
        String dashes = "-".repeat(2_000_000);
        assertThat(Pem.read("ca", dashes + "\n" + "END".repeat(500_000) + "\n" + dashes))
                .isEmpty();
    }

    @Test
    void refuses_what_is_broken_inside_a_block() {
        refused(
                "-----BEGIN A-----\nAQID\n",
                "ERR_OSSL_PEM_BAD_END_LINE",
                "cert: the A block that begins in line 1 has no END line of its own");
        refused(
                "x\n-----BEGIN A-----\nAQID\n-----END B-----\n",
                "ERR_OSSL_PEM_BAD_END_LINE",
                "cert: the A block that begins in line 2 has no END line of its own");
        refused(
                "-----BEGIN A-----\nAQ!D\n-----END A-----\n",
                "ERR_OSSL_PEM_BAD_BASE64_DECODE",
                "cert: the A block that ends in line 3 is not base64");
        refused(
                "-----BEGIN A-----\nAQI\n-----END A-----\n",
                "ERR_OSSL_PEM_BAD_BASE64_DECODE",
                "cert: the A block that ends in line 3 is not base64");
        refused(
                "-----BEGIN A-----\n-----BEGIN A-----\nAQID\n-----END A-----\n",
                "ERR_OSSL_PEM_BAD_BASE64_DECODE",
                "cert: the A block that ends in line 4 is not base64");
    }

    @DisplayName("VER-51: text without a certificate, and a certificate that is broken inside")
    @Test
    void refuses_certificates_that_are_none() {
        refusedCertificate(
                "not a valid certificate",
                "ERR_OSSL_PEM_NO_START_LINE",
                "ca \"a.pem\": contains no certificate in PEM or DER");
        refusedCertificate(
                "-----BEGIN PUBLIC KEY-----\nAQID\n-----END PUBLIC KEY-----",
                "ERR_OSSL_PEM_NO_START_LINE",
                "ca \"a.pem\": contains no certificate in PEM or DER");
        refusedCertificate(
                TestPki.pem(TestPki.ca().chain()) + "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----",
                "ERR_OSSL_PEM_ASN1_LIB",
                "ca \"a.pem\": contains a certificate whose content is not valid DER");
    }

    @DisplayName("CC-01: the labels of certificates, and DER")
    @Test
    void reads_certificates_under_each_of_their_labels_and_as_der() throws Exception {
        var ca = TestPki.ca().leaf();
        String key = TestPki.pem(TestPki.ca().key());
        for (String label : List.of("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")) {
            assertThat(CertificateReader.read("ca", key + Pem.write(label, ca.getEncoded())))
                    .containsExactly(ca);
        }
        assertThat(CertificateReader.read("ca", ca.getEncoded())).containsExactly(ca);
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() ->
                        CertificateReader.read("ca", Arrays.copyOf(ca.getEncoded(), ca.getEncoded().length + 1)));
    }

    @Test
    void reads_one_or_many_crls_and_refuses_what_is_none() throws Exception {
        var one = TestPki.crl(TestPki.ca());
        var two = TestPki.crl(TestPki.intermediate("i"));

        assertThat(CrlReader.read("crl", TestPki.pem(one) + TestPki.pem(two))).containsExactly(one, two);
        assertThat(CrlReader.read("crl", one.getEncoded())).containsExactly(one);
        for (String none : List.of("", "x", TestPki.pem(TestPki.ca().chain()))) {
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> CrlReader.read("crl", none))
                    .withMessage("crl: contains no X509 CRL (failed to parse CRL)")
                    .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_CRYPTO_OPERATION_FAILED"));
        }
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> CrlReader.read("crl", Pem.write("X509 CRL", new byte[] {0x30, 0})))
                .withMessage("crl: contains a CRL whose content is not valid DER (failed to parse CRL)");
    }

    private static void refused(String text, String code, String message) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Pem.read("cert", text))
                .withMessage(message)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    private static void refusedCertificate(String text, String code, String message) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> CertificateReader.read("ca \"a.pem\"", text))
                .withMessage(message)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }
}
