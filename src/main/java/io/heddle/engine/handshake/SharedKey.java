package io.heddle.engine.handshake;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A pre-shared key and the identity that names it: the engine's own copy, which it wipes after use.
 *
 * @param identity what the client calls the key on the wire, in UTF-8
 * @param key 1 to {@link #LONGEST_KEY} bytes
 */
public record SharedKey(String identity, byte[] key) {
    /** OpenSSL's and Node's limit on identities and hints, in bytes ({@code PSK_MAX_IDENTITY_LEN}). */
    public static final int LONGEST_IDENTITY = 256;

    /** OpenSSL's and Node's limit on keys, in bytes ({@code PSK_MAX_PSK_LEN}). */
    public static final int LONGEST_KEY = 512;

    /** Copies the key. */
    public SharedKey {
        key = key.clone();
    }

    /** Returns whether a key can be used: not empty, and not too long. */
    static boolean fits(byte[] key) {
        return key.length > 0 && key.length <= LONGEST_KEY;
    }

    /** Returns what a peer calls a key, empty if it is too long or no text at all, such as another server's ticket. */
    static Optional<String> identity(byte[] onTheWire) {
        if (onTheWire.length > LONGEST_IDENTITY) {
            return Optional.empty();
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(onTheWire))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    byte[] identityBytes() {
        return identity.getBytes(StandardCharsets.UTF_8);
    }

    void wipe() {
        Arrays.fill(key, (byte) 0);
    }

    /** Returns the identity, not the key. */
    @Override
    public String toString() {
        return "SharedKey[" + identity + "]";
    }

    // A record would compare its arrays by reference, and a secret is not compared byte by byte.

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
