package io.heddle.load;

import java.time.Duration;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * A recorder of one kind of latency. Many threads record without a lock, on a stripe per processor; one thread collects.
 */
final class LatencyRecorder {
    private final Recorder[] stripes;
    private final Histogram[] intervals;
    private final Histogram total = Latency.empty();

    LatencyRecorder(int stripes) {
        this.stripes = Stream.generate(() -> new Recorder(Latency.SHORTEST, Latency.LONGEST, Latency.DIGITS))
                .limit(stripes)
                .toArray(Recorder[]::new);
        this.intervals = new Histogram[stripes];
    }

    void record(int user, long nanos) {
        stripes[user % stripes.length].recordValue(Math.clamp(nanos, 0, Latency.LONGEST));
    }

    /** Adds the values recorded since the last call to the total and to a second. Called by one thread. */
    void collect(Histogram second) {
        for (int i = 0; i < stripes.length; i++) {
            intervals[i] = stripes[i].getIntervalHistogram(intervals[i]);
            if (intervals[i].getTotalCount() > 0) {
                total.add(intervals[i]);
                second.add(intervals[i]);
            }
        }
    }

    /** Returns all collected values. */
    Latency latency() {
        return new Latency(total);
    }

    /** The latencies of one second, of all targets. */
    record Interval(Histogram full, Histogram resumed, Histogram request, Histogram connect) {
        Interval() {
            this(Latency.empty(), Latency.empty(), Latency.empty(), Latency.empty());
        }

        void reset() {
            full.reset();
            resumed.reset();
            request.reset();
            connect.reset();
        }

        boolean isEmpty() {
            return full.getTotalCount() + resumed.getTotalCount() + request.getTotalCount() + connect.getTotalCount()
                    == 0;
        }

        static LoadSecond.Percentiles percentiles(Histogram nanos) {
            return nanos.getTotalCount() == 0
                    ? LoadSecond.Percentiles.NONE
                    : new LoadSecond.Percentiles(
                            nanos.getTotalCount(),
                            Duration.ofNanos(nanos.getValueAtPercentile(50)),
                            Duration.ofNanos(nanos.getValueAtPercentile(99)),
                            Duration.ofNanos(nanos.getMaxValue()));
        }
    }
}
