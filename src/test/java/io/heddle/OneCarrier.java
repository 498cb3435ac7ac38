package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.heddle.certificate.TestPki;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.SessionStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A program for a JVM whose virtual threads share one carrier: a server with stalled peers in every phase of a
 * connection, and clients that exchange data with it meanwhile. One pinned thread would stop all of it.
 *
 * <p>Arguments: the kind of server, for how many seconds the clients are waited for, and the word {@code pin} for a
 * handler that does hold on to the carrier, which is the control.
 */
final class OneCarrier {
    static final int STALLED = 50;
    static final int OTHERS = 200;

    /** The bound for one peer to stall, and the bound of the whole run. */
    private static final Duration LONG = Duration.ofSeconds(20);

    private static final List<TlsVersion> VERSIONS = List.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3);

    private static final byte[] MESSAGE = new byte[1000];

    /** The first byte of a connection selects what its handler does. */
    static final int ECHO = 'e';

    static final int WRITE_WITHOUT_END = 'w';
    static final int HALF_CLOSE = 'h';
    static final int RENEGOTIATE = 'r';
    static final int WAIT = 'a';
    static final int PIN = 'p';

    /** The kinds of servers. */
    enum Kind {
        TLS_SERVER,
        PROVIDER
    }

    /** An application callback that blocks without end in the first call after it was armed. */
    final class Callback {
        private final AtomicBoolean armed = new AtomicBoolean();

        void arm() {
            armed.set(true);
        }

        void call() {
            if (armed.compareAndSet(true, false)) {
                inPlace.release();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    // The end of the server.
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    final Callback sni = new Callback();
    final Callback alpn = new Callback();
    final Callback ocsp = new Callback();
    final Callback store = new Callback();
    final Callback listener = new Callback();
    final Callback serverKeys = new Callback();
    final Callback serverTrust = new Callback();
    final Callback clientKeys = new Callback();
    final Callback clientTrust = new Callback();

    /** A permit for each peer that has stalled. */
    final Semaphore inPlace = new Semaphore(0);

    /** The sockets whose handlers write without end. */
    final Queue<TlsSocket> writers = new ConcurrentLinkedQueue<>();

    private final CountDownLatch never = new CountDownLatch(1);
    private final Queue<AutoCloseable> kept = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Kind kind;
    private final int port;
    private final AutoCloseable server;
    private final SSLContext clients;

    /** The number of stalled peers that are connections of the server; confined to the main thread. */
    private int expected;

    private OneCarrier(Kind kind) throws IOException, GeneralSecurityException {
        this.kind = kind;
        this.clients = CallingManagers.context(TestPki.client("client one"), clientKeys::call, clientTrust::call);
        if (kind == Kind.TLS_SERVER) {
            TlsServer listening = tlsServer();
            server = listening;
            port = listening.port();
        } else {
            SSLServerSocket listening = serverSocket();
            server = listening;
            port = listening.getLocalPort();
        }
    }

    public static void main(String[] args) throws Exception {
        var program = new OneCarrier(Kind.valueOf(args[0]));
        Duration bound = Duration.ofSeconds(Long.parseLong(args[1]));
        boolean pins = args.length > 2 && args[2].equals("pin");
        int exchanged = 0;
        boolean complete = false;
        try {
            program.stall();
            if (pins) {
                program.pin();
            }
            exchanged = program.exchangeAll(bound);
            complete = exchanged == OTHERS;
            if (complete) {
                program.end();
            }
        } catch (ConditionTimeoutException e) {
            System.out.println(e.getMessage());
            complete = false;
        }
        System.out.println("%d of %d exchanged".formatted(exchanged, OTHERS));
        if (!complete) {
            System.out.println(threads());
        }
        System.out.flush();
        // Stalled connections do not end by themselves.
        Runtime.getRuntime().halt(complete ? 0 : 1);
    }

    // The servers

    private TlsServer tlsServer() throws IOException {
        ServerOptions options = ServerOptions.builder(Stack.SERVER)
                .requestCert(true)
                .rejectUnauthorized(false)
                .handshakeTimeout(Duration.ofMinutes(5))
                .tickets(false)
                .sessionStore(new CallingStore())
                .sniCallback(name -> {
                    sni.call();
                    return Optional.empty();
                })
                .alpnCallback(offer -> {
                    alpn.call();
                    return Optional.of(AlpnCallback.Choice.of(offer.protocols().getFirst()));
                })
                .onOcspRequest((certificate, issuer) -> {
                    ocsp.call();
                    return Optional.empty();
                })
                .build();
        return Tls.createServer(options, this::handle)
                .onSecureConnection(socket -> listener.call())
                .onTlsClientError((failure, socket) -> {})
                .onError(error -> {})
                .listen("127.0.0.1", 0);
    }

    private SSLServerSocket serverSocket() throws IOException, GeneralSecurityException {
        SSLContext context = CallingManagers.context(Stack.IDENTITY, serverKeys::call, serverTrust::call);
        var listening = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 500, InetAddress.getLoopbackAddress());
        listening.setWantClientAuth(true);
        Thread.ofVirtual().name("accepts").start(() -> {
            while (true) {
                try {
                    var accepted = (TlsSocket) listening.accept();
                    Thread.ofVirtual().name("serves").start(() -> serve(accepted));
                } catch (IOException e) {
                    return;
                }
            }
        });
        return listening;
    }

    private void serve(TlsSocket socket) {
        connections.incrementAndGet();
        socket.setHandshakeApplicationProtocolSelector((same, offered) -> {
            alpn.call();
            return offered.getFirst();
        });
        try (socket) {
            handle(socket);
        } catch (Exception e) {
            // The peer has gone.
        } finally {
            connections.decrementAndGet();
        }
    }

    private void handle(TlsSocket socket) throws Exception {
        switch (socket.getInputStream().read()) {
            case ECHO -> socket.getInputStream().transferTo(socket.getOutputStream());
            case WRITE_WITHOUT_END -> {
                writers.add(socket);
                while (true) {
                    socket.getOutputStream().write(new byte[1 << 16]);
                }
            }
            case HALF_CLOSE -> {
                socket.shutdownOutput();
                inPlace.release();
                socket.getInputStream().readAllBytes();
            }
            case RENEGOTIATE -> {
                inPlace.release();
                socket.renegotiate();
            }
            case WAIT -> {
                inPlace.release();
                never.await();
            }
            case PIN ->
                Pin.usual().around(() -> {
                    inPlace.release();
                    socket.getInputStream().read();
                });
            default -> throw new SocketException("the peer asks for nothing");
        }
    }

    private int connections() {
        return server instanceof TlsServer tls ? tls.connections() : connections.get();
    }

    // The peers

    int port() {
        return port;
    }

    /** Returns the context of clients whose managers are callbacks. */
    SSLContext clients() {
        return clients;
    }

    /** Returns the options of a client of Heddle's at the server. */
    ConnectOptions.Builder options(TlsVersion version) {
        return Stack.options().port(port).maxVersion(version).timeout(Duration.ofMinutes(5));
    }

    /** Keeps a reference until the program ends, so that open connections are not collected. */
    <T extends AutoCloseable> T keep(T open) {
        kept.add(open);
        return open;
    }

    /** The steps of a peer until it stalls. */
    interface Action {
        void run() throws Exception;
    }

    /** Runs an action on a virtual thread; a failure of the connection is ignored. */
    void begin(Action action) {
        Thread.ofVirtual().name("stalled").start(() -> {
            try {
                action.run();
            } catch (Exception e) {
                if (!(e instanceof IOException)) {
                    throw new IllegalStateException(e);
                }
            }
        });
    }

    private void stall() throws Exception {
        List<Action> phases = new ArrayList<>();
        for (TlsVersion version : VERSIONS) {
            for (StalledPeer phase : StalledPeer.values()) {
                if (phase.possible(kind, version)) {
                    phases.add(() -> stall(phase, version));
                }
            }
        }
        for (int i = 0; i < STALLED; i++) {
            phases.get(i % phases.size()).run();
        }
        awaitOnlyStalled();
        System.out.println("%d peers are stalled in %d phases".formatted(STALLED, phases.size()));
    }

    private void stall(StalledPeer phase, TlsVersion version) throws Exception {
        phase.stall(this, version);
        if (!inPlace.tryAcquire(LONG.toSeconds(), TimeUnit.SECONDS)) {
            throw new ConditionTimeoutException("no peer of %s came to %s".formatted(version, phase));
        }
        expected += phase.isAtServer() ? 1 : 0;
    }

    private void awaitOnlyStalled() {
        await().atMost(LONG).untilAsserted(() -> assertThat(connections()).isEqualTo(expected));
    }

    /** The control. Its client is on this thread, since no virtual thread runs any more. */
    private void pin() throws Exception {
        TlsSocket client = keep(Tls.connect(options(TlsVersion.TLS_1_3).build()));
        client.getOutputStream().write(PIN);
        inPlace.acquire();
    }

    private int exchangeAll(Duration bound) throws InterruptedException {
        var remaining = new CountDownLatch(OTHERS);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < OTHERS; i++) {
            ConnectOptions first = options(VERSIONS.get(i % VERSIONS.size())).build();
            Thread.ofVirtual().name("other").start(() -> {
                try {
                    ConnectOptions.Builder second = first.toBuilder();
                    exchange(first).ifPresent(second::session);
                    exchange(second.build());
                    remaining.countDown();
                } catch (IOException | RuntimeException | Error e) {
                    failures.add(e);
                }
            });
        }
        if (!remaining.await(bound.toNanos(), TimeUnit.NANOSECONDS)) {
            failures.stream().limit(3).forEach(failure -> System.out.println("failed: " + failure));
        }
        return OTHERS - (int) remaining.getCount();
    }

    private static Optional<byte[]> exchange(ConnectOptions options) throws IOException {
        try (TlsSocket client = Tls.connect(options)) {
            client.getOutputStream().write(ECHO);
            client.getOutputStream().write(MESSAGE);
            if (client.getInputStream().readNBytes(MESSAGE.length).length < MESSAGE.length) {
                throw new SocketException("the server has hung up");
            }
            return client.getSessionData();
        }
    }

    /** Checks that the stalled peers are still connected, and that they do not delay the end of the server. */
    private void end() throws Exception {
        awaitOnlyStalled();
        if (server instanceof TlsServer tls) {
            tls.close(Duration.ofMillis(10));
            assertThat(tls.connections()).isZero();
        } else {
            server.close();
        }
    }

    private static String threads() throws IOException {
        Path dump = Files.createTempFile("threads", ".txt");
        Files.delete(dump);
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
        try {
            return Files.readString(dump);
        } finally {
            Files.delete(dump);
        }
    }

    private final class CallingStore implements SessionStore {
        private final CaffeineSessionStore below =
                CaffeineSessionStore.builder().build();

        @Override
        public void put(byte[] id, byte[] session, Duration timeToLive) {
            store.call();
            below.put(id, session, timeToLive);
        }

        @Override
        public Optional<byte[]> get(byte[] id) {
            return below.get(id);
        }

        @Override
        public void remove(byte[] id) {
            below.remove(id);
        }
    }
}
