package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.callback.PskClientCallback;
import io.heddle.callback.PskIdentity;
import io.heddle.failure.Alert;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pre-shared keys that are unknown, wrong or unusable, and callbacks that fail. */
class PskFailureFlowTest {
    private static TlsPair serving(PskKind kind, PskServerCallback callback) {
        return kind.pair(replaced -> callback, UnaryOperator.identity());
    }

    private static TlsPair having(PskKind kind, PskClientCallback callback) {
        return kind.pair(UnaryOperator.identity(), replaced -> callback);
    }

    // Identities and keys

    @ParameterizedTest
    @EnumSource(names = {"PSK", "DHE_PSK", "ECDHE_PSK", "RSA_PSK"})
    void an_unknown_identity_ends_the_handshake_of_tls_1_2(PskKind kind) throws IOException {
        try (TlsPair pair = having(kind, hint -> Optional.of(new PskIdentity("unit\n8", PskKind.key())))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith("psk: the client's identity \"unit\\u000a8\" is unknown")
                    .returns(Code.ERR_SSL_PSK_IDENTITY_NOT_FOUND, TlsFailure::code)
                    .returns(Optional.of(Alert.UNKNOWN_PSK_IDENTITY), TlsFailure::alert);
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith("alert: the peer ended the connection with unknown_psk_identity (115)")
                    .returns(Code.ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY, TlsFailure::code);
            assertThat(outcome.server().pskIdentity()).isEmpty();
        }
    }

    @Test
    void an_unknown_identity_in_tls_1_3_needs_a_certificate_that_is_missing() throws IOException {
        try (TlsPair pair = having(PskKind.PSK13, hint -> Optional.of(new PskIdentity("unit 8", PskKind.key())))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .returns(Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM, TlsFailure::code)
                    .returns(Optional.of(Alert.HANDSHAKE_FAILURE), TlsFailure::alert);
            assertThat(outcome.clientFailure().code()).isEqualTo(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PSK", "DHE_PSK", "ECDHE_PSK", "RSA_PSK"})
    void a_wrong_key_shows_in_the_first_protected_record_of_tls_1_2(PskKind kind) throws IOException {
        try (TlsPair pair = having(kind, hint -> Optional.of(new PskIdentity(PskKind.IDENTITY, new byte[16])))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .returns(Code.ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, TlsFailure::code)
                    .returns(Optional.of(Alert.BAD_RECORD_MAC), TlsFailure::alert);
            assertThat(outcome.clientFailure().code()).isEqualTo(Code.ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC);
            assertThat(outcome.server().pskIdentity()).isEmpty();
            assertThat(outcome.server().authorized()).isFalse();
        }
    }

    @Test
    void a_wrong_key_shows_in_the_binder_of_tls_1_3() throws IOException {
        try (TlsPair pair =
                having(PskKind.PSK13, hint -> Optional.of(new PskIdentity(PskKind.IDENTITY, new byte[16])))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith("psk: the client's binder does not verify, it has another key than ours")
                    .returns(Code.ERR_SSL_BINDER_DOES_NOT_VERIFY, TlsFailure::code)
                    .returns(Optional.of(Alert.DECRYPT_ERROR), TlsFailure::alert);
            assertThat(outcome.clientFailure().code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR);
            assertThat(outcome.server().pskIdentity()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PSK", "DHE_PSK", "ECDHE_PSK", "RSA_PSK"})
    void a_client_without_a_key_for_the_hint_ends_the_handshake(PskKind kind) throws IOException {
        try (TlsPair pair = having(kind, hint -> Optional.empty())) {
            pair.server(options -> options.pskIdentityHint("unit?"));
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith(
                            "psk: the server asks for a key, the callback has none for the hint \"unit?\"")
                    .returns(Code.ERR_SSL_PSK_IDENTITY_NOT_FOUND, TlsFailure::code)
                    .returns(Optional.of(Alert.HANDSHAKE_FAILURE), TlsFailure::alert);
            assertThat(outcome.serverFailure().code()).isEqualTo(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE);
        }
    }

    @Test
    void sides_with_keys_alone_need_a_common_kind_of_suite() throws IOException {
        try (TlsPair pair = PskKind.DHE_PSK.pair().clientContext(context -> context.ciphers("PSK-AES128-GCM-SHA256"))) {
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.ERR_SSL_NO_SHARED_CIPHER);
        }
        // As in Node, DHE needs a group.
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2)
                .serverIdentity()
                .serverContext(context -> context.ciphers("kDHEPSK"))
                .clientContext(context -> context.ciphers("kDHEPSK"))
                .server(options -> options.pskCallback(PskKind.callback(PskKind.key())))
                .client(options -> options.pskCallback(hint -> PskKind.credential()))) {
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.ERR_SSL_NO_SHARED_CIPHER);
        }
    }

    @Test
    void a_side_whose_list_has_keys_alone_needs_a_callback() throws IOException {
        try (TlsPair pair = PskKind.PSK.bare()) {
            assertThat(pair.attempt().clientFailure())
                    .hasMessageStartingWith(
                            "handshake: no protocol is left, enabled are [TLSv1.2] with the cipher suites"
                                    + " [TLS_PSK_WITH_AES_128_GCM_SHA256] and the groups [X25519MLKEM768, ")
                    .returns(Code.ERR_SSL_NO_PROTOCOLS_AVAILABLE, TlsFailure::code);
        }
    }

    // Limits

    @ParameterizedTest
    @EnumSource
    void the_longest_identity_and_key_do(PskKind kind) throws IOException {
        String identity = "ü".repeat(128);
        byte[] key = new byte[512];
        try (TlsPair pair = kind.pair(
                replaced -> (socket, name) -> name.equals(identity) ? Optional.of(key) : Optional.empty(),
                replaced -> hint -> Optional.of(new PskIdentity(identity, key)))) {
            pair.server(options -> options.pskIdentityHint("h".repeat(256)));
            assertThat(pair.connect().server().pskIdentity()).contains(identity);
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_unusable_key_of_the_servers_callback_ends_the_handshake(PskKind kind) throws IOException {
        for (int length : new int[] {0, 513}) {
            try (TlsPair pair = serving(kind, (socket, identity) -> Optional.of(new byte[length]))) {
                TlsPair.Outcome outcome = pair.attempt();
                assertThat(outcome.serverFailure())
                        .hasMessageStartingWith(
                                "psk: the callback returned a key of %d bytes for \"unit 7\", 1 to 512 are allowed"
                                        .formatted(length))
                        .returns(Code.ERR_INVALID_ARG_VALUE, TlsFailure::code);
                assertThat(outcome.clientFailure().alert()).contains(Alert.INTERNAL_ERROR);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_unusable_answer_of_the_clients_callback_ends_the_handshake(PskKind kind) throws IOException {
        try (TlsPair pair = having(kind, hint -> Optional.of(new PskIdentity("i".repeat(257), PskKind.key())))) {
            assertThat(pair.attempt().clientFailure())
                    .hasMessageStartingWith("psk: the answer of the callback for no hint cannot be used:"
                            + " identity: it has 257 bytes, 1 to 256 are allowed")
                    .returns(Code.ERR_INVALID_ARG_VALUE, TlsFailure::code);
        }
    }

    @Test
    void what_is_too_long_or_empty_is_refused_where_it_is_made() {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> new PskIdentity("", new byte[1]))
                .withMessage("identity: it has 0 bytes, 1 to 256 are allowed")
                .returns("ERR_INVALID_ARG_VALUE", InvalidOption::code);
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> new PskIdentity("ü".repeat(129), new byte[1]))
                .withMessage("identity: it has 258 bytes, 1 to 256 are allowed");
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> new PskIdentity("x", new byte[0]))
                .withMessage("psk: it has 0 bytes, 1 to 512 are allowed");
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> new PskIdentity("x", new byte[513]))
                .withMessage("psk: it has 513 bytes, 1 to 512 are allowed");
        ServerOptions.Builder options = ServerOptions.builder(SecureContext.ofDefaults());
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> options.pskIdentityHint("h".repeat(257)))
                .withMessage("pskIdentityHint: it has 257 bytes, at most 256 are allowed")
                .returns("ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED", InvalidOption::code);
        options.pskIdentityHint("h");
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(options::build)
                .withMessage("pskIdentityHint: it was set without pskCallback, which it is for");
        assertThat(options.pskIdentityHint("").build().pskIdentityHint()).isEmpty();
    }

    @Test
    void a_key_is_copied_and_not_shown() {
        byte[] key = {1, 2, 3};
        var made = new PskIdentity("x", key);
        key[0] = 9;
        made.psk()[1] = 9;
        assertThat(made.psk()).containsExactly(1, 2, 3);
        assertThat(made).hasToString("PskIdentity[x]");
        assertThat(made)
                .isEqualTo(new PskIdentity("x", made.psk()))
                .hasSameHashCodeAs(new PskIdentity("x", made.psk()))
                .isNotEqualTo(new PskIdentity("x", new byte[] {1, 2, 4}))
                .isNotEqualTo(new PskIdentity("y", made.psk()));
    }

    /** The record passes its own copy to the engine, which wipes it. */
    @ParameterizedTest
    @EnumSource
    void the_applications_arrays_stay_as_they_are(PskKind kind) throws IOException {
        byte[] served = PskKind.key();
        var held = PskKind.credential();
        try (TlsPair pair = kind.pair(replaced -> PskKind.callback(served), replaced -> hint -> held)) {
            pair.connect();
            pair.connect();
            assertThat(served).isEqualTo(PskKind.key());
            assertThat(held).isEqualTo(PskKind.credential());
        }
    }

    // Callbacks

    @ParameterizedTest
    @EnumSource
    void a_servers_callback_that_throws_ends_the_handshake(PskKind kind) throws IOException {
        try (TlsPair pair = serving(kind, (socket, identity) -> {
            throw new IllegalStateException("no database");
        })) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith("psk: the callback failed for \"unit 7\":"
                            + " java.lang.IllegalStateException: no database")
                    .returns(Code.ERR_TLS_CALLBACK, TlsFailure::code)
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThat(outcome.clientFailure().alert()).contains(Alert.INTERNAL_ERROR);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_servers_callback_may_choose_the_failure(PskKind kind) throws IOException {
        try (TlsPair pair = serving(kind, (socket, identity) -> {
            throw Code.ERR_SSL_HANDSHAKE_FAILURE.failure(Alert.ACCESS_DENIED, "psk: not today");
        })) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure()).hasMessageStartingWith("psk: not today");
            assertThat(outcome.clientFailure().alert()).contains(Alert.ACCESS_DENIED);
        }
    }

    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("NullAway") // null is not an answer
    void null_is_no_answer(PskKind kind) throws IOException {
        try (TlsPair pair = serving(kind, (socket, identity) -> null)) {
            assertThat(pair.attempt().serverFailure())
                    .hasMessageStartingWith("psk: the callback returned null for \"unit 7\"")
                    .returns(Code.ERR_TLS_CALLBACK, TlsFailure::code);
        }
        try (TlsPair pair = having(kind, hint -> null)) {
            assertThat(pair.attempt().clientFailure())
                    .hasMessageStartingWith("psk: the callback returned null")
                    .returns(Code.ERR_TLS_CALLBACK, TlsFailure::code);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_clients_callback_that_throws_ends_the_handshake(PskKind kind) throws IOException {
        try (TlsPair pair = having(kind, hint -> {
            throw new IOException("no token");
        })) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith("psk: the callback failed for no hint: java.io.IOException: no token")
                    .returns(Code.ERR_TLS_CALLBACK, TlsFailure::code);
            assertThat(outcome.serverProblem()).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_listener_is_notified_once(boolean throwing) throws Exception {
        var calls = new AtomicInteger();
        ServerOptions options = ServerOptions.builder(SecureContext.builder().build())
                .pskCallback((socket, identity) -> {
                    if (throwing) {
                        throw new IllegalStateException("no database");
                    }
                    return Optional.of(PskKind.key());
                })
                .build();
        try (TlsServer server = Tls.createServer(options, socket -> {})) {
            var failed = new java.util.concurrent.CountDownLatch(1);
            server.onTlsClientError((failure, socket) -> {
                calls.incrementAndGet();
                failed.countDown();
            });
            server.listen("127.0.0.1", 0);
            ConnectOptions client = ConnectOptions.builder()
                    .port(server.port())
                    .pskCallback(hint -> Optional.of(new PskIdentity("x", new byte[16])))
                    .build();
            assertThatExceptionOfType(TlsFailure.class).isThrownBy(() -> Tls.connect(client));
            assertThat(failed.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
            server.close();
            assertThat(calls).hasValue(1);
        }
    }

    // Hostile peers

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void identities_that_are_no_text_are_not_looked_up(boolean tooLong) throws IOException {
        var calls = new AtomicInteger();
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.handshake();
            byte[] ticket =
                    tooLong ? "t".repeat(257).getBytes(java.nio.charset.StandardCharsets.US_ASCII) : new byte[] {-1};
            pair.session(pair.session().toBuilder().ticket(ticket).build());
            pair.server(options -> options.pskCallback((socket, identity) -> {
                calls.incrementAndGet();
                return Optional.of(PskKind.key());
            }));
            TlsPair.Connected both = pair.connect();
            assertThat(both.resumed()).isFalse();
            assertThat(both.server().pskIdentity()).isEmpty();
            assertThat(calls).hasValue(0);
        }
    }
}
