package io.heddle.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The counters of the phases of a run: the measurement by target, the warm-up, and setup handshakes. */
record PhaseCounters(
        List<LoadCounters> measured,
        LoadCounters warmup,
        LoadCounters setup,
        EvenSampler measuredOffers,
        EvenSampler warmupOffers) {
    static PhaseCounters of(LoadOptions options) {
        int stripes = Integer.highestOneBit(Math.min(16, Runtime.getRuntime().availableProcessors()));
        return new PhaseCounters(
                IntStream.range(0, options.targets().size())
                        .mapToObj(index -> new LoadCounters(stripes))
                        .toList(),
                new LoadCounters(1),
                new LoadCounters(1),
                new EvenSampler(options.resume()),
                new EvenSampler(options.resume()));
    }

    /** Returns the counters for an iteration of a user of this target. */
    LoadCounters counters(boolean isMeasured, int target) {
        return isMeasured ? measured.get(target) : warmup;
    }

    EvenSampler offers(boolean isMeasured) {
        return isMeasured ? measuredOffers : warmupOffers;
    }

    /** Returns the counters of the measurement, or of the warm-up. */
    LoadCounters.Snapshot snapshot(boolean isMeasured) {
        return (isMeasured ? measured : List.of(warmup))
                .stream().map(LoadCounters::snapshot).reduce(LoadCounters.Snapshot.ZERO, LoadCounters.Snapshot::plus);
    }

    /** Returns the failures of the warm-up and of setup handshakes. */
    List<LoadFigures.Failure> unmeasuredFailures() {
        return Stream.of(warmup, setup)
                .flatMap(counters -> counters.failures().stream())
                .toList();
    }

    void collect(LatencyRecorder.Interval second) {
        measured.forEach(counters -> counters.collect(second));
    }

    LoadFigures total() {
        return LoadFigures.sum(measured.stream().map(LoadCounters::figures).toList());
    }

    List<LoadResult.Group> groups(List<LoadOptions.Target> targets) {
        List<LoadResult.Group> groups = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            groups.add(
                    new LoadResult.Group(targets.get(i).name(), measured.get(i).figures()));
        }
        return groups;
    }

    /** A sampler of an exact share, spread evenly: of the first N calls {@code floor(N * share)} are selected. Thread-safe. */
    static final class EvenSampler {
        private final double share;
        private final AtomicLong next = new AtomicLong();

        EvenSampler(double share) {
            this.share = share;
        }

        /** Returns whether the next one is selected. */
        boolean next() {
            if (share == 0 || share == 1) {
                return share == 1;
            }
            long index = next.getAndIncrement();
            return (long) Math.floor((index + 1) * share) > (long) Math.floor(index * share);
        }
    }
}
