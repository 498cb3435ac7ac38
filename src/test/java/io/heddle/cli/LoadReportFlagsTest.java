package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import com.google.gson.JsonParser;
import io.heddle.TlsServer;
import io.heddle.certificate.TestPki;
import io.heddle.load.LoadServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code heddle load} with a report, a picture and conditions, against a server. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class LoadReportFlagsTest {
    @TempDir
    private Path folder;

    private TlsServer server;
    private String ca;

    @BeforeEach
    void serve() throws Exception {
        server = LoadServer.echo("localhost");
        ca = Files.writeString(
                        folder.resolve("ca.pem"), TestPki.pem(TestPki.ca().chain()))
                .toString();
    }

    @AfterEach
    void stop() throws Exception {
        server.close(Duration.ZERO);
    }

    private CommandRun load(String... args) {
        List<String> all = new ArrayList<>(List.of("load", "localhost:" + server.port(), "--ca", ca));
        all.addAll(List.of("--warmup", "0", "--handshakes", "30", "-c", "3", "--resume", "0.5"));
        all.addAll(Arrays.asList(args));
        return heddle(all.toArray(String[]::new));
    }

    @Test
    void writes_the_page_and_the_picture_beside_the_summary() throws Exception {
        Path page = folder.resolve("load.html");
        Path picture = folder.resolve("load.png");
        CommandRun run = load("--report", page.toString(), "--png", picture.toString(), "--passphrase", "hidden");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("full handshakes");
        assertThat(Files.readString(page))
                .contains("heddle load localhost:" + server.port(), "30 handshakes", "15 full and 15 resumed", "<svg")
                .contains("--passphrase &#39;***&#39;")
                .doesNotContain("hidden");
        assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(1800);
    }

    @Test
    void what_was_saved_can_be_compared() throws Exception {
        Path saved = Files.writeString(folder.resolve("a.json"), load("--json").out());
        assertThat(JsonParser.parseString(Files.readString(saved)).isJsonObject())
                .isTrue();
        CommandRun run = heddle("load", "--compare", saved.toString(), saved.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("full.p50", "resumed.p99").doesNotContain("significant");
    }

    @Test
    void a_condition_that_is_met_is_exit_code_1_after_the_summary() {
        CommandRun run =
                load("--fail-if", "full.count >= 15", "--fail-if", "failed > 0", "--fail-if", "resumed.p99 > 0us");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("full handshakes");
        assertThat(run.err())
                .matches("heddle: ERR_LOAD_CONDITION: full.count >= 15: it is 15; resumed.p99 > 0us: it is .* m?s\\R");
    }

    @Test
    void conditions_that_are_not_met_change_nothing() {
        CommandRun run = load("--fail-if", "failed > 0", "--fail-if", "full.p99 > 1m");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--fail-if|full.rate < -5%|--fail-if: 'full.rate < -5%' is about a change, which needs --compare",
                "--fail-if|full.rate ~ 5|'full.rate ~ 5' is no condition such as",
                "--report|/nowhere/load.html|ENOENT: /nowhere/load.html: its folder is not there",
                "--png|/nowhere/load.png|ENOENT: /nowhere/load.png: its folder is not there",
                "--compare|one.json|--compare"
            })
    void wrong_usage_is_refused_before_anything_is_measured(String option, String value, String sentence) {
        CommandRun run = load(option, value);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(sentence).hasLineCount(1);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void without_a_target_and_a_comparison_there_is_nothing_to_do() {
        CommandRun run = heddle("load");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("HOST:PORT is needed, or --compare");
    }
}
