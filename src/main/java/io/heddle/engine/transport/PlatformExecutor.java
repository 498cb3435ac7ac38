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
 * An executor for tasks that must not wait for a free carrier thread. It has a few daemon platform threads, which end
 * when they have been idle for a while. If all are busy, tasks run on virtual threads as well, so that tasks that block
 * all platform threads do not delay others while there is a carrier.
 *
 * <p>Thread-safe. Does not preserve the order of the tasks.
 */
public final class PlatformExecutor {
    private static final Logger LOG = System.getLogger(PlatformExecutor.class.getName());

    private static final int THREADS = 8;
    private static final long IDLE_SECONDS = 10;

    /** The executor of deadlines' actions, which take microseconds on most transports and bounded time on all. */
    static final PlatformExecutor DEADLINES = new PlatformExecutor("heddle-deadline");

    /** The executor for closing connections and streams, and for listeners of deadlines, which may never return. */
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

    /** Runs the task on another thread, without a wait for a carrier. */
    public void execute(Runnable task) {
        due.add(task);
        try {
            threads.execute(this::runDue);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // All threads are busy, or the system has no more. The first one free takes the task: a platform thread,
            // which polls the queue after each task, or this virtual thread.
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
