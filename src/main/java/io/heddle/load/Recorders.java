package io.heddle.load;

import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Latencies of one kind, recorded without a lock by many threads and collected by one; a stripe a processor keeps them apart. */
final class Recorders {
    private final Recorder[] stripes;
    private final Histogram[] intervals;
    private final Histogram total = Latency.empty();

    Recorders(int stripes) {
        this.stripes = Stream.generate(() -> new Recorder(Latency.SHORTEST, Latency.LONGEST, Latency.DIGITS))
                .limit(stripes)
                .toArray(Recorder[]::new);
        this.intervals = new Histogram[stripes];
    }

    /** Records one. */
    void record(int user, long nanos) {
        stripes[user % stripes.length].recordValue(Math.clamp(nanos, 0, Latency.LONGEST));
    }

    /** Collects what was recorded since the last time, for the total and into this second. By one thread. */
    void collect(Histogram second) {
        for (int i = 0; i < stripes.length; i++) {
            intervals[i] = stripes[i].getIntervalHistogram(intervals[i]);
            if (intervals[i].getTotalCount() > 0) {
                total.add(intervals[i]);
                second.add(intervals[i]);
            }
        }
    }

    /** Returns all that was collected. */
    Latency latency() {
        return new Latency(total);
    }
}
