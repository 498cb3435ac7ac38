package io.heddle.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection that exists in memory only, to exclude the cost of the kernel. Read timeouts are
 * not implemented.
 */
final class PipeSocket extends Socket {
    private static final int CAPACITY = 256 * 1024;
    private static final int TRIMMED = 64;

    private final Pipe in;
    private final Pipe out;
    private final int port;
    private volatile boolean closed;
    private volatile int timeout;

    private PipeSocket(Pipe in, Pipe out, int port) {
        this.in = in;
        this.out = out;
        this.port = port;
    }

    /** The two ends. */
    record Pair(PipeSocket client, PipeSocket server) {
        /** Returns a connection to the server of this port, by which clients identify their sessions. */
        static Pair make(int port) {
            return make(port, false);
        }

        /** Returns a connection whose client may keep a copy of all bytes that it receives. */
        static Pair make(int port, boolean keeping) {
            var up = new Pipe(null);
            var down = new Pipe(keeping ? new ByteArrayOutputStream() : null);
            return new Pair(new PipeSocket(down, up, port), new PipeSocket(up, down, 0));
        }
    }

    /** Returns a copy of the bytes sent to this end, if the pair was made to keep them. */
    byte[] receivedBytes() {
        return Objects.requireNonNull(in.kept).toByteArray();
    }

    /** Makes the rings of both directions small, for a connection that stays idle; they grow again with data. */
    void trim() {
        in.trim();
        out.trim();
    }

    /** Returns the number of bytes sent to this end. */
    int received() {
        return in.total.get();
    }

    @Override
    public InputStream getInputStream() {
        return in.reader;
    }

    @Override
    public OutputStream getOutputStream() {
        return out.writer;
    }

    @Override
    public void close() {
        closed = true;
        in.end();
        out.end();
    }

    @Override
    public void shutdownOutput() {
        out.end();
    }

    @Override
    public void shutdownInput() {
        in.end();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isBound() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public boolean isInputShutdown() {
        return in.ended;
    }

    @Override
    public boolean isOutputShutdown() {
        return out.ended;
    }

    @Override
    public int getSoTimeout() {
        return timeout;
    }

    @Override
    public void setSoTimeout(int millis) {
        timeout = millis;
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public int getSoLinger() {
        return -1;
    }

    @Override
    public InetAddress getInetAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public int getPort() {
        return port;
    }

    @Override
    public int getLocalPort() {
        return 1;
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return new InetSocketAddress(getInetAddress(), getPort());
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return new InetSocketAddress(getLocalAddress(), getLocalPort());
    }

    /** One direction: a ring of bytes. */
    private static final class Pipe {
        final InputStream reader = new Reader();
        final OutputStream writer = new Writer();
        final AtomicInteger total = new AtomicInteger();
        volatile boolean ended;

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();

        // Guarded by the lock; the ring grows up to the capacity, so that a connection with little data costs little.
        private byte[] ring = new byte[8 * 1024];
        private int from;
        private int size;
        private boolean writtenAfterEnd;
        private final @Nullable ByteArrayOutputStream kept;

        Pipe(@Nullable ByteArrayOutputStream kept) {
            this.kept = kept;
        }

        void trim() {
            lock.lock();
            try {
                if (size == 0) {
                    ring = new byte[TRIMMED];
                    from = 0;
                }
            } finally {
                lock.unlock();
            }
        }

        void end() {
            lock.lock();
            try {
                ended = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void grow() {
            var bigger = new byte[Math.min(CAPACITY, ring.length * 8)];
            int head = Math.min(size, ring.length - from);
            System.arraycopy(ring, from, bigger, 0, head);
            System.arraycopy(ring, 0, bigger, head, size - head);
            ring = bigger;
            from = 0;
        }

        private void put(byte[] bytes, int offset, int length) throws IOException {
            int at = offset;
            int end = offset + length;
            lock.lock();
            try {
                while (at < end) {
                    while (size == ring.length && !ended) {
                        if (ring.length < CAPACITY) {
                            grow();
                        } else {
                            changed.awaitUninterruptibly();
                        }
                    }
                    if (ended && !writtenAfterEnd) {
                        // As on TCP: the first write after the peer has closed succeeds.
                        writtenAfterEnd = true;
                        return;
                    }
                    if (ended) {
                        throw new SocketException("Broken pipe");
                    }
                    int to = (from + size) % ring.length;
                    int n = Math.min(Math.min(end - at, ring.length - size), ring.length - to);
                    System.arraycopy(bytes, at, ring, to, n);
                    at += n;
                    size += n;
                    changed.signalAll();
                }
                total.addAndGet(length);
                if (kept != null) {
                    kept.write(bytes, offset, length);
                }
            } finally {
                lock.unlock();
            }
        }

        private int take(byte[] bytes, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            lock.lock();
            try {
                while (size == 0 && !ended) {
                    changed.awaitUninterruptibly();
                }
                if (size == 0) {
                    return -1;
                }
                int n = Math.min(length, size);
                int head = Math.min(n, ring.length - from);
                System.arraycopy(ring, from, bytes, offset, head);
                System.arraycopy(ring, 0, bytes, offset + head, n - head);
                from = (from + n) % ring.length;
                size -= n;
                changed.signalAll();
                return n;
            } finally {
                lock.unlock();
            }
        }

        private int waiting() {
            lock.lock();
            try {
                return size;
            } finally {
                lock.unlock();
            }
        }

        private final class Reader extends InputStream {
            @Override
            public int read() {
                var one = new byte[1];
                return take(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                return take(into, offset, length);
            }

            @Override
            public int available() {
                return waiting();
            }
        }

        private final class Writer extends OutputStream {
            @Override
            public void write(int b) throws IOException {
                put(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                put(bytes, offset, length);
            }
        }
    }
}
