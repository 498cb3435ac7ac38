package io.heddle.engine;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
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

    EngineLock(Protocol protocol) {
        this.protocol = protocol;
    }

    <T extends @Nullable Object> T call(Call<T> call) throws IOException {
        lock.lock();
        try {
            return call.call();
        } finally {
            unlock();
        }
    }

    void run(Action action) throws IOException {
        lock.lock();
        try {
            action.run();
        } finally {
            unlock();
        }
    }

    /** Runs the action unless somebody else holds the lock for longer than until {@code endNanos}. */
    boolean tryRun(long endNanos, Action action) throws IOException, InterruptedException {
        if (!lock.tryLock(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            action.run();
            return true;
        } finally {
            unlock();
        }
    }

    private void unlock() {
        pending = protocol.getAvailableOutputBytes() > 0 || protocol.signals().keyUpdateOwed();
        negotiating = protocol.negotiating();
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
