package io.heddle.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.failure.InvalidOption;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
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
        assertThat(Pem.read("cert", "hello -----BEGIN A-----\n")).isEmpty();
        assertThat(Pem.isPem("x -----BEGIN A-----".getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
        assertThat(Pem.isPem("x\n-----BEGIN A-----".getBytes(StandardCharsets.US_ASCII)))
                .isTrue();
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
