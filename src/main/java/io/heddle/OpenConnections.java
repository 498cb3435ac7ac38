package io.heddle;

import io.heddle.endpoint.ServerCounters;
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

/** The open connections of a server, and their end. Thread-safe. */
final class OpenConnections {
    private static final Logger LOG = System.getLogger("io.heddle.TlsServer");

    /** The thread that serves each connection. */
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

    /** Returns whether this thread serves an open connection; looks at all of them. */
    boolean serves(Thread thread) {
        return open.containsValue(thread);
    }

    /** Closes a connection, within a second; a second call does nothing. */
    void end(TlsSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(Level.TRACE, "closing {0} failed", socket, e);
        } finally {
            if (open.remove(socket) != null) {
                counters.ended(socket.bytesRead(), socket.bytesWritten());
                signalIfNone();
            }
        }
    }

    /**
     * Starts closing all connections at once, so that it takes no longer than closing one. Needs no free carrier
     * thread.
     */
    void endAll() {
        for (TlsSocket socket : open.keySet()) {
            PlatformExecutor.CLOSING.execute(() -> end(socket));
        }
    }

    private void signalIfNone() {
        if (open.isEmpty()) {
            lock.lock();
            try {
                none.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits until no connection is open or the limit is reached; an interrupt does not end the wait. */
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
