package io.heddle.load.compare;

import java.util.Optional;

/** The confidence interval of the difference of two rates: Welch's, from the variance of the rates of the seconds of each run. */
final class RateInterval {
    /** Fewer seconds give no useful variance. */
    static final int FEWEST_SECONDS = 3;

    private RateInterval() {}

    static Optional<Comparison.Interval> of(RunFigures before, RunFigures after, String kind, double difference) {
        return of(rates(before, kind), rates(after, kind), difference);
    }

    static Optional<Comparison.Interval> of(Sample before, Sample after, double difference) {
        if (before.count() < FEWEST_SECONDS || after.count() < FEWEST_SECONDS) {
            return Optional.empty();
        }
        double variance = before.varianceOfMean() + after.varianceOfMean();
        double margin = variance == 0 ? 0 : Sample.halfWidth(freedom(before, after)) * Math.sqrt(variance);
        return Optional.of(new Comparison.Interval(difference - margin, difference + margin));
    }

    private static Sample rates(RunFigures run, String kind) {
        return Sample.of(run.steps().stream()
                .map(step -> step.counts().getOrDefault(kind, 0.0) / step.seconds())
                .toList());
    }

    /** Returns the degrees of freedom by Welch and Satterthwaite. */
    static double freedom(Sample before, Sample after) {
        double a = before.varianceOfMean();
        double b = after.varianceOfMean();
        return (a + b) * (a + b) / (a * a / (before.count() - 1) + b * b / (after.count() - 1));
    }
}
