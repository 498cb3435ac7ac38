package io.heddle.load.compare;

import java.util.Optional;

/**
 * What became of a figure from one run to the other.
 *
 * @param name of the figure
 * @param before in the first run
 * @param after in the second
 * @param interval what {@code after - before} is between, with 95 % confidence; empty where that cannot be told
 */
public record Change(FigureName name, double before, double after, Optional<Interval> interval) {
    /** From one value to another. */
    public record Interval(double low, double high) {}

    /** Returns the difference. */
    public double difference() {
        return after - before;
    }

    /** Returns a difference as a share of the first run's figure; infinite or not a number where that is 0. */
    public double relative(double difference) {
        return difference / before;
    }

    /** Returns whether the difference is more than chance, with 95 % confidence; empty where that cannot be told. */
    public Optional<Boolean> significant() {
        return interval.map(each -> each.low() > 0 || each.high() < 0);
    }
}
