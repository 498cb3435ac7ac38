package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.heddle.load.LoadResult;
import io.heddle.load.SampleResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code heddle load --compare}, from files to exit codes. */
class LoadCompareTest {
    @TempDir
    private Path folder;

    private String a = "";
    private String b = "";

    @BeforeEach
    void saveTwoRuns() throws IOException {
        a = save("a.json", SampleResults.calm(1));
        b = save("b.json", SampleResults.calm(1.25));
    }

    private String save(String name, LoadResult result) throws IOException {
        return write(name, JsonLine.of(LoadJson.of(result, "localhost:8443", List.of("heddle", "load"))));
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void a_slower_run_is_told_with_its_interval() {
        CommandRun run = heddle("load", "--compare", a, b);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("A: " + a, "B: " + b)
                .containsPattern("full.rate +150.0/s +150.0/s +\\+0.0 % +-\\d+.\\d % and \\+\\d+.\\d % +within chance")
                .containsPattern(
                        "full.p50 +\\d.\\d\\d ms +\\d.\\d\\d ms +\\+2\\d.\\d % +\\+\\d\\d.\\d % and \\+\\d\\d.\\d % +significant");
    }

    @Test
    void a_run_beside_itself_differs_in_nothing() {
        CommandRun run = heddle("load", "--compare", a, a);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("within chance").doesNotContain("significant");
    }

    @Test
    void the_same_as_json() {
        CommandRun run = heddle("load", "--compare", a, b, "--json");
        JsonObject json = new Gson().fromJson(run.out(), JsonObject.class);
        assertThat(json.get("schema").getAsString()).isEqualTo("heddle-load-compare/1");
        JsonObject median = json.getAsJsonArray("figures").asList().stream()
                .map(each -> each.getAsJsonObject())
                .filter(each -> each.get("name").getAsString().equals("full.p50"))
                .findFirst()
                .orElseThrow();
        assertThat(median.get("unit").getAsString()).isEqualTo("milliseconds");
        assertThat(median.get("significant").getAsBoolean()).isTrue();
        assertThat(median.get("low").getAsDouble())
                .isGreaterThan(0)
                .isLessThan(median.get("difference").getAsDouble());
    }

    @Test
    void a_condition_that_is_met_is_exit_code_1_and_one_line() {
        CommandRun run = heddle("load", "--compare", a, b, "--fail-if", "full.p50 > 10%", "--fail-if", "failed > 0");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("full.p50");
        assertThat(run.err())
                .matches(
                        "heddle: ERR_LOAD_CONDITION: full.p50 > 10%: it changed by \\+2\\d.\\d %, from .* to .* ms\\R");
        assertThat(heddle("load", "--compare", b, a, "--fail-if", "full.p50 > 10%")
                        .exitCode())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|schema: a text is needed",
                "[]|an object is needed",
                "''|an object is needed",
                "{\"schema\":\"heddle-load/3\"}|its schema is heddle-load/3, only heddle-load/2 can be read",
                "{\"schema\":\"heddle-load/2\"}|handshakes: an object is needed",
                "{\"schema\":\"heddle-load/2\",\"handshakes\":{\"full\":-1}}|handshakes.full: a number that is not negative is needed"
            })
    void refuses_a_file_that_is_no_result(String text, String sentence) throws IOException {
        String file = write("other.json", text);
        CommandRun run = heddle("load", "--compare", a, file);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualToIgnoringNewLines(
                        "heddle: ERR_INVALID_ARG_VALUE: " + file + " is no result of heddle load --json: " + sentence);
    }

    @Test
    void refuses_a_file_that_is_not_there() {
        CommandRun run =
                heddle("load", "--compare", a, folder.resolve("missing.json").toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("heddle: ENOENT: ");
    }

    @Test
    void a_mutated_result_is_compared_or_refused_with_one_line() throws IOException {
        var random = new Random(9);
        byte[] good = Files.readAllBytes(Path.of(a));
        for (int i = 0; i < 100; i++) {
            byte[] bad = good.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(128);
            }
            Files.write(folder.resolve("bad.json"), bad);
            CommandRun run =
                    heddle("load", "--compare", a, folder.resolve("bad.json").toString());
            assertThat(run.exitCode()).as(run.err()).isIn(0, 2);
            assertThat(run.err().lines().count()).as(run.err()).isLessThan(2);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "localhost:1|--compare: nothing is measured, so HOST:PORT has no place",
                "--duration 5s|--compare: nothing is measured, so --duration has no place",
                "--report x.html|--compare: nothing is measured, so --report has no place",
                "--fail-if full.rate|'full.rate' is no condition such as 'resumed.p99 > 5ms' or 'full.rate < -5%'"
            })
    void refuses_what_only_a_run_would_heed(String more, String sentence) {
        List<String> line = new ArrayList<>(List.of("load", "--compare", a, b));
        line.addAll(List.of(more.split(" ")));
        CommandRun run = heddle(line.toArray(String[]::new));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(sentence);
    }
}
