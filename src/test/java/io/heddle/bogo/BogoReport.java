package io.heddle.bogo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares the runner's output with the expected results, prints the counts and each difference, and exits with 1 if
 * there is one. A test that passes against the expectation is a difference like one that fails.
 *
 * <p>Arguments: the runner's output, the file of expectations, and {@code whole} if every test has run, {@code part} if
 * some have, {@code less} if every one has with a driver of fewer options: there a test that passes is never a
 * difference, nor one that is not implemented.
 */
public final class BogoReport {
    private static final Pattern RESULT = Pattern.compile("(PASSED|FAILED|UNIMPLEMENTED) \\((.+)\\)");

    private enum Outcome {
        PASSED,
        FAILED,
        UNIMPLEMENTED
    }

    private enum Mode {
        WHOLE,
        PART,
        LESS
    }

    private final Map<String, Outcome> outcomes = new LinkedHashMap<>();
    private final Map<String, String> details = new TreeMap<>();

    private BogoReport() {}

    public static void main(String[] arguments) throws IOException {
        var report = new BogoReport();
        report.read(Path.of(arguments[0]));
        ExpectedResults expected = ExpectedResults.read(Path.of(arguments[1]));
        System.exit(report.compare(expected, Mode.valueOf(arguments[2].toUpperCase(Locale.ROOT)), System.out) ? 0 : 1);
    }

    /** Reads the names in the runner's list; after the name of a failed test comes the output of the shim. */
    private void read(Path output) throws IOException {
        String last = "";
        for (String line : Files.readString(output, StandardCharsets.ISO_8859_1).split("\\n", -1)) {
            Matcher result = RESULT.matcher(line);
            if (result.matches()) {
                last = result.group(2);
                outcomes.put(last, Outcome.valueOf(result.group(1)));
            } else if (outcomes.get(last) == Outcome.FAILED && !line.isBlank()) {
                details.merge(last, "    " + line, (before, more) -> before + "\n" + more);
            }
        }
    }

    private boolean compare(ExpectedResults expected, Mode mode, PrintStream out) {
        Map<ExpectedResults.Reason, Integer> reasons = new EnumMap<>(ExpectedResults.Reason.class);
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        int differences = 0;
        for (Map.Entry<String, Outcome> entry : outcomes.entrySet()) {
            String test = entry.getKey();
            Outcome outcome = entry.getValue();
            Optional<ExpectedResults.Reason> reason =
                    expected.reason(test).filter(found -> found != ExpectedResults.Reason.SOCKETS || mode == Mode.LESS);
            counts.merge(outcome, 1, Integer::sum);
            if (outcome == Outcome.FAILED) {
                reason.ifPresent(found -> reasons.merge(found, 1, Integer::sum));
            }
            Optional<String> difference =
                    mode == Mode.LESS && outcome != Outcome.FAILED ? Optional.empty() : difference(outcome, reason);
            if (difference.isPresent()) {
                differences++;
                out.println("bogo: " + test + " " + difference.get());
                Optional.ofNullable(details.get(test)).ifPresent(out::println);
            }
        }
        if (mode == Mode.WHOLE) {
            for (String unused : expected.unused()) {
                differences++;
                out.println("bogo: no test is called " + unused + ", which is expected not to pass");
            }
        }
        out.printf(
                "bogo: %d passed, %d failed as expected %s, %d unimplemented, %d differences%n",
                counts.getOrDefault(Outcome.PASSED, 0),
                reasons.values().stream().mapToInt(Integer::intValue).sum(),
                reasons,
                counts.getOrDefault(Outcome.UNIMPLEMENTED, 0),
                differences);
        return differences == 0 && !outcomes.isEmpty();
    }

    private static Optional<String> difference(Outcome outcome, Optional<ExpectedResults.Reason> reason) {
        if (reason.isEmpty()) {
            return outcome == Outcome.PASSED ? Optional.empty() : Optional.of(outcome.name() + ", expected to pass");
        }
        return switch (outcome) {
            case PASSED ->
                reason.get() == ExpectedResults.Reason.TIMING
                        ? Optional.empty()
                        : Optional.of("PASSED, expected not to: " + reason.get());
            case FAILED, UNIMPLEMENTED -> Optional.empty();
        };
    }
}
