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
 * What a program said, and what it cost.
 *
 * @param output of both streams
 * @param cpuSeconds of processor time, of the program's own and the system's for it
 */
record CommandCost(String output, double cpuSeconds) {
    /** As POSIX has {@code times} write it; the last line is about the children of the shell. */
    private static final Pattern TIMES = Pattern.compile("(\\d+)m([\\d.]+)s (\\d+)m([\\d.]+)s\\s*$");

    /** Runs a program that ends by itself within {@code limit}. */
    static CommandCost of(Duration limit, List<String> command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("sh", "-c", "\"$@\"; times", "sh"));
        all.addAll(command);
        Path said = Files.createTempFile("heddle-bench-", ".txt");
        try {
            Process process = new ProcessBuilder(all)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
                throw new IOException("%s: not done within %s: %s".formatted(command, limit, Files.readString(said)));
            }
            String text = Files.readString(said, UTF_8);
            Matcher times = TIMES.matcher(text);
            if (!times.find()) {
                throw new IOException("%s: no times: %s".formatted(command, text));
            }
            return new CommandCost(
                    text.substring(0, times.start()),
                    minutes(times.group(1), times.group(2)) + minutes(times.group(3), times.group(4)));
        } finally {
            Files.delete(said);
        }
    }

    private static double minutes(String minutes, String seconds) {
        return 60 * Double.parseDouble(minutes) + Double.parseDouble(seconds);
    }

    /** Returns the number that the pattern's group has in the output. */
    double number(String pattern) {
        return Pattern.compile(pattern)
                .matcher(output)
                .results()
                .reduce((first, second) -> second)
                .map((MatchResult found) -> Double.parseDouble(found.group(1)))
                .orElseThrow(() -> new IllegalStateException("no %s in: %s".formatted(pattern, output)));
    }
}
