package io.heddle.engine;

import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.Watchdog;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The place where threads wait for the end of a renegotiation, with the deadline of that renegotiation.
 *
 * <p>Thread-safe. Its lock is held for moments only, and no other is taken under it.
 */
final class RenegotiationGate {
    /** What most connections never need: it exists from the first thread that waits, or the first renegotiation, on. */
    private static final class Waiting {
        final ReentrantLock lock = new ReentrantLock();
        final Condition changed = lock.newCondition();
        final AtomicInteger threads = new AtomicInteger();

        /** Counts the signals, so that none is missed between checking a condition and waiting. Guarded by the lock. */
        long version;

        /** Guarded by the lock. */
        @Nullable
        Watchdog deadline;
    }

    private final AtomicReference<@Nullable Waiting> created = new AtomicReference<>();

    private Waiting waiting() {
        Waiting present = created.get();
        if (present != null) {
            return present;
        }
        var added = new Waiting();
        Waiting before = created.compareAndExchange(null, added);
        return before == null ? added : before;
    }

    /** Announces a thread that is about to check its condition and to wait: without one, signals are dropped. */
    void join() {
        waiting().threads.incrementAndGet();
    }

    void leave() {
        waiting().threads.decrementAndGet();
        signal();
    }

    long version() {
        Waiting waiting = waiting();
        waiting.lock.lock();
        try {
            return waiting.version;
        } finally {
            waiting.lock.unlock();
        }
    }

    /** Waits until there was a signal since {@code seen} was the {@link #version}. */
    void await(long seen, ReadDeadline until) throws SocketTimeoutException, InterruptedIOException {
        Waiting waiting = waiting();
        waiting.lock.lock();
        try {
            while (waiting.version == seen) {
                if (until.unlimited()) {
                    waiting.changed.await();
                } else {
                    waiting.changed.await(until.remainingMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a negotiation");
        } finally {
            waiting.lock.unlock();
        }
    }

    /** Makes the waiting threads check their conditions again. Cheap if there are none. */
    void signal() {
        Waiting waiting = created.get();
        if (waiting == null || waiting.threads.get() == 0) {
            return;
        }
        waiting.lock.lock();
        try {
            waiting.version++;
            waiting.changed.signalAll();
        } finally {
            waiting.lock.unlock();
        }
    }

    /** Starts the deadline of a renegotiation, unless it runs already; zero is none. */
    void began(Duration limit, Runnable atDeadline) {
        Waiting waiting = waiting();
        waiting.lock.lock();
        try {
            if (waiting.deadline == null && !limit.isZero()) {
                waiting.deadline = Watchdog.after(limit, atDeadline);
            }
        } finally {
            waiting.lock.unlock();
        }
    }

    /** Cancels the deadline and signals: the renegotiation, or the connection, has ended. */
    void ended() {
        Waiting waiting = created.get();
        if (waiting == null) {
            return;
        }
        waiting.lock.lock();
        try {
            if (waiting.deadline != null) {
                waiting.deadline.close();
                waiting.deadline = null;
            }
        } finally {
            waiting.lock.unlock();
        }
        signal();
    }
}
