package io.heddle.engine.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A reader that adds timeouts and an end to a blocking stream.
 *
 * <p>A virtual thread reads ahead on request, into a small array of its own. A read that times out leaves it waiting
 * there, and the next read returns its bytes. It starts with the first read and runs until {@link #end}, since piped
 * streams of the JDK take the end of a thread for the end of the peer. One reader at a time.
 */
final class TimedReader {
    private static final int AHEAD = 4 * 1024;

    private final InputStream in;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition requested = lock.newCondition();

    // Guarded by the lock.

    /** Holds the bytes that were read ahead and not returned yet, between {@link #from} and {@link #to}. */
    private byte[] ahead = new byte[0];

    private int from;
    private int to;

    /** Whether the thread was started. */
    private boolean started;

    /** Whether the thread is reading, or was requested to. */
    private boolean reading;

    /** The failure with which the stream ended, null if it did not fail. */
    private @Nullable IOException failure;

    private boolean ended;

    TimedReader(InputStream in) {
        this.in = in;
    }

    /**
     * Returns whether a read must go through this reader, since bytes were or are being read ahead, or it has ended.
     */
    boolean busy() {
        lock.lock();
        try {
            return reading || from < to || ended || failure != null;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many bytes were read ahead. */
    int waiting() {
        lock.lock();
        try {
            return to - from;
        } finally {
            lock.unlock();
        }
    }

    int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException {
        long left = timeoutMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        lock.lock();
        try {
            while (from == to) {
                if (failure != null) {
                    throw failure;
                }
                if (ended) {
                    return -1;
                }
                request();
                if (left <= 0) {
                    throw new SocketTimeoutException("Read timed out");
                }
                left = arrived.awaitNanos(left);
            }
            int n = Math.min(length, to - from);
            System.arraycopy(ahead, from, into, offset, n);
            from += n;
            return n;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading", e);
        } finally {
            lock.unlock();
        }
    }

    /** Ends reading, and wakes a thread that waits in a read. Bytes that were read ahead can still be read. */
    void end() {
        lock.lock();
        try {
            ended = true;
            arrived.signalAll();
            requested.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Requests a read of the thread. The caller holds the lock. */
    private void request() {
        if (!reading) {
            reading = true;
            requested.signal();
        }
        if (!started) {
            started = true;
            Thread.ofVirtual().name("heddle-read-ahead").start(this::readAhead);
        }
    }

    private void readAhead() {
        byte[] buffer = new byte[AHEAD];
        while (awaitRequest()) {
            int n = -1;
            IOException thrown = null;
            try {
                n = in.read(buffer);
            } catch (IOException e) {
                thrown = e;
            } catch (RuntimeException | Error e) {
                // Unchecked failures too must reach the thread that waits for the bytes.
                thrown = new IOException("the stream below failed: " + e, e);
            }
            deliver(buffer, n, thrown);
        }
    }

    private boolean awaitRequest() {
        lock.lock();
        try {
            while (!reading && !ended && failure == null) {
                requested.awaitUninterruptibly();
            }
            return !ended && failure == null;
        } finally {
            lock.unlock();
        }
    }

    private void deliver(byte[] buffer, int n, @Nullable IOException thrown) {
        lock.lock();
        try {
            reading = false;
            ahead = buffer;
            from = 0;
            to = Math.max(0, n);
            failure = thrown;
            ended |= thrown == null && n < 0;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
