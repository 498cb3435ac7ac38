package io.heddle.engine.transport;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * The interrupt status of the current thread, cleared on construction and restored by {@link #close}. For work that is
 * bounded in time and must be done in an interrupted thread too, such as sending close_notify: while the status is set,
 * timed waits throw at once and channels close.
 *
 * <p>Confined to the thread that creates it.
 */
public final class DeferredInterrupt implements AutoCloseable {
    private boolean interrupted = Thread.interrupted();

    /** Takes the lock if it is free or becomes free by {@code endNanos}, on the scale of {@link System#nanoTime}. */
    public boolean tryLock(Lock lock, long endNanos) {
        while (!lock.tryLock()) {
            long left = endNanos - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                return lock.tryLock(left, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return true;
    }

    /**
     * Waits for a signal of the condition, whose lock is held, for at most {@code nanos} nanoseconds; may return
     * without one.
     *
     * @return how many nanoseconds are left; zero or less if none
     */
    @SuppressWarnings("WaitNotInLoop") // The caller's loop checks its condition.
    public long await(Condition condition, long nanos) {
        long end = System.nanoTime() + nanos;
        try {
            return condition.awaitNanos(nanos);
        } catch (InterruptedException e) {
            interrupted = true;
            return end - System.nanoTime();
        }
    }

    /**
     * Waits until the latch is at zero, for at most {@code limit}.
     *
     * @return whether it is at zero
     */
    public boolean await(CountDownLatch latch, Duration limit) {
        long end = ReadDeadline.end(limit);
        while (true) {
            try {
                return latch.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    @Override
    public void close() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
