package io.heddle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.endpoint.ClientRole;
import io.heddle.engine.transport.TransportSource;
import io.heddle.failure.TlsFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The transports under TLS, each of which behaves as a socket. */
@Tag("socket")
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class TransportTest {
    private static final byte[] HELLO = "hello".getBytes(US_ASCII);
    private static final Duration LIMIT = Duration.ofSeconds(SocketPair.LIMIT_SECONDS);

    enum Kind {
        TCP {
            @Override
            SocketPair pair(Duration limit) throws Exception {
                SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                return over(
                        new TransportSource.OverSocket(tcp.client(), null, true),
                        new TransportSource.OverSocket(tcp.server(), null, true),
                        limit);
            }
        },
        SHARED_TCP {
            @Override
            SocketPair pair(Duration limit) throws Exception {
                SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                return over(
                        new TransportSource.OverSocket(tcp.client(), null, false),
                        new TransportSource.OverSocket(tcp.server(), null, false),
                        limit);
            }
        },
        JDK_TLS {
            @Override
            SocketPair pair(Duration limit) throws Exception {
                SocketPair outer = SocketPair.of(Stack.SUN_JSSE).handshake();
                return over(
                        new TransportSource.OverSocket(outer.client(), null, true),
                        new TransportSource.OverSocket(outer.server(), null, true),
                        limit);
            }
        },
        TLS_IN_TLS {
            @Override
            SocketPair pair(Duration limit) throws Exception {
                SocketPair outer = SocketPair.of(Stack.HEDDLE).handshake();
                return over(
                        new TransportSource.OverSocket(outer.client(), null, true),
                        new TransportSource.OverSocket(outer.server(), null, true),
                        limit);
            }
        },
        UNIX {
            @Override
            SocketPair pair(Duration limit) throws Exception {
                Path file = Path.of(System.getProperty("java.io.tmpdir"), "heddle-" + new Random().nextLong());
                var address = UnixDomainSocketAddress.of(file);
                try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                    listener.bind(address);
                    SocketChannel client = SocketChannel.open(address);
                    return over(
                            new TransportSource.OverChannel(client),
                            new TransportSource.OverChannel(listener.accept()),
                            limit);
                } finally {
                    java.nio.file.Files.deleteIfExists(file);
                }
            }
        },
        PIPES {
            @Override
            SocketPair pair(Duration limit) throws Exception {
                var up = new MemoryPipe();
                var down = new MemoryPipe();
                return over(
                        new TransportSource.OverStreams(down.in(), up.out()),
                        new TransportSource.OverStreams(up.in(), down.out()),
                        limit);
            }
        };

        /** Returns two ends before their handshake, with {@code limit} as its timeout. */
        abstract SocketPair pair(Duration limit) throws Exception;

        SocketPair connected() throws Exception {
            return pair(LIMIT).handshake();
        }

        static SocketPair over(TransportSource client, TransportSource server, Duration limit) {
            return new SocketPair(
                    new TlsSocket(client, ClientRole.of(Stack.options().build().config(), limit)),
                    Stack.server(server, limit));
        }
    }

    @ParameterizedTest
    @EnumSource
    void carries_much_both_ways_at_once(Kind kind) throws Exception {
        byte[] there = new byte[500_000];
        byte[] back = new byte[300_000];
        new Random(1).nextBytes(there);
        new Random(2).nextBytes(back);
        try (SocketPair pair = kind.connected()) {
            Future<byte[]> atServer =
                    pair.run(() -> pair.server().getInputStream().readNBytes(there.length));
            Future<byte[]> atClient =
                    pair.run(() -> pair.client().getInputStream().readNBytes(back.length));
            Future<Void> sent = pair.run(() -> {
                pair.server().getOutputStream().write(back);
                return null;
            });
            pair.client().getOutputStream().write(there);
            assertThat(SocketPair.await(atServer)).isEqualTo(there);
            assertThat(SocketPair.await(atClient)).isEqualTo(back);
            SocketPair.await(sent);
        }
    }

    @ParameterizedTest
    @EnumSource
    void read_that_timed_out_loses_nothing(Kind kind) throws Exception {
        try (SocketPair pair = kind.connected()) {
            InputStream in = pair.client().getInputStream();
            for (int i = 0; i < 5; i++) {
                pair.client().setSoTimeout(1 + 4 * i);
                assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
                pair.server().getOutputStream().write(HELLO);
                pair.client().setSoTimeout(i % 2 == 0 ? 0 : 10_000);
                assertThat(in.readNBytes(5)).isEqualTo(HELLO);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void close_ends_the_peers_input_with_close_notify(Kind kind) throws Exception {
        try (SocketPair pair = kind.connected()) {
            Future<byte[]> rest = pair.run(() -> {
                byte[] all = pair.server().getInputStream().readAllBytes();
                pair.server().close();
                return all;
            });
            pair.client().getOutputStream().write(HELLO);
            pair.client().close();
            assertThat(SocketPair.await(rest)).isEqualTo(HELLO);
            assertThat(pair.heddleServer().closeNotifyReceived()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shutdown_output_leaves_the_other_direction(Kind kind) throws Exception {
        try (SocketPair pair = kind.connected()) {
            pair.client().getOutputStream().write(HELLO);
            pair.client().shutdownOutput();
            assertThat(pair.server().getInputStream().readAllBytes()).isEqualTo(HELLO);
            if (kind != Kind.PIPES) {
                pair.server().getOutputStream().write(HELLO);
                assertThat(pair.client().getInputStream().readNBytes(5)).isEqualTo(HELLO);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SHARED_TCP")
    void close_wakes_the_reader(Kind kind) throws Exception {
        try (SocketPair pair = kind.connected()) {
            Parked<Integer> reader =
                    Parked.in(() -> pair.client().getInputStream().read());
            pair.client().close();
            assertThat(reader.failure()).isInstanceOf(SocketException.class).hasMessage("Socket is closed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void close_is_bounded_though_the_peer_does_not_read(Kind kind) throws Exception {
        try (SocketPair pair = kind.connected()) {
            Parked<Void> writer = Parked.in(() -> {
                while (true) {
                    pair.client().getOutputStream().write(new byte[100_000]);
                }
            });
            long began = System.nanoTime();
            pair.client().close();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ZERO, Duration.ofSeconds(4));
            assertThat(writer.failure()).isInstanceOf(SocketException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void handshake_ends_at_its_deadline_though_the_peer_is_silent(Kind kind) throws Exception {
        try (SocketPair pair = kind.pair(Duration.ofMillis(300))) {
            assertThatThrownBy(pair.server()::startHandshake)
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(TlsFailure.Code.ERR_TLS_HANDSHAKE_TIMEOUT))
                    .hasMessage("handshake: not finished within 300 ms");
        }
    }

    @ParameterizedTest
    @EnumSource
    void addresses_stay_after_close(Kind kind) throws Exception {
        try (SocketPair pair = kind.connected()) {
            var remote = pair.client().getRemoteSocketAddress();
            assertThat(remote == null).isEqualTo(kind == Kind.PIPES);
            pair.client().close();
            assertThat(pair.client().isConnected()).isTrue();
            assertThat(pair.client().getRemoteSocketAddress()).isEqualTo(remote);
        }
    }

    // Layered sockets

    @Test
    void socket_below_goes_on_in_the_clear_after_close() throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            SocketPair pair = Kind.over(
                    new TransportSource.OverSocket(tcp.client(), null, false),
                    new TransportSource.OverSocket(tcp.server(), null, false),
                    LIMIT);
            pair.handshake();
            pair.client().getOutputStream().write(HELLO);
            Future<?> ended = pair.run(() -> {
                assertThat(pair.server().getInputStream().readAllBytes()).isEqualTo(HELLO);
                pair.server().close();
                tcp.server().getOutputStream().write(HELLO);
                return null;
            });
            pair.client().close();
            SocketPair.await(ended);
            assertThat(tcp.client().isClosed()).isFalse();
            assertThat(tcp.client().getInputStream().readNBytes(5)).isEqualTo(HELLO);
            tcp.client().getOutputStream().write(HELLO);
            assertThat(tcp.server().getInputStream().readNBytes(5)).isEqualTo(HELLO);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void close_beside_a_reader_leaves_the_socket_right_behind_close_notify(boolean client) throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            tcp.client().setSoTimeout(12_345);
            tcp.server().setSoTimeout(12_345);
            SocketPair pair = Kind.over(
                    new TransportSource.OverSocket(tcp.client(), null, false),
                    new TransportSource.OverSocket(tcp.server(), null, false),
                    LIMIT);
            pair.handshake();
            SSLSocket closing = client ? pair.client() : pair.server();
            SSLSocket other = client ? pair.server() : pair.client();
            Socket below = client ? tcp.client() : tcp.server();
            Socket belowOther = client ? tcp.server() : tcp.client();
            var reading = Parked.in(() -> closing.getInputStream().read());
            Future<?> ended = pair.run(() -> {
                assertThat(other.getInputStream().readAllBytes()).isEmpty();
                other.close();
                belowOther.getOutputStream().write(HELLO);
                return null;
            });
            closing.close();
            SocketPair.await(ended);
            assertThat(below.getInputStream().readNBytes(5)).isEqualTo(HELLO);
            assertThat(below.getSoTimeout()).isEqualTo(12_345);
            assertThat(reading.result()).isEqualTo(-1);
        }
    }

    @Test
    void close_beside_a_reader_is_bounded_where_the_peer_sends_nothing() throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            SocketPair pair = Kind.over(
                    new TransportSource.OverSocket(tcp.client(), null, false),
                    new TransportSource.OverSocket(tcp.server(), null, false),
                    LIMIT);
            pair.handshake();
            var reading = Parked.in(() -> pair.client().getInputStream().read());
            pair.client().close();
            assertThat(reading.failure()).isInstanceOf(SocketException.class);
            assertThat(tcp.client().isClosed()).isTrue();
        }
    }

    /**
     * Over TCP a close with unread input resets the connection, and discards the data that the peer has not read yet.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void close_over_a_tcp_channel_with_unread_input_loses_nothing(boolean client) throws Exception {
        byte[] much = new byte[100_000];
        for (int i = 0; i < 5; i++) {
            try (SocketPair pair = tcpChannels().handshake()) {
                SSLSocket closing = client ? pair.client() : pair.server();
                TlsSocket other = client ? pair.heddleServer() : pair.heddleClient();
                other.getOutputStream().write(new byte[50_000]);
                closing.getOutputStream().write(much);
                closing.close();
                assertThat(other.getInputStream().readAllBytes()).hasSize(much.length);
                assertThat(other.closeNotifyReceived()).isTrue();
            }
        }
    }

    private static SocketPair tcpChannels() throws Exception {
        try (var listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel client = SocketChannel.open(listener.getLocalAddress());
            return Kind.over(
                    new TransportSource.OverChannel(client), new TransportSource.OverChannel(listener.accept()), LIMIT);
        }
    }

    @Test
    void channel_in_non_blocking_mode_is_refused() throws Exception {
        try (var listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel channel = SocketChannel.open(listener.getLocalAddress())) {
                channel.configureBlocking(false);
                ConnectOptions options = Stack.options().build();
                assertThatThrownBy(() -> new TlsSocket(TlsTransport.of(channel), options))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("channel: it is in non-blocking mode, blocking mode is required");
                assertThat(channel.isOpen()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void channel_that_is_switched_to_non_blocking_mode_fails_the_next_use(boolean tcp) throws Exception {
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "heddle-" + new Random().nextLong());
        try (var listener = ServerSocketChannel.open(tcp ? StandardProtocolFamily.INET : StandardProtocolFamily.UNIX)) {
            listener.bind(
                    tcp
                            ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
                            : UnixDomainSocketAddress.of(file));
            SocketChannel channel = SocketChannel.open(listener.getLocalAddress());
            try (SocketPair pair = Kind.over(
                            new TransportSource.OverChannel(channel),
                            new TransportSource.OverChannel(listener.accept()),
                            LIMIT)
                    .handshake()) {
                pair.server().getOutputStream().write('a');
                assertThat(pair.client().getInputStream().read()).isEqualTo('a');
                channel.configureBlocking(false);
                assertThatThrownBy(() -> pair.client().getInputStream().read())
                        .isInstanceOf(IOException.class)
                        .hasMessage("the channel below was switched to non-blocking mode, blocking mode is required");
                assertThatThrownBy(() -> pair.client().getOutputStream().write(new byte[1 << 22]))
                        .isInstanceOf(IOException.class);
            }
        } finally {
            java.nio.file.Files.deleteIfExists(file);
        }
    }

    @Test
    void bytes_that_were_read_before_are_read_again() throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                TlsSocket client = (TlsSocket) Stack.HEDDLE.client(tcp.client())) {
            var pair = new SocketPair(client, client);
            Future<?> connected = pair.run(() -> {
                client.startHandshake();
                client.shutdownOutput();
                return client.getInputStream().readAllBytes();
            });
            byte[] peeked = tcp.server().getInputStream().readNBytes(7);
            var server = Stack.server(
                    new TransportSource.OverSocket(tcp.server(), new ByteArrayInputStream(peeked), true), LIMIT);
            assertThat(server.getInputStream().readAllBytes()).isEmpty();
            // The end of the client's direction does not end the server's.
            server.getOutputStream().write(HELLO);
            server.close();
            assertThat(SocketPair.await(connected)).isEqualTo(HELLO);
        }
    }

    // Entry points of the public API

    @Test
    void server_listens_on_a_unix_path_and_clients_connect_to_it(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("tls.sock");
        List<String> seen = new ArrayList<>();
        try (TlsServer server = Tls.createServer(Stack.SERVER, socket -> {
                    seen.add(String.valueOf(socket.getRemoteSocketAddress()));
                    socket.getInputStream().transferTo(socket.getOutputStream());
                })
                .listen(file)) {
            assertThat(server.address()).contains(UnixDomainSocketAddress.of(file));
            assertThatThrownBy(server::port).isInstanceOf(IllegalStateException.class);
            try (TlsSocket client = Tls.connect(Stack.options().path(file).build())) {
                client.getOutputStream().write(HELLO);
                assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);
                client.setSoTimeout(1);
                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
                client.setSoTimeout(0);
                client.getOutputStream().write(HELLO);
                assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);
                assertThatThrownBy(() -> client.setTcpNoDelay(true))
                        .isInstanceOf(SocketException.class)
                        .hasMessage("not supported: this TLS connection does not lie on a socket");
                assertThat(client.getPort()).isZero();
                assertThat(client.getInetAddress()).isNull();
            }
        }
        assertThat(file).doesNotExist();
        assertThat(seen).hasSize(1);
    }

    @Test
    void tls_in_tls_works_from_the_front_door() throws Exception {
        ServerOptions options = ServerOptions.of(Stack.SERVER);
        try (TlsServer server = Tls.createServer(options, outer -> {
                            try (TlsSocket inner = Tls.accept(TlsTransport.of(outer), options)) {
                                inner.getInputStream().transferTo(inner.getOutputStream());
                            }
                        })
                        .listen("127.0.0.1", 0);
                TlsSocket outer =
                        Tls.connect(Stack.options().port(server.port()).build());
                TlsSocket inner = Tls.connect(
                        Stack.options().transport(TlsTransport.of(outer)).build())) {
            inner.getOutputStream().write(HELLO);
            inner.shutdownOutput();
            assertThat(inner.getInputStream().readAllBytes()).isEqualTo(HELLO);
            assertThat(inner.getRemoteSocketAddress()).isEqualTo(outer.getRemoteSocketAddress());
        }
    }

    /**
     * Piped streams treat a thread that has ended as a disconnected peer, so the reading and writing threads must stay
     * alive.
     */
    @Test
    void pipes_of_the_jdk_can_carry_it() throws Exception {
        var toServer = new PipedInputStream(4096);
        var toClient = new PipedInputStream(4096);
        var fromServer = new PipedOutputStream(toClient);
        byte[] sent = new byte[50_000];
        new Random(3).nextBytes(sent);
        try (SocketPair pair = Kind.over(
                new TransportSource.OverStreams(toClient, new PipedOutputStream(toServer)),
                new TransportSource.OverStreams(toServer, fromServer),
                LIMIT)) {
            Future<?> echo = pair.run(() -> {
                pair.server().getInputStream().transferTo(pair.server().getOutputStream());
                pair.server().close();
                return null;
            });
            InputStream in = pair.client().getInputStream();
            pair.client().getOutputStream().write(sent, 0, 10);
            assertThat(in.readNBytes(10)).isEqualTo(Arrays.copyOf(sent, 10));
            pair.client().setSoTimeout(5);
            assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
            pair.client().setSoTimeout(0);
            Future<byte[]> back = pair.run(() -> in.readNBytes(sent.length));
            pair.client().getOutputStream().write(sent);
            assertThat(SocketPair.await(back)).isEqualTo(sent);
            pair.client().close();
            SocketPair.await(echo);
        }
    }

    @Test
    void stream_that_throws_something_unchecked_ends_the_connection() throws IOException {
        var broken = new InputStream() {
            @Override
            public int read() {
                throw new IllegalStateException("out of order");
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                return read();
            }
        };
        try (TlsSocket server =
                Tls.accept(TlsTransport.of(broken, new PipedOutputStream()), ServerOptions.of(Stack.SERVER))) {
            assertThatThrownBy(server::startHandshake)
                    .isInstanceOf(TlsFailure.class)
                    .hasMessageContaining("java.lang.IllegalStateException");
        }
    }

    @Test
    void layering_does_no_input_or_output() throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                Socket client = Stack.HEDDLE.client(tcp.client())) {
            client.getInputStream();
            client.getOutputStream();
            tcp.server().setSoTimeout(50);
            assertThatThrownBy(() -> tcp.server().getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
    }
}
