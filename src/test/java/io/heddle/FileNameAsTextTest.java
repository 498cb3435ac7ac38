package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import io.heddle.session.MalformedSession;
import io.heddle.session.SessionState;
import java.util.Base64;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The name of a file where an option takes a text in PEM. */
class FileNameAsTextTest {
    private static final String HINT = " (a file is given as a Path)";

    private static InvalidOption refusal(Consumer<SecureContext.Builder> options) {
        return org.assertj.core.api.Assertions.catchThrowableOfType(
                InvalidOption.class, () -> Tls.createSecureContext(options));
    }

    private static void refused(String code, String message, Consumer<SecureContext.Builder> options) {
        assertThat(refusal(options)).hasMessage(message).hasCauseInstanceOf(InvalidOption.class);
        assertThat(refusal(options).code()).isEqualTo(code);
    }

    private static String named(String name) {
        return "; the text \"%s\" looks like the name of a file%s".formatted(name, HINT);
    }

    @Test
    void is_named_by_each_option() {
        String noCertificate = ": contains no certificate in PEM or DER";
        String start = "ERR_OSSL_PEM_NO_START_LINE";
        refused(start, "ca" + noCertificate + named("ca.pem"), o -> o.ca("ca.pem"));
        refused(start, "addCa" + noCertificate + named("./my ca.crt"), o -> o.addCa("./my ca.crt\n"));
        refused(start, "cert" + noCertificate + named("certs/server.pem"), o -> o.cert("certs/server.pem"));
        refused(
                "ERR_CRYPTO_OPERATION_FAILED",
                "crl: contains no X509 CRL (failed to parse CRL)" + named("ca.crl"),
                o -> o.crl("ca.crl"));
        refused(start, "dhparam: contains no DH PARAMETERS" + named("dh.pem"), o -> o.dhparam("dh.pem"));
        assertThat(refusal(o -> o.key("server-key.pem"))).message().endsWith(named("server-key.pem"));
        assertThat(refusal(o -> o.key("server-key.pem", "secret".toCharArray())))
                .message()
                .endsWith(named("server-key.pem"))
                .doesNotContain("secret\"");
    }

    @Test
    void is_meant_by_the_options_of_a_connection_too() {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> ConnectOptions.builder().ca("ca.pem").build())
                .withMessageEndingWith(named("ca.pem"));
    }

    @Test
    void is_not_quoted_where_the_text_could_be_a_key() {
        String base64 = Base64.getEncoder().encodeToString(TestPki.ca().key().getEncoded());
        assertThat(refusal(o -> o.key(base64)))
                .message()
                .endsWith(HINT)
                .doesNotContain(base64.substring(0, 16))
                .doesNotContain("looks like");
    }

    @Test
    void is_no_matter_of_files_empty_texts_and_texts_with_more_lines() {
        assertThat(refusal(o -> o.ca("one\ntwo"))).hasMessage("ca: contains no certificate in PEM or DER");
        assertThat(refusal(o -> o.ca(TestPki.pem(TestPki.ca().key()))))
                .hasMessage("ca: contains no certificate in PEM or DER");
        assertThat(refusal(o -> o.ca(""))).hasMessage("ca: the text is empty, PEM is expected");
        assertThat(refusal(o -> o.ca("x".repeat(5000)))).hasMessage("ca: contains no certificate in PEM or DER");
    }

    @Test
    void is_reported_for_a_session_as_well() {
        assertThatExceptionOfType(MalformedSession.class)
                .isThrownBy(() -> SessionState.fromPem("session.pem"))
                .withMessageContaining("(of a file the content is expected, not the name)");
        assertThatExceptionOfType(MalformedSession.class)
                .isThrownBy(() -> SessionState.fromPem("one\ntwo"))
                .withMessageNotContaining("of a file");
    }
}
