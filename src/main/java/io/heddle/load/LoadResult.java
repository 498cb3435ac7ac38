package io.heddle.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What came of a run. Immutable.
 *
 * @param options what was asked for
 * @param started when measuring began
 * @param elapsed how long was measured, without the warm-up: the duration, or until the last of a given number was done
 * @param total everything that was measured
 * @param groups the same, of each target
 * @param warmup handshakes of the warm-up, which are in nothing else
 * @param primers full handshakes made only to have a session to resume, which are in nothing else; {@code unoffered} counts those
 *     that brought none
 * @param unmeasuredFailures what failed in the warm-up and in primers
 * @param arrivals of a rate; empty without one
 * @param timeline the measured seconds; what was still under way at the end is in the last one
 * @param client what measuring cost
 * @param remarks sentences that whoever reads the figures has to know: the client was the bottleneck, arrivals were late
 * @param histogramLog latencies by second in HdrHistogram's log format, with the tags full, resumed and request
 */
public record LoadResult(
        LoadOptions options,
        Instant started,
        Duration elapsed,
        LoadFigures total,
        List<LoadGroup> groups,
        HandshakeCounts warmup,
        HandshakeCounts primers,
        List<LoadFailure> unmeasuredFailures,
        Optional<Arrivals> arrivals,
        List<LoadSecond> timeline,
        ClientUse client,
        List<String> remarks,
        String histogramLog) {
    /** Copies the lists. */
    public LoadResult {
        groups = List.copyOf(groups);
        unmeasuredFailures = List.copyOf(unmeasuredFailures);
        timeline = List.copyOf(timeline);
        remarks = List.copyOf(remarks);
    }

    /** Returns every handshake of the run, those of the warm-up and the primers included: what the server has counted. */
    public HandshakeCounts everything() {
        return total.handshakes().plus(warmup).plus(primers);
    }

    /** Returns whether there is any figure to speak of: a handshake that succeeded or, in a measured request or stream, data. */
    public boolean succeeded() {
        return switch (options.mode()) {
            case HANDSHAKE -> total.handshakes().succeeded() > 0;
            case REQUEST -> total.requests().succeeded() > 0;
            case STREAM -> total.bytesSent() + total.bytesReceived() > 0;
        };
    }

    /** Returns a rate: so many in the measured time, each second. */
    public double perSecond(long count) {
        return count / Math.max(1e-9, elapsed.toNanos() / 1e9);
    }

    /**
     * Writes the latencies by second, as HdrHistogram's log processors read them.
     *
     * @throws IOException if the file cannot be written
     */
    public void writeHistogramLog(Path file) throws IOException {
        Files.writeString(file, histogramLog);
    }
}
