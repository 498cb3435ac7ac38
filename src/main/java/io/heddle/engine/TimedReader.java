package io.heddle.engine;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives reads with a timeout to a stream that has none.
 *
 * <p>A virtual thread reads ahead into a small array of its own; a reader that gives up leaves it waiting there, and what it
 * gets goes to the next read. Costs nothing until the first read with a timeout. One reader at a time.
 */
final class TimedReader {
    private static final int AHEAD = 4 * 1024;

    private final InputStream in;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    /** Guarded by {@link #lock}: what the read-ahead brought and nobody has taken. */
    private byte[] ahead = new byte[0];

    private int from;
    private int to;

    /** Guarded by {@link #lock}. */
    private boolean reading;

    private @Nullable IOException failure;

    private boolean ended;

    TimedReader(InputStream in) {
        this.in = in;
    }

    /** Returns whether a read must come here because something was read ahead or is being so. */
    boolean busy() {
        lock.lock();
        try {
            return reading || from < to || ended || failure != null;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many bytes wait here. */
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
                if (!reading) {
                    reading = true;
                    Thread.ofVirtual().name("heddle-read-ahead").start(this::readAhead);
                }
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

    private void readAhead() {
        byte[] buffer = ahead.length == 0 ? new byte[AHEAD] : ahead;
        int n = -1;
        IOException problem = null;
        try {
            n = in.read(buffer);
        } catch (IOException e) {
            problem = e;
        }
        lock.lock();
        try {
            reading = false;
            ahead = buffer;
            from = 0;
            to = Math.max(0, n);
            failure = problem;
            ended = problem == null && n < 0;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
