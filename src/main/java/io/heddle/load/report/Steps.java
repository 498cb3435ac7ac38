package io.heddle.load.report;

import io.heddle.load.Latency;
import io.heddle.load.LoadFigures;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Steps of equal factors that hold all latencies of a run, in nanoseconds; the finer, the closer those are together.
 *
 * @param first the number of the first step, counted from a nanosecond
 * @param number how many there are
 * @param perDecade how many of them make a factor of ten
 */
record Steps(int first, int number, int perDecade) {
    private static final int[] FINENESS = {48, 24, 12, 8, 5};
    private static final int MOST = 40;

    static Steps of(LoadFigures figures) {
        List<Latencies.Of> all = Latencies.of(figures);
        double shortest = all.stream()
                .mapToLong(each -> Math.max(1, each.latency().min().toNanos()))
                .min()
                .orElse(1);
        double longest = all.stream()
                .mapToLong(each -> each.latency().max().toNanos())
                .max()
                .orElse(1);
        for (int perDecade : FINENESS) {
            int first = number(shortest, perDecade);
            int number = number(longest, perDecade) - first + 1;
            if (number <= MOST || perDecade == FINENESS[FINENESS.length - 1]) {
                return new Steps(first, Math.max(1, number), perDecade);
            }
        }
        throw new AssertionError();
    }

    /** Returns how many fall into each step. */
    long[] counts(Latency latency) {
        long[] counts = new long[number];
        Histogram nanos = latency.histogram();
        nanos.recordedValues().forEach(value -> {
            int step = number((double) Math.max(1, value.getValueIteratedTo()), perDecade) - first;
            counts[Math.clamp(step, 0, number - 1)] += value.getCountAtValueIteratedTo();
        });
        return counts;
    }

    /** Returns where a step begins; that of the number of steps is the end. */
    double edge(int step) {
        return Math.pow(10, (double) (first + step) / perDecade);
    }

    double from() {
        return edge(0);
    }

    double to() {
        return edge(number);
    }

    private static int number(double nanos, int perDecade) {
        return (int) Math.floor(Math.log10(nanos) * perDecade + 1e-9);
    }
}
