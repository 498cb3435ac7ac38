package io.heddle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table, printed line by line and saved to a file at the end. */
final class Report {
    private static final String ROW = "%-44s %10s %10s %7s  %-12s %9s %9s";

    private final Path file;
    private final List<String> lines = new ArrayList<>();

    /** Creates a report that will be saved in {@code target} under this name. */
    Report(String name) {
        file = Path.of("target", name);
        line("JDK " + Runtime.version() + ", " + Runtime.getRuntime().availableProcessors() + " processors, "
                + System.getProperty("os.arch"));
    }

    void printJdkHeader() {
        line("units per second of processor time of all threads, both ends together; KB are allocated for a unit");
        line(
                "ratio: Heddle by SunJSSE, above 1 Heddle does more; the median of the rounds, then the smallest and the largest");
        line("");
        line(ROW.formatted("", "Heddle", "SunJSSE", "ratio", "rounds", "KB", "KB"));
    }

    void compared(String name, Comparison comparison) {
        double[] ratios = comparison.ratios();
        line(ROW.formatted(
                name,
                number(comparison.heddle()),
                number(comparison.jdk()),
                ratio(comparison.ratio()),
                ratio(ratios[0]) + "-" + ratio(ratios[ratios.length - 1]),
                number(comparison.ourKilobytes()),
                number(comparison.theirKilobytes())));
    }

    /** Adds a row in which less is better; the ratio is inverted, so that above 1 is better here too. */
    void lessIsBetter(String name, double heddle, double other) {
        line(ROW.formatted(name, number(heddle), number(other), ratio(other / heddle), "", "", ""));
    }

    // One format for all magnitudes, so that they are visible at a glance.
    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    @SuppressWarnings("SystemOut") // the purpose of the run
    void line(String text) {
        lines.add(text.stripTrailing());
        System.out.println(text.stripTrailing());
    }

    void write() throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, lines);
    }
}
