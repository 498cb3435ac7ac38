package io.heddle.engine.transport;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long one read of the application may take, however many reads of the transport it needs.
 *
 * @param endNanos on the scale of {@link System#nanoTime}; no meaning if {@code unlimited}
 */
public record ReadDeadline(boolean unlimited, long endNanos) {
    public static final ReadDeadline NONE = new ReadDeadline(true, 0);

    /** About 146 years: added to any {@link System#nanoTime} it stays comparable by its difference to another. */
    private static final long LONGEST = Long.MAX_VALUE / 2;

    /** Returns a deadline from now; 0 is none, as with {@link java.net.Socket#setSoTimeout}. */
    public static ReadDeadline in(int millis) {
        return millis == 0 ? NONE : in(Duration.ofMillis(millis));
    }

    /** Returns a deadline from now; zero is one that is over. */
    public static ReadDeadline in(Duration time) {
        return new ReadDeadline(false, end(time));
    }

    /** Returns a time in nanoseconds, cut at about 146 years, so that it can be added to {@link System#nanoTime}. */
    public static long nanos(Duration time) {
        return Math.min(LONGEST, TimeUnit.NANOSECONDS.convert(time));
    }

    /** Returns when a time from now is over, on the scale of {@link System#nanoTime}. */
    public static long end(Duration time) {
        return System.nanoTime() + nanos(time);
    }

    /** Returns what is left for a read, at least 1, or 0 for no limit. */
    public int remainingMillis() throws SocketTimeoutException {
        if (unlimited) {
            return 0;
        }
        return (int) Math.min(Integer.MAX_VALUE, 1 + TimeUnit.NANOSECONDS.toMillis(remainingNanos()));
    }

    /** Returns what is left of a limited time, at least 1. */
    public long remainingNanos() throws SocketTimeoutException {
        long left = endNanos - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("Read timed out");
        }
        return left;
    }
}
