package io.heddle.load;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Where the virtual users count: what is measured by target, the warm-up and the primers in one. */
record LoadParts(List<Tally> measured, Tally warmup, Tally primers, Spread measuredOffers, Spread warmupOffers) {
    static LoadParts of(LoadOptions options) {
        int stripes = Integer.highestOneBit(Math.min(16, Runtime.getRuntime().availableProcessors()));
        return new LoadParts(
                IntStream.range(0, options.targets().size())
                        .mapToObj(each -> new Tally(stripes))
                        .toList(),
                new Tally(1),
                new Tally(1),
                new Spread(options.resume()),
                new Spread(options.resume()));
    }

    /** Where a turn of a user of this target counts. */
    Tally tally(boolean counts, int target) {
        return counts ? measured.get(target) : warmup;
    }

    Spread offers(boolean counts) {
        return counts ? measuredOffers : warmupOffers;
    }

    /** Returns what was counted in the measurement, or in the warm-up. */
    Counted counted(boolean counts) {
        return (counts ? measured : List.of(warmup))
                .stream().map(Tally::counted).reduce(Counted.NOTHING, Counted::plus);
    }

    /** Returns what failed in the warm-up and in primers. */
    List<LoadFailure> unmeasuredFailures() {
        return Stream.of(warmup, primers)
                .flatMap(each -> each.failures().stream())
                .toList();
    }

    void collect(Interval second) {
        measured.forEach(each -> each.collect(second));
    }

    LoadFigures total() {
        return Totals.of(measured.stream().map(Tally::figures).toList());
    }

    List<LoadGroup> groups(List<LoadTarget> targets) {
        List<LoadGroup> groups = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            groups.add(new LoadGroup(targets.get(i).name(), measured.get(i).figures()));
        }
        return groups;
    }
}
