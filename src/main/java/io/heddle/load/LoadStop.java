package io.heddle.load;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A handle to end a run early from another thread: nothing new begins, what is in progress completes, and the result covers the time
 * until then. For one run. Thread-safe.
 */
public final class LoadStop {
    private final ReentrantLock lock = new ReentrantLock();
    private BooleanSupplier action = () -> false;
    private boolean stopped;

    /** Makes a handle for {@link Load#run(LoadOptions, LoadStop)}. */
    public LoadStop() {}

    /**
     * Ends the measurement.
     *
     * @return false, without effect, if there is no measurement: before it, during the warm-up, or after it
     */
    public boolean stop() {
        lock.lock();
        try {
            boolean ended = action.getAsBoolean();
            stopped |= ended;
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether {@link #stop} ended the measurement; final after the run has returned. */
    public boolean stopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /** Sets the action that ends the run in progress. */
    void attach(BooleanSupplier ending) {
        lock.lock();
        try {
            action = ending;
        } finally {
            lock.unlock();
        }
    }

    void detach() {
        attach(() -> false);
    }
}
