package io.heddle.engine;

import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * How long one read of the application may take, however many reads of the transport it needs.
 *
 * @param endNanos on the scale of {@link System#nanoTime}; no meaning if {@code unlimited}
 */
record ReadDeadline(boolean unlimited, long endNanos) {
    static final ReadDeadline NONE = new ReadDeadline(true, 0);

    /** Returns a deadline from now; 0 is none, as with {@link java.net.Socket#setSoTimeout}. */
    static ReadDeadline in(int millis) {
        return millis == 0 ? NONE : new ReadDeadline(false, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Returns what is left for a read, at least 1, or 0 for no limit. */
    int remainingMillis() throws SocketTimeoutException {
        if (unlimited) {
            return 0;
        }
        long left = endNanos - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("Read timed out");
        }
        return (int) Math.min(Integer.MAX_VALUE, 1 + TimeUnit.NANOSECONDS.toMillis(left));
    }
}
