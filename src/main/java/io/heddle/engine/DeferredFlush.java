package io.heddle.engine;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A background flush of the protocol's output, for callers that must not wait for the transport. A connection has at
 * most one thread for it, however often its peer asks for an answer.
 *
 * <p>Thread-safe.
 */
final class DeferredFlush {
    private final ConnectionState state;
    private final EngineLock engine;
    private final RecordWriter writer;

    private final AtomicBoolean running = new AtomicBoolean();

    DeferredFlush(ConnectionState state, EngineLock engine, RecordWriter writer) {
        this.state = state;
        this.engine = engine;
        this.writer = writer;
    }

    /**
     * Starts the flush if there is output and no writer is active, which would take it along. Called by a reader, and
     * by a writer after it has released the out lock.
     */
    void schedule() {
        if (engine.hasPending() && !writer.lock().isLocked() && running.compareAndSet(false, true)) {
            Thread.ofVirtual().name("heddle-flush").start(this::run);
        }
    }

    private void run() {
        boolean usable;
        try {
            usable = flush();
        } finally {
            running.set(false);
        }
        if (usable) {
            // Output that arose after the last flush did not start a thread while this one was running.
            schedule();
        }
    }

    /** Returns whether the transport still accepts bytes. */
    private boolean flush() {
        while (engine.hasPending() && writer.lock().tryLock()) {
            try {
                writer.flush();
            } catch (IOException e) {
                state.translate(e);
                return false;
            } finally {
                writer.lock().unlock();
            }
        }
        return true;
    }
}
