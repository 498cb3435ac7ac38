package io.heddle.engine;

import io.heddle.engine.handshake.Protocol;
import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lock around every call into a protocol object. After each call it notes whether the protocol has something to send and
 * whether it negotiates, so that anyone can ask without the lock.
 *
 * <p>Never held in the transport's input or output.
 */
final class EngineLock {
    interface Call<T extends @Nullable Object> {
        T call() throws IOException;
    }

    interface Action {
        void run() throws IOException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Protocol protocol;

    /** Written under the lock, read by anyone. */
    private volatile boolean pending;

    /** Written under the lock, read by anyone. */
    private volatile boolean negotiating;

    /** The call that is part of a renegotiation, null while there is none. Written under the lock, read by anyone. */
    private volatile @Nullable Negotiation holder;

    EngineLock(Protocol protocol) {
        this.protocol = protocol;
    }

    <T extends @Nullable Object> T call(Call<T> call) throws IOException {
        lock.lock();
        try {
            if (negotiating) {
                negotiationBegins();
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

    void run(Action action) throws IOException {
        this.<@Nullable Void>call(() -> {
            action.run();
            return null;
        });
    }

    private void throwIfExpired() throws TlsFailure {
        Negotiation running = lock.getHoldCount() == 1 ? holder : null;
        TlsFailure expired = running == null ? null : running.expired();
        if (expired != null) {
            throw expired;
        }
    }

    /** Runs the action unless another thread holds the lock for longer than until {@code endNanos}. */
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

    /**
     * The call that runs now is part of a renegotiation, as every call after it is until that is complete: {@link #expire} can
     * end it. Called by the thread that holds the lock.
     */
    void negotiationBegins() {
        // Before a callback may block: a writer waits at the gate then, which has a deadline, and not for this lock.
        negotiating = true;
        if (holder == null) {
            holder = new Negotiation();
        }
    }

    /**
     * The time of a renegotiation is over: the call that is part of it, if one runs, throws this failure when it returns, and
     * {@link #wake} interrupts it.
     */
    void expire(TlsFailure failure) {
        Negotiation running = holder;
        if (running != null) {
            running.expire(failure);
        }
    }

    /** Interrupts the callback of the application in which a renegotiation waits, if there is one. */
    void wake() {
        Negotiation running = holder;
        if (running != null) {
            running.wake();
        }
    }

    private void unlock() {
        pending = protocol.getAvailableOutputBytes() > 0 || protocol.signals().keyUpdateOwed();
        negotiating = protocol.negotiating();
        Negotiation ended = holder;
        // A callback may call in again.
        if (ended != null && lock.getHoldCount() == 1) {
            holder = null;
            ended.end();
        }
        lock.unlock();
    }

    /** Returns whether the protocol has something to send. */
    boolean hasPending() {
        return pending;
    }

    /** Returns whether a negotiation runs on a connection that is secure already. */
    boolean isNegotiating() {
        return negotiating;
    }
}
