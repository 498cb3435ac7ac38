package io.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heddle.bench.Measurement.Figure;
import io.heddle.bench.Measurement.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the classes of JMH. Their generated code is compiled here and not by the build, which would pay for it in each
 * run of the tests.
 */
@Tag("bench")
class JmhBenchmarkTest {
    private static final Path SOURCES = Path.of("src", "test", "java", "io", "heddle", "bench");

    private static final List<String> FULL = List.of("-wi", "3", "-w", "1s", "-i", "5", "-r", "1s");

    /** For rows that are named, without BouncyCastle's provider. */
    private static final List<String> QUICK =
            List.of("-wi", "2", "-w", "200ms", "-i", "3", "-r", "200ms", "-p", "provider=JDK,ACCP,Conscrypt");

    @TempDir
    private Path folder;

    @Test
    void measures_primitives_records_and_parts() throws Exception {
        Map<String, Table> classes = new LinkedHashMap<>();
        classes.put("PrimitiveJmh", Table.PRIMITIVES);
        classes.put("RecordJmh", Table.LIBRARY);
        classes.put("LibraryJmh", Table.LIBRARY);
        classes.keySet().removeIf(name -> !Settings.wants("jmh " + name, false));
        if (classes.isEmpty()) {
            return;
        }
        compile(classes.keySet().stream().toList());
        Report report = Report.open();
        for (Map.Entry<String, Table> one : classes.entrySet()) {
            for (Measurement row : run(one.getKey(), one.getValue())) {
                report.add(row);
            }
        }
    }

    private void compile(List<String> classes) {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        List<String> arguments = new ArrayList<>(List.of(
                "-proc:full",
                "-processor",
                "org.openjdk.jmh.generators.BenchmarkProcessor",
                "-nowarn",
                "-implicit:none",
                "-d",
                folder.toString(),
                "-cp",
                System.getProperty("java.class.path")));
        classes.forEach(name -> arguments.add(SOURCES.resolve(name + ".java").toString()));
        assertThat(javac.run(null, null, null, arguments.toArray(String[]::new)))
                .as("result of javac")
                .isZero();
    }

    private List<Measurement> run(String name, Table table) throws IOException, InterruptedException {
        Path result = folder.resolve(name + ".json");
        List<String> command = new ArrayList<>(PeerProcess.java());
        command.set(command.size() - 1, folder + ":" + command.getLast());
        command.addAll(List.of("org.openjdk.jmh.Main", "\\." + name + "\\.", "-f", "1", "-foe", "false"));
        command.addAll(List.of("-v", "SILENT", "-rf", "json", "-rff", result.toString()));
        command.addAll(Settings.QUICK ? QUICK : FULL);
        new ProcessBuilder(command).inheritIO().start().waitFor();
        JsonArray results = JsonParser.parseString(Files.readString(result)).getAsJsonArray();
        assertThat(results).as("results of %s", name).isNotEmpty();
        Map<String, List<Figure>> rows = new LinkedHashMap<>();
        for (JsonElement element : results) {
            JsonObject one = element.getAsJsonObject();
            String benchmark = one.get("benchmark").getAsString();
            String row = benchmark.substring(benchmark.lastIndexOf('.') + 1).replace('_', ' ');
            String subject = Peer.HEDDLE.title();
            JsonObject parameters = one.has("params") ? one.getAsJsonObject("params") : new JsonObject();
            if (parameters.has("provider")) {
                subject = parameters.get("provider").getAsString();
            }
            if (parameters.has("suite")) {
                row = "%s, %s, %s bytes"
                        .formatted(
                                row,
                                parameters.get("suite").getAsString().substring("TLS_".length()),
                                parameters.get("bytes").getAsString());
            }
            rows.computeIfAbsent(row, first -> new ArrayList<>()).add(new Figure(subject, rounds(one)));
        }
        return rows.entrySet().stream()
                .map(row -> new Measurement(table, row.getKey(), row.getValue(), Map.of()))
                .toList();
    }

    /** Returns the scores of the iterations. */
    private static List<Double> rounds(JsonObject result) {
        JsonArray data = result.getAsJsonObject("primaryMetric").getAsJsonArray("rawData");
        return Stream.of(data)
                .flatMap(forks -> forks.asList().stream())
                .flatMap(fork -> fork.getAsJsonArray().asList().stream())
                .map(JsonElement::getAsDouble)
                .toList();
    }
}
