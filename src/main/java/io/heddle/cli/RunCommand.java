package io.heddle.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.failure.InvalidOption;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle run}: the main job on this machine, measured. */
@Command(
        name = "run",
        description = {
            "Measures full and resumed handshakes.",
            "Starts a server with a session store and ticket keys and many clients in this process, each a virtual "
                    + "thread. Each makes a full handshake, exchanges a message, closes, and resumes its session in a "
                    + "second connection. Exit code 0 only if every one of them resumed."
        },
        mixinStandardHelpOptions = true,
        versionProvider = HeddleVersion.class)
final class RunCommand implements Callable<Integer> {
    /** So that the first case is not measured while the JVM still interprets. */
    private static final int WARM_UP = 100;

    private static final int MOST_CONNECTIONS = 100_000;

    /** The most file descriptors that are kept for what the JVM opens in the meantime; a small limit keeps a quarter of it. */
    private static final int MOST_IN_RESERVE = 50;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many at the same time (default: ${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--certs",
            paramLabel = "DIR",
            defaultValue = "certs/generated",
            description = "The test PKI, made where it is missing (default: ${DEFAULT-VALUE}).")
    private Path certs = Path.of("certs", "generated");

    private CaffeineSessionStore store = CaffeineSessionStore.builder().build();

    @Override
    public Integer call() throws GeneralSecurityException, IOException {
        if (connections < 1 || connections > MOST_CONNECTIONS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--connections: %d was given, 1 to %d are allowed".formatted(connections, MOST_CONNECTIONS));
        }
        checkFileDescriptors();
        makeCertificates();
        store = CaffeineSessionStore.builder().maximumSize(10L * connections).build();
        SecureContext context = SecureContext.builder()
                .cert(certs.resolve("server-ec.pem"))
                .key(certs.resolve("server-ec-key.pem"))
                .build();
        ServerOptions.Builder options = ServerOptions.builder(context)
                .ticketKeys(TicketKeyManager.of(TicketKeys.random(new SecureRandom())))
                .sessionStore(store);
        List<Measured> measured = new ArrayList<>();
        try (TlsServer ids = Tls.createServer(options.tickets(false).build(), RunCommand::echo);
                TlsServer tickets = Tls.createServer(options.tickets(true).build(), RunCommand::echo)) {
            ids.listen("127.0.0.1", 0);
            tickets.listen("127.0.0.1", 0);
            for (RunCase each : RunCase.values()) {
                TlsServer server = each.tickets() ? tickets : ids;
                SecureContext client = each.client(certs.resolve("ca.pem"));
                measure(each, client, server, Math.min(WARM_UP, connections));
                measured.add(measure(each, client, server, connections));
            }
            print(measured);
            // The clients are gone, so nothing is left to wait for.
            ids.close(Duration.ZERO);
            tickets.close(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("ERR_RUN_FAILED", "interrupted");
        }
        judge(measured);
        return 0;
    }

    /** Without this a server that cannot accept lets its clients wait until their time is up. */
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
        // The first file of a set is written last: where it is, all are.
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
            // The client counts what failed.
        }
    }

    /**
     * One case, measured.
     *
     * @param heap bytes of heap that one idle connection costs, both of its ends
     */
    private record Measured(RunCase kind, int wanted, RunRound.Result full, RunRound.Result resumed, long heap) {
        int failed() {
            return 2 * wanted - full.succeeded() - resumed.succeeded();
        }
    }

    private static Measured measure(RunCase kind, SecureContext client, TlsServer server, int clients)
            throws InterruptedException {
        var heap = new long[] {usedHeap(), 0};
        RunRound.Result full = new RunRound(client, server.port(), "").full(clients, () -> heap[1] = usedHeap());
        RunRound.Result resumed = new RunRound(client, server.port(), kind.resumption()).resumed(full.sessions());
        return new Measured(kind, clients, full, resumed, Math.max(0, heap[1] - heap[0]) / clients);
    }

    private static long usedHeap() {
        // Twice: what the first lets go of, weak references and their queues, the second collects.
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private void print(List<Measured> measured) {
        var table = new RunTable();
        table.row(
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
        for (Measured each : measured) {
            table.row(
                    each.kind().title(),
                    each.full().succeeded(),
                    each.resumed().succeeded(),
                    each.failed(),
                    Math.round(each.full().rate()),
                    millis(each.full().handshakes(), 50),
                    millis(each.full().handshakes(), 99),
                    Math.round(each.resumed().rate()),
                    millis(each.resumed().handshakes(), 50),
                    millis(each.resumed().handshakes(), 99),
                    "%.1f KiB".formatted(each.heap() / 1024.0));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%d connections at the same time, server and clients in one process%n%n", connections);
        table.lines().forEach(out::println);
        CaffeineSessionStore.Statistics sessions = store.statistics();
        out.printf(
                "%nP-256 certificate; times are connect and handshake, %d at a time; heap is of both ends, idle.%n",
                RunRound.turns());
        out.printf("Session store, warm-up included: %d hits, %d misses.%n", sessions.hits(), sessions.misses());
        out.flush();
    }

    private static Double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }

    private static void judge(List<Measured> measured) throws CommandFailure {
        for (Measured each : measured) {
            if (each.failed() > 0) {
                List<String> failures = new ArrayList<>(each.full().failures());
                failures.addAll(each.resumed().failures());
                throw new CommandFailure(
                        "ERR_RUN_FAILED",
                        "%s: %d of %d handshakes failed, the first with %s"
                                .formatted(
                                        each.kind().title(),
                                        each.failed(),
                                        2 * each.wanted(),
                                        failures.isEmpty() ? "no session for it" : failures.getFirst()));
            }
        }
    }
}
