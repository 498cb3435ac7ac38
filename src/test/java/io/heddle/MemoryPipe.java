package io.heddle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * One direction of a connection in memory: bounded, blocking, without monitors. Who waits for half a minute gets an error, so
 * that no test hangs. Thread-safe.
 */
public final class MemoryPipe {
    private static final int CAPACITY = 1 << 18;

    /** A test may have thousands of pipes, most of which never see more. */
    private static final int FIRST_CAPACITY = 1 << 12;

    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(30);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final UnaryOperator<byte[]> onTheWay;

    // Guarded by lock.
    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int from;
    private int to;
    private boolean writerGone;
    private boolean readerGone;

    /** Makes a pipe that lets everything pass. */
    public MemoryPipe() {
        this(UnaryOperator.identity());
    }

    /** Makes a pipe where {@code onTheWay} replaces the bytes of each write, with more, fewer or others. */
    public MemoryPipe(UnaryOperator<byte[]> onTheWay) {
        this.onTheWay = onTheWay;
    }

    /** Returns the end to read from. Closing it wakes its reader, and lets writes fail. */
    public InputStream in() {
        return new Reading();
    }

    /** Returns the end to write to. Closing it ends the data for the reader. */
    public OutputStream out() {
        return new Writing();
    }

    private void write(byte[] given) throws IOException {
        byte[] data = onTheWay.apply(given);
        lock.lock();
        try {
            int at = 0;
            while (at < data.length) {
                await("a write", () -> writerGone || readerGone || to - from < CAPACITY);
                if (writerGone) {
                    throw new SocketException("Socket is closed");
                }
                if (readerGone) {
                    throw new SocketException("Broken pipe");
                }
                int n = Math.min(data.length - at, CAPACITY - (to - from));
                System.arraycopy(bytes, from, bytes, 0, to - from);
                to -= from;
                from = 0;
                if (bytes.length < to + n) {
                    bytes = Arrays.copyOf(bytes, Math.min(CAPACITY, Math.max(to + n, 2 * bytes.length)));
                }
                System.arraycopy(data, at, bytes, to, n);
                to += n;
                at += n;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private int read(byte[] into, int offset, int length) throws IOException {
        lock.lock();
        try {
            await("a read", () -> readerGone || writerGone || from < to);
            if (readerGone) {
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

    private void await(String who, BooleanSupplier condition) throws IOException {
        long left = LONGEST_WAIT;
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    throw new AssertionError(who + " waited for 30 s, so the other side hangs");
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new SocketException("interrupted").initCause(e);
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
            return length == 0 ? 0 : MemoryPipe.this.read(into, offset, length);
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
            lock.lock();
            try {
                readerGone = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
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
            byte[] copy = new byte[length];
            System.arraycopy(data, offset, copy, 0, length);
            MemoryPipe.this.write(copy);
        }

        @Override
        public void close() {
            lock.lock();
            try {
                writerGone = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
