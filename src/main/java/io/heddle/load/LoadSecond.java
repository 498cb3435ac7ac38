package io.heddle.load;

import java.time.Duration;

/**
 * A second of the timeline; the last one may be shorter or longer.
 *
 * @param warmup whether the second belongs to the warm-up
 * @param end its end, counted from the beginning of the measurement; negative in the warm-up
 * @param length its length
 * @param full full handshakes completed in this second
 * @param resumed resumed handshakes completed
 * @param failed failures of all phases
 * @param requests successful requests
 * @param bytesSent bytes of application data
 * @param bytesReceived bytes of application data
 * @param fullLatency latencies of the full handshakes; empty in the warm-up
 * @param resumedLatency latencies of the resumed handshakes; empty in the warm-up
 * @param requestLatency latencies of the requests; empty in the warm-up
 * @param cpu processor time of the process
 */
public record LoadSecond(
        boolean warmup,
        Duration end,
        Duration length,
        long full,
        long resumed,
        long failed,
        long requests,
        long bytesSent,
        long bytesReceived,
        Percentiles fullLatency,
        Percentiles resumedLatency,
        Percentiles requestLatency,
        Duration cpu) {
    /**
     * Latencies of a second.
     *
     * @param count the number of latencies; if 0, the others are zero
     */
    public record Percentiles(long count, Duration p50, Duration p99, Duration max) {
        /** No latencies. */
        public static final Percentiles NONE = new Percentiles(0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }
}
