package io.heddle.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.bench.Measurement.Figure;
import io.heddle.bench.Measurement.Table;
import io.heddle.certificate.TestPki;
import io.heddle.interop.Node;
import io.heddle.interop.Openssl;
import io.heddle.interop.PemFiles;
import io.heddle.interop.RunningServer;
import io.heddle.protocol.TlsVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures servers in processes of their own, by the processor time of the server's process, with the same client for
 * all: two {@code openssl s_time} at a time, which choose X25519 and the server's P-256 certificate.
 */
@Tag("bench")
class ServerBenchmarkTest {
    private static final int CLIENTS = 2;
    private static final int ROUNDS = Settings.QUICK ? 2 : 5;
    private static final int SECONDS = Settings.QUICK ? 1 : 3;

    /** Of each server in the first row, which finds a JVM that has compiled nothing; each row after it needs less. */
    private static final int FIRST_WARM_UP = Settings.QUICK ? 10 : 40;

    private static final int WARM_UP = Settings.QUICK ? 5 : 30;

    private static final String NODE = """
            const tls = require('tls'), fs = require('fs');
            const [cert, key] = process.argv.slice(2).map((file) => fs.readFileSync(file));
            const page = 'HTTP/1.0 200 OK\\r\\n\\r\\nok';
            const server = tls.createServer({ cert, key }, (socket) => {
              socket.on('data', () => socket.end(page));
              socket.on('error', () => {});
            });
            server.on('tlsClientError', () => {});
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    @TempDir
    private Path folder;

    private final List<Server> servers = new ArrayList<>();
    private PemFiles.Pair identity = new PemFiles.Pair("", "");
    private boolean warm;

    /**
     * A server and its process.
     *
     * @param compiles whether it needs a warm-up
     */
    private record Server(String title, ProcessHandle process, int port, boolean compiles, AutoCloseable end) {
        /** Returns user and system time of all threads. */
        double cpuSeconds() {
            return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
        }
    }

    @BeforeEach
    void write_certificates() {
        identity = new PemFiles(folder).write("server", TestPki.server(TestPki.Key.P256, "localhost"));
    }

    @Test
    void compares_servers_in_processes_of_their_own() throws Exception {
        List<TlsVersion> versions = List.of(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2);
        if (versions.stream().noneMatch(version -> wants(version, false) || wants(version, true))) {
            return;
        }
        Report report = Report.open();
        report.describe("Node", Node.version() + ", OpenSSL " + Node.openssl());
        report.describe("openssl", Openssl.version());
        try {
            start();
            for (TlsVersion version : versions) {
                for (boolean resumed : new boolean[] {false, true}) {
                    if (wants(version, resumed)) {
                        report.add(measure(version, resumed));
                    }
                }
            }
        } finally {
            for (Server server : servers) {
                server.end().close();
            }
        }
    }

    private static boolean wants(TlsVersion version, boolean resumed) {
        boolean quick = resumed == (version == TlsVersion.TLS_1_2);
        return Settings.wants(name(version, resumed), quick);
    }

    private static String name(TlsVersion version, boolean resumed) {
        return "server, %s %s".formatted(resumed ? "resumed" : "full", version.protocol());
    }

    private void start() throws IOException {
        for (Peer peer : List.of(Peer.HEDDLE, Peer.HEDDLE_JDK)) {
            if (peer.isAvailable() && Settings.wants(peer)) {
                servers.add(heddle(peer));
            }
        }
        RunningServer node = Node.server(NODE, identity.cert(), identity.key());
        servers.add(running("Node " + Node.version().substring(1).split("\\.", 2)[0], node));
        servers.add(
                running("openssl s_server", Openssl.server("-www", "-cert", identity.cert(), "-key", identity.key())));
    }

    private static Server running(String title, RunningServer server) {
        return new Server(title, ProcessHandle.of(server.program().pid()).orElseThrow(), server.port(), false, server);
    }

    private Server heddle(Peer peer) throws IOException {
        List<String> command = new ArrayList<>(PeerProcess.java());
        command.addAll(peer.options());
        command.addAll(List.of(ServerMain.class.getName(), identity.cert(), identity.key()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines = process.inputReader();
        String line = lines.readLine();
        if (line == null || !line.startsWith("listening ")) {
            process.destroy();
            throw new IOException("no port: " + line);
        }
        int port = Integer.parseInt(line.substring("listening ".length()));
        return new Server(peer.title(), process.toHandle(), port, true, process::destroy);
    }

    private Measurement measure(TlsVersion version, boolean resumed) throws Exception {
        for (Server server : servers) {
            if (server.compiles()) {
                sTime(server, version, resumed, warm ? WARM_UP : FIRST_WARM_UP);
            }
        }
        warm = true;
        List<List<Double>> rounds = servers.stream()
                .map(server -> (List<Double>) new ArrayList<Double>())
                .toList();
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < servers.size(); i++) {
                Server server = servers.get(i);
                double before = server.cpuSeconds();
                double count = sTime(server, version, resumed, SECONDS);
                rounds.get(i).add(count / (server.cpuSeconds() - before));
            }
        }
        List<Figure> figures = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            figures.add(new Figure(servers.get(i).title(), rounds.get(i)));
        }
        return new Measurement(Table.SERVERS, name(version, resumed), figures, Map.of());
    }

    /** Runs the clients and returns the number of their handshakes. */
    private static double sTime(Server server, TlsVersion version, boolean resumed, int seconds) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("openssl", "s_time", "-connect", "127.0.0.1:" + server.port(), "-time", "" + seconds));
        command.add(resumed ? "-reuse" : "-new");
        if (version == TlsVersion.TLS_1_2) {
            command.addAll(List.of("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"));
        } else {
            command.addAll(List.of("-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"));
            if (resumed) {
                // It resumes in TLS 1.3 only if it reads data, with which the ticket comes.
                command.addAll(List.of("-www", "/"));
            }
        }
        List<Process> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new ProcessBuilder(command).redirectErrorStream(true).start());
        }
        double total = 0;
        for (Process client : clients) {
            String output = new String(client.getInputStream().readAllBytes(), UTF_8);
            client.waitFor();
            CommandCost result = new CommandCost(output, 0);
            double count = result.number("(\\d+) connections in \\d+ real seconds");
            checkResumption(server.title(), output, resumed, count);
            total += count;
        }
        return total;
    }

    /** s_time prints a letter for each connection, r for a resumed one. */
    private static void checkResumption(String server, String output, boolean resumed, double count) {
        double letters = output.lines()
                .filter(line -> line.matches("[r*t.]+"))
                .flatMapToInt(String::chars)
                .filter(letter -> letter == 'r')
                .count();
        if (resumed) {
            assertThat(letters).as("resumed connections with %s", server).isGreaterThan(0.9 * count);
        } else {
            assertThat(letters).as("resumed connections with %s", server).isZero();
        }
    }
}
