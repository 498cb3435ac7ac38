package io.heddle.callback;

import io.heddle.failure.InvalidOption;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A pre-shared key and the identity by which the server finds it: the answer of a client's {@link PskClientCallback}.
 * Immutable; the key is copied in and out, compared in constant time, and absent from {@link #toString}.
 *
 * @param identity 1 to {@value #MAX_IDENTITY_BYTES} bytes of UTF-8; it crosses the network in the clear
 * @param psk 1 to {@value #MAX_PSK_BYTES} bytes; as hard to guess as a key, since a recorded handshake allows offline
 *     guessing. 16 random bytes or more; RFC 9257 has more to say
 * @see <a href="https://nodejs.org/api/tls.html#tlsconnectoptions-callback">Node option pskCallback, identity and
 *     psk</a>
 */
public record PskIdentity(String identity, byte[] psk) {
    /** The limit of OpenSSL and Node on identities and hints, in bytes ({@code PSK_MAX_IDENTITY_LEN}). */
    public static final int MAX_IDENTITY_BYTES = 256;

    /** The limit of OpenSSL and Node on keys, in bytes ({@code PSK_MAX_PSK_LEN}). */
    public static final int MAX_PSK_BYTES = 512;

    /**
     * Copies the key.
     *
     * @throws InvalidOption if one of the two is empty or too long ({@code ERR_INVALID_ARG_VALUE})
     */
    public PskIdentity {
        requireLength("identity", identity.getBytes(StandardCharsets.UTF_8).length, MAX_IDENTITY_BYTES);
        requireLength("psk", psk.length, MAX_PSK_BYTES);
        psk = psk.clone();
    }

    private static void requireLength(String component, int length, int max) {
        if (length == 0 || length > max) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "%s: it has %d bytes, 1 to %d are allowed".formatted(component, length, max));
        }
    }

    /** Returns a copy of the key. */
    @Override
    public byte[] psk() {
        return psk.clone();
    }

    /** Returns whether identity and key are the same. */
    @Override
    public boolean equals(Object other) {
        return other instanceof PskIdentity that
                && identity.equals(that.identity)
                && MessageDigest.isEqual(psk, that.psk);
    }

    @Override
    public int hashCode() {
        return identity.hashCode();
    }

    /** Returns the identity, not the key. */
    @Override
    public String toString() {
        return "PskIdentity[" + identity + "]";
    }
}
