package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.failure.InvalidOption;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Settings of a running server: the limit of connections, the ticket keys, and close listeners. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class ServerLimitsTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final ConnectionHandler ECHO =
            socket -> socket.getInputStream().transferTo(socket.getOutputStream());

    private static TlsServer server(ServerOptions.Builder options) throws IOException {
        return Tls.createServer(options.build(), ECHO).listen("127.0.0.1", 0);
    }

    private static TlsSocket connect(TlsServer server) throws IOException {
        return Tls.connect(Stack.options().port(server.port()).build());
    }

    private static void assertServes(TlsSocket client) throws IOException {
        client.getOutputStream().write('a');
        assertThat(client.getInputStream().read()).isEqualTo('a');
    }

    // Limit of connections

    @Test
    void connections_above_the_limit_are_closed_at_once_and_reported() throws Exception {
        Queue<DroppedConnection> dropped = new ConcurrentLinkedQueue<>();
        try (TlsServer server =
                server(ServerOptions.builder(Stack.SERVER).maxConnections(1)).onDrop(dropped::add)) {
            try (TlsSocket first = connect(server)) {
                assertServes(first);
                try (var second = new Socket("127.0.0.1", server.port())) {
                    second.setSoTimeout(10_000);
                    assertThat(second.getInputStream().read()).isEqualTo(-1);
                    await().atMost(LONG).until(() -> dropped.size() == 1);
                    assertThat(dropped.element().remoteAddress()).contains(second.getLocalSocketAddress());
                    assertThat(dropped.element().localAddress())
                            .contains(server.address().orElseThrow());
                    assertThat(dropped.element().blocked()).isFalse();
                }
                assertServes(first);
                assertThat(server.connections()).isEqualTo(1);
            }
            await().atMost(LONG).until(() -> server.connections() == 0);
            try (TlsSocket third = connect(server)) {
                assertServes(third);
            }
            assertThat(server.statistics().dropped()).isEqualTo(1);
            assertThat(server.statistics().accepted()).isEqualTo(2);
        }
    }

    @Test
    void the_most_can_be_changed_while_connections_are_there() throws Exception {
        try (TlsServer server = server(ServerOptions.builder(Stack.SERVER));
                TlsSocket first = connect(server)) {
            assertThat(server.maxConnections()).isEqualTo(Integer.MAX_VALUE);
            server.setMaxConnections(0);
            assertServes(first);
            try (var refused = new Socket("127.0.0.1", server.port())) {
                assertThat(refused.getInputStream().read()).isEqualTo(-1);
            }
            server.setMaxConnections(2);
            try (TlsSocket second = connect(server)) {
                assertServes(second);
            }
            assertThatThrownBy(() -> server.setMaxConnections(-1))
                    .isInstanceOfSatisfying(
                            InvalidOption.class,
                            refusal -> assertThat(refusal.code()).isEqualTo("ERR_OUT_OF_RANGE"))
                    .hasMessage("maxConnections: -1 was given, 0 or more is allowed");
            assertThat(server.maxConnections()).isEqualTo(2);
        }
    }

    @Test
    void listener_of_drops_that_throws_or_blocks_does_not_stop_accepting() throws Exception {
        var never = new CountDownLatch(1);
        Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
        try (TlsServer server =
                server(ServerOptions.builder(Stack.SERVER).maxConnections(0)).onError(errors::add)) {
            server.onDrop(drop -> {
                throw new IllegalStateException("full");
            });
            server.onDrop(drop -> awaitQuietly(never));
            for (int i = 0; i < 3; i++) {
                try (var refused = new Socket("127.0.0.1", server.port())) {
                    assertThat(refused.getInputStream().read()).isEqualTo(-1);
                }
            }
            await().atMost(LONG).until(() -> errors.size() == 3);
            server.setMaxConnections(1);
            try (TlsSocket client = connect(server)) {
                assertServes(client);
            }
        } finally {
            never.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void drop_over_a_unix_socket_has_an_address_without_a_name(@TempDir Path folder) throws Exception {
        Queue<DroppedConnection> dropped = new ConcurrentLinkedQueue<>();
        Path file = folder.resolve("s");
        var options = ServerOptions.builder(Stack.SERVER).maxConnections(0).build();
        try (TlsServer server =
                Tls.createServer(options, ECHO).onDrop(dropped::add).listen(file)) {
            assertThatThrownBy(() -> Tls.connect(Stack.options().path(file).build()))
                    .isInstanceOf(IOException.class);
            await().atMost(LONG).until(() -> dropped.size() == 1);
            assertThat(dropped.element().localAddress().orElseThrow()).hasToString(file.toString());
        }
    }

    // Ticket keys

    private static byte[] key(int fill) {
        byte[] key = new byte[48];
        Arrays.fill(key, (byte) fill);
        return key;
    }

    private static TlsSocket resumed(TlsServer server, byte[] session) throws IOException {
        TlsSocket socket =
                Tls.connect(Stack.options().port(server.port()).session(session).build());
        assertServes(socket);
        return socket;
    }

    private static byte[] session(TlsServer server) throws IOException {
        try (TlsSocket socket = connect(server)) {
            assertServes(socket);
            return socket.awaitSession(LONG).orElseThrow();
        }
    }

    @EachVersion
    void tickets_work_for_as_long_as_their_key_is_listed(TlsVersion version) throws Exception {
        try (TlsServer server = server(ServerOptions.builder(Stack.server(version)))) {
            server.setTicketKeys(key(1));
            assertThat(server.getTicketKeys()).isEqualTo(key(1));
            byte[] old = session(server);

            server.setTicketKeys(key(2), key(1));
            assertThat(server.getTicketKeys()).isEqualTo(key(2));
            byte[] renewed;
            try (TlsSocket socket = resumed(server, old)) {
                assertThat(socket.isSessionReused()).isTrue();
                renewed = socket.awaitSession(LONG).orElseThrow();
            }
            assertThat(server.statistics().tickets().renewed()).isEqualTo(1);

            server.setTicketKeys(key(2));
            try (TlsSocket socket = resumed(server, old)) {
                assertThat(socket.isSessionReused()).isFalse();
            }
            assertThat(server.statistics().tickets().refused()).isEqualTo(1);
            try (TlsSocket socket = resumed(server, renewed)) {
                assertThat(socket.isSessionReused()).isTrue();
            }
        }
    }

    @Test
    void random_ticket_keys_can_be_carried_to_another_server() throws Exception {
        try (TlsServer first = server(ServerOptions.builder(Stack.SERVER));
                TlsServer second = server(ServerOptions.builder(Stack.SERVER))) {
            byte[] keys = first.getTicketKeys();
            assertThat(keys).hasSize(48).isNotEqualTo(second.getTicketKeys());
            byte[] session = session(first);
            second.setTicketKeys(keys);
            try (TlsSocket socket = resumed(second, session)) {
                assertThat(socket.isSessionReused()).isTrue();
            }
            keys[0]++; // a copy
            assertThat(first.getTicketKeys()).isNotEqualTo(keys);
        }
    }

    @Test
    void ticket_keys_of_another_length_are_refused_and_the_old_ones_stay() throws Exception {
        try (TlsServer server = server(ServerOptions.builder(Stack.SERVER))) {
            byte[] before = server.getTicketKeys();
            for (List<byte[]> wrong :
                    List.of(List.<byte[]>of(), List.of(new byte[47]), List.of(key(1), new byte[49]))) {
                assertThatThrownBy(() -> server.setTicketKeys(wrong.toArray(new byte[0][])))
                        .isInstanceOfSatisfying(
                                InvalidOption.class,
                                refusal -> assertThat(refusal.code()).isEqualTo("ERR_INVALID_ARG_VALUE"));
            }
            assertThat(server.getTicketKeys()).isEqualTo(before);
        }
    }

    // The end

    @Test
    void listening_from_listen_to_close() throws Exception {
        TlsServer server = Tls.createServer(Stack.SERVER, ECHO);
        assertThat(server.listening()).isFalse();
        server.listen("127.0.0.1", 0);
        assertThat(server.listening()).isTrue();
        server.close(AT_ONCE);
        assertThat(server.listening()).isFalse();
    }

    @Test
    void close_is_notified_once_when_no_connection_is_left() throws Exception {
        var notifications = new AtomicInteger();
        List<Integer> left = new ArrayList<>();
        TlsServer server = server(ServerOptions.builder(Stack.SERVER));
        server.onClose(() -> left.add(server.connections())).onClose(notifications::incrementAndGet);
        try (TlsSocket client = connect(server)) {
            assertServes(client);
            Thread closing = Thread.ofVirtual().start(server::close);
            await().atMost(LONG).until(() -> !server.listening());
            assertThat(notifications).hasValue(0);
            client.shutdownOutput();
            assertThat(closing.join(LONG)).isTrue();
        }
        server.close();
        assertThat(notifications).hasValue(1);
        assertThat(left).containsExactly(0);
        assertThat(server.awaitClose(AT_ONCE)).isTrue();
    }

    @Test
    void handler_that_closes_its_server_finishes_first() throws Exception {
        var server = new AtomicReference<@Nullable TlsServer>();
        var notifications = new AtomicInteger();
        var made = Tls.createServer(Stack.SERVER, socket -> {
            Objects.requireNonNull(server.get()).close();
            socket.getOutputStream().write('z');
        });
        server.set(made);
        made.onClose(notifications::incrementAndGet).listen("127.0.0.1", 0);
        long began = System.nanoTime();
        try (TlsSocket client = connect(made)) {
            assertThat(client.getInputStream().read()).isEqualTo('z');
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(made.awaitClose(LONG)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
        assertThat(notifications).hasValue(1);
        assertThat(made.connections()).isZero();
    }
}
