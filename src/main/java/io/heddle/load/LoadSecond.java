package io.heddle.load;

import java.time.Duration;

/**
 * One step of the time line, a second long unless it is the last.
 *
 * @param warmup whether it belongs to the warm-up
 * @param end when it ended, counted from the beginning of the measurement; negative in the warm-up
 * @param length how long it was
 * @param full full handshakes that were completed in it
 * @param resumed resumed handshakes
 * @param failed failures of all phases
 * @param requests requests that succeeded
 * @param bytesSent application data
 * @param bytesReceived application data
 * @param fullLatency of the full handshakes; empty in the warm-up
 * @param resumedLatency of the resumed handshakes; empty in the warm-up
 * @param requestLatency of the requests; empty in the warm-up
 * @param cpu processor time of this process
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
     * @param count of how many; with 0 the others are zero and mean nothing
     */
    public record Percentiles(long count, Duration p50, Duration p99, Duration max) {
        /** Of nothing. */
        public static final Percentiles NONE = new Percentiles(0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }
}
