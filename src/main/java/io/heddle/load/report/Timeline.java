package io.heddle.load.report;

import io.heddle.load.LoadSecond;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The seconds of a run, merged into longer spans where a chart could not show each. */
final class Timeline {
    /** The rest at the end of a run is merged into the span before if it is shorter, since its rate would mean nothing. */
    private static final double SHORTEST = 0.5;

    private Timeline() {}

    /**
     * Consecutive seconds.
     *
     * @param from their start, in seconds from the beginning of the measurement
     * @param to their end
     */
    record Span(double from, double to, List<LoadSecond> seconds) {
        double length() {
            return Math.max(1e-9, to - from);
        }

        double middle() {
            return (from + to) / 2;
        }

        double sum(ToDoubleFunction<LoadSecond> of) {
            return seconds.stream().mapToDouble(of).sum();
        }

        double perSecond(ToDoubleFunction<LoadSecond> of) {
            return sum(of) / length();
        }
    }

    /** Returns at most {@code most} spans, of equal length except the last. */
    static List<Span> of(List<LoadSecond> seconds, int most) {
        int together = Math.ceilDiv(Math.max(1, seconds.size()), most);
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < seconds.size(); i += together) {
            add(spans, seconds.subList(i, Math.min(seconds.size(), i + together)));
        }
        return spans;
    }

    private static void add(List<Span> spans, List<LoadSecond> seconds) {
        LoadSecond first = seconds.getFirst();
        double from = Math.max(0, first.end().minus(first.length()).toNanos() / 1e9);
        double to = seconds.getLast().end().toNanos() / 1e9;
        if (to - from < SHORTEST && !spans.isEmpty()) {
            Span before = spans.removeLast();
            List<LoadSecond> all = new ArrayList<>(before.seconds());
            all.addAll(seconds);
            spans.add(new Span(before.from(), to, List.copyOf(all)));
        } else {
            spans.add(new Span(from, to, List.copyOf(seconds)));
        }
    }
}
