package io.heddle.engine.compression;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A cache of the compressed forms of local Certificate messages, so that a chain is compressed once and not in each
 * handshake.
 *
 * <p>The key of an entry is the algorithm with the SHA-256 of the whole message, so a chain with another OCSP response
 * has an entry of its own; there are at most {@value #MOST_ENTRIES} entries. Nothing in it is secret. Thread-safe.
 */
final class CompressedForms {
    private static final int MOST_ENTRIES = 256;

    private record Key(CertificateCompressionAlgorithm algorithm, ByteBuffer digest) {}

    private final Cache<Key, byte[]> forms =
            Caffeine.newBuilder().maximumSize(MOST_ENTRIES).build();

    /** Returns the compressed form of a message, which the caller must not change. */
    byte[] of(CertificateCompressionAlgorithm algorithm, byte[] message) {
        // Nothing is computed under the cache's lock: two threads may each compress the same message.
        var key = new Key(algorithm, digest(message));
        byte[] form = forms.getIfPresent(key);
        if (form == null) {
            form = algorithm.codec().compress(message);
            forms.put(key, form);
        }
        return form;
    }

    /** Returns the number of entries, once those beyond the bound are removed. */
    long count() {
        forms.cleanUp();
        return forms.estimatedSize();
    }

    private static ByteBuffer digest(byte[] message) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(message));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
