package io.heddle.cli;

import io.heddle.load.LoadResult;
import io.heddle.load.compare.RunFigures;
import io.heddle.load.compare.Threshold;
import io.heddle.load.report.LoadReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The options for the result of a load run: report, picture, thresholds and comparison. */
final class LoadReportFlags {
    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description = "Write a self-contained HTML page with charts and tables.")
    private @Nullable Path report;

    @Option(
            names = "--png",
            paramLabel = "FILE.png",
            description = "Write a picture of rate over time and latency by percentile.")
    private @Nullable Path png;

    @Option(
            names = "--fail-if",
            paramLabel = "CONDITION",
            converter = ThresholdText.class,
            description =
                    "Exit code 1 if this holds, such as 'resumed.p99 > 5ms' or 'failed.share >= 0.1%%', or with --compare "
                            + "'full.rate < -5%%'; docs/load.md lists the figures. Repeatable.")
    private List<Threshold> conditions = List.of();

    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "FILE.json",
            hideParamSyntax = true,
            description =
                    "Compare two results of --json instead of measuring: the changes from the first to the second, "
                            + "and whether they are significant.")
    private List<Path> compared = List.of();

    /** A converter of thresholds. */
    static final class ThresholdText implements ITypeConverter<Threshold> {
        @Override
        public Threshold convert(String text) {
            try {
                return Threshold.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Refuses, before the run, what could not be done after it. */
    void check(CommandSpec command) throws IOException {
        for (Threshold threshold : conditions) {
            if (threshold.change()) {
                throw new ParameterException(
                        command.commandLine(),
                        "--fail-if: '%s' is about a change, which needs --compare".formatted(threshold.text()));
            }
        }
        for (Path file : Stream.of(Optional.ofNullable(report), Optional.ofNullable(png))
                .flatMap(Optional::stream)
                .toList()) {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null && !Files.isDirectory(folder)) {
                throw new NoSuchFileException(file.toString(), null, "its folder is not there");
            }
        }
    }

    /** Writes the report and the picture. */
    void write(LoadResult result, List<String> command) throws IOException {
        LoadReport output = LoadReport.of(result).command(quoted(command));
        if (report != null) {
            output.writeHtml(report);
        }
        if (png != null) {
            // No window is needed, even if there is a display.
            if (System.getProperty("java.awt.headless") == null) {
                System.setProperty("java.awt.headless", "true");
            }
            output.writePng(png);
        }
    }

    /** Fails if a threshold is crossed. */
    void judge(LoadResult result) throws CommandException {
        if (!conditions.isEmpty()) {
            RunFigures measured = RunFigures.of(result);
            judge(conditions.stream().map(condition -> condition.crossedBy(measured)));
        }
    }

    /** Returns whether to compare two results instead of measuring. */
    boolean comparesRuns() {
        return !compared.isEmpty();
    }

    /** Returns the two files of a comparison. */
    List<Path> compared() {
        return compared;
    }

    List<Threshold> conditions() {
        return conditions;
    }

    static void judge(Stream<Optional<String>> met) throws CommandException {
        List<String> sentences = met.flatMap(Optional::stream).toList();
        if (!sentences.isEmpty()) {
            throw new CommandException("ERR_LOAD_CONDITION", String.join("; ", sentences));
        }
    }

    /** Returns a command line as one line that a shell parses to the same arguments. */
    static String quoted(List<String> arguments) {
        return arguments.stream().map(LoadReportFlags::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String argument) {
        return argument.matches("[A-Za-z0-9_@%+=:,./-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
