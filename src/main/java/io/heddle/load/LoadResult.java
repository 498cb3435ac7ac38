package io.heddle.load;

import io.heddle.load.LoadFigures.HandshakeCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The result of a run. Immutable.
 *
 * @param options the options of the run
 * @param started the start of the measurement
 * @param elapsed the length of the measurement, without the warm-up: the duration, or the time until the last of a given number of
 *     handshakes or requests was done
 * @param total the figures of all targets
 * @param groups the figures of each target
 * @param warmup the handshakes of the warm-up, which no other figure includes
 * @param setup the full handshakes made only to obtain a session to resume, which no other figure includes; {@code noSession} counts
 *     those that brought none
 * @param unmeasuredFailures failures of the warm-up and of setup handshakes
 * @param arrivals the arrivals of an open model; empty without a rate
 * @param timeline the seconds of the measurement; what completed after its end is in the last one
 * @param client the processor time of the measuring process
 * @param notes sentences that qualify the figures: the client was the bottleneck, the rate was not reached
 * @param histogramLog latencies by second in HdrHistogram's log format, with the tags full, resumed and request
 */
public record LoadResult(
        LoadOptions options,
        Instant started,
        Duration elapsed,
        LoadFigures total,
        List<Group> groups,
        HandshakeCounts warmup,
        HandshakeCounts setup,
        List<LoadFigures.Failure> unmeasuredFailures,
        Optional<Arrivals> arrivals,
        List<LoadSecond> timeline,
        ClientUsage client,
        List<String> notes,
        String histogramLog) {
    /** Copies the lists. */
    public LoadResult {
        groups = List.copyOf(groups);
        unmeasuredFailures = List.copyOf(unmeasuredFailures);
        timeline = List.copyOf(timeline);
        notes = List.copyOf(notes);
    }

    /**
     * The figures of one target.
     *
     * @param name the name of the {@link LoadOptions.Target}
     */
    public record Group(String name, LoadFigures figures) {}

    /**
     * The arrivals of an open model, whose times are fixed by the rate: {@code scheduled == started + dropped}.
     *
     * @param scheduled the number due in the measurement
     * @param started the number that began
     * @param behindSchedule the number that began more than a millisecond late because all virtual users were busy; their latency counts
     *     from the scheduled time
     * @param maxDelay the longest delay of one that began
     * @param dropped the number that never began because all virtual users were busy until the end
     */
    public record Arrivals(long scheduled, long started, long behindSchedule, Duration maxDelay, long dropped) {}

    /**
     * The processor time of the measuring process during the measurement. A server in the same process is included.
     *
     * @param cpu processor time of the process
     * @param processors the number of available processors
     * @param share the share of them that the process used, 0 to 1
     * @param machineShare the share of the processors of the machine that all processes used, empty if the system does not report it
     * @param bottleneck whether the client was the bottleneck, so that the figures describe it rather than the server
     */
    public record ClientUsage(
            Duration cpu, int processors, double share, OptionalDouble machineShare, boolean bottleneck) {}

    /** Returns all handshakes of the run, including warm-up and setup: the number that the server has counted. */
    public HandshakeCounts allHandshakes() {
        return total.handshakes().plus(warmup).plus(setup);
    }

    /** Returns whether anything was measured: a successful handshake, or data in a request or stream. */
    public boolean succeeded() {
        return switch (options.mode()) {
            case HANDSHAKE -> total.handshakes().succeeded() > 0;
            case REQUEST -> total.requests().succeeded() > 0;
            case STREAM -> total.bytesSent() + total.bytesReceived() > 0;
        };
    }

    /** Returns a count per second of the measurement. */
    public double perSecond(long count) {
        return count / Math.max(1e-9, elapsed.toNanos() / 1e9);
    }

    /**
     * Writes the latencies by second in HdrHistogram's log format.
     *
     * @throws IOException if the file cannot be written
     */
    public void writeHistogramLog(Path file) throws IOException {
        Files.writeString(file, histogramLog);
    }
}
