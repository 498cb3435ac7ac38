package io.heddle.engine.transport;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A deadline for a thread that is blocked in a read or a write: unless it is cancelled before, it runs an action that
 * closes the transport on which the thread is blocked.
 *
 * <p>One daemon platform thread keeps the time for the whole process and passes each action to
 * {@link PlatformExecutor#DEADLINES}, since closing may block; neither needs a carrier thread. An action must be
 * bounded in time itself. Thread-safe.
 */
public final class Watchdog implements AutoCloseable {
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

    /** Starts a deadline {@code delay} from now. */
    public static Watchdog after(Duration delay, Runnable action) {
        return new Watchdog(Clock.THREAD.schedule(
                () -> PlatformExecutor.DEADLINES.execute(action), ReadDeadline.nanos(delay), TimeUnit.NANOSECONDS));
    }

    /** Cancels the deadline, unless it has passed. */
    @Override
    public void close() {
        due.cancel(false);
    }
}
