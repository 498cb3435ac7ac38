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
 * The last bytes of a connection: close_notify or a fatal alert, each within a bound, whatever the peer does.
 *
 * <p>Thread-safe; takes the locks of the lanes only where they are free or become free in time.
 */
final class ConnectionShutdown {
    /** How long the peer is tried to be told. */
    static final Duration BOUND = Duration.ofSeconds(1);

    /** How long a peer that is still talking is heard, so that it gets to read the fatal alert. */
    private static final Duration ALERT_BOUND = Duration.ofMillis(500);

    /** What is read and thrown away on closing, so that unread bytes do not make the kernel send a reset. */
    private static final int DRAIN = 256 * 1024;

    private final Transport transport;
    private final RecordLayer lanes;

    ConnectionShutdown(Transport transport, RecordLayer lanes) {
        this.transport = transport;
        this.lanes = lanes;
    }

    /**
     * Sends close_notify.
     *
     * @param end when the time for all of it is over
     * @return whether there was the time for it
     */
    boolean sayGoodbye(DeferredInterrupt interrupt, long end) {
        try (Watchdog ignored = Watchdog.after(BOUND, this::breakOff)) {
            if (!interrupt.tryLock(lanes.out(), end)) {
                breakOff();
                return false;
            }
            try {
                lanes.writer().endForGood(interrupt, end);
            } catch (IOException e) {
                // The peer is gone already; there is nobody to tell.
            } finally {
                lanes.out().unlock();
            }
            return true;
        }
    }

    /**
     * Where the transport goes on after TLS, it must stand right behind the peer's close_notify. A thread that reads takes it in
     * and gives up the lock; if it does not in time, the transport is closed, as the reader may stand anywhere in a record.
     */
    void awaitPeerIfShared(DeferredInterrupt interrupt, long endNanos) {
        if (transport.endsWithTls()) {
            return;
        }
        if (!lanes.in().tryLock(interrupt, endNanos)) {
            breakOff();
            return;
        }
        try {
            lanes.reader().skipToEnd(new ReadDeadline(false, endNanos));
        } catch (IOException e) {
            // The peer did not end TLS in time or in order; what follows is its user's problem.
        } finally {
            lanes.in().unlock();
        }
    }

    /** A reset for unread bytes would overtake what we sent last and take it from the peer. */
    void discardInput(@Nullable ReadDeadline deadline) {
        if (!lanes.in().tryLock()) {
            return;
        }
        byte[] nowhere = BufferPool.borrow();
        try {
            for (int left = DRAIN; left > 0; ) {
                int there = Math.min(transport.available(), nowhere.length);
                int n;
                if (there > 0) {
                    n = transport.read(nowhere, 0, there, 1);
                } else {
                    n = deadline == null ? -1 : transport.read(nowhere, 0, nowhere.length, deadline.remainingMillis());
                }
                if (n < 0) {
                    return;
                }
                left -= n;
            }
        } catch (IOException e) {
            // Whatever it was, the connection is being closed.
        } finally {
            BufferPool.giveBack(nowhere);
            lanes.in().unlock();
        }
    }

    /** Gives back what the reader has borrowed, unless it reads. */
    void releaseInput() {
        if (lanes.in().tryLock()) {
            try {
                lanes.reader().release();
            } finally {
                lanes.in().unlock();
            }
        }
    }

    /** Gives the last alert its chance to leave, within the bound, and closes the transport. */
    void terminate() {
        try (var interrupt = new DeferredInterrupt();
                Watchdog ignored = Watchdog.after(BOUND, this::breakOff)) {
            if (interrupt.tryLock(lanes.out(), ReadDeadline.end(BOUND))) {
                try {
                    lanes.writer().flush();
                    transport.shutdownOutput();
                } finally {
                    lanes.out().unlock();
                }
                if (transport.resetsUnread()) {
                    discardInput(ReadDeadline.in(ALERT_BOUND));
                } else {
                    discardInput(null);
                }
            }
        } catch (IOException e) {
            // The peer is gone; the alert had its chance.
        } finally {
            closeTransport();
        }
    }

    private void closeTransport() {
        try {
            transport.close();
        } catch (IOException e) {
            // It is as closed as it will ever be.
        }
    }

    /** Wakes who waits for the transport; nothing can be sent or received any more. */
    void breakOff() {
        try {
            transport.breakOff();
        } catch (IOException e) {
            // It is as closed as it will ever be.
        }
    }
}
