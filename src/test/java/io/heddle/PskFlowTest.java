package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.cipher.Suite;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections by pre-shared key: RFC 4279 and RFC 5489 in TLS 1.2 and below, RFC 8446 4.2.11 in TLS 1.3. */
class PskFlowTest {
    private static void assertByKey(TlsPair.Connected both) {
        for (TlsSocket socket : List.of(both.client(), both.server())) {
            assertThat(socket.pskIdentity()).contains(PskKind.IDENTITY);
            assertThat(socket.authorized()).isTrue();
            assertThat(socket.authorizationError()).isEmpty();
            assertThat(socket.isSessionReused()).isFalse();
            assertThat(socket.resumption()).isEmpty();
        }
    }

    private static void assertByCertificate(TlsPair.Connected both) {
        assertThat(both.client().pskIdentity()).isEmpty();
        assertThat(both.server().pskIdentity()).isEmpty();
        assertThat(both.client().authorized()).isTrue();
        assertThat(both.server().authorized()).isFalse();
        assertThat(both.client().peerCertificates()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void both_sides_have_the_key_and_no_certificate_is_needed(PskKind kind) throws IOException {
        try (TlsPair pair = kind.pair()) {
            TlsPair.Connected both = pair.connect();
            both.exchange("with a key");
            assertByKey(both);
            assertThat(both.client().getCipher().name()).isEqualTo(kind.suite());
            assertThat(both.server().peerCertificates()).isEmpty();
            assertThat(both.client().peerCertificates().isEmpty()).isEqualTo(kind != PskKind.RSA_PSK);
            assertThat(both.client().getEphemeralKeyInfo())
                    .isEqualTo(both.server().getEphemeralKeyInfo())
                    .matches(info -> info.isEmpty() == (kind == PskKind.PSK || kind == PskKind.RSA_PSK));
        }
    }

    static Stream<Suite> suites() {
        return SecureContext.builder().build().content().runnableSuites().stream()
                .filter(suite -> suite.keyExchange().isPsk());
    }

    @Test
    void most_suites_with_keys_run() {
        assertThat(suites())
                .extracting(Suite::keyExchange)
                .contains(
                        Suite.KeyExchange.PSK,
                        Suite.KeyExchange.DHE_PSK,
                        Suite.KeyExchange.ECDHE_PSK,
                        Suite.KeyExchange.RSA_PSK);
    }

    @ParameterizedTest
    @MethodSource("suites")
    void each_suite_connects(Suite suite) throws IOException {
        try (TlsPair pair = PskKind.RSA_PSK
                .pair()
                .serverContext(context -> context.ciphers(suite.name() + ":@SECLEVEL=0"))
                .clientContext(context -> context.ciphers(suite.name() + ":@SECLEVEL=0"))) {
            TlsPair.Connected both = pair.connect();
            both.exchange(suite.name());
            assertThat(both.server().getCipher().name()).isEqualTo(suite.name());
            assertByKey(both);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_0", "TLS_1_1"})
    void old_versions_support_keys_as_well(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)
                .serverIdentity()
                .serverContext(context -> context.ciphers("PSK+AES"))
                .clientContext(context -> context.ciphers("PSK+AES"))
                .server(options -> options.pskCallback(PskKind.callback(PskKind.key())))
                .client(options -> options.pskCallback(hint -> PskKind.credential()))) {
            TlsPair.Connected both = pair.connect();
            both.exchange("long ago");
            assertByKey(both);
        }
    }

    // Beside certificates

    @Test
    void the_default_list_has_no_suite_with_keys_below_tls_1_3() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2)
                .server(options -> options.pskCallback(PskKind.callback(PskKind.key())))
                .client(options -> options.pskCallback(hint -> PskKind.credential()))) {
            assertByCertificate(pair.connect());
        }
    }

    @ParameterizedTest
    @EnumSource
    void psk_suites_are_not_used_without_keys(PskKind kind) throws IOException {
        try (TlsPair pair = TlsPair.of(kind.version())
                .serverContext(context -> context.ciphers(kind.suite() + ":ECDHE+AESGCM"))
                .clientContext(context -> context.ciphers(kind.suite() + ":ECDHE+AESGCM"))) {
            assertByCertificate(pair.connect());
            pair.server(options -> options.pskCallback(PskKind.callback(PskKind.key())));
            assertByCertificate(pair.connect());
        }
        try (TlsPair pair = TlsPair.of(kind.version())
                .serverContext(context -> context.ciphers(kind.suite() + ":ECDHE+AESGCM"))
                .clientContext(context -> context.ciphers(kind.suite() + ":ECDHE+AESGCM"))
                .client(options -> options.pskCallback(hint -> PskKind.credential()))) {
            assertByCertificate(pair.connect());
        }
    }

    @Test
    void a_key_unknown_to_the_server_leads_to_its_certificate() throws IOException {
        try (TlsPair pair = PskKind.PSK13
                .pair(knowing -> (socket, identity) -> Optional.empty(), having -> having)
                .serverIdentity(TestPki.server("localhost"))) {
            TlsPair.Connected both = pair.connect();
            both.exchange("with a certificate");
            assertByCertificate(both);
        }
    }

    @Test
    void the_client_callback_runs_twice_for_both_versions_at_a_server_of_the_lower_one() throws IOException {
        List<Optional<String>> hints = new ArrayList<>();
        try (TlsPair pair = TlsPair.create()
                .serverIdentity()
                .serverContext(context -> context.maxVersion(TlsVersion.TLS_1_2).ciphers("PSK+HIGH"))
                .clientContext(context -> context.ciphers("PSK+HIGH:TLS_AES_128_GCM_SHA256"))
                .server(options ->
                        options.pskCallback(PskKind.callback(PskKind.key())).pskIdentityHint("which unit?"))
                .client(options -> options.pskCallback(hint -> {
                    hints.add(hint);
                    return PskKind.credential();
                }))) {
            assertByKey(pair.connect());
            assertThat(hints).containsExactly(Optional.empty(), Optional.of("which unit?"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PSK", "DHE_PSK", "ECDHE_PSK", "RSA_PSK"})
    void a_server_without_a_hint_gives_none(PskKind kind) throws IOException {
        List<Optional<String>> hints = new ArrayList<>();
        try (TlsPair pair = kind.pair(knowing -> knowing, having -> hint -> {
            hints.add(hint);
            return having.identity(hint);
        })) {
            assertByKey(pair.connect());
            pair.server(options -> options.pskIdentityHint("grüß")).connect();
            assertThat(hints).containsExactly(Optional.empty(), Optional.of("grüß"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_callback_gets_the_socket_and_is_called_once(PskKind kind) throws IOException {
        List<String> calls = new ArrayList<>();
        try (TlsPair pair = kind.pair(
                knowing -> (socket, identity) -> {
                    calls.add(socket.servername().orElse("") + " " + socket.getProtocol() + " " + identity);
                    return knowing.keyOf(socket, identity);
                },
                having -> having)) {
            assertByKey(pair.connect());
            assertThat(calls).containsExactly("localhost null " + PskKind.IDENTITY);
        }
    }

    @Test
    void a_client_that_is_sent_a_hello_retry_request_keeps_its_key() throws IOException {
        List<String> calls = new ArrayList<>();
        try (TlsPair pair = PskKind.PSK13
                .pair(
                        knowing -> (socket, identity) -> {
                            calls.add(identity);
                            return knowing.keyOf(socket, identity);
                        },
                        having -> having)
                .serverContext(context -> context.ecdhCurve("P-256"))
                .clientContext(context -> context.ecdhCurve("X25519:P-256"))) {
            TlsPair.Connected both = pair.connect();
            both.exchange("after the retry");
            assertByKey(both);
            assertThat(calls).containsExactly(PskKind.IDENTITY);
        }
    }

    @Test
    void the_suite_follows_the_hash_of_the_key() throws IOException {
        try (TlsPair pair = PskKind.PSK13
                .pair()
                .serverContext(context -> context.ciphers("TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"))
                .clientContext(context -> context.ciphers("TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"))) {
            TlsPair.Connected both = pair.connect();
            assertByKey(both);
            assertThat(both.client().getCipher().name()).isEqualTo("TLS_CHACHA20_POLY1305_SHA256");
        }
    }

    @Test
    void without_a_suite_for_the_hash_of_keys_no_callback_is_called() throws IOException {
        try (TlsPair pair = PskKind.PSK13
                .pair()
                .serverIdentity(TestPki.server("localhost"))
                .serverContext(context -> context.ciphers("TLS_AES_256_GCM_SHA384"))
                .clientContext(context -> context.ciphers("TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"))) {
            assertByCertificate(pair.connect());
            pair.clientContext(context -> context.ciphers("TLS_AES_256_GCM_SHA384"));
            assertByCertificate(pair.connect());
        }
    }

    @ParameterizedTest
    @EnumSource
    void no_certificate_is_requested_from_a_client_with_a_key(PskKind kind) throws IOException {
        try (TlsPair pair =
                kind.pair().clientIdentity(TestPki.client("client")).server(options -> options.requestCert(true))) {
            TlsPair.Connected both = pair.connect();
            both.exchange("no certificate");
            assertByKey(both);
            assertThat(both.server().peerCertificates()).isEmpty();
            assertThat(both.client().getCertificate()).isEmpty();
        }
    }

    @Test
    void the_certificate_beside_a_key_is_verified() throws IOException {
        try (TlsPair pair = PskKind.RSA_PSK.pair().client(options -> options.servername("another.host"))) {
            assertThat(pair.attempt().clientFailure().code().name()).isEqualTo("ERR_TLS_CERT_ALTNAME_INVALID");
            pair.client(options -> options.rejectUnauthorized(false));
            TlsPair.Connected both = pair.connect();
            assertThat(both.client().pskIdentity()).contains(PskKind.IDENTITY);
            assertThat(both.client().authorized()).isFalse();
            assertThat(both.server().authorized()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PSK13", "PSK", "DHE_PSK", "ECDHE_PSK"})
    void a_key_needs_no_name(PskKind kind) throws IOException {
        try (TlsPair pair = kind.pair().client(options -> options.servername("another.host"))) {
            assertByKey(pair.connect());
        }
    }
}
