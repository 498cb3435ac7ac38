package io.heddle.load;

import io.heddle.load.LoadCounters.Snapshot;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** A recorder of the timeline, from the differences of the counters in each second. Used by one thread. */
final class TimelineRecorder {
    private final PhaseCounters counters;
    private final LoadOptions options;
    private final long measured;
    private final List<LoadSecond> timeline = new ArrayList<>();
    private final ByteArrayOutputStream logBytes = new ByteArrayOutputStream();
    private final HistogramLogWriter log = new HistogramLogWriter(logBytes);
    private final LatencyRecorder.Interval interval = new LatencyRecorder.Interval();

    private Snapshot before = Snapshot.ZERO;
    private Snapshot beforeWarm = Snapshot.ZERO;
    private long last;
    private long lastMillis;
    private Duration cpu = CpuSample.cpuTime();

    TimelineRecorder(PhaseCounters counters, LoadOptions options, Schedule.Window window) {
        this.counters = counters;
        this.options = options;
        this.measured = window.measured();
        this.last = window.begin();
        this.lastMillis = System.currentTimeMillis();
        log.outputComment("[latencies in nanoseconds, by heddle load]");
        log.outputLogFormatVersion();
        log.outputStartTime(lastMillis);
        log.outputLegend();
    }

    /** Records the time since the last call. */
    void tick(boolean warmup) {
        collect();
        add(warmup);
    }

    /**
     * Records the rest after all users have ended. A counter and its latency are not updated atomically, so that one of them may have
     * been missing at the last tick.
     */
    void end() {
        collect();
        if (!interval.isEmpty() || !counters.snapshot(true).equals(before)) {
            add(false);
        }
    }

    private void collect() {
        interval.reset();
        counters.collect(interval);
    }

    private void add(boolean warmup) {
        long now = System.nanoTime();
        long millis = System.currentTimeMillis();
        Snapshot warm = counters.snapshot(false);
        Snapshot measuredNow = counters.snapshot(true);
        // A handshake that began in the warm-up may end after it.
        Snapshot change = warmup ? warm.minus(beforeWarm) : measuredNow.minus(before);
        Duration cpuNow = CpuSample.cpuTime();
        var second = new LoadSecond(
                warmup,
                Duration.ofNanos(now - measured),
                Duration.ofNanos(now - last),
                change.full(),
                change.resumed(),
                change.failed(),
                change.requests(),
                change.sent(),
                change.received(),
                LatencyRecorder.Interval.percentiles(interval.full()),
                LatencyRecorder.Interval.percentiles(interval.resumed()),
                LatencyRecorder.Interval.percentiles(interval.request()),
                cpuNow.minus(cpu));
        if (!warmup) {
            timeline.add(second);
            write("full", interval.full(), millis);
            write("resumed", interval.resumed(), millis);
            write("request", interval.request(), millis);
            before = measuredNow;
        }
        beforeWarm = warm;
        last = now;
        lastMillis = millis;
        cpu = cpuNow;
        options.onSecond().accept(second);
    }

    private void write(String tag, Histogram latencies, long millis) {
        if (latencies.getTotalCount() > 0) {
            latencies.setTag(tag);
            latencies.setStartTimeStamp(lastMillis);
            latencies.setEndTimeStamp(millis);
            log.outputIntervalHistogram(latencies);
        }
    }

    List<LoadSecond> timeline() {
        return timeline;
    }

    String histogramLog() {
        log.close();
        return logBytes.toString(StandardCharsets.UTF_8);
    }
}
