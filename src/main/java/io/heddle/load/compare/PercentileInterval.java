package io.heddle.load.compare;

import io.heddle.load.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;

/**
 * The confidence interval of a percentile, and of the difference of two.
 *
 * <p>Of N independent latencies the number below a percentile is binomially distributed. The interval consists of the values at the
 * ranks that far from the percentile, whatever the distribution of the latencies. Latencies of one second are not independent,
 * however: one slow handshake delays its neighbours. N is therefore divided by the ratio between the variance of the medians of the
 * seconds (from the 90th percentile on: of their 99th percentiles) and the variance expected by chance.
 *
 * <p>The interval of a difference combines the intervals of both runs, each side with its own length (Zou and Donner, 2008), as
 * factors, since a latency cannot become negative.
 */
final class PercentileInterval {
    private static final double TAIL_FROM = 90;

    /** A second with fewer latencies has no meaningful median or 99th percentile. */
    private static final double FEWEST_FOR_MEDIAN = 20;

    private static final double FEWEST_FOR_TAIL = 200;

    private PercentileInterval() {}

    /** Returns the interval of the difference of a percentile; empty if one run has too few values. */
    static Optional<Comparison.Interval> of(RunFigures before, RunFigures after, String kind, double percent) {
        Comparison.Interval a = one(before, kind, percent).orElse(null);
        Comparison.Interval b = one(after, kind, percent).orElse(null);
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
        return Optional.of(new Comparison.Interval(to * Math.exp(-down) - from, to * Math.exp(up) - from));
    }

    private static double value(RunFigures run, String kind, double percent) {
        Latency latency = run.latencies().get(kind);
        return latency == null ? 0 : (double) latency.percentile(percent).toNanos();
    }

    /** Returns the interval of a percentile of one run. */
    static Optional<Comparison.Interval> one(RunFigures run, String kind, double percent) {
        Latency latency = run.latencies().get(kind);
        if (latency == null || run.steps().size() < RateInterval.FEWEST_SECONDS) {
            return Optional.empty();
        }
        Histogram nanos = latency.histogram();
        OptionalDouble overdispersion = overdispersion(run, nanos, kind, percent);
        if (overdispersion.isEmpty()) {
            return Optional.empty();
        }
        double count = nanos.getTotalCount();
        double share = percent / 100;
        double margin = Sample.halfWidth(run.steps().size() - 1.0)
                * Math.sqrt(count * share * (1 - share) * overdispersion.getAsDouble());
        double low = count * share - margin;
        double high = count * share + margin + 1;
        if (low < 1 || high > count) {
            return Optional.empty();
        }
        return Optional.of(new Comparison.Interval(
                nanos.lowestEquivalentValue(nanos.getValueAtPercentile(100 * low / count)),
                nanos.highestEquivalentValue(nanos.getValueAtPercentile(100 * high / count))));
    }

    /** Returns the ratio between observed and expected variance of the seconds, at least 1; empty if there are too few values. */
    private static OptionalDouble overdispersion(RunFigures run, Histogram nanos, String kind, double percent) {
        OptionalDouble overdispersion =
                percent >= TAIL_FROM ? overdispersion(run, nanos, kind, true) : OptionalDouble.empty();
        // With too few values per second for a 99th percentile, the medians are used.
        return overdispersion.isPresent() ? overdispersion : overdispersion(run, nanos, kind, false);
    }

    private static OptionalDouble overdispersion(RunFigures run, Histogram nanos, String kind, boolean tail) {
        List<Double> seen = new ArrayList<>();
        double counted = 0;
        for (RunFigures.Step step : run.steps()) {
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
        double expected = varianceByChance(nanos, tail ? 0.99 : 0.5, counted / seen.size());
        return OptionalDouble.of(expected == 0 ? 1 : Math.max(1, Sample.of(seen).variance() / expected));
    }

    /** Returns the variance of a percentile of {@code count} independent latencies. */
    private static double varianceByChance(Histogram nanos, double share, double count) {
        double error = Math.sqrt(share * (1 - share) / count);
        double width = nanos.getValueAtPercentile(100 * Math.min(1, share + error))
                - nanos.getValueAtPercentile(100 * Math.max(0, share - error));
        return width * width / 4;
    }
}
