package io.heddle.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.ConnectOptions;
import io.heddle.RefusedPort;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.certificate.TestPki;
import io.heddle.load.LoadFigures.Failure.Phase;
import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadFigures.RequestCounts;
import io.heddle.load.LoadResult.Arrivals;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What fails is counted under its code, and as nothing else. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class LoadFailuresTest {
    /** What a server does with a TCP connection. */
    private interface Behaviour {
        void meet(Socket socket) throws IOException;
    }

    /** A server that does this with every connection, for as long as it is open. */
    private static ServerSocket server(Behaviour behaviour) throws IOException {
        var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> {
                        try (socket) {
                            behaviour.meet(socket);
                        } catch (IOException e) {
                            // The client has left.
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server;
    }

    private static ConnectOptions.Builder target(int port) {
        return ConnectOptions.builder()
                .host("localhost")
                .port(port)
                .ca(List.of(TestPki.ca().leaf()))
                .timeout(Duration.ofSeconds(5));
    }

    private static LoadResult handshakes(ConnectOptions target, Consumer<LoadOptions.Builder> with) throws Exception {
        LoadOptions.Builder options = LoadOptions.builder(target).connections(2).handshakes(4);
        with.accept(options);
        return Load.run(options.build());
    }

    private static void assertOnlyFailed(LoadResult result, String code, long count) {
        assertThat(result.total().failures())
                .extracting(LoadFigures.Failure::phase, LoadFigures.Failure::code, LoadFigures.Failure::count)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(Phase.HANDSHAKE, code, count));
        assertThat(result.total().handshakes()).isEqualTo(new HandshakeCounts(0, 0, count, 0, 0, 0));
        assertThat(result.total().full().isEmpty()).isTrue();
        assertThat(result.total().resumed().isEmpty()).isTrue();
        assertThat(result.total().connect().isEmpty()).isTrue();
        assertThat(result.total().negotiated()).isEmpty();
        assertThat(result.succeeded()).isFalse();
    }

    @Test
    void a_port_where_nobody_listens() throws Exception {
        try (var refused = new RefusedPort()) {
            assertOnlyFailed(handshakes(target(refused.port()).build(), options -> {}), "ECONNREFUSED", 4);
        }
    }

    @Test
    void a_server_that_resets() throws Exception {
        try (ServerSocket server = server(socket -> {
            socket.getInputStream().read();
            socket.setSoLinger(true, 0);
        })) {
            assertOnlyFailed(handshakes(target(server.getLocalPort()).build(), options -> {}), "ECONNRESET", 4);
        }
    }

    @Test
    void a_server_that_says_nothing() throws Exception {
        try (ServerSocket server = server(socket -> socket.getInputStream().readAllBytes())) {
            ConnectOptions target = target(server.getLocalPort())
                    .timeout(Duration.ofMillis(200))
                    .build();
            assertOnlyFailed(handshakes(target, options -> {}), "ERR_TLS_HANDSHAKE_TIMEOUT", 4);
        }
    }

    @Test
    void a_server_that_does_not_speak_tls() throws Exception {
        try (ServerSocket server = server(socket -> {
            socket.getInputStream().read();
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        })) {
            assertOnlyFailed(
                    handshakes(target(server.getLocalPort()).build(), options -> {}),
                    "ERR_SSL_WRONG_VERSION_NUMBER",
                    4);
        }
    }

    private static TlsServer tls(TlsVersion version, Consumer<ServerOptions.Builder> with) throws IOException {
        SecureContext context = Tls.createSecureContext(options -> options.identity(TestPki.server("localhost"))
                .ca(List.of(TestPki.ca().leaf()))
                .maxVersion(version));
        ServerOptions.Builder options = ServerOptions.builder(context);
        with.accept(options);
        return Tls.createServer(
                        options.build(), socket -> socket.getInputStream().transferTo(socket.getOutputStream()))
                .listen("127.0.0.1", 0);
    }

    @Test
    void a_certificate_of_somebody_unknown() throws Exception {
        try (TlsServer server = tls(TlsVersion.TLS_1_3, options -> {})) {
            ConnectOptions target = ConnectOptions.builder()
                    .host("localhost")
                    .port(server.port())
                    .ca(List.of(TestPki.selfSigned("other").leaf()))
                    .build();
            assertOnlyFailed(handshakes(target, options -> {}), "SELF_SIGNED_CERT_IN_CHAIN", 4);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsVersion.class,
            names = {"TLS_1_2", "TLS_1_3"})
    void a_server_that_wants_our_certificate(TlsVersion version) throws Exception {
        try (TlsServer server = tls(version, options -> options.requestCert(true))) {
            LoadResult result = handshakes(target(server.port()).build(), options -> {});
            assertOnlyFailed(
                    result,
                    version == TlsVersion.TLS_1_3
                            ? "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"
                            : "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
                    4);
            LoadResult kept = Load.run(LoadOptions.builder(target(server.port()).build())
                    .mode(LoadOptions.Mode.REQUEST)
                    .connections(1)
                    .requests(2)
                    .build());
            assertThat(kept.total().handshakes()).isEqualTo(new HandshakeCounts(0, 0, 2, 0, 0, 0));
            assertThat(kept.total().requests()).isEqualTo(new RequestCounts(0, 2));
            assertThat(kept.total().request().isEmpty()).isTrue();
        }
    }

    @Test
    void setup_handshakes_that_fail_are_noted() throws Exception {
        LoadResult result;
        try (var refused = new RefusedPort()) {
            result = handshakes(target(refused.port()).build(), options -> options.resume(1));
        }
        assertThat(result.total().handshakes().failed()).isEqualTo(4);
        long setup = result.setup().failed();
        assertThat(setup).isGreaterThan(2);
        assertThat(result.succeeded()).isFalse();
        assertThat(result.notes())
                .contains(
                        "4 handshakes had no session to offer, since setup handshakes failed",
                        setup + " of " + setup + " setup handshakes failed, which obtain a session before the run")
                .noneMatch(each -> each.startsWith("the server"));
    }

    @Test
    void an_answer_that_is_another() throws Exception {
        SecureContext context = Tls.createSecureContext(options -> options.identity(TestPki.server("localhost")));
        try (TlsServer server = Tls.createServer(context, socket -> {
                    socket.getInputStream().readNBytes(100);
                    socket.getOutputStream().write(new byte[100]);
                })
                .listen("127.0.0.1", 0)) {
            LoadResult result =
                    Load.run(LoadOptions.builder(target(server.port()).build())
                            .mode(LoadOptions.Mode.REQUEST)
                            .size(100)
                            .connections(1)
                            .requests(2)
                            .build());
            assertThat(result.total().failed("ERR_WRONG_ANSWER")).isEqualTo(2);
            assertThat(result.total().requests()).isEqualTo(new RequestCounts(0, 2));
        }
    }

    @Test
    void a_server_that_stalls_shows_in_the_latencies_of_a_rate() throws Exception {
        SecureContext context = Tls.createSecureContext(options -> options.identity(TestPki.server("localhost")));
        var begin = new AtomicLong();
        // From the 4th second on it does nothing for 2 s, out of 10 s.
        try (TlsServer server = Tls.createServer(context, socket -> {
                    byte[] message = new byte[16];
                    while (socket.getInputStream().readNBytes(message, 0, 16) == 16) {
                        begin.compareAndSet(0, System.nanoTime());
                        long since = (System.nanoTime() - begin.get()) / 1_000_000;
                        if (since >= 4_000 && since < 6_000) {
                            LockSupport.parkUntil(System.currentTimeMillis() + 6_000 - since);
                        }
                        socket.getOutputStream().write(message);
                    }
                })
                .listen("127.0.0.1", 0)) {
            LoadResult result =
                    Load.run(LoadOptions.builder(target(server.port()).build())
                            .mode(LoadOptions.Mode.REQUEST)
                            .size(16)
                            .connections(4)
                            .rate(100)
                            .warmup(Duration.ofMillis(200))
                            .duration(Duration.ofSeconds(10))
                            .build());
            Arrivals arrivals = result.arrivals().orElseThrow();
            assertThat(result.total().failures()).isEmpty();
            assertThat(arrivals.scheduled()).isEqualTo(1_000);
            assertThat(arrivals.started() + arrivals.dropped()).isEqualTo(1_000);
            assertThat(result.total().requests().succeeded()).isEqualTo(arrivals.started());
            // 200 arrivals were due in the stall; only 4 of them could have seen it without their due times.
            assertThat(result.total().request().percentile(99)).isGreaterThan(Duration.ofMillis(1_600));
            assertThat(result.total().request().percentile(90)).isGreaterThan(Duration.ofMillis(700));
            assertThat(arrivals.behindSchedule()).isGreaterThan(150);
            assertThat(arrivals.maxDelay()).isGreaterThan(Duration.ofMillis(1_600));
            assertThat(result.notes())
                    .anyMatch(each -> each.startsWith("the rate was not reached: of 1000 scheduled arrivals"));
        }
    }
}
