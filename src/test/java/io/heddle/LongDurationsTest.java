package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.TlsPair.Running;
import io.heddle.protocol.TlsVersion;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Durations beyond the range of an int of milliseconds and a long of nanoseconds. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class LongDurationsTest {
    static Duration[] durations() {
        return new Duration[] {
            Duration.ofDays(30), Duration.ofDays(300 * 365), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)
        };
    }

    @ParameterizedTest
    @MethodSource("durations")
    void a_session_is_awaited(Duration limit) throws Exception {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3).server(server -> server.tickets(false))) {
            TlsPair.Connected both = pair.connect();
            Running waiting = Running.of(() -> both.client().awaitSession(limit));
            await().during(Duration.ofMillis(200))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> !waiting.end().isDone());
            both.server().getOutputStream().write('x');
            assertThat(waiting.problem()).isEmpty();
            assertThat(both.client().getInputStream().read()).isEqualTo('x');
        }
    }

    @ParameterizedTest
    @MethodSource("durations")
    void handshakes_have_such_limits(Duration limit) throws Exception {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)
                .server(server -> server.handshakeTimeout(limit).renegotiationWindow(limit))
                .client(client -> client.timeout(limit))) {
            TlsPair.Connected both = pair.connect();
            Running reading = Running.of(() -> both.server().getInputStream().read());
            both.client().renegotiate();
            both.client().getOutputStream().write('x');
            assertThat(reading.problem()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("durations")
    void a_server_waits_so_long(Duration limit) throws Exception {
        var end = new CountDownLatch(1);
        ServerOptions options =
                ServerOptions.builder(Stack.SERVER).handshakeTimeout(limit).build();
        TlsServer server = Tls.createServer(options, socket -> end.await()).listen("127.0.0.1", 0);
        Running waiting = Running.of(() -> assertThat(server.awaitClose(limit)).isTrue());
        try (server;
                TlsSocket client = Tls.connect(
                        Stack.options().port(server.port()).timeout(limit).build())) {
            Running closing = Running.of(() -> server.close(limit));
            await().during(Duration.ofMillis(200))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> !closing.end().isDone());
            end.countDown();
            assertThat(closing.problem()).isEmpty();
            assertThat(waiting.problem()).isEmpty();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }
}
