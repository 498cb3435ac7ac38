package io.heddle.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.ConnectOptions;
import io.heddle.ConnectionHandler;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.ServerStatistics;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.certificate.TestPki;
import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadFigures.Negotiation;
import io.heddle.load.LoadFigures.RequestCounts;
import io.heddle.load.LoadOptions.ResumeWith;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Load on a server of Heddle in this JVM, whose own counters have to agree. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class LoadTest {
    private static final ConnectionHandler ECHO =
            socket -> socket.getInputStream().transferTo(socket.getOutputStream());

    private static SecureContext context(TlsVersion highest) {
        return Tls.createSecureContext(options -> options.identity(TestPki.server("localhost", "a.test", "b.test"))
                .ca(List.of(TestPki.ca().leaf()))
                .maxVersion(highest));
    }

    private static TlsServer server(TlsVersion highest, ConnectionHandler handler, Consumer<ServerOptions.Builder> with)
            throws IOException {
        ServerOptions.Builder options = ServerOptions.builder(context(highest));
        with.accept(options);
        return Tls.createServer(options.build(), handler).listen("127.0.0.1", 0);
    }

    private static ConnectOptions.Builder target(TlsServer server) {
        return ConnectOptions.builder()
                .host("localhost")
                .port(server.port())
                .ca(List.of(TestPki.ca().leaf()))
                .timeout(Duration.ofSeconds(10));
    }

    private static ServerStatistics.Handshakes counted(TlsServer server) {
        await().atMost(Duration.ofSeconds(10)).until(() -> server.connections() == 0);
        return server.statistics().handshakes();
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, 0", "TLS_1_2, 0.5", "TLS_1_2, 1", "TLS_1_3, 0", "TLS_1_3, 0.5", "TLS_1_3, 1"})
    void counts_what_the_server_counts(TlsVersion version, double share) throws Exception {
        try (TlsServer server = server(version, ECHO, options -> {})) {
            LoadResult result = Load.run(LoadOptions.builder(target(server).build())
                    .connections(8)
                    .handshakes(101)
                    .resume(share)
                    .build());
            int resumed = (int) Math.floor(101 * share);
            assertThat(result.total().failures()).isEmpty();
            assertThat(result.total().handshakes())
                    .isEqualTo(new HandshakeCounts(101 - resumed, resumed, 0, resumed, 0, 0));
            assertThat(result.total().full().count()).isEqualTo(101 - resumed);
            assertThat(result.total().resumed().count()).isEqualTo(resumed);
            assertThat(result.setup()).isEqualTo(new HandshakeCounts(share > 0 ? 8 : 0, 0, 0, 0, 0, 0));
            assertThat(result.warmup()).isEqualTo(HandshakeCounts.NONE);
            assertThat(counted(server).full()).isEqualTo(result.allHandshakes().full());
            assertThat(counted(server).resumed())
                    .isEqualTo(result.allHandshakes().resumed());
            assertThat(result.total().full().count()).isEqualTo(101 - resumed);
            assertThat(result.total().resumed().count()).isEqualTo(resumed);
            assertThat(result.total().connect().count()).isEqualTo(101);
            assertThat(result.total().negotiated().values().stream()
                            .mapToLong(each -> each)
                            .sum())
                    .isEqualTo(101);
            assertThat(result.total().negotiated().keySet().iterator().next().protocol())
                    .isEqualTo(version.protocol());
            assertThat(result.total().wireBytesReceived()).isGreaterThan(101 * 100);
            assertThat(result.timeline().stream().mapToLong(LoadSecond::full).sum())
                    .isEqualTo(101 - resumed);
        }
    }

    @Test
    void the_warm_up_is_counted_apart() throws Exception {
        try (TlsServer server = server(TlsVersion.TLS_1_3, ECHO, options -> {})) {
            var seconds = new ConcurrentLinkedQueue<LoadSecond>();
            LoadResult result = Load.run(LoadOptions.builder(target(server).build())
                    .connections(4)
                    .warmup(Duration.ofMillis(150))
                    .duration(Duration.ofMillis(250))
                    .resume(0.5)
                    .onSecond(seconds::add)
                    .build());
            assertThat(result.warmup().succeeded()).isPositive();
            assertThat(result.total().handshakes().succeeded()).isPositive();
            assertThat(result.allHandshakes().failed()).isZero();
            assertThat(counted(server).full()).isEqualTo(result.allHandshakes().full());
            assertThat(counted(server).resumed())
                    .isEqualTo(result.allHandshakes().resumed());
            assertThat(result.elapsed()).isBetween(Duration.ofMillis(250), Duration.ofSeconds(5));
            assertThat(seconds).hasSizeGreaterThanOrEqualTo(2);
            assertThat(seconds.peek().warmup()).isTrue();
            assertThat(result.timeline()).noneMatch(LoadSecond::warmup);
            assertThat(result.histogramLog())
                    .contains("Tag=full", "Tag=resumed")
                    .doesNotContain("Tag=request");
        }
    }

    @ParameterizedTest
    @CsvSource({"ID, true, id", "ID, false, id", "TICKET, true, ticket", "ANY, true, ticket", "ANY, false, id"})
    void resumes_with_what_was_asked_for(ResumeWith with, boolean tickets, String how) throws Exception {
        try (TlsServer server = server(
                TlsVersion.TLS_1_2,
                ECHO,
                options -> options.tickets(tickets)
                        .sessionStore(
                                io.heddle.session.CaffeineSessionStore.builder().build()))) {
            LoadResult result = Load.run(LoadOptions.builder(target(server).build())
                    .connections(2)
                    .handshakes(10)
                    .resume(1)
                    .resumeWith(with)
                    .build());
            assertThat(result.total().handshakes()).isEqualTo(new HandshakeCounts(0, 10, 0, 10, 0, 0));
            assertThat(counted(server).resumedById()).isEqualTo(how.equals("id") ? 10 : 0);
            assertThat(counted(server).resumedByTicket()).isEqualTo(how.equals("ticket") ? 10 : 0);
        }
    }

    @Test
    void a_session_that_the_server_does_not_take_is_no_resumption() throws Exception {
        try (TlsServer server = server(TlsVersion.TLS_1_2, ECHO, options -> {})) {
            // Nobody knows the key of the first ticket any more.
            var seen = new java.util.concurrent.atomic.AtomicInteger();
            server.onSecureConnection(socket -> {
                if (seen.incrementAndGet() == 1) {
                    server.setTicketKeys(new byte[48]);
                }
            });
            LoadResult result = Load.run(LoadOptions.builder(target(server).build())
                    .connections(1)
                    .handshakes(5)
                    .resume(1)
                    .build());
            assertThat(result.total().handshakes()).isEqualTo(new HandshakeCounts(1, 4, 0, 5, 1, 0));
            assertThat(result.notes())
                    .contains("the server refused 1 of the 5 offered sessions; those handshakes count as full");
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2", "TLS_1_3"})
    void a_server_without_sessions_gets_full_handshakes_that_say_so(TlsVersion version) throws Exception {
        try (TlsServer server = server(version, ECHO, options -> options.tickets(false))) {
            LoadResult result = Load.run(LoadOptions.builder(target(server).build())
                    .connections(2)
                    .handshakes(6)
                    .resume(0.5)
                    .build());
            assertThat(result.total().handshakes()).isEqualTo(new HandshakeCounts(6, 0, 0, 0, 0, 3));
            assertThat(result.setup().full()).isEqualTo(2);
            assertThat(counted(server).full()).isEqualTo(8);
        }
    }

    @Test
    void targets_are_counted_apart() throws Exception {
        try (TlsServer server = server(TlsVersion.TLS_1_3, ECHO, options -> {})) {
            LoadResult result = Load.run(LoadOptions.builder()
                    .target(
                            "old",
                            target(server)
                                    .servername("a.test")
                                    .maxVersion(TlsVersion.TLS_1_2)
                                    .build())
                    .target(
                            "new",
                            target(server)
                                    .servername("b.test")
                                    .ecdhCurve("P-384")
                                    .build())
                    .target("bad", target(server).servername("c.test").build())
                    .connections(3)
                    .handshakes(30)
                    .build());
            LoadFigures old = result.groups().get(0).figures();
            LoadFigures recent = result.groups().get(1).figures();
            LoadFigures bad = result.groups().get(2).figures();
            assertThat(old.negotiated().keySet())
                    .extracting(Negotiation::protocol)
                    .containsExactly("TLSv1.2");
            assertThat(recent.negotiated().keySet())
                    .extracting(Negotiation::group)
                    .containsExactly("secp384r1");
            assertThat(bad.handshakes().succeeded()).isZero();
            assertThat(bad.failed("ERR_TLS_CERT_ALTNAME_INVALID")).isPositive();
            assertThat(old.handshakes().plus(recent.handshakes()).plus(bad.handshakes()))
                    .isEqualTo(result.total().handshakes());
            assertThat(result.total().handshakes().total()).isEqualTo(30);
        }
    }

    @Test
    void requests_go_over_connections_that_are_kept() throws Exception {
        try (TlsServer server = server(TlsVersion.TLS_1_3, ECHO, options -> {})) {
            LoadResult result = Load.run(LoadOptions.builder(target(server).build())
                    .mode(LoadOptions.Mode.REQUEST)
                    .connections(3)
                    .size(100_000)
                    .requests(60)
                    .build());
            assertThat(result.total().failures()).isEmpty();
            assertThat(result.total().requests()).isEqualTo(new RequestCounts(60, 0));
            assertThat(result.total().handshakes().full()).isEqualTo(3);
            assertThat(result.total().bytesSent()).isEqualTo(6_000_000);
            assertThat(result.total().bytesReceived()).isEqualTo(6_000_000);
            assertThat(result.total().request().count()).isEqualTo(60);
            assertThat(result.total().wireBytesSent()).isGreaterThan(6_000_000);
            assertThat(result.total().wireBytesReceived()).isGreaterThan(6_000_000);
            assertThat(counted(server).full()).isEqualTo(3);
        }
    }

    @Test
    void a_connection_ends_after_its_number_of_requests_and_the_next_one_resumes() throws Exception {
        try (TlsServer server = server(TlsVersion.TLS_1_3, ECHO, options -> {})) {
            LoadResult result = Load.run(LoadOptions.builder(target(server).build())
                    .mode(LoadOptions.Mode.REQUEST)
                    .connections(1)
                    .requests(20)
                    .requestsPerConnection(5)
                    .resume(1)
                    .localAddresses(List.of(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("127.0.0.2")))
                    .build());
            assertThat(result.total().requests().succeeded()).isEqualTo(20);
            assertThat(result.total().handshakes()).isEqualTo(new HandshakeCounts(0, 4, 0, 4, 0, 0));
            assertThat(counted(server).resumed()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @CsvSource({"BOTH", "SEND", "RECEIVE"})
    void streams_both_ways(LoadOptions.Direction direction) throws Exception {
        ConnectionHandler handler = switch (direction) {
            case BOTH -> ECHO;
            case SEND -> socket -> socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            case RECEIVE ->
                socket -> {
                    byte[] zeros = new byte[65536];
                    while (!socket.isClosed()) {
                        socket.getOutputStream().write(zeros);
                    }
                };
        };
        try (TlsServer server = server(TlsVersion.TLS_1_3, handler, options -> {})) {
            server.onError(failure -> {});
            LoadResult result = Load.run(LoadOptions.builder(target(server).build())
                    .mode(LoadOptions.Mode.STREAM)
                    .direction(direction)
                    .connections(2)
                    .warmup(Duration.ofSeconds(1))
                    .duration(Duration.ofSeconds(1))
                    .build());
            assertThat(result.total().failures()).isEmpty();
            assertThat(result.total().bytesSent() > 0).isEqualTo(direction != LoadOptions.Direction.RECEIVE);
            assertThat(result.total().bytesReceived() > 0).isEqualTo(direction != LoadOptions.Direction.SEND);
            assertThat(result.total().wireBytesSent() + result.total().wireBytesReceived())
                    .isGreaterThan(result.total().bytesSent() + result.total().bytesReceived());
            assertThat(result.succeeded()).isTrue();
        }
    }
}
