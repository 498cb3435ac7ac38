package io.heddle.load.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Two runs beside each other: what became of each figure from the first to the second. Immutable. */
public final class Comparison {
    private static final List<String> RATES = List.of("full", "resumed", "requests", "sent", "received");
    private static final List<String> LATENCIES = List.of("mean", "p50", "p90", "p99", "p99.9", "p99.99", "max");
    private static final List<String> OTHERS = List.of("failed", "failed.share", "client.cpu", "client.share");

    private final Measured before;
    private final Measured after;

    private Comparison(Measured before, Measured after) {
        this.before = before;
        this.after = after;
    }

    /** Compares two runs. */
    public static Comparison of(Measured before, Measured after) {
        return new Comparison(before, after);
    }

    /** Returns the second run, which is what conditions without a change are about. */
    public Measured after() {
        return after;
    }

    /** Returns what became of the figures that matter most, of those that both runs have and that are not 0 in both. */
    public List<Change> changes() {
        List<String> names = new ArrayList<>();
        RATES.forEach(each -> names.add(each + ".rate"));
        FigureName.TIMED.forEach(of -> LATENCIES.forEach(which -> names.add(of + "." + which)));
        names.addAll(OTHERS);
        List<Change> changes = new ArrayList<>();
        for (String each : names) {
            change(FigureName.of(each).orElseThrow())
                    .filter(change -> change.before() != 0 || change.after() != 0)
                    .ifPresent(changes::add);
        }
        return changes;
    }

    /** Returns what became of a figure; empty if one of the runs does not have it. */
    public Optional<Change> change(FigureName name) {
        if (before.figure(name).isEmpty() || after.figure(name).isEmpty()) {
            return Optional.empty();
        }
        double from = before.figure(name).getAsDouble();
        double to = after.figure(name).getAsDouble();
        return Optional.of(new Change(name, from, to, interval(name, to - from)));
    }

    private Optional<Change.Interval> interval(FigureName name, double difference) {
        if (name.unit() == FigureName.Unit.RATE) {
            return RateInterval.of(before, after, name.text().replace(".rate", ""), difference);
        }
        return name.ofLatency()
                .filter(each -> each.percent().isPresent())
                .flatMap(each -> PercentileInterval.of(
                        before, after, each.of(), each.percent().orElseThrow()));
    }
}
