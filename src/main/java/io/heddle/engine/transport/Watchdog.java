package io.heddle.engine.transport;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

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

        /**
         * How often the thread wakes while there are deadlines. Most are cancelled long before they are due; as the
         * first of the queue, each would wake the thread when it is added.
         */
        static final Duration TICK = Duration.ofMillis(500);

        static final AtomicBoolean TICKING = new AtomicBoolean();

        static ScheduledFuture<?> schedule(long nanos, Runnable action) {
            if (!TICKING.get() && TICKING.compareAndSet(false, true)) {
                tickLater();
            }
            return THREAD.schedule(action, nanos, TimeUnit.NANOSECONDS);
        }

        private static void tick() {
            if (THREAD.getQueue().isEmpty()) {
                TICKING.set(false);
            } else {
                tickLater();
            }
        }

        private static void tickLater() {
            var unused = THREAD.schedule(Clock::tick, TICK.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private final ScheduledFuture<?> due;

    private Watchdog(ScheduledFuture<?> due) {
        this.due = due;
    }

    /** Starts a deadline {@code delay} from now. */
    public static Watchdog after(Duration delay, Runnable action) {
        return new Watchdog(
                Clock.schedule(ReadDeadline.nanos(delay), () -> PlatformExecutor.DEADLINES.execute(action)));
    }

    /** Cancels the deadline, unless it has passed. */
    @Override
    public void close() {
        due.cancel(false);
    }
}
