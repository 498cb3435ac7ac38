package io.heddle;

import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.engine.transport.PlatformExecutor;
import io.heddle.engine.transport.ReadDeadline;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The connections of a server that are open, and how they end. Thread-safe. */
final class OpenConnections {
    private static final Logger LOG = System.getLogger(TlsServer.class.getName());

    /** Each with the thread that serves it. */
    private final ConcurrentMap<TlsSocket, Thread> open = new ConcurrentHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private final ServerCounters counters;

    OpenConnections(ServerCounters counters) {
        this.counters = counters;
    }

    int size() {
        return open.size();
    }

    void add(TlsSocket socket, Thread server) {
        open.put(socket, server);
    }

    /** Returns whether this is the thread of an open connection. Goes over all of them. */
    boolean serves(Thread thread) {
        return open.containsValue(thread);
    }

    /** Closes a connection, which takes a second at most; again does nothing. */
    void end(TlsSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(Level.TRACE, "closing {0} failed", socket, e);
        } finally {
            if (open.remove(socket) != null) {
                counters.ended(socket);
                tellIfNone();
            }
        }
    }

    /** Begins to close all that are open, at the same time, so that it takes no longer than one; needs no free carrier. */
    void endAll() {
        for (TlsSocket each : open.keySet()) {
            PlatformExecutor.CLOSING.execute(() -> end(each));
        }
    }

    private void tellIfNone() {
        if (open.isEmpty()) {
            lock.lock();
            try {
                none.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits until none is open, for a while, in an interrupted thread too. */
    void awaitNone(Duration limit) {
        long left = ReadDeadline.nanos(limit);
        lock.lock();
        try (var interrupt = new DeferredInterrupt()) {
            while (!open.isEmpty() && left > 0) {
                left = interrupt.await(none, left);
            }
        } finally {
            lock.unlock();
        }
    }
}
