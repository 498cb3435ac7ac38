package io.heddle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * One direction of a connection in memory: bounded, blocking, without monitors. Waiting threads are woken when the
 * other end closes. Unlike {@link java.io.PipedInputStream} it does not track threads, so that the last writer may have
 * ended. Thread-safe.
 */
class BoundedPipe {
    private static final byte[] NOTHING = {};

    /** Small, since there may be thousands of pipes, most of which never hold more. */
    private static final int FIRST_CAPACITY = 1 << 12;

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final InputStream in = new Reading();
    private final OutputStream out = new Writing();

    // Guarded by lock.
    private byte[] bytes = NOTHING;
    private int from;
    private int to;
    private long written;
    private boolean writerClosed;
    private boolean readerClosed;

    /** Creates a pipe whose writers wait while it holds this number of bytes. */
    BoundedPipe(int capacity) {
        this.capacity = capacity;
    }

    /** Returns the end to read from. Closing it wakes its reader and makes writes fail. */
    public final InputStream in() {
        return in;
    }

    /** Returns the end to write to. Closing it ends the data for the reader. */
    public final OutputStream out() {
        return out;
    }

    /** Returns the number of bytes written so far. */
    final long written() {
        lock.lock();
        try {
            return written;
        } finally {
            lock.unlock();
        }
    }

    void write(byte[] data, int offset, int length) throws IOException {
        lock.lock();
        try {
            int at = offset;
            int end = offset + length;
            while (at < end) {
                awaitUntil(() -> writerClosed || readerClosed || to - from < capacity);
                if (writerClosed) {
                    throw new SocketException("Socket is closed");
                }
                if (readerClosed) {
                    throw new SocketException("Broken pipe");
                }
                int n = Math.min(end - at, capacity - (to - from));
                makeRoom(n);
                System.arraycopy(data, at, bytes, to, n);
                to += n;
                at += n;
                written += n;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void makeRoom(int n) {
        if (to + n <= bytes.length) {
            return;
        }
        int held = to - from;
        byte[] target = held + n <= bytes.length
                ? bytes
                : new byte[Math.min(capacity, Math.max(Math.max(FIRST_CAPACITY, held + n), 2 * bytes.length))];
        System.arraycopy(bytes, from, target, 0, held);
        bytes = target;
        from = 0;
        to = held;
    }

    private int read(byte[] into, int offset, int length) throws IOException {
        lock.lock();
        try {
            awaitUntil(() -> readerClosed || writerClosed || from < to);
            if (readerClosed) {
                throw new SocketException("Socket is closed");
            }
            if (from == to) {
                return -1;
            }
            int n = Math.min(length, to - from);
            System.arraycopy(bytes, from, into, offset, n);
            from += n;
            changed.signalAll();
            return n;
        } finally {
            lock.unlock();
        }
    }

    private void awaitUntil(BooleanSupplier met) throws IOException {
        try {
            while (!met.getAsBoolean()) {
                await(changed);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new SocketException("interrupted").initCause(e);
        }
    }

    /** Waits for one change. */
    @SuppressWarnings("WaitNotInLoop") // the caller has the loop
    void await(Condition change) throws InterruptedException {
        change.await();
    }

    private void closeReading() {
        lock.lock();
        try {
            readerClosed = true;
            // Released, since the pipe may be referenced for long after.
            bytes = NOTHING;
            from = 0;
            to = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class Reading extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, into.length);
            return length == 0 ? 0 : BoundedPipe.this.read(into, offset, length);
        }

        @Override
        public int available() {
            lock.lock();
            try {
                return to - from;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            closeReading();
        }
    }

    private final class Writing extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, data.length);
            BoundedPipe.this.write(data, offset, length);
        }

        @Override
        public void close() {
            lock.lock();
            try {
                writerClosed = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
