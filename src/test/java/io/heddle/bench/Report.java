package io.heddle.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.heddle.Tls;
import io.heddle.bench.Measurement.Figure;
import io.heddle.bench.Measurement.Ratio;
import io.heddle.bench.Measurement.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The measurements, in {@code target/bench.json}, and as tables in {@code target/bench.txt}. A measurement replaces an
 * earlier one of its name, so that rows can be measured alone.
 */
final class Report {
    static final Path JSON = Path.of("target", "bench.json");
    private static final Path TEXT = Path.of("target", "bench.txt");
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final Path file;
    private final Map<String, String> environment;
    private final List<Measurement> measurements;

    private Report(Path file, Content content) {
        this.file = file;
        this.environment = content.environment;
        this.measurements = content.measurements;
    }

    /** The file's content. */
    private record Content(Map<String, String> environment, List<Measurement> measurements) {}

    /** Returns the report of this run, with what is in the file already. */
    static Report open() throws IOException {
        Report report = Files.exists(JSON)
                ? read(JSON)
                : new Report(JSON, new Content(new LinkedHashMap<>(), new ArrayList<>()));
        report.describe("JDK", Runtime.version().toString());
        report.describe("Heddle's providers", Tls.cryptoProvider().algorithms().toString());
        report.describe(
                "machine",
                "%d processors, %s, %s"
                        .formatted(
                                Runtime.getRuntime().availableProcessors(),
                                System.getProperty("os.name"),
                                System.getProperty("os.arch")));
        return report;
    }

    static Report read(Path file) throws IOException {
        return new Report(file, GSON.fromJson(Files.readString(file), Content.class));
    }

    Map<String, String> environment() {
        return environment;
    }

    /** Returns the rows of a table. */
    List<Measurement> rows(Table table) {
        return measurements.stream().filter(row -> row.table() == table).toList();
    }

    void describe(String name, String value) {
        environment.put(name, value);
    }

    /** Adds a row, prints it, and writes the files. */
    void add(Measurement row) throws IOException {
        int at = -1;
        for (int i = 0; i < measurements.size(); i++) {
            if (measurements.get(i).name().equals(row.name())
                    && measurements.get(i).table() == row.table()) {
                at = i;
            }
        }
        if (at < 0) {
            measurements.add(row);
        } else {
            measurements.set(at, row);
        }
        Files.createDirectories(JSON.toAbsolutePath().getParent());
        Files.writeString(file, GSON.toJson(new Content(environment, measurements)) + "\n");
        Files.writeString(TEXT, text());
        print(row);
    }

    @SuppressWarnings("SystemOut") // the purpose of the run
    private void print(Measurement row) {
        System.out.println(figures(List.of(row)) + ratios(List.of(row)));
    }

    /** Returns all tables. */
    String text() {
        var text = new StringBuilder();
        environment.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        for (Table table : Table.values()) {
            if (!rows(table).isEmpty()) {
                text.append('\n').append(text(table));
            }
        }
        return text.toString();
    }

    /** Returns a table with its title. */
    String text(Table table) {
        List<Measurement> rows = rows(table);
        return "%s: %s%n%n%s%n%s%s"
                        .formatted(table.title(), table.unit(), figures(rows), ratios(rows), absent(rows))
                        .stripTrailing()
                + "\n";
    }

    private static String figures(List<Measurement> rows) {
        List<String> subjects = subjects(rows);
        var text = new StringBuilder();
        line(
                text,
                "",
                subjects.stream().map(subject -> " %13s".formatted(subject)).toList());
        for (Measurement row : rows) {
            line(
                    text,
                    row.name(),
                    subjects.stream()
                            .map(subject -> " %13s"
                                    .formatted(row.figure(subject)
                                            .map(Figure::median)
                                            .map(Report::number)
                                            .orElse("-")))
                            .toList());
        }
        return text.toString();
    }

    /** Returns the subjects of all rows: those of {@link Peer} in its order, then others. */
    static List<String> subjects(List<Measurement> rows) {
        List<String> peers = Arrays.stream(Peer.values()).map(Peer::title).toList();
        return rows.stream()
                .flatMap(row -> row.figures().stream())
                .map(Figure::subject)
                .distinct()
                .sorted(Comparator.comparingInt(
                        subject -> peers.contains(subject) ? peers.indexOf(subject) : peers.size()))
                .toList();
    }

    private static String ratios(List<Measurement> rows) {
        var text = new StringBuilder();
        for (Measurement row : rows) {
            String name = row.name();
            for (Ratio ratio : row.ratios()) {
                line(
                        text,
                        name,
                        List.of(" %s beside %s: %s (%s-%s)"
                                .formatted(
                                        ratio.subject(),
                                        ratio.beside(),
                                        ratio(ratio.median()),
                                        ratio(ratio.least()),
                                        ratio(ratio.most()))));
                name = "";
            }
        }
        return text.toString();
    }

    private static String absent(List<Measurement> rows) {
        var text = new StringBuilder();
        for (Measurement row : rows) {
            row.absent()
                    .forEach((subject, reason) ->
                            text.append("without %s, %s: %s%n".formatted(subject, row.name(), reason)));
        }
        return text.isEmpty() ? "" : "\n" + text;
    }

    private static void line(StringBuilder text, String name, List<String> cells) {
        text.append("%-46s%s".formatted(name, String.join("", cells)).stripTrailing())
                .append('\n');
    }

    /** Returns a figure with three digits or more, so that magnitudes are visible at a glance. */
    static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }

    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
