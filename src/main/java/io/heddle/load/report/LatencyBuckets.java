package io.heddle.load.report;

import io.heddle.load.Latency;
import io.heddle.load.LoadFigures;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Histogram buckets of equal factors that cover all latencies of a run, in nanoseconds; the narrower the range, the finer.
 *
 * @param first the index of the first bucket, counted from a nanosecond
 * @param number the number of buckets
 * @param perDecade the number of buckets in a factor of ten
 */
record LatencyBuckets(int first, int number, int perDecade) {
    private static final int[] RESOLUTIONS = {48, 24, 12, 8, 5};
    private static final int MOST = 40;

    static LatencyBuckets of(LoadFigures figures) {
        List<Charts.KindLatency> all = Charts.latencies(figures);
        double shortest = all.stream()
                .mapToLong(kind -> Math.max(1, kind.latency().min().toNanos()))
                .min()
                .orElse(1);
        double longest = all.stream()
                .mapToLong(kind -> kind.latency().max().toNanos())
                .max()
                .orElse(1);
        for (int perDecade : RESOLUTIONS) {
            int first = index(shortest, perDecade);
            int number = index(longest, perDecade) - first + 1;
            if (number <= MOST || perDecade == RESOLUTIONS[RESOLUTIONS.length - 1]) {
                return new LatencyBuckets(first, Math.max(1, number), perDecade);
            }
        }
        throw new AssertionError();
    }

    /** Returns the number of values in each bucket. */
    long[] counts(Latency latency) {
        long[] counts = new long[number];
        Histogram nanos = latency.histogram();
        nanos.recordedValues().forEach(value -> {
            int bucket = index((double) Math.max(1, value.getValueIteratedTo()), perDecade) - first;
            counts[Math.clamp(bucket, 0, number - 1)] += value.getCountAtValueIteratedTo();
        });
        return counts;
    }

    /** Returns the lower edge of a bucket; that of the bucket after the last one is the end. */
    double edge(int bucket) {
        return Math.pow(10, (double) (first + bucket) / perDecade);
    }

    double from() {
        return edge(0);
    }

    double to() {
        return edge(number);
    }

    private static int index(double nanos, int perDecade) {
        return (int) Math.floor(Math.log10(nanos) * perDecade + 1e-9);
    }
}
