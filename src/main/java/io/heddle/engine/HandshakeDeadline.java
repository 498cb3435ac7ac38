package io.heddle.engine;

import io.heddle.failure.TlsFailure;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The deadline of one handshake, and the thread that performs it. Decides once whether the handshake was complete
 * before its time was over. Closing the transport does not wake a callback of the application that blocks, so the
 * thread is interrupted.
 *
 * <p>Thread-safe. Created by the thread that performs the handshake.
 */
final class HandshakeDeadline {
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread = Thread.currentThread();

    // Guarded by the lock.
    private boolean decided;
    private boolean interrupted;
    private boolean ended;
    private @Nullable TlsFailure expiry;

    /**
     * Ends the time of the handshake.
     *
     * @param failure is what the handshake fails with
     * @return false if the handshake was complete, or had failed, before that
     */
    boolean expire(TlsFailure failure) {
        lock.lock();
        try {
            if (decided) {
                return false;
            }
            decided = true;
            expiry = failure;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Completes the handshake; returns false if its time was over before that. */
    boolean complete() {
        lock.lock();
        try {
            boolean inTime = !decided;
            decided = true;
            return inTime;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the failure if the time was over, else null; from now on it cannot be. */
    @Nullable
    TlsFailure expiry() {
        lock.lock();
        try {
            decided = true;
            return expiry;
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts the thread that performs the handshake, unless that is the caller. */
    void interrupt() {
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

    /** Allows no interrupt from now on, and clears the one of {@link #interrupt} if no wait has consumed it. */
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
