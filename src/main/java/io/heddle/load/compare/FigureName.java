package io.heddle.load.compare;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a figure of a run, such as {@code full.rate} or {@code resumed.p99}.
 *
 * @param text the name as it is written
 */
public record FigureName(String text, Unit unit) {
    /** The unit of a figure. */
    public enum Unit {
        /** A number. */
        COUNT,
        /** A number per second. */
        RATE,
        /** A share, 0 to 1. */
        SHARE,
        /** Nanoseconds. */
        DURATION
    }

    static final String FULL = "full";
    static final String RESUMED = "resumed";
    static final String REQUESTS = "requests";
    static final String CONNECT = "connect";

    /** The kinds that have latencies. */
    static final List<String> TIMED = List.of(FULL, RESUMED, REQUESTS, CONNECT);

    private static final Map<String, Unit> NUMBERS = new TreeMap<>(Map.ofEntries(
            Map.entry("full.count", Unit.COUNT),
            Map.entry("full.rate", Unit.RATE),
            Map.entry("resumed.count", Unit.COUNT),
            Map.entry("resumed.rate", Unit.RATE),
            Map.entry("requests.count", Unit.COUNT),
            Map.entry("requests.rate", Unit.RATE),
            Map.entry("failed", Unit.COUNT),
            Map.entry("failed.share", Unit.SHARE),
            Map.entry("refused", Unit.COUNT),
            Map.entry("noSession", Unit.COUNT),
            Map.entry("behindSchedule", Unit.COUNT),
            Map.entry("dropped", Unit.COUNT),
            Map.entry("sent.rate", Unit.RATE),
            Map.entry("received.rate", Unit.RATE),
            Map.entry("client.cpu", Unit.DURATION),
            Map.entry("client.share", Unit.SHARE)));
    private static final Pattern LATENCY =
            Pattern.compile("(full|resumed|requests|connect)\\.(min|mean|max|p\\d{1,2}(?:\\.\\d{1,4})?)");

    /** Returns the figure of this name, empty if there is none. */
    public static Optional<FigureName> of(String text) {
        if (NUMBERS.containsKey(text)) {
            return Optional.of(new FigureName(text, NUMBERS.get(text)));
        }
        return LATENCY.matcher(text).matches() ? Optional.of(new FigureName(text, Unit.DURATION)) : Optional.empty();
    }

    /** Returns the names, for a message. */
    public static String allowed() {
        return String.join(", ", NUMBERS.keySet())
                + ", and min, mean, p0 to p99.9999 and max of full, resumed, requests and connect";
    }

    /** The parts of a latency figure: the kind that was timed, and the statistic. */
    record OfLatency(String of, String which) {
        /** Returns the percentile, 0 to 100; empty for another statistic. */
        Optional<Double> percent() {
            return which.startsWith("p") ? Optional.of(Double.valueOf(which.substring(1))) : Optional.empty();
        }
    }

    /** Returns the parts of a latency figure; empty for another figure. */
    Optional<OfLatency> ofLatency() {
        Matcher matcher = LATENCY.matcher(text);
        return matcher.matches() ? Optional.of(new OfLatency(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    /** Formats a value of this figure with its unit. */
    public String format(double value) {
        return switch (unit) {
            case COUNT -> String.format(Locale.ROOT, "%.0f", value);
            case RATE -> digits(value) + "/s";
            case SHARE -> String.format(Locale.ROOT, "%.2f %%", 100 * value);
            case DURATION -> Math.abs(value) < 1e9 ? digits(value / 1e6) + " ms" : digits(value / 1e9) + " s";
        };
    }

    private static String digits(double value) {
        double size = Math.abs(value);
        return String.format(
                Locale.ROOT, size >= 1000 ? "%.0f" : size >= 100 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }

    @Override
    public String toString() {
        return text;
    }
}
