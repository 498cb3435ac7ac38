package io.heddle.engine;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs something when a time is over, unless it was called off: how a deadline reaches a thread that is blocked in a read or
 * a write, by closing what it is blocked on.
 *
 * <p>One daemon thread keeps the time for the whole process and hands each action to a virtual thread, since closing may
 * block. Thread-safe.
 */
final class Watchdog implements AutoCloseable {
    private static final class Clock {
        static final ScheduledThreadPoolExecutor THREAD = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("heddle-watchdog").factory());

        static {
            THREAD.setRemoveOnCancelPolicy(true);
        }
    }

    private final ScheduledFuture<?> due;

    private Watchdog(ScheduledFuture<?> due) {
        this.due = due;
    }

    static Watchdog after(Duration delay, Runnable action) {
        return new Watchdog(Clock.THREAD.schedule(
                () -> {
                    Thread.ofVirtual().name("heddle-deadline").start(action);
                },
                delay.toNanos(),
                TimeUnit.NANOSECONDS));
    }

    /** Calls it off, if it is not too late. */
    @Override
    public void close() {
        due.cancel(false);
    }
}
