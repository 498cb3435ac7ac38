package io.heddle.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.failure.InvalidOption;
import io.heddle.load.Latency;
import io.heddle.load.Load;
import io.heddle.load.LoadFigures;
import io.heddle.load.LoadOptions;
import io.heddle.load.LoadOptions.ResumeWith;
import io.heddle.load.LoadResult;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle run}: measures full and resumed handshakes on this machine, with {@link Load}. */
@Command(
        name = "run",
        description = {
            "Measures full and resumed handshakes.",
            "Starts a server with a session store and ticket keys, and clients in the same process. For each kind of "
                    + "resumption N connections make a full handshake, exchange a message and close, N more resume a "
                    + "session, and N connections are open at the same time. Exit code 0 only if all of them succeed "
                    + "and resume."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Heddle.Version.class)
final class RunCommand implements Callable<Integer> {
    /** Unmeasured handshakes of each kind, so that the JVM has compiled the code. */
    private static final int WARM_UP = 100;

    private static final int MOST_CONNECTIONS = 100_000;

    /** More concurrent handshakes would only wait for each other, and their latency would be that of the queue. */
    private static final int HANDSHAKES_PER_PROCESSOR = 2;

    private static final byte[] MESSAGE = "a message there and back".getBytes(StandardCharsets.US_ASCII);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** The most file descriptors that are reserved for the JVM; of a low limit a quarter is reserved. */
    private static final int MOST_IN_RESERVE = 50;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Number of connections of each kind (default: ${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--certs",
            paramLabel = "DIR",
            defaultValue = "certs/generated",
            description = "Directory of the test PKI, created if it is missing (default: ${DEFAULT-VALUE}).")
    private Path certs = Path.of("certs", "generated");

    @Mixin
    private CryptoFlag crypto = new CryptoFlag();

    /** A kind of resumption. A client that asks for no ticket gets an id, so one server serves all. */
    private enum Kind {
        TLS_1_2_ID("TLS 1.2 id", TlsVersion.TLS_1_2, ResumeWith.ID),
        TLS_1_2_TICKET("TLS 1.2 ticket", TlsVersion.TLS_1_2, ResumeWith.TICKET),
        TLS_1_3_TICKET("TLS 1.3 ticket", TlsVersion.TLS_1_3, ResumeWith.TICKET);

        private final String title;
        private final TlsVersion version;
        private final ResumeWith resumeWith;

        Kind(String title, TlsVersion version, ResumeWith resumeWith) {
            this.title = title;
            this.version = version;
            this.resumeWith = resumeWith;
        }
    }

    /**
     * The results of one kind.
     *
     * @param heap bytes of heap of one idle connection, both of its ends
     */
    private record Measurement(Kind kind, LoadResult full, LoadResult resumed, long heap) {
        long fullSucceeded() {
            LoadFigures total = full.total();
            return Math.min(total.handshakes().full(), total.requests().succeeded());
        }

        long resumedSucceeded() {
            LoadFigures total = resumed.total();
            return Math.min(total.handshakes().resumed(), total.requests().succeeded());
        }
    }

    @Override
    public Integer call() throws GeneralSecurityException, IOException {
        if (connections < 1 || connections > MOST_CONNECTIONS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--connections: %d was given, 1 to %d are allowed".formatted(connections, MOST_CONNECTIONS));
        }
        crypto.check(spec);
        checkFileDescriptors();
        makeCertificates();
        var store =
                CaffeineSessionStore.builder().maximumSize(10L * connections).build();
        SecureContext context = SecureContext.builder()
                .cert(certs.resolve("server-ec.pem"))
                .key(certs.resolve("server-ec-key.pem"))
                .build();
        ServerOptions options = ServerOptions.builder(context)
                .ticketKeys(TicketKeyManager.of(TicketKeys.random(new SecureRandom())))
                .sessionStore(store)
                .build();
        List<Measurement> measurements = new ArrayList<>();
        try (TlsServer server = Tls.createServer(options, RunCommand::echo)) {
            server.listen("127.0.0.1", 0);
            for (Kind kind : Kind.values()) {
                measurements.add(measure(kind, server.port()));
            }
            print(measurements, store.statistics());
            // All clients have closed, so there is no connection to wait for.
            server.close(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("ERR_RUN_FAILED", "interrupted");
        }
        checkResumed(measurements);
        return 0;
    }

    /** Refuses too many connections, since a server that cannot accept lets its clients wait until they time out. */
    private void checkFileDescriptors() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) {
            return;
        }
        long limit = system.getMaxFileDescriptorCount();
        long open = system.getOpenFileDescriptorCount();
        long reserve = Math.min(MOST_IN_RESERVE, limit / 4);
        long needed = 2L * connections;
        if (needed > limit - open - reserve) {
            throw new InvalidOption(
                    "ERR_OUT_OF_RANGE",
                    ("--connections: %d with both ends in this process need %d file descriptors, it may open %d, has %d open and "
                                    + "keeps %d in reserve; raise the limit (ulimit -n) or take fewer")
                            .formatted(connections, needed, limit, open, reserve));
        }
    }

    private void makeCertificates() throws GeneralSecurityException, IOException {
        // ca.pem is written last: if it is present, the set is complete.
        if (!Files.exists(certs.resolve("ca.pem"))) {
            new CertificateFolder(certs).write(CertificateSet.make(InstantSource.system(), new SecureRandom()));
        }
    }

    private static void echo(TlsSocket socket) throws IOException {
        try {
            InputStream in = socket.getInputStream();
            byte[] message = new byte[64];
            for (int n = in.read(message); n >= 0; n = in.read(message)) {
                socket.getOutputStream().write(message, 0, n);
            }
        } catch (IOException e) {
            // The client counts the failure.
        }
    }

    private Measurement measure(Kind kind, int port) throws IOException, InterruptedException {
        ConnectOptions client = ConnectOptions.builder()
                .host("127.0.0.1")
                .servername("localhost")
                .port(port)
                .ca(certs.resolve("ca.pem"))
                .minVersion(kind.version)
                .maxVersion(kind.version)
                .timeout(TIMEOUT)
                .build();
        int warmUp = Math.min(WARM_UP, connections);
        load(client, kind, warmUp, 0);
        load(client, kind, warmUp, 1);
        LoadResult full = load(client, kind, connections, 0);
        LoadResult resumed = load(client, kind, connections, 1);
        boolean connects = full.total().failures().isEmpty();
        return new Measurement(kind, full, resumed, connects ? heapPerConnection(client) : 0);
    }

    /** Measures this many connections, each with a handshake and a message there and back. */
    private static LoadResult load(ConnectOptions client, Kind kind, int number, double resume)
            throws IOException, InterruptedException {
        return Load.run(LoadOptions.builder(client)
                .mode(LoadOptions.Mode.REQUEST)
                .connections(Math.min(concurrency(), number))
                .requests(number)
                .requestsPerConnection(1)
                .size(MESSAGE.length)
                .resume(resume)
                .resumeWith(kind.resumeWith)
                .build());
    }

    private static int concurrency() {
        return HANDSHAKES_PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
    }

    /** Opens all connections at the same time and returns the heap of one, both of its ends included. */
    private long heapPerConnection(ConnectOptions client) throws IOException, InterruptedException {
        List<TlsSocket> idle = new ArrayList<>(connections);
        long before = usedHeap();
        try (ExecutorService executor =
                Executors.newFixedThreadPool(concurrency(), Thread.ofVirtual().factory())) {
            Callable<TlsSocket> open = () -> openIdle(client);
            for (Future<TlsSocket> future : executor.invokeAll(Collections.nCopies(connections, open))) {
                idle.add(future.get());
            }
            return Math.max(0, usedHeap() - before) / connections;
        } catch (ExecutionException e) {
            throw new CommandException(
                    "ERR_RUN_FAILED", "%d connections at the same time: %s".formatted(connections, e.getCause()));
        } finally {
            for (TlsSocket socket : idle) {
                socket.close();
            }
        }
    }

    /** A message there and back completes the handshake on both sides and lets the session tickets arrive. */
    private static TlsSocket openIdle(ConnectOptions client) throws IOException {
        TlsSocket socket = Tls.connect(client);
        socket.getOutputStream().write(MESSAGE);
        socket.getInputStream().readNBytes(MESSAGE.length);
        return socket;
    }

    private static long usedHeap() {
        // The second collection frees what the first one cleared: weak references and their queues.
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private void print(List<Measurement> measurements, CaffeineSessionStore.Statistics sessions) {
        var table = new TextTable(
                "",
                "full",
                "resumed",
                "failed",
                "full/s",
                "p50 ms",
                "p99 ms",
                "resumed/s",
                "p50 ms",
                "p99 ms",
                "heap/connection");
        for (Measurement measurement : measurements) {
            Latency full = measurement.full().total().full();
            Latency resumed = measurement.resumed().total().resumed();
            table.row(
                    measurement.kind().title,
                    measurement.fullSucceeded(),
                    measurement.resumedSucceeded(),
                    failed(measurement),
                    Math.round(measurement.full().perSecond(measurement.fullSucceeded())),
                    millis(full, 50),
                    millis(full, 99),
                    Math.round(measurement.resumed().perSecond(measurement.resumedSucceeded())),
                    millis(resumed, 50),
                    millis(resumed, 99),
                    "%.1f KiB".formatted(measurement.heap() / 1024.0));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%d connections at the same time, server and clients in one process%n%n", connections);
        table.lines().forEach(out::println);
        out.printf(
                "%nP-256 certificate; times are connect and handshake, %d at a time; heap is of both ends, idle.%n",
                concurrency());
        out.printf("Session store, warm-up included: %d hits, %d misses.%n", sessions.hits(), sessions.misses());
        out.printf("Cryptography: %s.%n", CryptoFlag.text(Tls.cryptoProvider()));
        out.flush();
    }

    private static Double millis(Latency latency, double percentile) {
        return latency.isEmpty() ? 0 : latency.percentile(percentile).toNanos() / 1e6;
    }

    private long failed(Measurement measurement) {
        return 2L * connections - measurement.fullSucceeded() - measurement.resumedSucceeded();
    }

    private void checkResumed(List<Measurement> measurements) throws CommandException {
        for (Measurement measurement : measurements) {
            if (failed(measurement) > 0) {
                String first = Stream.of(measurement.full(), measurement.resumed())
                        .flatMap(result -> result.total().failures().stream())
                        .findFirst()
                        .map(failure -> failure.code() + ": " + failure.example())
                        .orElseGet(() -> "a session that the server %s"
                                .formatted(
                                        measurement
                                                                .resumed()
                                                                .total()
                                                                .handshakes()
                                                                .refused()
                                                        > 0
                                                ? "refused"
                                                : "did not send"));
                throw new CommandException(
                        "ERR_RUN_FAILED",
                        "%s: %d of %d handshakes failed, the first with %s"
                                .formatted(measurement.kind().title, failed(measurement), 2 * connections, first));
            }
        }
    }
}
