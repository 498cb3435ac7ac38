package io.heddle.engine;

import io.heddle.engine.record.BufferPool;
import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.Transport;
import io.heddle.engine.transport.Watchdog;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The shutdown of a connection: sends close_notify or a fatal alert, each within a time limit that no peer can extend.
 *
 * <p>Thread-safe; takes the in and out locks only if they are free or become free in time.
 */
final class ConnectionShutdown {
    /** How long sending close_notify or an alert may take. */
    static final Duration LIMIT = Duration.ofSeconds(1);

    /** How long the peer is read from after a fatal alert, so that its kernel delivers the alert before a reset. */
    private static final Duration ALERT_LIMIT = Duration.ofMillis(500);

    /** How many unread bytes are discarded on close, since they would make the kernel send a reset. */
    private static final int DISCARD_LIMIT = 256 * 1024;

    private final ConnectionState state;
    private final Transport transport;
    private final RecordReader reader;
    private final RecordWriter writer;

    ConnectionShutdown(ConnectionState state, Transport transport, RecordReader reader, RecordWriter writer) {
        this.state = state;
        this.transport = transport;
        this.reader = reader;
        this.writer = writer;
    }

    /**
     * Sends close_notify.
     *
     * @param endNanos when the time for it is over
     * @return whether the out lock became free in time
     */
    boolean sendCloseNotify(DeferredInterrupt interrupt, long endNanos) {
        try (Watchdog ignored = Watchdog.after(LIMIT, state::breakOff)) {
            if (!interrupt.tryLock(writer.lock(), endNanos)) {
                state.breakOff();
                return false;
            }
            try {
                writer.endOnClose(interrupt, endNanos);
            } catch (IOException e) {
                // The peer has gone already.
            } finally {
                writer.lock().unlock();
            }
            return true;
        }
    }

    /**
     * Reads up to the peer's close_notify if the transport continues after TLS, which must then be positioned right
     * behind it. A thread that reads processes it and releases the lock. If it does not in time, the transport is
     * closed, since its position may be anywhere in a record.
     */
    void awaitPeerIfShared(DeferredInterrupt interrupt, long endNanos) {
        if (transport.endsWithTls()) {
            return;
        }
        if (!reader.lock().tryLock(interrupt, endNanos)) {
            state.breakOff();
            return;
        }
        try {
            reader.skipToEnd(new ReadDeadline(false, endNanos));
        } catch (IOException e) {
            // The peer did not end TLS in time or in order; the user of the transport meets what follows.
        } finally {
            reader.lock().unlock();
        }
    }

    /** Sends a pending alert, within the limit, and closes the transport. */
    void terminate() {
        try (var interrupt = new DeferredInterrupt();
                Watchdog ignored = Watchdog.after(LIMIT, state::breakOff)) {
            if (interrupt.tryLock(writer.lock(), ReadDeadline.end(LIMIT))) {
                try {
                    writer.flush();
                    transport.shutdownOutput();
                } finally {
                    writer.lock().unlock();
                }
                discardInput(transport.resetsUnread() ? ReadDeadline.in(ALERT_LIMIT) : null);
            }
        } catch (IOException e) {
            // The peer has gone already.
        } finally {
            closeTransport();
        }
    }

    /**
     * Discards unread bytes, for which the kernel would send a reset that overtakes the last records sent.
     *
     * @param deadline until when more bytes are waited for, null for no wait
     */
    void discardInput(@Nullable ReadDeadline deadline) {
        if (!reader.lock().tryLock()) {
            return;
        }
        byte[] nowhere = BufferPool.borrow();
        try {
            for (int left = DISCARD_LIMIT; left > 0; ) {
                int available = Math.min(transport.available(), nowhere.length);
                int n;
                if (available > 0) {
                    n = transport.read(nowhere, 0, available, 1);
                } else {
                    n = deadline == null ? -1 : transport.read(nowhere, 0, nowhere.length, deadline.remainingMillis());
                }
                if (n < 0) {
                    return;
                }
                left -= n;
            }
        } catch (IOException e) {
            // The connection is being closed in any case.
        } finally {
            BufferPool.giveBack(nowhere);
            reader.lock().unlock();
        }
    }

    private void closeTransport() {
        try {
            transport.close();
        } catch (IOException e) {
            // It is as closed as it can be.
        }
    }

    /** Returns the reader's buffers to the pool, unless another thread reads. */
    void releaseInput() {
        if (reader.lock().tryLock()) {
            try {
                reader.release();
            } finally {
                reader.lock().unlock();
            }
        }
    }
}
