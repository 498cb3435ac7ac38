package io.heddle.engine.crypto;

import io.heddle.provider.ObjectPool;
import java.lang.ref.WeakReference;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * The JCA ciphers of the directions of all connections. A direction that is in use keeps its cipher, which has the key
 * prepared; a limited number of directions does, so that idle connections hold none.
 *
 * <p>Why: a cipher with a prepared key takes some 700 bytes, and preparing the key takes 0.2 µs, which is little for a
 * connection that was idle and much for one that sends small records.
 *
 * <p>Thread-safe, without locks.
 */
final class CipherCache {
    /** How many directions keep a cipher, a power of two. */
    private static final int KEPT = 1024;

    private final ObjectPool<Cipher> free = new ObjectPool<>();
    private final AtomicReferenceArray<@Nullable WeakReference<Place>> places = new AtomicReferenceArray<>(KEPT);
    private final AtomicInteger next = new AtomicInteger();
    private final Source source;

    /** Creates a cipher. */
    interface Source {
        Cipher create() throws GeneralSecurityException;
    }

    CipherCache(Source source) {
        this.source = source;
    }

    /** The place for the cipher of one direction of a connection; one thread at a time uses it. */
    static final class Place extends AtomicReference<@Nullable Cipher> {
        private static final long serialVersionUID = 1L;

        /** Written by the thread that uses the direction, and by those that take its cipher. */
        private volatile boolean listed;
    }

    /** Returns the cipher of a direction, for one operation. */
    Cipher take(Place place) throws GeneralSecurityException {
        Cipher own = place.getAndSet(null);
        if (own != null) {
            return own;
        }
        Cipher other = free.take();
        return other == null ? source.create() : other;
    }

    /** Gives a cipher back to its direction, which keeps it until as many other directions as are allowed were used. */
    void give(Place place, Cipher cipher) {
        place.set(cipher);
        if (!place.listed) {
            place.listed = true;
            list(place);
        }
    }

    private void list(Place place) {
        WeakReference<Place> oldest = places.getAndSet(next.getAndIncrement() & (KEPT - 1), new WeakReference<>(place));
        Place replaced = oldest == null ? null : oldest.get();
        if (replaced != null) {
            // If its cipher is in use it is listed again afterwards.
            replaced.listed = false;
            Cipher cipher = replaced.getAndSet(null);
            if (cipher != null) {
                free.give(cipher);
            }
        }
    }
}
