package io.heddle.load;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** Makes the time line: looks at what was counted once a second, and what has happened since. Used by one thread. */
final class SecondHand {
    private final LoadParts parts;
    private final LoadOptions options;
    private final long measured;
    private final List<LoadSecond> timeline = new ArrayList<>();
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final HistogramLogWriter log = new HistogramLogWriter(logged);
    private final Interval interval = new Interval();

    private Counted before = Counted.NOTHING;
    private Counted beforeWarm = Counted.NOTHING;
    private long last;
    private long lastMillis;
    private Duration cpu = ClientClock.cpuTime();

    SecondHand(LoadParts parts, LoadOptions options, Schedule.Window window) {
        this.parts = parts;
        this.options = options;
        this.measured = window.measured();
        this.last = window.begin();
        this.lastMillis = System.currentTimeMillis();
        log.outputComment("[latencies in nanoseconds, by heddle load]");
        log.outputLogFormatVersion();
        log.outputStartTime(lastMillis);
        log.outputLegend();
    }

    /** Takes what has happened since the last time. */
    void tick(boolean warmup) {
        collect();
        add(warmup);
    }

    /**
     * Takes what is left when nobody works any more. A count and its latency do not come at one moment, so that one of them may
     * have been there at the last tick and the other not.
     */
    void end() {
        collect();
        if (!interval.isEmpty() || !parts.counted(true).equals(before)) {
            add(false);
        }
    }

    private void collect() {
        interval.reset();
        parts.collect(interval);
    }

    private void add(boolean warmup) {
        long now = System.nanoTime();
        long millis = System.currentTimeMillis();
        Counted warm = parts.counted(false);
        Counted counted = parts.counted(true);
        // What began in the warm-up may end after it.
        Counted change = warmup ? warm.minus(beforeWarm) : counted.minus(before);
        Duration used = ClientClock.cpuTime();
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
                Interval.percentiles(interval.full()),
                Interval.percentiles(interval.resumed()),
                Interval.percentiles(interval.request()),
                used.minus(cpu));
        if (!warmup) {
            timeline.add(second);
            write("full", interval.full(), millis);
            write("resumed", interval.resumed(), millis);
            write("request", interval.request(), millis);
            before = counted;
        }
        beforeWarm = warm;
        last = now;
        lastMillis = millis;
        cpu = used;
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
        return logged.toString(StandardCharsets.UTF_8);
    }
}
