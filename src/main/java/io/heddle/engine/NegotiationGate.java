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
 * Who waits for the end of a negotiation on a connection that is secure already, and how long it may take.
 *
 * <p>Thread-safe. Its lock is held for moments only, and no other is taken under it.
 */
final class NegotiationGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();

    /** Guarded by {@link #lock}: counts what happened, so that nothing is missed between looking and waiting. */
    private long version;

    private @Nullable Watchdog deadline;

    /** Whoever is about to look and wait says so first, so that nobody leaves without a signal. */
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

    /** Something happened that those who wait should look at: cheap where nobody does. */
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

    /** Waits until something has happened since {@code seen} was the {@link #version}. */
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

    /** One began, or is seen to be on; when it is not over in time, {@code late} runs. */
    void began(Duration limit, Runnable late) {
        lock.lock();
        try {
            if (deadline == null && !limit.isZero()) {
                deadline = Watchdog.after(limit, late);
            }
        } finally {
            lock.unlock();
        }
    }

    /** It is complete. */
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
