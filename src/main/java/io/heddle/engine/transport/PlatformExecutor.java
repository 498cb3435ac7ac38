package io.heddle.engine.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks that must not wait for a free carrier thread: on a few daemon platform threads, which end when they have been idle
 * for a while. Tasks beyond run on virtual threads as well, so that tasks that block on all platform threads delay no other while
 * there is a carrier.
 *
 * <p>Thread-safe. The order of the tasks is not kept.
 */
public final class PlatformExecutor {
    private static final Logger LOG = System.getLogger(PlatformExecutor.class.getName());

    private static final int THREADS = 8;
    private static final long IDLE_SECONDS = 10;

    /** For the actions of deadlines, which take microseconds on most transports and have a bound on all. */
    static final PlatformExecutor DEADLINES = new PlatformExecutor("heddle-deadline");

    /** For closing connections and streams, and for listeners of deadlines: a stream's close and a listener may never return. */
    public static final PlatformExecutor CLOSING = new PlatformExecutor("heddle-close");

    private final String name;
    private final Queue<Runnable> due = new ConcurrentLinkedQueue<>();
    private final ThreadPoolExecutor threads;

    private PlatformExecutor(String name) {
        this.name = name;
        this.threads = new ThreadPoolExecutor(
                0,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Thread.ofPlatform().daemon().name(name + "-", 0).factory());
    }

    /** Runs the task soon, on another thread. */
    public void execute(Runnable task) {
        due.add(task);
        try {
            threads.execute(this::runDue);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // All threads are busy, or the system has no more. Whichever is free first takes the task: one of them,
            // which looks again when it has ended its own, or this one.
            Thread.ofVirtual().name(name).start(this::runDue);
        }
    }

    private void runDue() {
        for (Runnable next = due.poll(); next != null; next = due.poll()) {
            try {
                next.run();
            } catch (RuntimeException | Error e) {
                LOG.log(Level.WARNING, "a task of " + name + " failed", e);
            }
        }
    }
}
