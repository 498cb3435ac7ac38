package io.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heddle.bench.Measurement.Figure;
import io.heddle.bench.Measurement.Table;
import io.heddle.certificate.TestPki;
import io.heddle.interop.Node;
import io.heddle.interop.Openssl;
import io.heddle.interop.PemFiles;
import io.heddle.interop.RunningServer;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures the cost of {@code heddle load} itself in comparison with other load testers, on the same server,
 * in one run: a handshake with {@code openssl s_time}, a request with {@code wrk}. Each of these is measured
 * before and after Heddle.
 *
 * <p>{@code heddle.bench.seconds} has the meaning of {@link Settings}: each is measured for five times as long,
 * and warmed up for fifteen times, because a JVM compiles for long at the pace of one client.
 */
@Tag("bench")
class LoadBenchmarkTest {
    private static final double UNIT = Settings.MEASURED.toMillis() / 1e3;
    private static final int MEASURED = (int) Math.max(2, Math.round(5 * UNIT));
    private static final int WARM_UP = (int) Math.max(2, Math.round(15 * UNIT));
    private static final Duration LIMIT = Duration.ofSeconds(MEASURED + WARM_UP + 60);
    private static final int CONNECTIONS = 50;

    private static final String NODE = """
            const https = require('https'), fs = require('fs');
            const [cert, key] = process.argv.slice(2).map((file) => fs.readFileSync(file));
            const body = Buffer.alloc(1024, 'a');
            const server = https.createServer({ cert, key }, (request, response) => {
              response.setHeader('Content-Length', body.length);
              response.end(body);
            });
            server.keepAliveTimeout = 60_000;
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    @TempDir
    private Path folder;

    private String ca = "";
    private PemFiles.Pair identity = new PemFiles.Pair("", "");

    @BeforeEach
    void write_certificates() {
        var files = new PemFiles(folder);
        ca = files.ca();
        identity = files.write("server", TestPki.server(TestPki.Key.P256, "localhost"));
    }

    @Test
    void compares_load_with_other_load_testers() throws Exception {
        handshakes();
        requests();
    }

    // Handshakes and s_time

    private void handshakes() throws Exception {
        try (RunningServer server =
                Openssl.server("-www", "-cert", identity.cert(), "-key", identity.key(), "-num_tickets", "1")) {
            for (TlsVersion version : List.of(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2)) {
                for (boolean resumed : new boolean[] {false, true}) {
                    handshakes(server.port(), version, resumed);
                }
            }
        }
    }

    private void handshakes(int port, TlsVersion version, boolean resumed) throws Exception {
        String name = "load, %s %s".formatted(resumed ? "resumed" : "full", version.protocol());
        if (!Settings.wants(name, false)) {
            return;
        }
        double before = sTime(port, version, resumed);
        JsonObject load = load(port, "--versions", version.protocol(), "--resume", resumed ? "1" : "0", "-c", "1");
        double after = sTime(port, version, resumed);

        JsonObject counts = load.getAsJsonObject("handshakes");
        assertThat(counts.get("failed").getAsLong()).isZero();
        assertThat(counts.get(resumed ? "full" : "resumed").getAsLong()).isZero();
        String counted = resumed ? "resumed" : "full";
        double cost = 1e3 * cpu(load) / counts.get(counted).getAsLong();
        Report.open()
                .add(Measurement.of(
                        Table.LOAD,
                        name,
                        List.of(
                                new Figure("heddle load", List.of(cost, cost)),
                                new Figure("s_time", List.of(1e3 * before, 1e3 * after)))));
    }

    /** Returns the processor seconds of each handshake. */
    private double sTime(int port, TlsVersion version, boolean resumed) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "s_time",
                "-connect",
                "localhost:" + port,
                "-CAfile",
                ca,
                "-verify",
                "5",
                "-time",
                "" + MEASURED));
        command.add(resumed ? "-reuse" : "-new");
        if (version == TlsVersion.TLS_1_2) {
            command.add("-tls1_2");
        } else if (resumed) {
            // It resumes in TLS 1.3 only if it reads data, with which the ticket comes.
            command.addAll(List.of("-www", "/"));
        }
        CommandCost cost = CommandCost.of(LIMIT, command);
        double count = cost.number("(\\d+) connections in \\d+ real seconds");
        assertThat(count).isPositive();
        return cost.cpuSeconds() / count;
    }

    // Requests and wrk

    private void requests() throws Exception {
        String name = "load, GET of 1 KiB, %d connections".formatted(CONNECTIONS);
        if (!Settings.wants(name, false)) {
            return;
        }
        try (RunningServer server = Node.server(NODE, identity.cert(), identity.key())) {
            CommandCost before = wrk(server.port());
            JsonObject load = load(server.port(), "--http", "/", "-c", "" + CONNECTIONS);
            CommandCost after = wrk(server.port());

            JsonObject counts = load.getAsJsonObject("requests");
            assertThat(counts.get("failed").getAsLong()).isZero();
            double count = counts.get("succeeded").getAsLong();
            row(name + ", a second", counts.get("perSecond").getAsDouble(), perSecond(before), perSecond(after));
            row(
                    name + ", a second of the client's processor",
                    count / cpu(load),
                    requests(before) / before.cpuSeconds(),
                    requests(after) / after.cpuSeconds());
        }
    }

    private static void row(String name, double load, double before, double after) throws IOException {
        Report.open()
                .add(Measurement.of(
                        Table.REQUESTS,
                        name,
                        List.of(
                                new Figure("heddle load", List.of(load, load)),
                                new Figure("wrk", List.of(before, after)))));
    }

    private static CommandCost wrk(int port) throws Exception {
        CommandCost cost = CommandCost.of(
                LIMIT,
                List.of(
                        "wrk",
                        "-t1",
                        "-c" + CONNECTIONS,
                        "-d" + MEASURED + "s",
                        "https://localhost:%d/".formatted(port)));
        assertThat(requests(cost)).isPositive();
        assertThat(cost.output()).doesNotContain("Non-2xx");
        return cost;
    }

    private static double requests(CommandCost wrk) {
        return wrk.number("(\\d+) requests in ");
    }

    private static double perSecond(CommandCost wrk) {
        return wrk.number("Requests/sec:\\s+([\\d.]+)");
    }

    // Heddle

    private JsonObject load(int port, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.heddle.cli.Main",
                "load",
                "localhost:" + port,
                "--ca",
                ca,
                "--json",
                "--warmup",
                WARM_UP + "s",
                "--duration",
                MEASURED + "s"));
        command.addAll(List.of(args));
        CommandCost cost = CommandCost.of(LIMIT, command);
        String json = cost.output()
                .lines()
                .filter(line -> line.startsWith("{"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(cost.output()));
        return JsonParser.parseString(json).getAsJsonObject();
    }

    private static double cpu(JsonObject result) {
        return result.getAsJsonObject("client").get("cpuSeconds").getAsDouble();
    }
}
