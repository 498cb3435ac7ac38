package io.heddle.engine;

import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lock around every call into a protocol object. After each call it records whether the protocol has output and
 * whether it negotiates, so that any thread can ask without the lock.
 *
 * <p>Never held during input or output of the transport.
 */
final class EngineLock {
    interface Call<T extends @Nullable Object> {
        T call() throws IOException;
    }

    interface Action {
        void run() throws IOException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final CurrentProtocol protocol;

    // Written under the lock, read by any thread.

    private volatile boolean pending;
    private volatile boolean negotiating;

    /** The deadline of the running call if that is part of a renegotiation, else null. */
    private volatile @Nullable HandshakeDeadline renegotiationCall;

    EngineLock(CurrentProtocol protocol) {
        this.protocol = protocol;
    }

    void run(Action action) throws IOException {
        this.<@Nullable Void>call(() -> {
            action.run();
            return null;
        });
    }

    <T extends @Nullable Object> T call(Call<T> call) throws IOException {
        lock.lock();
        try {
            if (negotiating) {
                renegotiationBegins();
            }
            T value = call.call();
            throwIfExpired();
            return value;
        } catch (IOException | RuntimeException e) {
            throwIfExpired();
            throw e;
        } finally {
            unlock();
        }
    }

    /** Runs the action unless another thread holds the lock until {@code endNanos}. */
    boolean tryRun(DeferredInterrupt interrupt, long endNanos, Action action) throws IOException {
        if (!interrupt.tryLock(lock, endNanos)) {
            return false;
        }
        try {
            action.run();
            return true;
        } finally {
            unlock();
        }
    }

    private void throwIfExpired() throws TlsFailure {
        HandshakeDeadline running = lock.getHoldCount() == 1 ? renegotiationCall : null;
        TlsFailure expiry = running == null ? null : running.expiry();
        if (expiry != null) {
            throw expiry;
        }
    }

    private void unlock() {
        pending = protocol.get().getAvailableOutputBytes() > 0
                || protocol.get().signals().keyUpdateOwed();
        negotiating = protocol.get().negotiating();
        HandshakeDeadline ended = renegotiationCall;
        // A callback of the application may have called in again; only the outermost call ends here.
        if (ended != null && lock.getHoldCount() == 1) {
            renegotiationCall = null;
            ended.end();
        }
        lock.unlock();
    }

    /**
     * Marks the running call, and every call after it until the renegotiation is complete, as part of a renegotiation,
     * which {@link #expire} can end. Called by the thread that holds the lock.
     */
    void renegotiationBegins() {
        // Set before a callback may block: a writer then waits at the gate, which has a deadline, not for this lock.
        negotiating = true;
        if (renegotiationCall == null) {
            renegotiationCall = new HandshakeDeadline();
        }
    }

    /**
     * Ends the time of a renegotiation: the call that is part of it, if one runs, throws this failure when it returns,
     * and {@link #interruptCallback} interrupts it.
     */
    void expire(TlsFailure failure) {
        HandshakeDeadline running = renegotiationCall;
        if (running != null) {
            running.expire(failure);
        }
    }

    /** Interrupts the callback of the application for which a renegotiation waits, if there is one. */
    void interruptCallback() {
        HandshakeDeadline running = renegotiationCall;
        if (running != null) {
            running.interrupt();
        }
    }

    /** Returns whether the protocol has output, as of the last call. */
    boolean hasPending() {
        return pending;
    }

    /** Returns whether a renegotiation runs, as of the last call. */
    boolean isNegotiating() {
        return negotiating;
    }
}
