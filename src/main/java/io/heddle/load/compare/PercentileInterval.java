package io.heddle.load.compare;

import io.heddle.load.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;

/**
 * How far a percentile of a run may be from what was measured.
 *
 * <p>Of N independent latencies the number below a percentile varies by chance, as coins do, and the values at the ranks that far
 * to both sides are the interval; nothing is assumed of how latencies are distributed. Latencies of one second are not independent,
 * though: what slows one slows its neighbours. So N is divided by how much more the medians of the seconds vary than chance explains
 * (for percentiles from 90 on: their 99th percentiles).
 *
 * <p>The interval of a difference is made of those of both runs, so that each side keeps its own length (Zou and Donner, 2008), as
 * factors, since a latency cannot become less than nothing.
 */
final class PercentileInterval {
    private static final double TAIL_FROM = 90;

    /** A second with fewer latencies has no median, or no 99th percentile, worth the name. */
    private static final double FEWEST_FOR_MEDIAN = 20;

    private static final double FEWEST_FOR_TAIL = 200;

    private PercentileInterval() {}

    /** Returns the interval of the difference of a percentile; empty where there is too little of one run. */
    static Optional<Change.Interval> of(Measured before, Measured after, String kind, double percent) {
        Change.Interval a = one(before, kind, percent).orElse(null);
        Change.Interval b = one(after, kind, percent).orElse(null);
        if (a == null || b == null) {
            return Optional.empty();
        }
        double from = value(before, kind, percent);
        double to = value(after, kind, percent);
        if (a.low() <= 0 || b.low() <= 0) {
            return Optional.empty();
        }
        double down = Math.hypot(Math.log(to / b.low()), Math.log(a.high() / from));
        double up = Math.hypot(Math.log(b.high() / to), Math.log(from / a.low()));
        return Optional.of(new Change.Interval(to * Math.exp(-down) - from, to * Math.exp(up) - from));
    }

    private static double value(Measured run, String kind, double percent) {
        Latency latency = run.latencies().get(kind);
        return latency == null ? 0 : (double) latency.percentile(percent).toNanos();
    }

    /** Returns the interval of a percentile of one run. */
    static Optional<Change.Interval> one(Measured run, String kind, double percent) {
        Latency latency = run.latencies().get(kind);
        if (latency == null || run.steps().size() < RateInterval.FEWEST_SECONDS) {
            return Optional.empty();
        }
        Histogram nanos = latency.histogram();
        OptionalDouble excess = excess(run, nanos, kind, percent);
        if (excess.isEmpty()) {
            return Optional.empty();
        }
        double count = nanos.getTotalCount();
        double share = percent / 100;
        double margin = StudentT.of95Percent(run.steps().size() - 1.0)
                * Math.sqrt(count * share * (1 - share) * excess.getAsDouble());
        double low = count * share - margin;
        double high = count * share + margin + 1;
        if (low < 1 || high > count) {
            return Optional.empty();
        }
        return Optional.of(new Change.Interval(
                nanos.lowestEquivalentValue(nanos.getValueAtPercentile(100 * low / count)),
                nanos.highestEquivalentValue(nanos.getValueAtPercentile(100 * high / count))));
    }

    /** Returns how much more the seconds vary than chance explains, 1 where they do not; empty where they tell nothing of it. */
    private static OptionalDouble excess(Measured run, Histogram nanos, String kind, double percent) {
        OptionalDouble excess = percent >= TAIL_FROM ? excess(run, nanos, kind, true) : OptionalDouble.empty();
        // Too few a second for a 99th percentile: the medians are what there is.
        return excess.isPresent() ? excess : excess(run, nanos, kind, false);
    }

    private static OptionalDouble excess(Measured run, Histogram nanos, String kind, boolean tail) {
        List<Double> seen = new ArrayList<>();
        double counted = 0;
        for (Measured.Step step : run.steps()) {
            Double value = (tail ? step.tails() : step.medians()).get(kind);
            double count = step.counts().getOrDefault(kind, 0.0);
            if (value != null && count >= (tail ? FEWEST_FOR_TAIL : FEWEST_FOR_MEDIAN)) {
                seen.add(value);
                counted += count;
            }
        }
        if (seen.size() < RateInterval.FEWEST_SECONDS) {
            return OptionalDouble.empty();
        }
        double expected = byChance(nanos, tail ? 0.99 : 0.5, counted / seen.size());
        return OptionalDouble.of(expected == 0 ? 1 : Math.max(1, Sample.of(seen).variance() / expected));
    }

    /** Returns the variance that a percentile of so many independent latencies has. */
    private static double byChance(Histogram nanos, double share, double count) {
        double error = Math.sqrt(share * (1 - share) / count);
        double width = nanos.getValueAtPercentile(100 * Math.min(1, share + error))
                - nanos.getValueAtPercentile(100 * Math.max(0, share - error));
        return width * width / 4;
    }
}
