package io.heddle.engine;

import io.heddle.engine.transport.PlatformExecutor;
import io.heddle.engine.transport.Watchdog;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The deadline of one handshake, and the thread that performs it. Decides once whether the handshake was complete
 * before its time was over. Closing the transport does not wake a callback of the application that blocks, so the
 * thread is interrupted.
 *
 * <p>{@link #start} schedules the deadline of a connection's first handshake, {@link RenegotiationGate} that of a
 * renegotiation: after {@link #expire} the running call into the protocol object fails when it returns.
 *
 * <p>Thread-safe. Created by the thread that performs the handshake.
 */
final class HandshakeDeadline {
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread = Thread.currentThread();

    /** Written by the thread that performs the handshake, and used by it alone. */
    private @Nullable Watchdog watchdog;

    // Guarded by the lock.
    private boolean decided;
    private boolean interrupted;
    private boolean ended;
    private @Nullable TlsFailure expiry;

    /**
     * Starts the deadline of a first handshake. When it passes, the handshake fails with {@code ERR_TLS_HANDSHAKE_TIMEOUT}:
     * the transport is closed, the thread interrupted, and the listener called on another thread, since it may block.
     *
     * @param limit from now; zero for no deadline
     * @param closeTransport wakes the thread if it waits for the peer
     * @param listener gets the failure at once, even while a callback of the application blocks the thread
     */
    static HandshakeDeadline start(Duration limit, Runnable closeTransport, Consumer<TlsFailure> listener) {
        var deadline = new HandshakeDeadline();
        if (!limit.isZero()) {
            deadline.watchdog = Watchdog.after(limit, () -> deadline.passed(limit, closeTransport, listener));
        }
        return deadline;
    }

    private void passed(Duration limit, Runnable closeTransport, Consumer<TlsFailure> listener) {
        TlsFailure failure =
                Code.ERR_TLS_HANDSHAKE_TIMEOUT.failure("handshake: not finished within %d ms", limit.toMillis());
        if (expire(failure)) {
            closeTransport.run();
            interrupt();
            PlatformExecutor.CLOSING.execute(() -> listener.accept(failure));
        }
    }

    /**
     * Marks the deadline as passed.
     *
     * @param failure the failure of the handshake
     * @return false if the handshake had already completed or failed
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

    /** Returns the failure if the deadline has passed, else null, after which it can no longer pass. */
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

    /**
     * Ends the handshake: cancels the deadline, allows no interrupt from now on, and clears the one of {@link #interrupt}
     * if no wait has consumed it.
     */
    void end() {
        if (watchdog != null) {
            watchdog.close();
        }
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
