package io.heddle.engine;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Record buffers that connections borrow while data is in flight, so that an idle connection holds none.
 *
 * <p>Thread-safe without a lock. Keeps at most a fixed number; what comes back above that is left to the collector.
 */
final class BufferPool {
    /** Four full records and their overhead: several records go into one system call, in both directions. */
    static final int SIZE = 4 * (RecordCipher.LARGEST_FRAGMENT + 512);

    private static final int KEPT = 256;

    private static final ConcurrentLinkedQueue<byte[]> FREE = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    private BufferPool() {}

    static byte[] borrow() {
        byte[] buffer = FREE.poll();
        if (buffer == null) {
            return new byte[SIZE];
        }
        COUNT.decrementAndGet();
        return buffer;
    }

    static void giveBack(byte[] buffer) {
        if (COUNT.incrementAndGet() <= KEPT) {
            FREE.offer(buffer);
        } else {
            COUNT.decrementAndGet();
        }
    }
}
