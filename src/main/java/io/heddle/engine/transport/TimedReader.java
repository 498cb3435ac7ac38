package io.heddle.engine.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives reads that can be given up, for a timeout or at the end, to a stream that has none.
 *
 * <p>A virtual thread reads for whoever asks, into a small array of its own; a reader that gives up leaves it waiting there, and
 * what it gets goes to the next read. It begins with the first read and lasts until {@link #end}: piped streams of the JDK take
 * a thread that is gone for a peer that is. One reader at a time.
 */
final class TimedReader {
    private static final int AHEAD = 4 * 1024;

    private final InputStream in;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition asked = lock.newCondition();

    /** Guarded by {@link #lock}: what the read-ahead brought and nobody has taken. */
    private byte[] ahead = new byte[0];

    private int from;
    private int to;

    /** Guarded by {@link #lock}: whether the thread is there, and whether it is to read or does so. */
    private boolean begun;

    private boolean reading;

    /** Guarded by {@link #lock}: how the stream ended. */
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
                ask();
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

    /** Ends reading, and wakes who waits for it. What was read ahead can still be taken. */
    void end() {
        lock.lock();
        try {
            ended = true;
            arrived.signalAll();
            asked.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void ask() {
        if (!reading) {
            reading = true;
            asked.signal();
        }
        if (!begun) {
            begun = true;
            Thread.ofVirtual().name("heddle-read-ahead").start(this::readAhead);
        }
    }

    private void readAhead() {
        byte[] buffer = new byte[AHEAD];
        while (awaitAsked()) {
            int n = -1;
            IOException problem = null;
            try {
                n = in.read(buffer);
            } catch (IOException e) {
                problem = e;
            } catch (RuntimeException | Error e) {
                // Whatever it is, whoever waits for the bytes must hear of it.
                problem = new IOException("the stream below failed: " + e, e);
            }
            deliver(buffer, n, problem);
        }
    }

    private boolean awaitAsked() {
        lock.lock();
        try {
            while (!reading && !ended && failure == null) {
                asked.awaitUninterruptibly();
            }
            return !ended && failure == null;
        } finally {
            lock.unlock();
        }
    }

    private void deliver(byte[] buffer, int n, @Nullable IOException problem) {
        lock.lock();
        try {
            reading = false;
            ahead = buffer;
            from = 0;
            to = Math.max(0, n);
            failure = problem;
            ended |= problem == null && n < 0;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
