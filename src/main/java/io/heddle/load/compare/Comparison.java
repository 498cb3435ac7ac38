package io.heddle.load.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A comparison of two runs, figure by figure. Immutable. */
public final class Comparison {
    private static final List<String> RATES = List.of("full", "resumed", "requests", "sent", "received");
    private static final List<String> LATENCIES = List.of("mean", "p50", "p90", "p99", "p99.9", "p99.99", "max");
    private static final List<String> OTHERS = List.of("failed", "failed.share", "client.cpu", "client.share");

    private final RunFigures before;
    private final RunFigures after;

    /** A range of values. */
    public record Interval(double low, double high) {}

    /**
     * The change of a figure.
     *
     * @param before the value in the first run
     * @param after the value in the second run
     * @param interval the 95 % confidence interval of {@code after - before}; empty if it cannot be computed
     */
    public record Change(FigureName name, double before, double after, Optional<Interval> interval) {
        /** Returns the difference. */
        public double difference() {
            return after - before;
        }

        /** Returns a difference as a share of the first run's figure; infinite or not a number if that is 0. */
        public double relative(double difference) {
            return difference / before;
        }

        /** Returns whether the difference is more than chance, with 95 % confidence; empty without an interval. */
        public Optional<Boolean> significant() {
            return interval.map(bounds -> bounds.low() > 0 || bounds.high() < 0);
        }
    }

    private Comparison(RunFigures before, RunFigures after) {
        this.before = before;
        this.after = after;
    }

    /** Compares two runs. */
    public static Comparison of(RunFigures before, RunFigures after) {
        return new Comparison(before, after);
    }

    /** Returns the second run. */
    public RunFigures after() {
        return after;
    }

    /** Returns the changes of the main figures that both runs have and that are not 0 in both. */
    public List<Change> changes() {
        List<String> names = new ArrayList<>();
        RATES.forEach(rate -> names.add(rate + ".rate"));
        FigureName.TIMED.forEach(of -> LATENCIES.forEach(which -> names.add(of + "." + which)));
        names.addAll(OTHERS);
        List<Change> changes = new ArrayList<>();
        for (String name : names) {
            change(FigureName.of(name).orElseThrow())
                    .filter(change -> change.before() != 0 || change.after() != 0)
                    .ifPresent(changes::add);
        }
        return changes;
    }

    /** Returns the change of a figure; empty if one of the runs lacks it. */
    public Optional<Change> change(FigureName name) {
        if (before.figure(name).isEmpty() || after.figure(name).isEmpty()) {
            return Optional.empty();
        }
        double from = before.figure(name).getAsDouble();
        double to = after.figure(name).getAsDouble();
        return Optional.of(new Change(name, from, to, interval(name, to - from)));
    }

    private Optional<Interval> interval(FigureName name, double difference) {
        if (name.unit() == FigureName.Unit.RATE) {
            return RateInterval.of(before, after, name.text().replace(".rate", ""), difference);
        }
        return name.ofLatency()
                .filter(change -> change.percent().isPresent())
                .flatMap(change -> PercentileInterval.of(
                        before, after, change.of(), change.percent().orElseThrow()));
    }

    /** Formats a change, given as a share, in percent with its sign. */
    public static String percent(double share) {
        return Double.isNaN(share) || Double.isInfinite(share)
                ? "from nothing"
                : String.format(Locale.ROOT, "%+.1f %%", 100 * share);
    }
}
