package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT1;
import static io.heddle.parity.Agents.CA1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.heddle.ConnectOptions;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.TlsTransport;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows on the transport of a connection: sockets opened by the application, proxies, Unix-domain sockets. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransportRowsTest {
    private static final ServerOptions SERVER =
            ServerOptions.of(Tls.createSecureContext(o -> o.identity(TestPki.server("localhost", "agent1"))));

    private static ConnectOptions.Builder trusting() {
        return ConnectOptions.builder().ca(TestPki.ca().chain());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    /** A client's TCP connection and the server's end of it. */
    private record Tcp(Socket client, Socket server) implements AutoCloseable {
        static Tcp connect() throws IOException {
            try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                var client = new Socket(InetAddress.getLoopbackAddress(), listening.getLocalPort());
                return new Tcp(client, listening.accept());
            }
        }

        @Override
        public void close() throws IOException {
            try (client) {
                server.close();
            }
        }
    }

    private static <T> FutureTask<T> begin(Callable<T> work) {
        var task = new FutureTask<T>(work);
        Thread.ofVirtual().start(task);
        return task;
    }

    // Servers

    @DisplayName("CLS-11: a server accepts a raw connection; closing that ends TLS on both sides, without close_notify")
    @Test
    void closing_the_socket_below_ends_both_sides() throws Exception {
        BlockingQueue<TlsSocket> ended = new LinkedBlockingQueue<>();
        try (TlsServer server = Tls.createServer(SERVER, socket -> {
                    try {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                    } finally {
                        ended.add(socket);
                    }
                });
                Tcp tcp = Tcp.connect()) {
            server.onError(ignored -> {});
            server.accept(TlsTransport.of(tcp.server()));
            TlsSocket client = Tls.connect(
                    trusting().transport(TlsTransport.of(tcp.client())).build());
            client.getOutputStream().write('.');
            assertThat(client.getInputStream().read()).isEqualTo('.');

            tcp.server().close();

            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(client.closeNotifyReceived()).isFalse();
            client.close();
            TlsSocket served = ended.poll(20, TimeUnit.SECONDS);
            assertThat(served).isNotNull();
            await().untilAsserted(() -> assertThat(served.isClosed()).isTrue());
            assertThat(server.connections()).isZero();
        }
    }

    @DisplayName("SRV-02: raw connections are reported before their handshake, and some are refused")
    @Test
    void connections_are_reported_before_their_handshake() throws Exception {
        BlockingQueue<Optional<String>> reported = new LinkedBlockingQueue<>();
        try (var server = Loopback.serve(Agents.identity(AGENT1))) {
            server.server.onConnection(socket -> {
                assertThat(socket.getInetAddress()).isEqualTo(InetAddress.getByName("127.0.0.1"));
                reported.add(Optional.ofNullable(socket.getProtocol()));
            });
            server.exchange(o -> o.servername("agent1").ca(Agents.leaves(CA1))).worked();
            assertThat(reported).containsExactly(Optional.empty());

            server.server.onConnection(TlsSocket::abort);
            Throwable refused = catchThrowableOfType(
                    IOException.class,
                    () -> Tls.connect(server.client()
                                    .servername("agent1")
                                    .ca(Agents.leaves(CA1))
                                    .build())
                            .close());
            assertThat(refused).isNotNull();
            await().untilAsserted(() -> assertThat(server.server.connections()).isZero());
            assertThat(server.quiet()).isTrue();
        }
    }

    @DisplayName("WRP-03: TLS begins on a connection some time after the ClientHello has arrived")
    @Test
    void begins_when_the_client_hello_has_already_arrived() throws Exception {
        try (Tcp tcp = Tcp.connect()) {
            FutureTask<Void> client = begin(() -> {
                try (TlsSocket socket = Tls.connect(
                        trusting().transport(TlsTransport.of(tcp.client())).build())) {
                    socket.getOutputStream().write(bytes("hello world"));
                }
                return null;
            });
            await().until(() -> tcp.server().getInputStream().available() > 100);

            try (TlsSocket server = new TlsSocket(TlsTransport.of(tcp.server()), SERVER)) {
                assertThat(server.getInputStream().readAllBytes()).isEqualTo(bytes("hello world"));
            }
            client.get(20, TimeUnit.SECONDS);
        }
    }

    // Clients

    @DisplayName("WRP-11: over a connected socket without a host the name is localhost")
    @Test
    void without_a_host_the_name_is_localhost() throws Exception {
        for (String name : List.of("localhost", "other.test")) {
            ServerOptions options = ServerOptions.of(Tls.createSecureContext(o -> o.identity(TestPki.server(name))));
            try (Tcp tcp = Tcp.connect();
                    TlsSocket server = Tls.accept(TlsTransport.of(tcp.server()), options)) {
                FutureTask<byte[]> served = begin(() -> server.getInputStream().readAllBytes());
                ConnectOptions client =
                        trusting().transport(TlsTransport.of(tcp.client())).build();
                if (name.equals("localhost")) {
                    Tls.connect(client).close();
                    assertThat(served.get(20, TimeUnit.SECONDS)).isEmpty();
                    assertThat(server.servername()).isEmpty();
                } else {
                    TlsFailure refused = catchThrowableOfType(
                            TlsFailure.class, () -> Tls.connect(client).close());
                    assertThat(refused.code()).isEqualTo(Code.ERR_TLS_CERT_ALTNAME_INVALID);
                }
            }
        }
    }

    @DisplayName("WRP-17: data written to the socket earlier is sent before the ClientHello")
    @Test
    void earlier_writes_are_sent_first() throws Exception {
        byte[] before = new byte[1 << 20];
        try (Tcp tcp = Tcp.connect()) {
            FutureTask<Integer> first = begin(() -> {
                assertThat(tcp.server().getInputStream().readNBytes(before.length))
                        .isEqualTo(before);
                int type = tcp.server().getInputStream().read();
                tcp.server().close();
                return type;
            });
            tcp.client().getOutputStream().write(before);
            assertThatIOException()
                    .isThrownBy(() -> Tls.connect(
                            trusting().transport(TlsTransport.of(tcp.client())).build()));
            assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(0x16);
        }
    }

    @DisplayName("WRP-26: a path takes precedence over host and port")
    @Test
    void a_path_takes_precedence(@TempDir Path folder) throws Exception {
        try (TlsServer unix = Tls.createServer(
                                SERVER, socket -> socket.getOutputStream().write('u'))
                        .listen(folder.resolve("s"));
                TlsServer tcp = Tls.createServer(
                                SERVER, socket -> socket.getOutputStream().write('t'))
                        .listen("127.0.0.1", 0);
                TlsSocket client = Tls.connect(trusting()
                        .host("localhost")
                        .port(tcp.port())
                        .path(folder.resolve("s"))
                        .build())) {
            assertThat(client.getInputStream().read()).isEqualTo('u');
            assertThat(unix.address()).isPresent();
        }
    }

    // Proxies

    /**
     * Accepts one connection, reads the request up to the empty line, answers with success, and carries bytes
     * both ways.
     */
    private record Proxy(ServerSocket listening, BlockingQueue<String> requests) implements AutoCloseable {
        static Proxy start(int target) throws IOException {
            var proxy =
                    new Proxy(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), new LinkedBlockingQueue<>());
            Thread.ofVirtual().start(() -> {
                try {
                    proxy.serve(target);
                } catch (IOException e) {
                    // Both ends of the tunnel see its end.
                }
            });
            return proxy;
        }

        private void serve(int target) throws IOException {
            try (Socket client = listening.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
                requests.add(head(client));
                client.getOutputStream().write(bytes("HTTP/1.1 200 Connection established\r\n\r\n"));
                FutureTask<Long> back = begin(() -> {
                    long n = server.getInputStream().transferTo(client.getOutputStream());
                    client.shutdownOutput();
                    return n;
                });
                client.getInputStream().transferTo(server.getOutputStream());
                server.shutdownOutput();
                back.get(20, TimeUnit.SECONDS);
            } catch (java.util.concurrent.ExecutionException
                    | java.util.concurrent.TimeoutException
                    | InterruptedException e) {
                throw new IOException(e);
            }
        }

        /** Requests a tunnel, and returns the socket once it is established. */
        Socket connect(int target) throws IOException {
            var socket = new Socket(InetAddress.getLoopbackAddress(), listening.getLocalPort());
            socket.getOutputStream()
                    .write(bytes("CONNECT localhost:%1$d HTTP/1.1\r\nHost: localhost:%1$d\r\n\r\n".formatted(target)));
            assertThat(head(socket)).startsWith("HTTP/1.1 200 ");
            return socket;
        }

        private static String head(Socket socket) throws IOException {
            var head = new ByteArrayOutputStream();
            while (!head.toString(US_ASCII).endsWith("\r\n\r\n")) {
                int next = socket.getInputStream().read();
                assertThat(next).isNotNegative();
                head.write(next);
            }
            return head.toString(US_ASCII);
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }

    @DisplayName("WRP-08: TLS through the tunnel of an HTTP proxy")
    @Test
    void connects_through_a_proxy() throws Exception {
        try (TlsServer server = Tls.createServer(
                                SERVER, socket -> socket.getOutputStream().write(bytes("hello world\n")))
                        .listen("127.0.0.1", 0);
                Proxy proxy = Proxy.start(server.port());
                TlsSocket client = Tls.connect(trusting()
                        .host("localhost")
                        .transport(TlsTransport.of(proxy.connect(server.port())))
                        .build())) {
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes("hello world\n"));
            assertThat(client.authorized()).isTrue();
            assertThat(proxy.requests()).singleElement().asString().startsWith("CONNECT localhost:" + server.port());
        }
    }

    @DisplayName("WRP-28: an untrusted server is refused inside the tunnel, and receives no request")
    @Test
    void verifies_inside_a_tunnel() throws Exception {
        BlockingQueue<TlsFailure> failures = new LinkedBlockingQueue<>();
        BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        try (TlsServer server = Tls.createServer(
                                SERVER,
                                socket -> received.add(socket.getInputStream().readAllBytes()))
                        .onTlsClientError((failure, socket) -> failures.add(failure))
                        .onError(ignored -> {})
                        .listen("127.0.0.1", 0);
                Proxy proxy = Proxy.start(server.port());
                Socket tunnel = proxy.connect(server.port())) {
            ConnectOptions options = ConnectOptions.builder()
                    .host("localhost")
                    .ca(Agents.leaves(CA1))
                    .transport(TlsTransport.of(tunnel))
                    .build();
            TlsFailure refused = catchThrowableOfType(
                    TlsFailure.class, () -> Tls.connect(options).close());
            assertThat(refused.code()).isIn(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE, Code.SELF_SIGNED_CERT_IN_CHAIN);
            assertThat(failures.poll(20, TimeUnit.SECONDS)).isNotNull();
            assertThat(received).isEmpty();
            assertThat(proxy.requests()).hasSize(1);
        }
    }

    // Threads

    @DisplayName(
            "MSC-24: values of the calling thread hold in the client's callbacks, those of a connection in the server's")
    @Test
    void callbacks_run_on_the_thread_of_the_connection() throws Exception {
        var local = new ThreadLocal<String>();
        BlockingQueue<String> calls = new LinkedBlockingQueue<>();
        ServerOptions options = ServerOptions.builder(SERVER.context())
                .sniCallback(name -> {
                    local.set("of the connection");
                    return Optional.empty();
                })
                .onOcspRequest((certificate, issuer) -> {
                    calls.add("ocsp " + local.get());
                    return Optional.empty();
                })
                .build();
        try (TlsServer server = Tls.createServer(options, socket -> {
                    calls.add("handler " + local.get());
                    socket.getOutputStream().write('!');
                })
                .listen("127.0.0.1", 0)) {
            local.set("of the caller");
            Tls.connect(trusting()
                            .host("localhost")
                            .port(server.port())
                            .lookup((host, family) -> {
                                calls.add("lookup " + local.get());
                                return List.of(InetAddress.getLoopbackAddress());
                            })
                            .checkServerIdentity((host, certificate) -> calls.add("identity " + local.get()))
                            .onOcspResponse((response, chain, verdict) -> calls.add("response " + local.get()))
                            .build())
                    .getInputStream()
                    .read();
            assertThat(calls)
                    .containsExactlyInAnyOrder(
                            "lookup of the caller",
                            "identity of the caller",
                            "response of the caller",
                            "ocsp of the connection",
                            "handler of the connection");
        }
    }
}
