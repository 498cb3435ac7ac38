package io.heddle.load.compare;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a figure of a run, such as {@code full.rate} or {@code resumed.p99}.
 *
 * @param text as it is written
 * @param unit what it is in
 */
public record FigureName(String text, Unit unit) {
    /** What a figure is in. */
    public enum Unit {
        /** So many. */
        COUNT,
        /** So many a second. */
        RATE,
        /** A share of something, 0 to 1. */
        SHARE,
        /** Nanoseconds. */
        DURATION
    }

    static final String FULL = "full";
    static final String RESUMED = "resumed";
    static final String REQUESTS = "requests";
    static final String CONNECT = "connect";

    /** What has latencies. */
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
            Map.entry("unoffered", Unit.COUNT),
            Map.entry("late", Unit.COUNT),
            Map.entry("unstarted", Unit.COUNT),
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

    /** Returns what the names are, in a sentence. */
    public static String allowed() {
        return String.join(", ", NUMBERS.keySet())
                + ", and min, mean, p0 to p99.9999 and max of full, resumed, requests and connect";
    }

    /** A figure of a latency: of what, and which. */
    record OfLatency(String of, String which) {
        /** Returns which percentile it is, 0 to 100; empty if it is none. */
        Optional<Double> percent() {
            return which.startsWith("p") ? Optional.of(Double.valueOf(which.substring(1))) : Optional.empty();
        }
    }

    /** Returns its parts if it is a figure of a latency. */
    Optional<OfLatency> ofLatency() {
        Matcher matcher = LATENCY.matcher(text);
        return matcher.matches() ? Optional.of(new OfLatency(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}
