package io.heddle.engine.record;

import io.heddle.engine.crypto.RecordCipher;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Record buffers that connections borrow while data is in flight, so that an idle connection holds none.
 *
 * <p>Thread-safe without a lock. Keeps at most a fixed number; what comes back above that is left to the collector.
 */
public final class BufferPool {
    /** Four full records and their overhead: several records go into one system call, in both directions. */
    static final int SIZE = 4 * (RecordCipher.LARGEST_FRAGMENT + 512);

    /**
     * Enough for the connections that open or seal at the same time. When many connections fail or flush at once, at the end of
     * a flood for one, each has a buffer for a moment; what they give back is not kept for good.
     */
    private static final int KEPT = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());

    private static final ConcurrentLinkedQueue<byte[]> FREE = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final LongAdder LENT = new LongAdder();

    private BufferPool() {}

    public static byte[] borrow() {
        LENT.increment();
        byte[] buffer = FREE.poll();
        if (buffer == null) {
            return new byte[SIZE];
        }
        COUNT.decrementAndGet();
        return buffer;
    }

    public static void giveBack(byte[] buffer) {
        LENT.decrement();
        if (COUNT.incrementAndGet() <= KEPT) {
            FREE.offer(buffer);
        } else {
            COUNT.decrementAndGet();
        }
    }

    /** Returns how many are borrowed and not given back. */
    public static long lent() {
        return LENT.sum();
    }
}
