package io.heddle.session;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The encoded certificates in sessions, shared by content: the sessions of all connections with one peer have the same
 * chain, of which each would keep a copy.
 *
 * <p>It holds the certificates that are in use and were met lately, by weak references; a certificate that is not found
 * is copied. The arrays are never modified. Thread-safe, without locks.
 */
final class SharedCertificates {
    private static final int SIZE = 1024;

    private static final AtomicReferenceArray<@Nullable WeakReference<byte[]>> RECENT =
            new AtomicReferenceArray<>(SIZE);

    private SharedCertificates() {}

    /** Returns an array with this content that is never modified. */
    static byte[] of(byte[] certificate) {
        int place = Arrays.hashCode(certificate) & (SIZE - 1);
        WeakReference<byte[]> recent = RECENT.get(place);
        byte[] shared = recent == null ? null : recent.get();
        if (shared != null && Arrays.equals(shared, certificate)) {
            return shared;
        }
        byte[] copy = certificate.clone();
        RECENT.set(place, new WeakReference<>(copy));
        return copy;
    }
}
