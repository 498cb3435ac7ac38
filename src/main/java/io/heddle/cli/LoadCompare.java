package io.heddle.cli;

import io.heddle.load.compare.Comparison;
import io.heddle.load.compare.FigureName;
import io.heddle.load.compare.SavedRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** {@code heddle load --compare}: compares two saved results. */
final class LoadCompare {
    private static final String SCHEMA = "heddle-load-compare/1";
    private static final double NANOS_A_MILLI = 1e6;

    /** The options allowed with {@code --compare}. */
    private static final Set<String> ALLOWED = Set.of("--compare", "--fail-if", "--json");

    private LoadCompare() {}

    /** Refuses options that only affect a run. */
    static void check(CommandSpec command) {
        for (ArgSpec argument : command.commandLine().getParseResult().matchedArgs()) {
            String name = argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
            if (!ALLOWED.contains(name)) {
                throw new ParameterException(
                        command.commandLine(), "--compare: nothing is measured, so %s has no place".formatted(name));
            }
        }
    }

    static int run(LoadReportFlags asked, boolean json, PrintWriter out) throws IOException {
        List<Path> files = asked.compared();
        Comparison comparison = Comparison.of(SavedRun.read(files.getFirst()), SavedRun.read(files.getLast()));
        if (json) {
            out.println(JsonLine.of(json(files, comparison)));
        } else {
            print(files, comparison, out);
        }
        out.flush();
        LoadReportFlags.judge(asked.conditions().stream().map(condition -> condition.crossedBy(comparison)));
        return 0;
    }

    private static void print(List<Path> files, Comparison comparison, PrintWriter out) {
        out.printf("A: %s%nB: %s%n%n", files.getFirst(), files.getLast());
        var table = new TextTable("", "A", "B", "change", "95 % between", "");
        for (Comparison.Change change : comparison.changes()) {
            table.row(
                    change.name(),
                    change.name().format(change.before()),
                    change.name().format(change.after()),
                    Comparison.percent(change.relative(change.difference())),
                    between(change),
                    change.significant()
                            .map(sure -> sure ? "significant" : "within chance")
                            .orElse(""));
        }
        table.lines().forEach(out::println);
    }

    private static String between(Comparison.Change change) {
        return change.interval()
                .map(interval -> Comparison.percent(change.relative(interval.low())) + " and "
                        + Comparison.percent(change.relative(interval.high())))
                .orElse("");
    }

    private static Map<String, @Nullable Object> json(List<Path> files, Comparison comparison) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("a", files.getFirst().toString());
        json.put("b", files.getLast().toString());
        json.put("figures", comparison.changes().stream().map(LoadCompare::json).toList());
        return json;
    }

    private static Map<String, @Nullable Object> json(Comparison.Change change) {
        double scale = change.name().unit() == FigureName.Unit.DURATION ? NANOS_A_MILLI : 1;
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", change.name().text());
        json.put("unit", unit(change.name()));
        json.put("a", change.before() / scale);
        json.put("b", change.after() / scale);
        json.put("difference", change.difference() / scale);
        json.put(
                "low", change.interval().map(interval -> interval.low() / scale).orElse(null));
        json.put(
                "high",
                change.interval().map(interval -> interval.high() / scale).orElse(null));
        json.put("significant", change.significant().orElse(null));
        return json;
    }

    private static String unit(FigureName name) {
        return switch (name.unit()) {
            case COUNT -> "count";
            case RATE -> "perSecond";
            case SHARE -> "share";
            case DURATION -> "milliseconds";
        };
    }
}
