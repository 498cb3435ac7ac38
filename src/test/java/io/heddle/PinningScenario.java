package io.heddle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestOcsp;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.load.Load;
import io.heddle.load.LoadOptions;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.SessionStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * The work of the virtual threads of both ends while {@link PinningRecorder} looks for pinned ones. Every callback and
 * listener of the application blocks for a moment.
 */
@SuppressWarnings("deprecation") // of SecurePair
enum PinningScenario {
    HANDSHAKE {
        @Override
        void run(TlsVersion version) throws Exception {
            try (TlsServer server = echo(ServerOptions.builder(Stack.server(version)))) {
                exchange(client(server));
            }
        }
    },
    RESUMPTION_BY_TICKET {
        @Override
        void run(TlsVersion version) throws Exception {
            try (TlsServer server = echo(ServerOptions.builder(Stack.server(version)))) {
                resume(server);
            }
        }
    },
    RESUMPTION_BY_A_STORE_THAT_BLOCKS {
        @Override
        void run(TlsVersion version) throws Exception {
            try (TlsServer server = echo(
                    ServerOptions.builder(Stack.server(version)).tickets(false).sessionStore(new BlockingStore()))) {
                resume(server);
            }
        }
    },
    RESUMPTION_BY_LISTENERS_THAT_BLOCK {
        @Override
        void run(TlsVersion version) throws Exception {
            Map<String, byte[]> kept = new ConcurrentHashMap<>();
            try (TlsServer server =
                    echo(ServerOptions.builder(Stack.server(version)).tickets(false))) {
                server.onNewSession((id, session) -> {
                    block();
                    kept.put(HexFormat.of().formatHex(id), session);
                });
                server.onResumeSession(id -> {
                    block();
                    return Optional.ofNullable(kept.get(HexFormat.of().formatHex(id)));
                });
                resume(server);
            }
        }
    },
    CLIENT_CERTIFICATE {
        @Override
        void run(TlsVersion version) throws Exception {
            try (TlsServer server =
                    echo(ServerOptions.builder(Stack.server(version)).requestCert(true))) {
                exchange(client(server).identity(TestPki.client("client one")));
                assertThatThrownBy(() -> exchange(client(server))).isInstanceOf(TlsFailure.class);
            }
        }
    },
    KEY_UPDATE {
        @Override
        boolean supports(TlsVersion version) {
            return version == TlsVersion.TLS_1_3;
        }

        @Override
        void run(TlsVersion version) throws Exception {
            try (SocketPair pair = SocketPair.connected(version)) {
                Future<?> echoing = pair.run(() -> {
                    for (int i = 0; i < 20; i++) {
                        pair.heddleServer().updateKeys();
                        pair.server().getOutputStream().write(read(pair.server()));
                    }
                    return null;
                });
                for (int i = 0; i < 20; i++) {
                    pair.heddleClient().updateKeys();
                    pair.client().getOutputStream().write(i);
                    assertThat(read(pair.client())).isEqualTo(i);
                }
                SocketPair.await(echoing);
            }
        }
    },
    RENEGOTIATION {
        @Override
        boolean supports(TlsVersion version) {
            return version == TlsVersion.TLS_1_2;
        }

        @Override
        void run(TlsVersion version) throws Exception {
            try (SocketPair pair = SocketPair.connected(version)) {
                renegotiate(pair, pair.heddleClient(), pair.heddleServer());
                renegotiate(pair, pair.heddleServer(), pair.heddleClient());
                // The side that begins must wait for a peer that does not read at first.
                Future<?> asking = pair.run(() -> {
                    pair.heddleServer().renegotiate();
                    pair.server().getOutputStream().write('x');
                    return null;
                });
                block();
                assertThat(read(pair.client())).isEqualTo('x');
                SocketPair.await(asking);
            }
        }
    },
    HALF_CLOSE {
        @Override
        void run(TlsVersion version) throws Exception {
            try (SocketPair pair = SocketPair.connected(version)) {
                Future<?> answering = pair.run(() -> {
                    assertThat(pair.server().getInputStream().readAllBytes()).hasSize(3);
                    block();
                    pair.server().getOutputStream().write(new byte[100_000]);
                    pair.server().shutdownOutput();
                    return null;
                });
                block();
                pair.client().getOutputStream().write(new byte[3]);
                pair.client().shutdownOutput();
                assertThat(pair.client().getInputStream().readAllBytes()).hasSize(100_000);
                SocketPair.await(answering);
            }
        }
    },
    CLOSE_WHILE_OTHERS_WAIT {
        @Override
        void run(TlsVersion version) throws Exception {
            try (SocketPair pair = SocketPair.connected(version)) {
                Future<Integer> reader =
                        pair.run(() -> pair.client().getInputStream().read());
                Future<Void> writer = pair.run(() -> {
                    while (true) {
                        pair.client().getOutputStream().write(new byte[200_000]);
                    }
                });
                await().during(Duration.ofMillis(100)).until(unchanged(pair.heddleClient()));
                pair.client().close();
                assertThat(SocketPair.failure(reader)).isInstanceOf(SocketException.class);
                assertThat(SocketPair.failure(writer)).isInstanceOf(SocketException.class);
            }
        }
    },
    CLOSE_OF_A_HANDSHAKE {
        @Override
        void run(TlsVersion version) throws Exception {
            try (SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                    SSLSocket client = Stack.HEDDLE.client(tcp.client());
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<?> shaking = threads.submit(() -> {
                    client.startHandshake();
                    return null;
                });
                assertThat(read(tcp.server())).isEqualTo(RawRecord.HANDSHAKE);
                client.close();
                assertThat(SocketPair.failure(shaking)).isInstanceOf(SocketException.class);
            }
        }
    },
    TIMEOUTS {
        @Override
        void run(TlsVersion version) throws Exception {
            try (SocketPair pair = SocketPair.connected(version)) {
                pair.client().setSoTimeout(20);
                assertThatThrownBy(() -> read(pair.client())).isInstanceOf(SocketTimeoutException.class);
            }
            Duration limit = Duration.ofMillis(100);
            try (TlsServer server =
                            echo(ServerOptions.builder(Stack.server(version)).handshakeTimeout(limit));
                    var mute = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                assertThat(mute.getInputStream().read()).isEqualTo(-1);
            }
            try (var mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
                ConnectOptions.Builder options =
                        Stack.options().port(mute.getLocalPort()).timeout(limit);
                assertThatThrownBy(() -> Tls.connect(options.build())).isInstanceOf(TlsFailure.class);
            }
            var never = new CountDownLatch(1);
            try (TlsServer server = echo(ServerOptions.builder(Stack.server(version))
                    .handshakeTimeout(limit)
                    .sniCallback(name -> {
                        never.await();
                        return Optional.empty();
                    }))) {
                assertThatThrownBy(() -> exchange(client(server))).isInstanceOf(IOException.class);
            }
        }
    },
    CALLBACKS_THAT_BLOCK {
        @Override
        void run(TlsVersion version) throws Exception {
            try (TlsServer server = echo(ServerOptions.builder(Stack.server(version))
                    .sniCallback(name -> {
                        block();
                        return Optional.empty();
                    })
                    .alpnCallback(offer -> {
                        block();
                        return Optional.of(AlpnCallback.Choice.of("h2"));
                    })
                    .onKeylog((line, socket) -> block())
                    .enableTrace((line, socket) -> block()))) {
                server.onConnection(socket -> block()).onSecureConnection(socket -> {
                    block();
                    socket.addHandshakeCompletedListener(event -> block());
                });
                exchange(client(server)
                        .alpnProtocols("h2")
                        .lookup((host, family) -> {
                            block();
                            return List.of(InetAddress.getLoopbackAddress());
                        })
                        .checkServerIdentity((host, certificate) -> block())
                        .onKeylog(line -> block())
                        .onSession(session -> block())
                        .enableTrace(line -> block()));
            }
        }
    },
    PRE_SHARED_KEY {
        @Override
        void run(TlsVersion version) throws Exception {
            String suite = (version == TlsVersion.TLS_1_3 ? PskKind.PSK13 : PskKind.ECDHE_PSK).suite();
            SecureContext context =
                    Tls.createSecureContext(o -> o.ciphers(suite).maxVersion(version));
            try (TlsServer server = echo(ServerOptions.builder(context).pskCallback((socket, identity) -> {
                block();
                return Optional.of(PskKind.key());
            }))) {
                exchange(ConnectOptions.builder()
                        .host("localhost")
                        .port(server.port())
                        .ciphers(suite)
                        .maxVersion(version)
                        .pskCallback(hint -> {
                            block();
                            return PskKind.credential();
                        }));
            }
        }
    },
    OCSP {
        @Override
        void run(TlsVersion version) throws Exception {
            Identity identity = TestOcsp.mustStaple("localhost");
            SecureContext context = Tls.createSecureContext(
                    o -> o.identity(identity).ca(TestPki.ca().chain()).maxVersion(version));
            byte[] response = TestOcsp.good(TestPki.ca(), identity.leaf());
            try (TlsServer server = echo(ServerOptions.builder(context).onOcspRequest((certificate, issuer) -> {
                block();
                return Optional.of(response);
            }))) {
                exchange(client(server).onOcspResponse((staple, chain, verdict) -> {
                    block();
                    assertThat(staple).contains(response);
                }));
            }
        }
    },
    FAILURES {
        @Override
        void run(TlsVersion version) throws Exception {
            var errors = new CountDownLatch(2);
            try (TlsServer server = echo(ServerOptions.builder(Stack.server(version)))) {
                server.onTlsClientError((failure, socket) -> {
                    block();
                    errors.countDown();
                });
                ConnectOptions.Builder trusting = ConnectOptions.builder()
                        .host("localhost")
                        .port(server.port())
                        .ca(List.of(TestPki.selfSigned("other").leaf()));
                assertThatThrownBy(() -> exchange(trusting)).isInstanceOf(TlsFailure.class);
                try (var raw = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                    raw.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
                    raw.getInputStream().readAllBytes();
                }
                errors.await();
            }
        }
    },
    END_OF_A_SERVER {
        @Override
        void run(TlsVersion version) throws Exception {
            var ended = new CountDownLatch(2);
            TlsServer server = Tls.createServer(ServerOptions.of(Stack.server(version)), socket -> {
                        while (true) {
                            socket.getOutputStream().write(new byte[1 << 16]);
                        }
                    })
                    .setMaxConnections(2)
                    .onDrop(connection -> {
                        block();
                        ended.countDown();
                    })
                    .onClose(() -> {
                        block();
                        ended.countDown();
                    })
                    .listen("127.0.0.1", 0);
            try (TlsSocket deaf = Tls.connect(client(server).build());
                    var mute = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                await().until(() -> server.connections() == 2);
                try (var dropped = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                    assertThat(dropped.getInputStream().read()).isEqualTo(-1);
                }
                server.close(Duration.ofMillis(20));
                assertThat(mute.getInputStream().read()).isEqualTo(-1);
                assertThat(deaf.isClosed()).isFalse();
                ended.await();
            }
        }
    },
    SOCKETS_OF_THE_PROVIDER {
        @Override
        void run(TlsVersion version) throws Exception {
            SSLContext context =
                    CallingManagers.context(Stack.IDENTITY, PinningScenario::block, PinningScenario::block);
            try (var server = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                server.setEnabledProtocols(new String[] {version.protocol()});
                server.setNeedClientAuth(true);
                for (int i = 0; i < 2; i++) {
                    try (var client = (SSLSocket)
                                    context.getSocketFactory().createSocket("localhost", server.getLocalPort());
                            var accepted = (SSLSocket) server.accept();
                            var pair = new SocketPair(client, accepted)) {
                        accepted.setHandshakeApplicationProtocolSelector((socket, offered) -> {
                            block();
                            return "h2";
                        });
                        SSLParameters parameters = client.getSSLParameters();
                        parameters.setApplicationProtocols(new String[] {"h2"});
                        client.setSSLParameters(parameters);
                        Future<Integer> echo = pair.run(() -> {
                            int got = read(accepted);
                            block();
                            accepted.getOutputStream().write(got);
                            return read(accepted);
                        });
                        client.getOutputStream().write('a');
                        assertThat(read(client)).isEqualTo('a');
                        client.close();
                        assertThat(SocketPair.await(echo)).isEqualTo(-1);
                        assertThat(((TlsSocket) accepted).isSessionReused()).isEqualTo(i > 0);
                    }
                }
            }
        }
    },
    ENGINES_OF_THE_PROVIDER {
        @Override
        void run(TlsVersion version) throws Exception {
            SSLContext context =
                    CallingManagers.context(Stack.IDENTITY, PinningScenario::block, PinningScenario::block);
            SSLEngine client = context.createSSLEngine("localhost", 443);
            client.setUseClientMode(true);
            client.setEnabledProtocols(new String[] {version.protocol()});
            SSLEngine server = context.createSSLEngine();
            server.setUseClientMode(false);
            server.setNeedClientAuth(true);
            ByteBuffer up = ByteBuffer.allocate(1 << 17);
            ByteBuffer down = ByteBuffer.allocate(1 << 17);
            for (int i = 0; i < 200 && !(established(client) && established(server)); i++) {
                step(client, down, up);
                step(server, up, down);
            }
            assertThat(established(client) && established(server)).isTrue();
        }
    },
    UNIX_CHANNELS {
        @Override
        void run(TlsVersion version) throws Exception {
            talk(TransportTest.Kind.UNIX);
        }
    },
    STREAMS {
        @Override
        void run(TlsVersion version) throws Exception {
            talk(TransportTest.Kind.PIPES);
        }
    },
    TLS_IN_TLS {
        @Override
        void run(TlsVersion version) throws Exception {
            talk(TransportTest.Kind.TLS_IN_TLS);
        }
    },
    SECURE_PAIR {
        @Override
        void run(TlsVersion version) throws Exception {
            try (SecurePair client = Tls.createSecurePair(Stack.options().build());
                    SecurePair server = Tls.createSecurePair(Stack.server(version), true);
                    var sides = new SocketPair(client.cleartext(), server.cleartext())) {
                carry(client, server);
                carry(server, client);
                sides.handshake();
                echo(sides);
            }
        }
    },
    RELOADED_CERTIFICATES {
        @Override
        void run(TlsVersion version) throws Exception {
            Path folder = Files.createTempDirectory("pinning");
            Path cert = Files.writeString(folder.resolve("cert.pem"), TestPki.pem(Stack.IDENTITY.chain()));
            Path key = Files.writeString(folder.resolve("key.pem"), TestPki.pem(Stack.IDENTITY.key()));
            var reloaded = new CountDownLatch(1);
            try (ReloadableSslContext reloadable = SslContexts.reloadable(
                    Tls.createSecureContext(o -> o.cert(cert).key(key).maxVersion(version)))) {
                reloadable
                        .onReload(context -> {
                            block();
                            reloaded.countDown();
                        })
                        .watch(Duration.ofMillis(10));
                Files.writeString(cert, "\n", StandardOpenOption.APPEND);
                reloaded.await();
            } finally {
                Files.delete(cert);
                Files.delete(key);
                Files.delete(folder);
            }
        }
    },
    LOAD {
        @Override
        void run(TlsVersion version) throws Exception {
            try (TlsServer server = echo(ServerOptions.builder(Stack.server(version)))) {
                for (LoadOptions.Mode mode : LoadOptions.Mode.values()) {
                    LoadOptions.Builder options = LoadOptions.builder(
                                    client(server).build())
                            .mode(mode)
                            .connections(4);
                    switch (mode) {
                        case HANDSHAKE -> options.handshakes(20).resume(0.5);
                        case REQUEST -> options.requests(20).requestsPerConnection(5);
                        case STREAM -> options.duration(Duration.ofMillis(100));
                    }
                    assertThat(Load.run(options.build()).total().failures()).isEmpty();
                }
            }
        }
    };

    private static final Duration LONG = Duration.ofSeconds(10);

    /** Runs the scenario once; called on a virtual thread. */
    abstract void run(TlsVersion version) throws Exception;

    boolean supports(TlsVersion version) {
        return version == TlsVersion.TLS_1_2 || version == TlsVersion.TLS_1_3;
    }

    /** Blocks for a moment, like a callback that waits for another system. */
    static void block() {
        LockSupport.parkNanos(200_000);
    }

    private static TlsServer echo(ServerOptions.Builder options) throws IOException {
        return Tls.createServer(
                        options.build(), socket -> socket.getInputStream().transferTo(socket.getOutputStream()))
                .onTlsClientError((failure, socket) -> {})
                .listen("127.0.0.1", 0);
    }

    private static ConnectOptions.Builder client(TlsServer server) {
        return Stack.options().port(server.port());
    }

    /** Connects, sends a byte and receives it back, and returns the session, if the server issues one. */
    private static Optional<byte[]> exchange(ConnectOptions.Builder options) throws IOException {
        try (TlsSocket client = Tls.connect(options.build())) {
            client.getOutputStream().write('a');
            assertThat(read(client)).isEqualTo('a');
            return client.getSessionData();
        }
    }

    private static void resume(TlsServer server) throws IOException {
        byte[] session;
        try (TlsSocket client = Tls.connect(client(server).build())) {
            session = client.awaitSession(LONG).orElseThrow();
        }
        try (TlsSocket client = Tls.connect(client(server).session(session).build())) {
            client.getOutputStream().write('a');
            assertThat(read(client)).isEqualTo('a');
            assertThat(client.isSessionReused()).isTrue();
        }
    }

    private static int read(Socket socket) throws IOException {
        return socket.getInputStream().read();
    }

    private static void renegotiate(SocketPair pair, TlsSocket from, TlsSocket other) throws Exception {
        Future<Integer> reading = pair.run(() -> read(other));
        from.renegotiate();
        from.getOutputStream().write('x');
        assertThat(SocketPair.await(reading)).isEqualTo('x');
    }

    private static Callable<Boolean> unchanged(TlsSocket socket) {
        long[] before = {-1};
        return () -> {
            long now = socket.bytesWritten();
            boolean same = now == before[0] && now > 0;
            before[0] = now;
            return same;
        };
    }

    private static void talk(TransportTest.Kind kind) throws Exception {
        try (SocketPair pair = kind.connected()) {
            echo(pair);
        }
    }

    private static void echo(SocketPair pair) throws Exception {
        Future<Long> echoing = pair.run(
                () -> pair.server().getInputStream().transferTo(pair.server().getOutputStream()));
        pair.client().setSoTimeout(20);
        assertThatThrownBy(() -> read(pair.client())).isInstanceOf(SocketTimeoutException.class);
        pair.client().setSoTimeout(0);
        pair.client().getOutputStream().write('a');
        assertThat(read(pair.client())).isEqualTo('a');
        pair.client().close();
        assertThat(SocketPair.await(echoing)).isEqualTo(1);
    }

    private static void carry(SecurePair from, SecurePair to) {
        Thread.ofVirtual().start(() -> {
            try (InputStream in = from.encrypted().getInputStream();
                    OutputStream out = to.encrypted().getOutputStream()) {
                in.transferTo(out);
            } catch (IOException e) {
                // One of the ends has been closed.
            }
        });
    }

    private static boolean established(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                && !engine.getSession().getCipherSuite().equals("SSL_NULL_WITH_NULL_NULL");
    }

    private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out)
            throws SSLException, InterruptedException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK ->
                Thread.ofVirtual().start(engine.getDelegatedTask()).join();
            case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
            default -> {
                in.flip();
                engine.unwrap(in, ByteBuffer.allocate(1 << 15));
                in.compact();
            }
        }
    }

    /** A store that blocks, like a remote one. */
    private static final class BlockingStore implements SessionStore {
        private final CaffeineSessionStore below =
                CaffeineSessionStore.builder().build();

        @Override
        public void put(byte[] id, byte[] session, Duration timeToLive) {
            block();
            below.put(id, session, timeToLive);
        }

        @Override
        public Optional<byte[]> get(byte[] id) {
            block();
            return below.get(id);
        }

        @Override
        public void remove(byte[] id) {
            block();
            below.remove(id);
        }
    }
}
