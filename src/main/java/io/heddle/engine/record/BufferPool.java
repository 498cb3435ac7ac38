package io.heddle.engine.record;

import io.heddle.engine.crypto.RecordCipher;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A pool of record buffers, which connections borrow while data is in flight, so that an idle connection holds none.
 *
 * <p>Thread-safe without a lock. Keeps a fixed number of buffers at most; further ones are left to the
 * garbage collector.
 */
public final class BufferPool {
    /** The size of a buffer: four full records with their overhead, so that one system call moves several. */
    static final int SIZE = 4 * (RecordCipher.LARGEST_FRAGMENT + 512);

    /**
     * Enough for the connections that open or seal at the same time. If many connections fail or flush at once, at the
     * end of a flood for example, each has a buffer for a moment, which is not kept.
     */
    private static final int CAPACITY = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());

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
        if (COUNT.incrementAndGet() <= CAPACITY) {
            FREE.offer(buffer);
        } else {
            COUNT.decrementAndGet();
        }
    }

    /** Returns how many buffers are borrowed and not given back, by which tests find leaks. */
    public static long lent() {
        return LENT.sum();
    }
}
