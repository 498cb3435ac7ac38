package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heddle.ConnectOptions;
import io.heddle.ProcessState;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.engine.HandshakeScenario.Kind;
import io.heddle.engine.HostileCase.Driver;
import io.heddle.engine.HostileCase.Outcome;
import io.heddle.engine.record.BufferPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A part of the cases of {@link StateMachineFuzzTest} over TCP, against servers that listen and clients that connect:
 * afterwards the servers serve the next client, and no thread, buffer or socket is left.
 */
@Tag("fuzz")
class HostileSocketsFuzzTest {
    private static final int CASES = 300;
    private static final int AT_ONCE = 32;
    private static final int PATIENCE = 1_000;
    private static final int LIMIT = 20_000;
    private static final long SECONDS = Long.getLong("heddle.fuzz.seconds", 1);
    private static final long SEED = Long.getLong("heddle.fuzz.seed", System.nanoTime());

    /** The scenarios whose peer needs no session of the server that it connects to. */
    private static final List<Kind> KINDS = List.of(
            Kind.FULL_12,
            Kind.CLIENT_CERTIFICATE_12,
            Kind.CBC_12,
            Kind.FULL_13,
            Kind.CLIENT_CERTIFICATE_13,
            Kind.RETRY_13);

    private final Random random = new Random(SEED);
    private final Map<Kind, TlsServer> servers = new EnumMap<>(Kind.class);
    private final ConcurrentHashMap<Integer, CompletableFuture<Outcome>> outcomes = new ConcurrentHashMap<>();

    @Test
    void everything_else_at_each_place_of_a_handshake_over_tcp() throws Exception {
        System.out.println("HostileSocketsFuzzTest: -Dheddle.fuzz.seed=" + SEED);
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        List<HostileCase> all = cases();
        List<String> problems = new CopyOnWriteArrayList<>();
        int cases = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Kind kind : KINDS) {
                servers.put(kind, server(kind));
                serves(kind);
            }
            await().atMost(Duration.ofSeconds(20)).until(this::isIdle);
            ProcessState before = ProcessState.now();
            long lent = BufferPool.lent();
            var places = new Semaphore(AT_ONCE);
            List<Future<?>> running = new ArrayList<>();
            while (cases < CASES || System.nanoTime() < end) {
                HostileCase next = all.get(cases++ % all.size());
                places.acquire();
                running.add(threads.submit(() -> {
                    try {
                        (next.server() ? againstServer(next) : againstClient(next)).ifPresent(problems::add);
                    } finally {
                        places.release();
                    }
                    return null;
                }));
            }
            for (Future<?> future : running) {
                future.get(2, TimeUnit.MINUTES);
            }
            for (Kind kind : KINDS) {
                serves(kind);
            }
            await().atMost(Duration.ofSeconds(20)).until(this::isIdle);
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(BufferPool.lent()).as("buffers lent").isLessThanOrEqualTo(lent);
                ProcessState.now().assertNoMoreThan(before);
            });
        } finally {
            servers.values().forEach(TlsServer::close);
        }
        System.out.printf("HostileSocketsFuzzTest: %d cases%n", cases);
        assertThat(problems).as("seed %d", SEED).isEmpty();
    }

    private boolean isIdle() {
        return servers.values().stream().allMatch(server -> server.connections() == 0);
    }

    private List<HostileCase> cases() throws IOException, InterruptedException {
        List<Slot> slots = new ArrayList<>();
        Map<Kind, List<Slot>> places = new EnumMap<>(Kind.class);
        Map<Kind, HandshakeScenario> scenarios = new EnumMap<>(Kind.class);
        for (Kind kind : KINDS) {
            HandshakeScenario scenario = HandshakeScenario.of(kind);
            List<Slot> own = new ArrayList<>(HostileCase.places(scenario, true));
            own.addAll(HostileCase.places(scenario, false));
            slots.addAll(own);
            places.put(kind, own);
            scenarios.put(kind, scenario);
        }
        List<Mutation> mutations = new ArrayList<>(RecordMutations.all());
        mutations.addAll(ContentMutations.all());
        mutations.addAll(new MessageMutations(slots).all());
        List<HostileCase> cases = new ArrayList<>();
        places.forEach((kind, own) -> {
            HandshakeScenario scenario = scenarios.get(kind);
            for (Slot slot : own) {
                for (Mutation mutation : mutations) {
                    if (scenario != null && mutation.fits().test(slot)) {
                        cases.add(new HostileCase(scenario, Driver.SOCKET, slot, mutation, random.nextLong()));
                    }
                }
            }
        });
        Collections.shuffle(cases, random);
        return cases;
    }

    // Servers

    private TlsServer server(Kind kind) throws IOException {
        SecureContext context = Tls.createSecureContext(o -> {
            o.identity(TestPki.server("localhost")).ca(TestPki.trust().certificates());
            o.minVersion(kind.version()).maxVersion(kind.version());
            if (kind == Kind.RETRY_13) {
                o.ecdhCurve("P-256");
            }
        });
        ServerOptions options = ServerOptions.builder(context)
                .requestCert(kind.hasClientCertificate())
                .alpnProtocols("http/1.1")
                .build();
        return Tls.createServer(options, socket -> {
                    try {
                        outcome(socket).complete(echo(socket));
                    } catch (IOException | RuntimeException e) {
                        outcome(socket).complete(new Outcome(e, false, new byte[0], true));
                    }
                })
                .onTlsClientError(
                        (failure, socket) -> outcome(socket).complete(new Outcome(failure, false, new byte[0], true)))
                .listen("127.0.0.1", 0);
    }

    private CompletableFuture<Outcome> outcome(TlsSocket socket) {
        return outcomes.computeIfAbsent(socket.getPort(), port -> new CompletableFuture<>());
    }

    /** Sends back what comes until the peer ends its direction. */
    private static Outcome echo(TlsSocket socket) throws IOException {
        var data = new ByteArrayOutputStream();
        byte[] into = new byte[1 << 14];
        for (int n = socket.getInputStream().read(into);
                n >= 0;
                n = socket.getInputStream().read(into)) {
            data.write(into, 0, n);
            socket.getOutputStream().write(into, 0, n);
        }
        return new Outcome(null, socket.closeNotifyReceived(), data.toByteArray(), true);
    }

    private int port(Kind kind) {
        TlsServer server = servers.get(kind);
        if (server == null) {
            throw new IllegalArgumentException(kind + " has no server");
        }
        return server.port();
    }

    private Optional<String> againstServer(HostileCase hostile) throws Exception {
        HostilePeer peer = hostile.peer();
        try (var socket = new Socket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", 0));
            // Replaces that of an earlier connection with the same port.
            var outcome = new CompletableFuture<Outcome>();
            outcomes.put(socket.getLocalPort(), outcome);
            socket.connect(new InetSocketAddress("127.0.0.1", port(hostile.kind())));
            boolean closed = HostileSocket.run(peer, socket, PATIENCE, LIMIT);
            Outcome ended;
            try {
                ended = outcome.get(LIMIT, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                return Optional.of("no end of the connection at the server, closed %s: %s".formatted(closed, hostile));
            }
            outcomes.remove(socket.getLocalPort());
            return hostile.problem(new Outcome(ended.thrown(), ended.closeNotify(), ended.data(), closed), peer);
        }
    }

    private void serves(Kind kind) throws IOException {
        ConnectOptions.Builder options = options(port(kind), kind);
        try (TlsSocket socket = Tls.connect(options.build())) {
            socket.getOutputStream().write(42);
            assertThat(socket.getInputStream().read()).isEqualTo(42);
        }
    }

    private static ConnectOptions.Builder options(int port, Kind kind) {
        ConnectOptions.Builder options = ConnectOptions.builder()
                .host("localhost")
                .port(port)
                .family(4)
                .ca(TestPki.trust().certificates())
                .alpnProtocols("http/1.1")
                .minVersion(kind.version())
                .maxVersion(kind.version());
        if (kind == Kind.RETRY_13) {
            // The first of them is not the server's.
            options.ecdhCurve("X25519:P-256");
        }
        return kind.hasClientCertificate() ? options.identity(TestPki.client("fuzz")) : options;
    }

    // Clients

    private static Optional<String> againstClient(HostileCase hostile) throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Outcome> client = thread.submit(() -> {
                try (TlsSocket socket = Tls.connect(
                        options(listener.getLocalPort(), hostile.kind()).build())) {
                    return echo(socket);
                } catch (IOException | RuntimeException e) {
                    return new Outcome(e, false, new byte[0], true);
                }
            });
            try (Socket socket = listener.accept()) {
                HostilePeer peer = hostile.peer();
                boolean closed = HostileSocket.run(peer, socket, PATIENCE, LIMIT);
                Outcome ended = client.get(LIMIT, TimeUnit.MILLISECONDS);
                return hostile.problem(new Outcome(ended.thrown(), ended.closeNotify(), ended.data(), closed), peer);
            }
        }
    }
}
