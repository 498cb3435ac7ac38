package io.heddle.engine.transport;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The deadline of one read of the application, however many reads of the transport it needs.
 *
 * @param endNanos on the scale of {@link System#nanoTime}; no meaning if {@code unlimited}
 */
public record ReadDeadline(boolean unlimited, long endNanos) {
    /** No deadline. */
    public static final ReadDeadline NONE = new ReadDeadline(true, 0);

    /** About 146 years: added to any {@link System#nanoTime} it stays comparable by difference. */
    private static final long LONGEST = Long.MAX_VALUE / 2;

    /** Returns the deadline {@code millis} from now; 0 is none, as in {@link java.net.Socket#setSoTimeout}. */
    public static ReadDeadline in(int millis) {
        return millis == 0 ? NONE : in(Duration.ofMillis(millis));
    }

    /** Returns the deadline {@code time} from now; zero is one that has passed. */
    public static ReadDeadline in(Duration time) {
        return new ReadDeadline(false, end(time));
    }

    /**
     * Returns a duration in nanoseconds, at most about 146 years, so that it can be added to {@link System#nanoTime}.
     */
    public static long nanos(Duration time) {
        return Math.min(LONGEST, TimeUnit.NANOSECONDS.convert(time));
    }

    /** Returns the end of a duration from now, on the scale of {@link System#nanoTime}. */
    public static long end(Duration time) {
        return System.nanoTime() + nanos(time);
    }

    /** Returns the milliseconds that are left, at least 1, or 0 for no limit. */
    public int remainingMillis() throws SocketTimeoutException {
        if (unlimited) {
            return 0;
        }
        return (int) Math.min(Integer.MAX_VALUE, 1 + TimeUnit.NANOSECONDS.toMillis(remainingNanos()));
    }

    /** Returns the nanoseconds that are left of a limited time, at least 1. */
    public long remainingNanos() throws SocketTimeoutException {
        long left = endNanos - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("Read timed out");
        }
        return left;
    }
}
