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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The options that say what becomes of a load result beside its summary: pages, pictures and a judgement. */
final class LoadReportFlags {
    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description = "Write a page with charts and tables, for a browser, a phone or paper; it loads nothing.")
    private @Nullable Path report;

    @Option(
            names = "--png",
            paramLabel = "FILE.png",
            description = "Write a picture of the rate over time and of the latency by percentile.")
    private @Nullable Path png;

    @Option(
            names = "--fail-if",
            paramLabel = "CONDITION",
            converter = ThresholdText.class,
            description =
                    "Exit code 1 if this holds, such as 'resumed.p99 > 5ms' or 'failed.share >= 0.1%%', and of two runs "
                            + "'full.rate < -5%%'; docs/load.md has the names. Repeatable.")
    private List<Threshold> conditions = List.of();

    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "FILE.json",
            hideParamSyntax = true,
            description =
                    "Measure nothing, but compare two results of --json: what changed from the first to the second, "
                            + "and whether that is more than chance.")
    private List<Path> compared = List.of();

    /** Conditions as the command line has them. */
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

    /** Refuses before anything is measured what could not be done after it. */
    void check(CommandSpec command) throws IOException {
        for (Threshold each : conditions) {
            if (each.change()) {
                throw new ParameterException(
                        command.commandLine(),
                        "--fail-if: '%s' is about a change, which needs --compare".formatted(each.text()));
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

    /** Writes what was asked for. */
    void write(LoadResult result, List<String> command) throws IOException {
        LoadReport made = LoadReport.of(result).command(CommandText.quoted(command));
        if (report != null) {
            made.writeHtml(report);
        }
        if (png != null) {
            // No window is wanted, whatever display there is.
            if (System.getProperty("java.awt.headless") == null) {
                System.setProperty("java.awt.headless", "true");
            }
            made.writePng(png);
        }
    }

    /** Fails if a condition is met. */
    void judge(LoadResult result) throws CommandFailure {
        if (!conditions.isEmpty()) {
            RunFigures measured = RunFigures.of(result);
            judge(conditions.stream().map(each -> each.crossedBy(measured)));
        }
    }

    /** Returns whether nothing is to be measured. */
    boolean comparesRuns() {
        return !compared.isEmpty();
    }

    /** The two files of a comparison. */
    List<Path> compared() {
        return compared;
    }

    List<Threshold> conditions() {
        return conditions;
    }

    static void judge(Stream<Optional<String>> met) throws CommandFailure {
        List<String> sentences = met.flatMap(Optional::stream).toList();
        if (!sentences.isEmpty()) {
            throw new CommandFailure("ERR_LOAD_CONDITION", String.join("; ", sentences));
        }
    }
}
