package io.heddle.load;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Ends a run before its time, from another thread: nothing begins any more, what is under way is waited for, and the result is of
 * the time until then. For one run. Thread-safe.
 */
public final class LoadStop {
    private final ReentrantLock lock = new ReentrantLock();
    private BooleanSupplier action = () -> false;
    private boolean stopped;

    /** Makes one, to be given to {@link Load#run(LoadOptions, LoadStop)}. */
    public LoadStop() {}

    /**
     * Ends the measurement.
     *
     * @return false if none is under way, because it has not begun yet (a warm-up is none) or is over; nothing is done then
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

    /** Returns whether the measurement was ended by {@link #stop}; final once the run has returned. */
    public boolean stopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /** A run is under way, which this ends. */
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
