package io.heddle.engine;

import io.heddle.failure.TlsFailure;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One handshake as the other threads see it: who makes it, and whether its time was over before it was complete, which is
 * decided here, once. A callback of the application that blocks is not woken by closing the transport, so its thread is
 * interrupted. Thread-safe.
 */
final class Negotiation {
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread = Thread.currentThread();

    // Under lock.
    private boolean over;
    private boolean interrupted;
    private boolean ended;
    private @Nullable TlsFailure expired;

    /** The time is over; returns false if the handshake was complete, or had failed, before that. */
    boolean expire(TlsFailure failure) {
        lock.lock();
        try {
            if (over) {
                return false;
            }
            over = true;
            expired = failure;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The handshake is complete; returns false if its time was over before that. */
    boolean complete() {
        lock.lock();
        try {
            boolean inTime = !over;
            over = true;
            return inTime;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the failure of a handshake whose time was over, null if it was not. From now on it cannot be. */
    @Nullable
    TlsFailure expired() {
        lock.lock();
        try {
            over = true;
            return expired;
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts whoever negotiates, unless that is the caller. */
    void wake() {
        lock.lock();
        try {
            if (!ended && thread != Thread.currentThread() && !thread.isInterrupted()) {
                interrupted = true;
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nobody is interrupted any more, and an interrupt of ours that nobody noticed is taken back. */
    void end() {
        lock.lock();
        try {
            ended = true;
            if (interrupted) {
                Thread.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }
}
