package io.heddle.engine;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends what the protocol has to say while no writer is at work, without waiting for it. A connection has one thread at most for
 * that, however often its peer asks for an answer.
 *
 * <p>Thread-safe.
 */
final class DeferredFlush {
    private final Connection connection;
    private final EngineLock engine;
    private final ReentrantLock out;
    private final RecordWriter writer;

    private final AtomicBoolean running = new AtomicBoolean();

    DeferredFlush(Connection connection, EngineLock engine, RecordLayer lanes) {
        this.connection = connection;
        this.engine = engine;
        this.out = lanes.out();
        this.writer = lanes.writer();
    }

    /** Begins to send, if there is something. To be called by a reader, and by a writer after it has given the out lock back. */
    void begin() {
        if (engine.hasPending() && !out.isLocked() && running.compareAndSet(false, true)) {
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
            // What became due meanwhile found this thread running.
            begin();
        }
    }

    /** Returns whether the transport still takes bytes. */
    private boolean flush() {
        while (engine.hasPending() && out.tryLock()) {
            try {
                writer.flush();
            } catch (IOException e) {
                connection.broken(e);
                return false;
            } finally {
                out.unlock();
            }
        }
        return true;
    }
}
