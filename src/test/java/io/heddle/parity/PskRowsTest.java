package io.heddle.parity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.callback.PskIdentity;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.ProgramResult;
import io.heddle.interop.Openssl;
import io.heddle.interop.RunningServer;
import io.heddle.protocol.TlsVersion;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of the area psk. */
class PskRowsTest {
    private static final String CIPHERS = "PSK+HIGH:TLS_AES_128_GCM_SHA256";
    private static final byte[] LONG_KEY = new byte[128];
    private static final byte[] SHORT_KEY = "d731ef57be09e520".getBytes(US_ASCII);
    private static final Map<String, byte[]> USERS = Map.of("UserA", LONG_KEY, "UserB", SHORT_KEY);

    static {
        new SecureRandom().nextBytes(LONG_KEY);
    }

    private static Loopback circuit(BlockingQueue<String> identities) throws Exception {
        return Loopback.serve(
                o -> o.ciphers(CIPHERS),
                o -> o.pskCallback((socket, identity) -> {
                    assertThat(socket).isInstanceOf(TlsSocket.class);
                    identities.add(identity);
                    return Optional.ofNullable(USERS.get(identity));
                }));
    }

    private static Consumer<ConnectOptions.Builder> user(String name, byte[] key, TlsVersion min, TlsVersion max) {
        return o -> o.ciphers(CIPHERS)
                .minVersion(min)
                .maxVersion(max)
                .pskCallback(hint -> Optional.of(new PskIdentity(name, key)));
    }

    @DisplayName("PSK-01: users with keys and without certificates, by default, at most TLS 1.2, at least TLS 1.3")
    @ParameterizedTest
    @CsvSource({"TLS_1_2, TLS_1_3", "TLS_1_2, TLS_1_2", "TLS_1_3, TLS_1_3"})
    void users_with_keys_connect(TlsVersion min, TlsVersion max) throws Exception {
        var identities = new LinkedBlockingQueue<String>();
        try (Loopback server = circuit(identities)) {
            for (String name : List.of("UserA", "UserB")) {
                ConnectionResult result = server.exchange(user(name, USERS.getOrDefault(name, new byte[1]), min, max))
                        .worked();
                assertThat(result.server().pskIdentity()).contains(name);
                assertThat(result.client().getProtocol()).isEqualTo(max.protocol());
                assertThat(identities.poll()).isEqualTo(name);
            }
        }
    }

    @DisplayName("PSK-01: unknown users, and users with another user's key")
    @ParameterizedTest
    @CsvSource({
        "UserC, TLS_1_3, ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
        "UserC, TLS_1_2, ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY",
        "UserB, TLS_1_3, ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR",
        "UserB, TLS_1_2, ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC"
    })
    void others_are_refused(String name, TlsVersion max, Code code) throws Exception {
        try (Loopback server = circuit(new LinkedBlockingQueue<>())) {
            server.exchange(user(name, LONG_KEY, TlsVersion.TLS_1_2, max)).clientFailed(code);
        }
    }

    @DisplayName("PSK-02: an identity hint of 512 characters")
    @Test
    void a_hint_that_is_too_long_is_refused_immediately() {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() ->
                        ServerOptions.builder(Tls.createSecureContext(o -> {})).pskIdentityHint("0".repeat(512)))
                .withMessage("pskIdentityHint: it has 512 bytes, at most 256 are allowed")
                .returns("ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED", InvalidOption::code);
    }

    @DisplayName("PSK-03: an external client with a server that sends a hint")
    @Tag("interop")
    @Test
    void serves_an_external_client() throws Exception {
        List<String> identities = new ArrayList<>();
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        SecureContext context = SecureContext.builder().ciphers("PSK+HIGH").build();
        ServerOptions options = ServerOptions.builder(context)
                .pskIdentityHint("TestUser")
                .pskCallback((socket, identity) -> {
                    identities.add(identity);
                    return identity.equals("TestUser") ? Optional.of(SHORT_KEY) : Optional.empty();
                })
                .build();
        try (TlsServer server = Tls.createServer(options, socket -> {
            socket.getOutputStream().write("hello".getBytes(UTF_8));
            byte[] answer = socket.getInputStream().readNBytes(5);
            received.add(new String(answer, UTF_8));
            socket.getOutputStream().write(answer);
        })) {
            server.listen("127.0.0.1", 0);
            ProgramResult client = Openssl.exchange(
                    server.port(),
                    "world",
                    "hello",
                    "-psk",
                    HexFormat.of().formatHex(SHORT_KEY),
                    "-psk_identity",
                    "TestUser");
            assertThat(client.exitCode()).isZero();
            assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("world");
            assertThat(identities).containsExactly("TestUser");
        }
    }

    @DisplayName("PSK-04: an external server with a hint and without a certificate")
    @Tag("interop")
    @ParameterizedTest
    @CsvSource({"TLS_1_2", "TLS_1_3"})
    void connects_to_an_external_server(TlsVersion version) throws Exception {
        BlockingQueue<Optional<String>> hints = new LinkedBlockingQueue<>();
        try (RunningServer server = Openssl.server(
                        "-psk",
                        HexFormat.of().formatHex(SHORT_KEY),
                        "-psk_hint",
                        "Client_identity",
                        "-nocert",
                        "-rev");
                TlsSocket socket = Tls.connect(ConnectOptions.builder()
                        .host("127.0.0.1")
                        .port(server.port())
                        .ciphers(CIPHERS)
                        .minVersion(version)
                        .maxVersion(version)
                        .pskCallback(hint -> {
                            hints.add(hint);
                            return Optional.of(new PskIdentity("Client_identity", SHORT_KEY));
                        })
                        .build())) {
            socket.getOutputStream().write("hello\n".getBytes(UTF_8));
            assertThat(socket.getInputStream().readNBytes(6)).asString(UTF_8).isEqualTo("olleh\n");
            assertThat(hints)
                    .containsExactly(version == TlsVersion.TLS_1_3 ? Optional.empty() : Optional.of("Client_identity"));
        }
    }

    @DisplayName("PSK-05: callbacks that throw")
    @ParameterizedTest
    @CsvSource({"TLS_1_2", "TLS_1_3"})
    void callbacks_that_throw_end_their_connection_alone(TlsVersion version) throws Exception {
        try (Loopback server = Loopback.serve(
                o -> o.ciphers(CIPHERS),
                o -> o.pskCallback((socket, identity) -> {
                    if (identity.equals("bad")) {
                        throw new IllegalStateException("test error");
                    }
                    return Optional.of(SHORT_KEY);
                }))) {
            ConnectionResult result = server.exchange(user("bad", SHORT_KEY, version, version))
                    .serverFailed(Code.ERR_TLS_CALLBACK)
                    .clientFailed(Code.ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR);
            assertThat(result.failure()).hasMessageContaining("test error");
            server.exchange(user("good", SHORT_KEY, version, version)).worked();

            server.exchange(o -> o.ciphers(CIPHERS)
                            .minVersion(version)
                            .maxVersion(version)
                            .pskCallback(hint -> {
                                throw new IllegalStateException("test error");
                            }))
                    .clientFailed(Code.ERR_TLS_CALLBACK);
            server.exchange(user("good", SHORT_KEY, version, version)).worked();
        }
    }
}
