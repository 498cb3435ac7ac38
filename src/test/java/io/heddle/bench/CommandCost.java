package io.heddle.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The output and the cost of a program.
 *
 * @param output both streams
 * @param cpuSeconds processor time, user and system
 */
record CommandCost(String output, double cpuSeconds) {
    /** The format of POSIX {@code times}; the last line is that of the shell's children. */
    private static final Pattern TIMES = Pattern.compile("(\\d+)m([\\d.]+)s (\\d+)m([\\d.]+)s\\s*$");

    /** Runs a program that exits by itself within {@code limit}. */
    static CommandCost of(Duration limit, List<String> command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("sh", "-c", "\"$@\"; times", "sh"));
        all.addAll(command);
        Path output = Files.createTempFile("heddle-bench-", ".txt");
        try {
            Process process = new ProcessBuilder(all)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
                throw new IOException("%s: not done within %s: %s".formatted(command, limit, Files.readString(output)));
            }
            String text = Files.readString(output, UTF_8);
            Matcher times = TIMES.matcher(text);
            if (!times.find()) {
                throw new IOException("%s: no times: %s".formatted(command, text));
            }
            return new CommandCost(
                    text.substring(0, times.start()),
                    minutes(times.group(1), times.group(2)) + minutes(times.group(3), times.group(4)));
        } finally {
            Files.delete(output);
        }
    }

    private static double minutes(String minutes, String seconds) {
        return 60 * Double.parseDouble(minutes) + Double.parseDouble(seconds);
    }

    /** Returns the number that the pattern's group matches in the output. */
    double number(String pattern) {
        return Pattern.compile(pattern)
                .matcher(output)
                .results()
                .reduce((first, second) -> second)
                .map((MatchResult found) -> Double.parseDouble(found.group(1)))
                .orElseThrow(() -> new IllegalStateException("no %s in: %s".formatted(pattern, output)));
    }
}
