package io.heddle.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

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
        return full.getTotalCount() + resumed.getTotalCount() + request.getTotalCount() + connect.getTotalCount() == 0;
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
