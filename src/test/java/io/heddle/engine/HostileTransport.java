package io.heddle.engine;

import io.heddle.engine.transport.Transport;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A transport whose other end is a {@link HostilePeer}, which acts whenever Heddle reads. So a connection needs no
 * second thread, and where both sides wait for the other, the peer ends its direction.
 */
final class HostileTransport implements Transport {
    private final HostilePeer peer;
    private final Random random;
    private final boolean drips;
    private final ReentrantLock lock = new ReentrantLock();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Guarded by the lock. */
    private byte[] arrived = new byte[0];

    /**
     * Makes a transport.
     *
     * @param drips whether reads return a few bytes at a time, however many are available
     */
    HostileTransport(HostilePeer peer, Random random, boolean drips) {
        this.peer = peer;
        this.random = random;
        this.drips = drips;
    }

    @Override
    public int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException {
        lock.lock();
        try {
            if (closed.getCount() == 0) {
                throw new IOException("the transport is closed");
            }
            if (arrived.length == 0) {
                arrived = peer.next();
            }
            if (arrived.length == 0) {
                return -1;
            }
            int n = Math.min(length, arrived.length);
            if (drips) {
                n = Math.min(n, 1 + random.nextInt(9));
            }
            System.arraycopy(arrived, 0, into, offset, n);
            arrived = Arrays.copyOfRange(arrived, n, arrived.length);
            return n;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        lock.lock();
        try {
            if (closed.getCount() == 0) {
                throw new IOException("the transport is closed");
            }
            peer.offer(from, offset, length);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int available() {
        return 0;
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public void shutdownInput() {}

    @Override
    public void close() {
        closed.countDown();
    }

    /** Waits until Heddle has closed it; false if that takes too long. */
    boolean awaitClosed(long seconds) throws InterruptedException {
        return closed.await(seconds, TimeUnit.SECONDS);
    }
}
