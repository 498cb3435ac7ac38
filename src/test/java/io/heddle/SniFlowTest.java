package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.endpoint.ContextSettings;
import io.heddle.endpoint.SniContexts;
import io.heddle.failure.Alert;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Selection of the server's context by the requested server name. */
class SniFlowTest {
    private static Identity server(String name) {
        return TestPki.server(name);
    }

    private static String answerFor(TlsPair pair, String name) throws IOException {
        pair.client(client -> client.servername(name).rejectUnauthorized(false));
        pair.forgetSession();
        TlsPair.Connected both = pair.handshake();
        assertThat(both.server().servername())
                .isEqualTo(both.client().servername())
                .isEqualTo(name.isEmpty() ? Optional.empty() : Optional.of(name));
        return both.client()
                .peerCertificates()
                .getFirst()
                .getSubjectX500Principal()
                .getName();
    }

    @EachVersion
    void each_name_gets_its_certificate_and_unknown_ones_the_default(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)
                .serverIdentity(server("default.test"))
                .addContext("a.test", server("a.test"))
                .addContext("*.b.test", server("*.b.test"))
                .addContext("exact.b.test", server("exact.b.test"))) {
            assertThat(answerFor(pair, "a.test")).isEqualTo("CN=a.test");
            assertThat(answerFor(pair, "A.Test")).isEqualTo("CN=a.test");
            assertThat(answerFor(pair, "x.b.test")).isEqualTo("CN=*.b.test");
            assertThat(answerFor(pair, "exact.b.test")).isEqualTo("CN=exact.b.test");
            assertThat(answerFor(pair, "x.y.b.test")).isEqualTo("CN=default.test");
            assertThat(answerFor(pair, "b.test")).isEqualTo("CN=default.test");
            assertThat(answerFor(pair, "other.test")).isEqualTo("CN=default.test");
            assertThat(answerFor(pair, "")).isEqualTo("CN=default.test");
        }
    }

    @EachVersion
    void a_callback_supplies_a_context_missing_from_the_table(TlsVersion version) throws IOException {
        SecureContext found =
                SecureContext.builder().identity(server("callback.test")).build();
        try (var pair = TlsPair.of(version)
                .serverIdentity(server("default.test"))
                .addContext("a.test", server("a.test"))
                .server(server -> server.sniCallback(
                        name -> name.equals("callback.test") ? Optional.of(found) : Optional.empty()))) {
            assertThat(answerFor(pair, "callback.test")).isEqualTo("CN=callback.test");
            assertThat(answerFor(pair, "a.test")).isEqualTo("CN=a.test");
            assertThat(answerFor(pair, "other.test")).isEqualTo("CN=default.test");
        }
    }

    @EachVersion
    void a_callback_that_throws_ends_the_handshake(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)
                .server(server -> server.sniCallback(name -> {
                    throw new IllegalStateException("no database");
                }))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith(
                            "servername: the callback failed for \"localhost\": java.lang.IllegalStateException: no database")
                    .returns(Code.ERR_TLS_CALLBACK, TlsFailure::code)
                    .hasRootCauseInstanceOf(IllegalStateException.class);
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith("alert: the peer ended the connection with internal_error (80)")
                    .returns(Code.ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR, TlsFailure::code);
        }
    }

    @EachVersion
    void a_name_that_no_matcher_of_jsse_accepts_is_refused(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version).serverSocket(socket -> {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher("shop\\.test")));
            socket.setSSLParameters(parameters);
        })) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith("servername: the client asked for \"localhost\", which no matcher accepts");
            assertThat(outcome.serverFailure().alert()).contains(Alert.UNRECOGNIZED_NAME);
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith("alert: the peer ended the connection with unrecognized_name (112)")
                    .returns(Code.ERR_SSL_TLSV1_UNRECOGNIZED_NAME, TlsFailure::code);
            pair.serverIdentity(server("shop.test")).client(client -> client.servername("shop.test"));
            assertThat(pair.handshake().server().servername()).contains("shop.test");
        }
    }

    @EachVersion
    void no_name_is_sent_for_an_address(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)
                .serverIdentity(TestPki.server("127.0.0.1"))
                .client(client -> client.host("127.0.0.1"))) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.server().servername()).isEmpty();
            assertThat(both.client().authorized()).isTrue();
        }
    }

    @EachVersion
    void a_session_of_one_context_resumes_under_its_name_only(TlsVersion version) throws IOException {
        try (var pair =
                TlsPair.of(version).addContext("a.test", server("a.test")).addContext("b.test", server("b.test"))) {
            pair.client(client -> client.servername("a.test")).handshake();
            assertThat(pair.handshake().resumed()).isTrue();
            pair.client(client -> client.servername("b.test"));
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "."})
    void a_context_must_have_a_name(String name) {
        SecureContext context = Tls.createSecureContext(options -> {});
        try (TlsServer server = Tls.createServer(context, socket -> {})) {
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> server.addContext(name, context))
                    .withMessage("addContext: the host name is empty")
                    .returns("ERR_TLS_REQUIRED_SERVER_NAME", InvalidOption::code);
        }
    }

    /** The order of insertion is the worst case: the more specific patterns come first, where the last would win. */
    @ParameterizedTest
    @CsvSource({
        "exact.b.test, exact.b.test",
        "EXACT.B.TEST, exact.b.test",
        "www-1.b.test, www-*.b.test",
        "www-.b.test, www-*.b.test",
        "ww.b.test, *.b.test",
        "a.x.c.test, a.*.c.test",
        "a.x.y.c.test, default",
        "b.x.c.test, *.*.c.test",
        "b.test, default",
        "localhost, *",
        "x1-y2-z, *-*-z",
    })
    void stars_stand_for_anything_but_dots(String name, String expected) throws Exception {
        var fallback = Tls.createSecureContext(options -> {}).content();
        var contexts = new SniContexts(fallback, Optional.empty());
        var known = new HashMap<String, ContextSettings>();
        known.put("default", fallback);
        for (String text :
                List.of("exact.b.test", "*-*-z", "www-*.b.test", "a.*.c.test", "*.b.test", "*.*.c.test", "*")) {
            known.put(text, Tls.createSecureContext(options -> {}).content());
            contexts.add(text, known.get(text));
        }
        assertThat(contexts.select(Optional.of(name), fallback)).isSameAs(known.get(expected));
    }

    @Test
    void a_long_name_takes_no_long_time() throws Exception {
        var fallback = Tls.createSecureContext(options -> {}).content();
        var contexts = new SniContexts(fallback, Optional.empty());
        contexts.add(
                "*a*a*a*a*a*a*a*a*b", Tls.createSecureContext(options -> {}).content());
        assertThat(contexts.select(Optional.of("a".repeat(60_000)), fallback)).isSameAs(fallback);
    }
}
