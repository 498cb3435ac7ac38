package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers whose connections are accepted by the caller: a socket, a channel, a pair of streams. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsServerAcceptTest {
    private static final ConnectionHandler ECHO =
            socket -> socket.getInputStream().transferTo(socket.getOutputStream());

    private final BlockingQueue<TlsFailure> failures = new LinkedBlockingQueue<>();

    private TlsServer server() {
        return Tls.createServer(Stack.SERVER, ECHO)
                .onTlsClientError((failure, socket) -> failures.add(failure))
                .onError(ignored -> {});
    }

    /** The accepted transport; its other end becomes a client. */
    enum Brought {
        SOCKET {
            @Override
            TlsSocket to(TlsServer server) throws IOException {
                SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                server.accept(TlsTransport.of(tcp.server()));
                return new TlsSocket(
                        TlsTransport.of(tcp.client()), Stack.options().build());
            }
        },
        CHANNEL {
            @Override
            TlsSocket to(TlsServer server) throws IOException {
                try (var listening = ServerSocketChannel.open()) {
                    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                    SocketChannel client = SocketChannel.open(listening.getLocalAddress());
                    server.accept(TlsTransport.of(listening.accept()));
                    return new TlsSocket(
                            TlsTransport.of(client), Stack.options().build());
                }
            }
        },
        STREAMS {
            @Override
            TlsSocket to(TlsServer server) {
                var up = new MemoryPipe();
                var down = new MemoryPipe();
                server.accept(TlsTransport.of(up.in(), down.out()));
                return new TlsSocket(
                        TlsTransport.of(down.in(), up.out()), Stack.options().build());
            }
        };

        abstract TlsSocket to(TlsServer server) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void serves_what_it_is_brought(Brought kind) throws Exception {
        try (TlsServer server = server().addContext("other.test", Stack.SERVER)) {
            try (TlsSocket client = kind.to(server)) {
                client.getOutputStream().write('a');
                assertThat(client.getInputStream().read()).isEqualTo('a');
                assertThat(server.connections()).isEqualTo(1);
                assertThat(client.authorized()).isTrue();
            }
            await().untilAsserted(() -> assertThat(server.connections()).isZero());
        }
        assertThat(failures).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void reports_a_connection_that_does_not_become_secure(Brought kind) throws Exception {
        try (TlsServer server = server()) {
            kind.to(server).close();
            assertThat(failures.poll(20, TimeUnit.SECONDS)).returns(Code.ECONNRESET, TlsFailure::code);
            await().untilAsserted(() -> assertThat(server.connections()).isZero());
        }
    }

    @Test
    void timeout_of_a_socket_counts_for_its_handshake() throws Exception {
        try (TlsServer server = server();
                SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            tcp.server().setSoTimeout(200);
            server.accept(TlsTransport.of(tcp.server()));
            assertThat(failures.poll(20, TimeUnit.SECONDS))
                    .returns(Code.ERR_TLS_HANDSHAKE_TIMEOUT, TlsFailure::code)
                    .hasMessage("handshake: not finished within 200 ms");
            await().untilAsserted(() -> assertThat(server.connections()).isZero());
        }
    }

    @Test
    void serves_them_beside_those_that_it_listens_for() throws Exception {
        try (TlsServer server = server().listen("127.0.0.1", 0);
                TlsSocket brought = Brought.STREAMS.to(server);
                TlsSocket connected =
                        Tls.connect(Stack.options().port(server.port()).build())) {
            for (TlsSocket socket : new TlsSocket[] {brought, connected}) {
                socket.getOutputStream().write('b');
                assertThat(socket.getInputStream().read()).isEqualTo('b');
            }
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void closing_the_server_closes_them() throws Exception {
        try (TlsServer server = server();
                TlsSocket client = Brought.SOCKET.to(server)) {
            client.getOutputStream().write('c');
            assertThat(client.getInputStream().read()).isEqualTo('c');
            server.close(Duration.ofMillis(1));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(client.closeNotifyReceived()).isTrue();
        }
    }

    @Test
    void a_closed_server_takes_none_and_leaves_it_alone() throws Exception {
        TlsServer server = server();
        server.close();
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            assertThatThrownBy(() -> server.accept(TlsTransport.of(tcp.server())))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the server was closed");
            assertThat(tcp.server().isClosed()).isFalse();
        }
    }

    @Test
    void a_listener_of_connections_that_throws_ends_that_one() throws Exception {
        BlockingQueue<Throwable> errors = new LinkedBlockingQueue<>();
        BlockingQueue<Optional<String>> names = new LinkedBlockingQueue<>();
        try (TlsServer server = server().onError(errors::add).onConnection(socket -> {
            names.add(socket.servername());
            throw new IllegalStateException("not you");
        })) {
            try (TlsSocket client = Brought.STREAMS.to(server)) {
                assertThatThrownBy(client::startHandshake)
                        .isInstanceOfSatisfying(
                                TlsFailure.class,
                                failure -> assertThat(failure.code()).isEqualTo(Code.ECONNRESET));
            }
            assertThat(errors.poll(20, TimeUnit.SECONDS)).hasMessage("not you");
            assertThat(names).containsExactly(Optional.empty());
        }
    }

    // The constructors, which do nothing before the first use

    @Test
    void a_socket_of_each_role_waits_for_its_first_use() throws Exception {
        var up = new MemoryPipe();
        var down = new MemoryPipe();
        var client = new TlsSocket(
                TlsTransport.of(down.in(), up.out()), Stack.options().build());
        var server = new TlsSocket(TlsTransport.of(up.in(), down.out()), ServerOptions.of(Stack.SERVER));
        assertThat(client.getUseClientMode()).isTrue();
        assertThat(server.getUseClientMode()).isFalse();
        assertThat(up.in().available()).isZero();
        try (SocketPair pair = new SocketPair(client, server).handshake()) {
            assertThat(pair.heddleClient().authorized()).isTrue();
            assertThat(pair.heddleServer().servername()).contains("localhost");
        }
    }

    @Test
    void options_with_a_transport_of_their_own_are_refused() {
        var pipe = new MemoryPipe();
        ConnectOptions options = Stack.options()
                .transport(TlsTransport.of(pipe.in(), pipe.out()))
                .build();
        assertThatThrownBy(() -> new TlsSocket(TlsTransport.of(pipe.in(), pipe.out()), options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("transport: the options have one of their own (transport or path)");
    }

    @Test
    void a_transport_together_with_a_path_is_refused() {
        var pipe = new MemoryPipe();
        ConnectOptions.Builder options = Stack.options()
                .transport(TlsTransport.of(pipe.in(), pipe.out()))
                .path(Path.of("server.sock"));
        assertThatThrownBy(options::build)
                .isInstanceOf(InvalidOption.class)
                .hasMessage("path: server.sock was given together with a transport");
    }

    @Test
    void a_transport_shows_its_kind_and_its_peer() throws Exception {
        var pipe = new MemoryPipe();
        assertThat(TlsTransport.of(pipe.in(), pipe.out())).hasToString("TlsTransport[streams]");
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            assertThat(TlsTransport.of(tcp.client()))
                    .hasToString(
                            "TlsTransport[socket to %s]".formatted(tcp.client().getRemoteSocketAddress()));
        }
    }
}
