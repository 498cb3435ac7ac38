package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heddle.TlsServer;
import io.heddle.certificate.TestPki;
import io.heddle.load.Latency;
import io.heddle.load.LoadSecond;
import io.heddle.load.LoadServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class LoadCommandTest {
    @TempDir
    private Path folder;

    private TlsServer server;
    private String target;
    private String ca;

    @BeforeEach
    void serve() throws Exception {
        server = LoadServer.echo("localhost", "other.test");
        target = "localhost:" + server.port();
        ca = Files.writeString(
                        folder.resolve("ca.pem"), TestPki.pem(TestPki.ca().chain()))
                .toString();
    }

    @AfterEach
    void stop() throws Exception {
        server.close(Duration.ZERO);
    }

    private CommandRun load(String... args) {
        List<String> all = new ArrayList<>(List.of("load", target, "--ca", ca, "--warmup", "0"));
        all.addAll(Arrays.asList(args));
        return heddle(all.toArray(new String[0]));
    }

    @Test
    void the_summary_tells_full_from_resumed() {
        CommandRun run = load("--handshakes", "40", "-c", "4", "--resume", "0.25");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith(target + ": handshake, 4 connections, as fast as possible, ")
                .containsPattern("full handshakes +30 ")
                .containsPattern("resumed handshakes +10 ")
                .containsPattern("failed handshakes +0 ")
                .contains("sessions: 10 offered, 0 refused by the server; 4 full handshakes for setup")
                .containsPattern("ms +mean +p50 +p75 +p90 +p95 +p99 +p99\\.9 +p99\\.99 +max")
                .containsPattern("(?m)^full( +\\d+\\.\\d\\d){9}$")
                .containsPattern("(?m)^resumed( +\\d+\\.\\d\\d){9}$")
                .containsPattern("client: \\d+\\.\\d\\d CPU seconds")
                .contains("TLSv1.3 ");
    }

    @Test
    void json_has_the_documented_members() throws Exception {
        Path hdr = folder.resolve("load.hlog");
        CommandRun run = load(
                "--handshakes",
                "20",
                "-c",
                "2",
                "--resume",
                "0.5",
                "--json",
                "--passphrase",
                "secret",
                "--hdr",
                hdr.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).hasLineCount(1).doesNotContain("secret");
        JsonObject json = JsonParser.parseString(run.out()).getAsJsonObject();
        String documented = Files.readString(Path.of("docs", "load.md"));
        assertThat(json.keySet()).allSatisfy(member -> assertThat(documented).contains("`" + member + "`"));
        assertThat(json.get("schema").getAsString()).isEqualTo("heddle-load/2");
        assertThat(json.getAsJsonArray("command").asList().stream().map(JsonElement::getAsString))
                .startsWith("heddle", "load", target, "--ca", ca)
                .contains("--passphrase", "***");
        assertThat(json.getAsJsonObject("handshakes").get("full").getAsLong()).isEqualTo(10);
        assertThat(json.getAsJsonObject("handshakes").get("resumed").getAsLong())
                .isEqualTo(10);
        assertThat(json.getAsJsonObject("setup").get("full").getAsLong()).isEqualTo(2);
        JsonObject latency = json.getAsJsonObject("latencyMillis");
        assertThat(latency.get("request").isJsonNull()).isTrue();
        JsonObject full = latency.getAsJsonObject("full");
        assertThat(full.keySet())
                .containsExactly(
                        "count",
                        "min",
                        "mean",
                        "stddev",
                        "p50",
                        "p75",
                        "p90",
                        "p95",
                        "p99",
                        "p99.9",
                        "p99.99",
                        "max",
                        "histogram");
        Latency again = Latency.fromBase64(full.get("histogram").getAsString());
        assertThat(again.count()).isEqualTo(10);
        assertThat(again.percentile(50).toNanos() / 1e6)
                .isCloseTo(full.get("p50").getAsDouble(), org.assertj.core.data.Offset.offset(0.001));
        assertThat(json.getAsJsonArray("groups")).hasSize(1);
        assertThat(json.getAsJsonArray("timeline")).isNotEmpty();
        assertThat(hdr).content().contains("#[Histogram log format version", "Tag=full", "Tag=resumed");
    }

    @Test
    void lists_are_reported_apart() {
        CommandRun run = load(
                "--handshakes",
                "24",
                "-c",
                "4",
                "--versions",
                "TLSv1.2,TLSv1.3",
                "--servername",
                "localhost,other.test");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .containsPattern("(?m)^TLSv1\\.2 localhost +\\d+ +0 +0 ")
                .containsPattern("(?m)^TLSv1\\.2 other\\.test +\\d+ +0 +0 ")
                .containsPattern("(?m)^TLSv1\\.3 localhost +\\d+ +0 +0 ")
                .containsPattern("(?m)^TLSv1\\.3 other\\.test +\\d+ +0 +0 ");
    }

    @Test
    void requests_have_latencies_of_their_own() {
        CommandRun run = load("--mode", "request", "-n", "30", "-c", "3", "--size", "10");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .containsPattern("(?m)^requests +30 ")
                .containsPattern("(?m)^request( +\\d+\\.\\d\\d){9}$")
                .contains("bytes: 300 sent, 300 received");
    }

    @Test
    void if_nothing_succeeds_it_ends_with_1_and_without_latencies() throws Exception {
        int port;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        target = "localhost:" + port;
        CommandRun run = load("--handshakes", "3", "-c", "1");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("heddle: ECONNREFUSED: %s: nothing succeeded, 3 failed like this: Connection refused"
                        .formatted(target))
                .hasLineCount(1);
        assertThat(run.out())
                .containsPattern("failed handshakes +3 ")
                .contains("failed: 3 ECONNREFUSED in a handshake, such as: Connection refused")
                .doesNotContain("p50");
        CommandRun json = load("--handshakes", "3", "-c", "1", "--json");
        assertThat(json.exitCode()).isEqualTo(1);
        JsonObject latency =
                JsonParser.parseString(json.out()).getAsJsonObject().getAsJsonObject("latencyMillis");
        assertThat(latency.get("full").isJsonNull()).isTrue();
        assertThat(latency.get("resumed").isJsonNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--resume 2|resume: 2.0 was given",
                "--connections 0|connections: 0 was given",
                "--mode stream --rate 5|rate: a stream has none",
                "--versions TLSv1.2 --max-version TLSv1.3|--versions: excludes --min-version and --max-version",
                "--cert x|--cert: 1 were given and 0 --key",
                "--connections 900000|connections: 900000 need as many file descriptors",
                "--mode nothing|Invalid value for option '--mode'",
                "--resume-with id --min-version TLSv1.3|resumeWith: sessions resume by id up to TLS 1.2"
            })
    void wrong_usage_ends_it_with_2(String of) {
        String[] parts = of.split("\\|", -1);
        CommandRun run = load(parts[0].split(" ", -1));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(parts[1]).hasLineCount(1);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void progress_is_one_line_that_goes_away() {
        var written = new StringWriter();
        try (var progress = new LoadProgress(new PrintWriter(written))) {
            progress.second(second(true, -1));
            progress.second(second(false, 1));
            progress.second(second(false, 2));
        }
        assertThat(written.toString())
                .doesNotContain("\n")
                .startsWith("\rwarm-up  full 10/s (p50 1.0 p99 2.0 ms)  resumed 20/s  failed 0")
                .contains("\r2 s  full 10/s (p50 1.0 p99 2.0 ms)  resumed 20/s  failed 6")
                .endsWith("\r");
    }

    private static LoadSecond second(boolean warmup, int end) {
        return new LoadSecond(
                warmup,
                Duration.ofSeconds(end),
                Duration.ofSeconds(1),
                10,
                20,
                3,
                0,
                0,
                0,
                new LoadSecond.Percentiles(10, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(3)),
                LoadSecond.Percentiles.NONE,
                LoadSecond.Percentiles.NONE,
                Duration.ZERO);
    }
}
