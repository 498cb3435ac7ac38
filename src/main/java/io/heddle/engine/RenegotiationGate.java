package io.heddle.engine;

import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.Watchdog;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The place where threads wait for the end of a renegotiation, with the deadline of that renegotiation.
 *
 * <p>Thread-safe. Its lock is held for moments only, and no other is taken under it.
 */
final class RenegotiationGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * Counts the signals, so that none is missed between checking a condition and waiting. Guarded by {@link #lock}.
     */
    private long version;

    /** Guarded by {@link #lock}. */
    private @Nullable Watchdog deadline;

    /** Announces a thread that is about to check its condition and to wait: without one, signals are dropped. */
    void join() {
        waiting.incrementAndGet();
    }

    void leave() {
        waiting.decrementAndGet();
        signal();
    }

    long version() {
        lock.lock();
        try {
            return version;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there was a signal since {@code seen} was the {@link #version}. */
    void await(long seen, ReadDeadline until) throws SocketTimeoutException, InterruptedIOException {
        lock.lock();
        try {
            while (version == seen) {
                if (until.unlimited()) {
                    changed.await();
                } else {
                    changed.await(until.remainingMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a negotiation");
        } finally {
            lock.unlock();
        }
    }

    /** Makes the waiting threads check their conditions again. Cheap if there are none. */
    void signal() {
        if (waiting.get() == 0) {
            return;
        }
        lock.lock();
        try {
            version++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Starts the deadline of a renegotiation, unless it runs already; zero is none. */
    void began(Duration limit, Runnable atDeadline) {
        lock.lock();
        try {
            if (deadline == null && !limit.isZero()) {
                deadline = Watchdog.after(limit, atDeadline);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Cancels the deadline and signals: the renegotiation, or the connection, has ended. */
    void ended() {
        lock.lock();
        try {
            if (deadline != null) {
                deadline.close();
                deadline = null;
            }
        } finally {
            lock.unlock();
        }
        signal();
    }
}
