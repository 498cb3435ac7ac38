package io.heddle.load.compare;

import java.util.Optional;

/**
 * How far the difference of two rates may be from what was measured: Welch's interval, from how much the rates of the seconds of
 * each run differ among themselves.
 */
final class RateInterval {
    /** With fewer seconds nothing can be told of how they differ. */
    static final int FEWEST_SECONDS = 3;

    private RateInterval() {}

    static Optional<Change.Interval> of(Measured before, Measured after, String kind, double difference) {
        return of(rates(before, kind), rates(after, kind), difference);
    }

    static Optional<Change.Interval> of(Sample before, Sample after, double difference) {
        if (before.count() < FEWEST_SECONDS || after.count() < FEWEST_SECONDS) {
            return Optional.empty();
        }
        double variance = before.ofMean() + after.ofMean();
        double margin = variance == 0 ? 0 : StudentT.of95Percent(freedom(before, after)) * Math.sqrt(variance);
        return Optional.of(new Change.Interval(difference - margin, difference + margin));
    }

    private static Sample rates(Measured run, String kind) {
        return Sample.of(run.steps().stream()
                .map(each -> each.counts().getOrDefault(kind, 0.0) / each.seconds())
                .toList());
    }

    /** Welch's and Satterthwaite's degrees of freedom. */
    static double freedom(Sample before, Sample after) {
        double a = before.ofMean();
        double b = after.ofMean();
        return (a + b) * (a + b) / (a * a / (before.count() - 1) + b * b / (after.count() - 1));
    }
}
