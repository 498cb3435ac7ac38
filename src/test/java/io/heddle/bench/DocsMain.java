package io.heddle.bench;

import io.heddle.bench.Measurement.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes the measurements of {@code target/bench.json} into the documents: a copy as {@code docs/benchmarks.json}, the
 * tables between the marks {@code <!-- table NAME -->} and {@code <!-- end -->}, and the pictures that the documents
 * show.
 */
final class DocsMain {
    private static final Path DOCS = Path.of("docs");
    private static final Path COPY = DOCS.resolve("benchmarks.json");
    private static final List<String> DOCUMENTS = List.of("benchmarks.md", "performance.md");
    private static final Pattern PART =
            Pattern.compile("(<!-- table ([A-Z]+) -->\\R).*?(<!-- end -->)", Pattern.DOTALL);
    private static final Pattern PICTURE = Pattern.compile("\\(benchmarks/([a-z]+)\\.svg\\)");

    private final Report report;

    private DocsMain(Report report) {
        this.report = report;
    }

    public static void main(String[] args) throws IOException {
        if (Files.exists(Report.JSON)) {
            Files.writeString(COPY, Files.readString(Report.JSON));
        }
        var main = new DocsMain(Report.read(COPY));
        for (String document : DOCUMENTS) {
            main.write(DOCS.resolve(document));
        }
    }

    private void write(Path document) throws IOException {
        String text = Files.readString(document);
        Files.writeString(
                document,
                PART.matcher(text)
                        .replaceAll(part -> Matcher.quoteReplacement(
                                part.group(1) + "```\n" + table(part.group(2)) + "```\n" + part.group(3))));
        Set<String> pictures =
                PICTURE.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toSet());
        for (String picture : pictures) {
            picture(picture);
        }
    }

    private String table(String name) {
        if (name.equals("ENVIRONMENT")) {
            return report.environment().entrySet().stream()
                    .map(entry -> entry.getKey() + ": " + entry.getValue() + "\n")
                    .collect(Collectors.joining());
        }
        Table table = Table.valueOf(name);
        return report.rows(table).isEmpty() ? "not measured yet\n" : report.text(table);
    }

    private void picture(String name) throws IOException {
        Table table = Table.valueOf(name.toUpperCase(Locale.ROOT));
        Set<String> all = Row.all().stream().map(Row::name).collect(Collectors.toSet());
        Set<String> quick = Row.all().stream().filter(Row::quick).map(Row::name).collect(Collectors.toSet());
        // Of the tables with many rows those of the quick form, which the others only vary.
        List<Measurement> rows = report.rows(table).stream()
                .filter(row -> quick.contains(row.name()) || !all.contains(row.name()))
                .toList();
        Path file = DOCS.resolve("benchmarks").resolve(name + ".svg");
        Files.createDirectories(file.getParent());
        Files.writeString(file, BarChart.of(table, rows));
    }
}
