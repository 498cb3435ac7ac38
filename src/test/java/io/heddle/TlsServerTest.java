package io.heddle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Listening, accepting and closing, with well-behaved and faulty clients and handlers. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class TlsServerTest {
    private static final ConnectionHandler ECHO =
            socket -> socket.getInputStream().transferTo(socket.getOutputStream());
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final Queue<TlsFailure> clientErrors = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

    private TlsServer server(ConnectionHandler handler) throws IOException {
        return server(ServerOptions.of(Stack.SERVER), handler);
    }

    private TlsServer server(ServerOptions options, ConnectionHandler handler) throws IOException {
        return Tls.createServer(options, handler)
                .onTlsClientError((failure, socket) -> clientErrors.add(failure))
                .onError(errors::add)
                .listen("127.0.0.1", 0);
    }

    @Test
    void text_of_a_server_has_its_address_and_its_connections() throws Exception {
        TlsServer server = Tls.createServer(ServerOptions.of(Stack.SERVER), ECHO);
        assertThat(server).hasToString("TlsServer[not listening, connections 0 of any number]");
        server.setMaxConnections(7).listen("127.0.0.1", 0);
        assertThat(server).hasToString("TlsServer[127.0.0.1:%d, connections 0 of 7]".formatted(server.port()));
        server.close();
        assertThat(server).hasToString("TlsServer[closed, connections 0 of 7]");
    }

    private static TlsSocket connect(TlsServer server) throws IOException {
        return Tls.connect(Stack.options().port(server.port()).build());
    }

    private static Socket connectTcp(TlsServer server) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.port());
    }

    private static void assertServes(TlsServer server) throws IOException {
        try (TlsSocket client = connect(server)) {
            client.getOutputStream().write('a');
            assertThat(client.getInputStream().read()).isEqualTo('a');
        }
    }

    private static void awaitNoConnections(TlsServer server) {
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(server.connections()).isZero());
    }

    // Listening

    @Test
    void server_has_an_address_while_it_listens_and_none_once_closed() throws Exception {
        TlsServer server = server(ECHO);
        assertThat(server.address()).contains(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), server.port()));
        assertServes(server);
        int port = server.port();
        server.close(AT_ONCE);
        assertThat(server.address()).isEmpty();
        assertThatThrownBy(server::port).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
                .isInstanceOf(IOException.class);
        assertThat(server.awaitClose(Duration.ofSeconds(1))).isTrue();
    }

    @Test
    void server_that_does_not_listen_yet_has_no_address() {
        TlsServer server = Tls.createServer(Stack.SERVER, ECHO);
        assertThat(server.address()).isEmpty();
        assertThat(server.connections()).isZero();
        server.close();
        assertThatThrownBy(() -> server.listen(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the server was closed");
    }

    @Test
    void listening_twice_is_refused() throws Exception {
        try (TlsServer server = server(ECHO)) {
            assertThatThrownBy(() -> server.listen(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the server listens already");
            assertServes(server);
        }
    }

    @Test
    void port_that_is_taken_is_an_io_exception_and_another_can_be_tried() throws Exception {
        try (TlsServer first = server(ECHO);
                TlsServer second = Tls.createServer(Stack.SERVER, ECHO)) {
            assertThatThrownBy(() -> second.listen("127.0.0.1", first.port())).isInstanceOf(BindException.class);
            second.listen("127.0.0.1", 0);
            assertServes(second);
        }
    }

    @Test
    void file_of_a_unix_socket_is_deleted_at_the_end(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("s");
        TlsServer server = Tls.createServer(Stack.SERVER, ECHO).listen(file);
        assertThat(file).exists();
        server.close(AT_ONCE);
        assertThat(file).doesNotExist();
        Files.createFile(file);
        assertThatThrownBy(() -> Tls.createServer(Stack.SERVER, ECHO).listen(file))
                .isInstanceOf(IOException.class);
        assertThat(file).exists();
    }

    // Closing

    @Test
    void close_lets_handlers_finish() throws Exception {
        var entered = new CountDownLatch(1);
        var mayFinish = new CountDownLatch(1);
        TlsServer server = server(socket -> {
            entered.countDown();
            mayFinish.await(20, TimeUnit.SECONDS);
            socket.getOutputStream().write('z');
        });
        try (TlsSocket client = connect(server)) {
            entered.await();
            Thread closing = Thread.ofVirtual().start(server::close);
            await().until(() -> server.address().isEmpty());
            assertThat(server.connections()).isEqualTo(1);
            mayFinish.countDown();
            assertThat(client.getInputStream().read()).isEqualTo('z');
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(closing.join(Duration.ofSeconds(5))).isTrue();
            assertThat(server.connections()).isZero();
        }
        assertThat(errors).isEmpty();
    }

    @Test
    void close_ends_connections_that_do_not_finish_and_is_bounded() throws Exception {
        TlsServer server = server(ECHO);
        try (TlsSocket idle = connect(server);
                Socket silent = connectTcp(server)) {
            await().until(() -> server.connections() == 2);
            long began = System.nanoTime();
            server.close(Duration.ofMillis(100));
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(Duration.ofMillis(100), Duration.ofSeconds(5));
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            assertThat(idle.closeNotifyReceived()).isTrue();
            silent.setSoTimeout(5000);
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void close_is_bounded_though_a_handler_never_returns() throws Exception {
        var never = new CountDownLatch(1);
        TlsServer server = server(socket -> never.await(60, TimeUnit.SECONDS));
        try (TlsSocket client = connect(server)) {
            await().until(() -> server.connections() == 1);
            long began = System.nanoTime();
            server.close(Duration.ofMillis(50));
            server.close(Duration.ofMillis(50));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } finally {
            never.countDown();
        }
    }

    // Handlers and listeners that throw

    private static void assertCutOff(TlsSocket client) {
        assertThatThrownBy(() -> client.getInputStream().readAllBytes())
                .isInstanceOfSatisfying(
                        TlsFailure.class, failure -> assertThat(failure.alert()).contains(Alert.INTERNAL_ERROR));
        assertThat(client.closeNotifyReceived()).isFalse();
    }

    @EachVersion
    void answer_that_a_handler_breaks_off_does_not_look_whole(TlsVersion version) throws Exception {
        byte[] half = new byte[100_000];
        ServerOptions options = ServerOptions.of(Stack.server(version));
        try (TlsServer server = server(options, socket -> {
                    socket.getOutputStream().write(half);
                    throw new IOException("no more");
                });
                TlsSocket client = connect(server)) {
            // It stays unread, which must not make the alert overtake the data.
            client.getOutputStream().write(new byte[1000]);
            assertThat(client.getInputStream().readNBytes(half.length)).hasSize(half.length);
            assertCutOff(client);
            await().until(() -> errors.size() == 1);
            awaitNoConnections(server);
        }
    }

    @EachVersion
    void answer_that_a_handler_ended_before_it_threw_is_whole(TlsVersion version) throws Exception {
        ServerOptions options = ServerOptions.of(Stack.server(version));
        try (TlsServer server = server(options, socket -> {
                    socket.getOutputStream().write('a');
                    socket.shutdownOutput();
                    throw new IOException("in the epilogue");
                });
                TlsSocket client = connect(server)) {
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(new byte[] {'a'});
            assertThat(client.closeNotifyReceived()).isTrue();
            await().until(() -> errors.size() == 1);
        }
    }

    @Test
    void handler_that_throws_beside_a_peer_that_reads_nothing_ends_in_time() throws Exception {
        var writing = new CountDownLatch(1);
        try (TlsServer server = server(socket -> {
                    Thread.ofVirtual().start(() -> {
                        try {
                            while (true) {
                                socket.getOutputStream().write(new byte[1 << 16]);
                                writing.countDown();
                            }
                        } catch (IOException e) {
                            // The end.
                        }
                    });
                    writing.await();
                    throw new IllegalStateException("enough");
                });
                TlsSocket client = connect(server)) {
            writing.await();
            awaitNoConnections(server);
            assertThat(client.closeNotifyReceived()).isFalse();
        }
    }

    @Test
    void handler_that_throws_ends_its_connection_only() throws Exception {
        var count = new AtomicInteger();
        Throwable[] thrown = {
            new IOException("checked"), new IllegalStateException("unchecked"), new StackOverflowError()
        };
        try (TlsServer server = server(socket -> {
            int which = count.getAndIncrement();
            if (which < thrown.length) {
                switch (thrown[which]) {
                    case Error error -> throw error;
                    case Exception exception -> throw exception;
                    default -> throw new AssertionError();
                }
            }
            ECHO.handle(socket);
        })) {
            for (Throwable failure : thrown) {
                try (TlsSocket client = connect(server)) {
                    assertCutOff(client);
                }
                await().until(() -> errors.contains(failure));
            }
            assertServes(server);
            awaitNoConnections(server);
            assertThat(errors).containsExactlyInAnyOrder(thrown);
            assertThat(clientErrors).isEmpty();
        }
    }

    @Test
    void listeners_that_throw_stop_nothing() throws Exception {
        Logger log = Logger.getLogger(TlsServer.class.getName());
        // Each failure logs a long entry.
        log.setLevel(Level.OFF);
        try (TlsServer server = server(socket -> {
            throw new IllegalStateException("the handler");
        })) {
            server.onError(error -> {
                throw new AssertionError("the listener", error);
            });
            server.onTlsClientError((failure, socket) -> {
                throw new IllegalStateException("the other listener", failure);
            });
            for (int i = 0; i < 3; i++) {
                try (Socket client = connectTcp(server)) {
                    client.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
                    client.getInputStream().readAllBytes();
                }
                try (TlsSocket client = connect(server)) {
                    assertCutOff(client);
                }
            }
            awaitNoConnections(server);
        } finally {
            log.setLevel(null);
        }
    }

    /** Listeners may leave their thread interrupted, which closes channels. */
    @Test
    void error_listener_that_leaves_its_thread_interrupted_does_not_end_listening(@TempDir Path folder)
            throws Exception {
        Path path = folder.resolve("socket");
        try (TlsServer server = Tls.createServer(
                ServerOptions.builder(Stack.SERVER).maxConnections(0).build(), ECHO)) {
            server.onDrop(drop -> Thread.currentThread().interrupt());
            server.listen(path);
            for (int i = 0; i < 3; i++) {
                try (SocketChannel dropped = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                    assertThat(dropped.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                }
            }
            assertThat(server.listening()).isTrue();
            server.setMaxConnections(1);
            try (TlsSocket client = Tls.connect(Stack.options().path(path).build())) {
                client.getOutputStream().write('a');
                assertThat(client.getInputStream().read()).isEqualTo('a');
            }
        }
    }

    // Clients that are not TLS

    @Test
    void client_that_sends_plain_http_is_recognized() throws Exception {
        try (TlsServer server = server(ECHO)) {
            try (Socket client = connectTcp(server)) {
                client.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
                client.setSoTimeout(5000);
                client.getInputStream().readAllBytes();
            }
            assertThat(onlyClientError().code()).isEqualTo(Code.ERR_SSL_HTTP_REQUEST);
            assertThat(clientErrors.element())
                    .hasMessage("record: the peer sent an HTTP request without TLS, it began with \"GET /\"");
            assertServes(server);
        }
    }

    @Test
    void client_that_hangs_up_or_resets_is_a_client_error() throws Exception {
        try (TlsServer server = server(ECHO)) {
            connectTcp(server).close();
            assertThat(onlyClientError().code()).isEqualTo(Code.ECONNRESET);
            clientErrors.clear();
            try (Socket client = connectTcp(server)) {
                await().until(() -> server.connections() == 1);
                client.setSoLinger(true, 0);
            }
            assertThat(onlyClientError().code()).isEqualTo(Code.ECONNRESET);
            awaitNoConnections(server);
            assertServes(server);
            assertThat(errors).isEmpty();
        }
    }

    @Test
    void silent_client_reaches_the_deadline_and_is_reported_once() throws Exception {
        try (TlsServer server = server(shortHandshake(), ECHO);
                Socket client = connectTcp(server)) {
            client.setSoTimeout(10_000);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(onlyClientError().code()).isEqualTo(Code.ERR_TLS_HANDSHAKE_TIMEOUT);
            assertThat(clientErrors.element()).hasMessage("handshake: not finished within 400 ms");
            awaitNoConnections(server);
        }
    }

    @Test
    void dripping_client_does_not_extend_the_deadline() throws Exception {
        try (TlsServer server = server(shortHandshake(), ECHO);
                Socket client = connectTcp(server)) {
            long began = System.nanoTime();
            // The header of a record with 16384 bytes, and then one of those bytes at a time.
            client.getOutputStream().write(new byte[] {22, 3, 1, 0x40, 0, 1, 0, 0x3f, (byte) 0xfc, 3, 3});
            drip(client);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
            assertThat(onlyClientError().code()).isEqualTo(Code.ERR_TLS_HANDSHAKE_TIMEOUT);
            awaitNoConnections(server);
        }
    }

    /** Sends a byte every 20 ms until the other side closes. */
    private static void drip(Socket to) {
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    try {
                        to.getOutputStream().write(0);
                        return false;
                    } catch (IOException e) {
                        return true;
                    }
                });
    }

    @Test
    void dripping_server_does_not_extend_the_deadline_of_a_client() throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            tcp.server().getOutputStream().write(new byte[] {22, 3, 3, 0x40, 0, 2, 0, 0x3f, (byte) 0xfc, 3, 3});
            Thread dripping = Thread.ofVirtual().start(() -> drip(tcp.server()));
            long began = System.nanoTime();
            assertThatThrownBy(() -> Tls.connect(Stack.options()
                            .transport(TlsTransport.of(tcp.client()))
                            .timeout(Duration.ofMillis(400))
                            .build()))
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.ERR_TLS_HANDSHAKE_TIMEOUT));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
            assertThat(tcp.client().isClosed()).isTrue();
            assertThat(dripping.join(Duration.ofSeconds(5))).isTrue();
        }
    }

    private static ServerOptions shortHandshake() {
        return ServerOptions.builder(Stack.SERVER)
                .handshakeTimeout(Duration.ofMillis(400))
                .build();
    }

    private TlsFailure onlyClientError() {
        await().atMost(Duration.ofSeconds(10)).until(() -> !clientErrors.isEmpty());
        await().during(Duration.ofMillis(50)).until(() -> clientErrors.size() == 1);
        return Optional.ofNullable(clientErrors.peek()).orElseThrow();
    }
}
