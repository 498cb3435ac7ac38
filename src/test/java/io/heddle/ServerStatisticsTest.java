package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.ResumptionRefusal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.TabularData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The statistics of a server, and their attributes in JMX. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class ServerStatisticsTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private static TlsServer server(ServerOptions.Builder options) throws IOException {
        return Tls.createServer(
                        options.build(), socket -> socket.getInputStream().transferTo(socket.getOutputStream()))
                .listen("127.0.0.1", 0);
    }

    /** Connects, sends 5 bytes, receives them back, and returns the session. */
    private static byte[] exchange(TlsServer server, byte @Nullable [] session) throws IOException {
        TlsVersion version = server.options().context().versions().contains(TlsVersion.TLS_1_3)
                ? TlsVersion.TLS_1_3
                : TlsVersion.TLS_1_2;
        ConnectOptions.Builder options = Stack.options().port(server.port()).maxVersion(version);
        if (session != null) {
            options.session(session);
        }
        try (TlsSocket socket = Tls.connect(options.build())) {
            socket.getOutputStream().write(new byte[5]);
            assertThat(socket.getInputStream().readNBytes(5)).hasSize(5);
            return socket.awaitSession(LONG).orElse(new byte[0]);
        }
    }

    private static ServerStatistics after(TlsServer server) {
        await().atMost(LONG).until(() -> server.connections() == 0);
        return server.statistics();
    }

    @EachVersion
    void counts_handshakes_tickets_and_bytes(TlsVersion version) throws Exception {
        boolean tls13 = version == TlsVersion.TLS_1_3;
        try (TlsServer server = server(ServerOptions.builder(Stack.server(version)))) {
            assertThat(server.statistics())
                    .isEqualTo(new ServerStatistics(
                            0,
                            0,
                            0,
                            new ServerStatistics.Handshakes(0, 0, 0, 0, Map.of(), Map.of()),
                            new ServerStatistics.Tickets(0, 0, 0, 0),
                            new ServerStatistics.Sessions(0, 0, 0, Optional.empty()),
                            new ServerStatistics.Staples(0, 0),
                            0,
                            0));
            byte[] session = exchange(server, null);
            exchange(server, session);
            server.setTicketKeys(new byte[48]);
            exchange(server, session);
            ServerStatistics counted = after(server);
            assertThat(counted.accepted()).isEqualTo(3);
            assertThat(counted.active()).isZero();
            assertThat(counted.handshakes())
                    .isEqualTo(new ServerStatistics.Handshakes(2, 0, tls13 ? 0 : 1, tls13 ? 1 : 0, Map.of(), Map.of()));
            assertThat(counted.handshakes().resumed()).isEqualTo(1);
            // In TLS 1.3 a full handshake issues two tickets and a resumed one another; in TLS 1.2 one and none.
            assertThat(counted.tickets()).isEqualTo(new ServerStatistics.Tickets(tls13 ? 5 : 2, 1, 0, 1));
            assertThat(counted.bytesRead()).isEqualTo(15);
            assertThat(counted.bytesWritten()).isEqualTo(15);
        }
    }

    @Test
    void counts_no_renegotiation() throws Exception {
        try (TlsServer server = server(ServerOptions.builder(Stack.server(TlsVersion.TLS_1_2)))) {
            try (TlsSocket socket =
                    Tls.connect(Stack.options().port(server.port()).build())) {
                socket.renegotiate();
                socket.getOutputStream().write(1);
                assertThat(socket.getInputStream().read()).isEqualTo(1);
            }
            assertThat(after(server).handshakes())
                    .isEqualTo(new ServerStatistics.Handshakes(1, 0, 0, 0, Map.of(), Map.of()));
            assertThat(after(server).accepted()).isEqualTo(1);
        }
    }

    @EachVersion
    void counts_sessions_of_the_store(TlsVersion version) throws Exception {
        boolean tls13 = version == TlsVersion.TLS_1_3;
        var store = CaffeineSessionStore.builder().build();
        try (TlsServer server = server(
                ServerOptions.builder(Stack.server(version)).tickets(false).sessionStore(store))) {
            byte[] session = exchange(server, null);
            exchange(server, session);
            ServerStatistics counted = after(server);
            assertThat(counted.handshakes())
                    .isEqualTo(new ServerStatistics.Handshakes(1, tls13 ? 0 : 1, 0, tls13 ? 1 : 0, Map.of(), Map.of()));
            assertThat(counted.sessions().kept()).isEqualTo(tls13 ? 3 : 1);
            assertThat(counted.sessions().found()).isEqualTo(1);
            assertThat(counted.sessions().missed()).isZero();
            assertThat(counted.sessions().store()).contains(store.statistics());
            assertThat(counted.tickets()).isEqualTo(new ServerStatistics.Tickets(0, 0, 0, 0));
        }
    }

    @EachVersion
    void counts_sessions_that_it_refuses_by_the_reason(TlsVersion version) throws Exception {
        var clock = new ManualClock();
        SecureContext context = SecureContext.builder()
                .identity(TestPki.server("localhost"))
                .minVersion(version)
                .maxVersion(version)
                .clock(clock)
                .build();
        try (TlsServer server = server(ServerOptions.builder(context).jmx(true))) {
            byte[] session = exchange(server, null);
            clock.advance(Duration.ofHours(1));
            exchange(server, session);
            assertThat(after(server).handshakes())
                    .isEqualTo(new ServerStatistics.Handshakes(
                            2, 0, 0, 0, Map.of(ResumptionRefusal.SESSION_EXPIRED, 1L), Map.of()));
            var name = new ObjectName("io.heddle:type=TlsServer,name=\"127.0.0.1:" + server.port() + "\"");
            var refusals = (TabularData) BEANS.getAttribute(name, "Refusals");
            assertThat(refusals.get(new Object[] {"SESSION_EXPIRED"}).get("value"))
                    .isEqualTo(1L);
        }
    }

    @Test
    void counts_failures_by_their_code() throws Exception {
        try (TlsServer server = server(ServerOptions.builder(Stack.SERVER).alpnProtocols("h2"))) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> Tls.connect(Stack.options()
                                .port(server.port())
                                .alpnProtocols("imap")
                                .build()))
                        .isInstanceOf(IOException.class);
            }
            new Socket("127.0.0.1", server.port()).close();
            await().atMost(LONG).until(() -> server.statistics().handshakes().failed() == 3);
            assertThat(after(server).handshakes().failures())
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of(Code.ERR_SSL_NO_APPLICATION_PROTOCOL, 2L, Code.ECONNRESET, 1L));
            assertThat(server.statistics().handshakes().full()).isZero();
        }
    }

    // JMX

    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

    private static Set<ObjectName> registered() throws Exception {
        return BEANS.queryNames(new ObjectName("io.heddle:type=TlsServer,*"), null);
    }

    @Test
    void jmx_shows_a_server_while_it_listens() throws Exception {
        TlsServer server = server(ServerOptions.builder(Stack.SERVER)
                .jmx(true)
                .maxConnections(50)
                .sessionStore(CaffeineSessionStore.builder().build()));
        var name = new ObjectName("io.heddle:type=TlsServer,name=\"127.0.0.1:" + server.port() + "\"");
        assertThat(registered()).containsExactly(name);
        exchange(server, null);
        new Socket("127.0.0.1", server.port()).close();
        await().atMost(LONG).until(() -> server.statistics().handshakes().failed() == 1);
        after(server);
        assertThat(BEANS.getAttribute(name, "Address")).isEqualTo("127.0.0.1:" + server.port());
        assertThat(BEANS.getAttribute(name, "MaxConnections")).isEqualTo(50);
        assertThat(BEANS.getAttribute(name, "Accepted")).isEqualTo(2L);
        assertThat(BEANS.getAttribute(name, "FullHandshakes")).isEqualTo(1L);
        assertThat(BEANS.getAttribute(name, "FailedHandshakes")).isEqualTo(1L);
        assertThat(BEANS.getAttribute(name, "TicketsSealed")).isEqualTo(2L);
        assertThat(BEANS.getAttribute(name, "StoreSize")).isEqualTo(0L);
        assertThat(BEANS.getAttribute(name, "BytesRead")).isEqualTo(5L);
        var failures = (TabularData) BEANS.getAttribute(name, "Failures");
        assertThat(failures.get(new Object[] {"ECONNRESET"}).get("value")).isEqualTo(1L);
        // Every attribute can be read, as by a console.
        for (var attribute : BEANS.getMBeanInfo(name).getAttributes()) {
            assertThat(BEANS.getAttribute(name, attribute.getName())).isNotNull();
        }
        server.close(Duration.ofMillis(1));
        assertThat(registered()).isEmpty();
    }

    @Test
    void jmx_is_opt_in() throws Exception {
        try (TlsServer server = server(ServerOptions.builder(Stack.SERVER))) {
            assertThat(server.listening()).isTrue();
            assertThat(registered()).isEmpty();
        }
    }

    @Test
    void name_that_is_taken_gets_a_number() throws Exception {
        TlsServer other = server(ServerOptions.builder(Stack.SERVER));
        try (AutoCloseable first = ManagedServer.register(other, "host:1");
                AutoCloseable second = ManagedServer.register(other, "host:1")) {
            assertThat(first).isNotSameAs(second);
            assertThat(registered())
                    .containsExactlyInAnyOrder(
                            new ObjectName("io.heddle:type=TlsServer,name=\"host:1\""),
                            new ObjectName("io.heddle:type=TlsServer,name=\"host:1\",instance=2"));
        } finally {
            other.close();
        }
        assertThat(registered()).isEmpty();
    }
}
