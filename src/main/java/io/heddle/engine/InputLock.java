package io.heddle.engine;

import io.heddle.engine.transport.DeferredInterrupt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock of a connection's reader. A thread that waits for a renegotiation reads itself while no other thread does,
 * so every step that frees the lock, or takes a thread out of its queue, signals the {@link RenegotiationGate}.
 *
 * <p>Thread-safe.
 */
final class InputLock {
    private final ReentrantLock lock = new ReentrantLock();
    private final RenegotiationGate gate;

    InputLock(RenegotiationGate gate) {
        this.gate = gate;
    }

    void lock() {
        lock.lock();
    }

    /** Takes the lock if it is free, without waiting. */
    boolean tryLock() {
        return lock.tryLock();
    }

    /** Takes the lock if it becomes free within {@code nanos} nanoseconds. */
    boolean tryLock(long nanos) throws InterruptedException {
        boolean taken = false;
        try {
            taken = lock.tryLock(nanos, TimeUnit.NANOSECONDS);
            return taken;
        } finally {
            if (!taken) {
                gate.signal();
            }
        }
    }

    /** Takes the lock if it becomes free by {@code endNanos}, also in an interrupted thread. */
    boolean tryLock(DeferredInterrupt interrupt, long endNanos) {
        boolean taken = false;
        try {
            taken = interrupt.tryLock(lock, endNanos);
            return taken;
        } finally {
            if (!taken) {
                gate.signal();
            }
        }
    }

    void unlock() {
        lock.unlock();
        gate.signal();
    }

    /** Returns whether a thread waits for the lock. */
    boolean hasQueuedThreads() {
        return lock.hasQueuedThreads();
    }
}
