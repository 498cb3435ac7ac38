package io.heddle.engine.crypto;

import io.heddle.provider.Algorithm;
import io.heddle.provider.ObjectPool;
import io.heddle.provider.ProviderTable;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.bouncycastle.tls.crypto.CryptoHashAlgorithm;

/**
 * HMAC (RFC 2104) with SHA-256 or SHA-384. A handshake computes some thirty of short inputs, each under another key: these
 * objects are pooled, copy no key, and hold none after {@link #release}.
 *
 * <p>Not thread-safe.
 */
final class Hmac {
    private static final byte INNER = 0x36;
    private static final byte OUTER = 0x5c;

    private static final ObjectPool<Hmac> SHA256 = new ObjectPool<>();
    private static final ObjectPool<Hmac> SHA384 = new ObjectPool<>();

    private final ObjectPool<Hmac> home;
    private final MessageDigest digest;
    private final int length;
    private final byte[] innerPad;
    private final byte[] outerPad;
    private final byte[] inner;

    private Hmac(ObjectPool<Hmac> home, MessageDigest digest, int block) {
        this.home = home;
        this.digest = digest;
        this.length = digest.getDigestLength();
        this.innerPad = new byte[block];
        this.outerPad = new byte[block];
        this.inner = new byte[length];
    }

    /** Returns whether there is an HMAC with this hash of {@link CryptoHashAlgorithm}. */
    static boolean has(int hash) {
        return hash == CryptoHashAlgorithm.sha256 || hash == CryptoHashAlgorithm.sha384;
    }

    /** Borrows an HMAC with a key. */
    static Hmac of(int hash, byte[] key) {
        boolean sha256 = hash == CryptoHashAlgorithm.sha256;
        ObjectPool<Hmac> home = sha256 ? SHA256 : SHA384;
        Hmac hmac = home.take();
        if (hmac == null) {
            hmac = new Hmac(home, digest(sha256 ? "SHA-256" : "SHA-384"), sha256 ? 64 : 128);
        }
        hmac.start(key);
        return hmac;
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name, ProviderTable.get().provider(Algorithm.SHA_2));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every provider of SHA-2 has " + name, e);
        }
    }

    private void start(byte[] key) {
        byte[] shortened = key.length > innerPad.length ? digest.digest(key) : key;
        Arrays.fill(innerPad, INNER);
        Arrays.fill(outerPad, OUTER);
        for (int i = 0; i < shortened.length; i++) {
            innerPad[i] ^= shortened[i];
            outerPad[i] ^= shortened[i];
        }
        digest.update(innerPad);
    }

    int length() {
        return length;
    }

    void update(byte[] input) {
        digest.update(input);
    }

    void update(byte[] input, int offset, int size) {
        digest.update(input, offset, size);
    }

    void update(byte input) {
        digest.update(input);
    }

    /** Writes the code of the input, and begins again with the same key. */
    void finish(byte[] out, int at) {
        try {
            digest.digest(inner, 0, length);
            digest.update(outerPad);
            digest.update(inner);
            digest.digest(out, at, length);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
        digest.update(innerPad);
    }

    byte[] finish() {
        byte[] out = new byte[length];
        finish(out, 0);
        return out;
    }

    /** Wipes the key and gives the object back. */
    void release() {
        Arrays.fill(innerPad, (byte) 0);
        Arrays.fill(outerPad, (byte) 0);
        Arrays.fill(inner, (byte) 0);
        digest.reset();
        home.give(this);
    }
}
