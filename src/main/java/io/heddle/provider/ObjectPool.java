package io.heddle.provider;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded pool of objects that are expensive to create and not safe for threads, such as those of JCA. Virtual threads
 * are too many for an object each, and a thread-local value would not outlive them.
 *
 * <p>An object is borrowed for one operation. A thread begins at a place of its own, so that few threads meet in one.
 *
 * <p>Thread-safe, without locks.
 *
 * @param <T> the type of the objects
 */
public final class ObjectPool<T> {
    /** A power of two, at least twice as many as threads can run at a time. */
    private static final int PLACES =
            Integer.highestOneBit(Math.max(4, 4 * Runtime.getRuntime().availableProcessors()) - 1) << 1;

    /** How many places are searched before an object is created. */
    private static final int PROBES = 4;

    private final AtomicReferenceArray<@Nullable T> places = new AtomicReferenceArray<>(PLACES);

    /** Returns an object of the pool, which is the caller's alone until it is given back; null if there is none. */
    public @Nullable T take() {
        int first = first();
        for (int i = 0; i < PROBES; i++) {
            int at = (first + i) & (PLACES - 1);
            if (places.getPlain(at) != null) {
                T object = places.getAndSet(at, null);
                if (object != null) {
                    return object;
                }
            }
        }
        return null;
    }

    /** Gives an object back; it is dropped if its places are taken. It must not be used afterwards. */
    public void give(T object) {
        int first = first();
        for (int i = 0; i < PROBES; i++) {
            int at = (first + i) & (PLACES - 1);
            if (places.getPlain(at) == null && places.compareAndSet(at, null, object)) {
                return;
            }
        }
    }

    private static int first() {
        return (int) Thread.currentThread().threadId();
    }
}
