package io.heddle;

import io.heddle.engine.handshake.SharedKey;
import io.heddle.failure.InvalidOption;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A pre-shared key and the name by which the other side knows it: what a client's {@link PskClientCallback} answers.
 * Immutable; the key is copied in and out, compared in constant time, and absent from {@link #toString}.
 *
 * @param identity 1 to 256 bytes of UTF-8; it crosses the network in the clear
 * @param psk 1 to 512 bytes; as hard to guess as a key, since who records a handshake can try guesses at leisure. 16 random
 *     bytes or more; RFC 9257 has more to say
 * @see <a href="https://nodejs.org/api/tls.html#tlsconnectoptions-callback">Node option pskCallback, identity and psk</a>
 */
public record PskIdentity(String identity, byte[] psk) {
    /**
     * Copies the key.
     *
     * @throws InvalidOption if one of the two is empty or too long ({@code ERR_INVALID_ARG_VALUE})
     */
    public PskIdentity {
        int length = identity.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > SharedKey.LONGEST_IDENTITY) {
            throw invalid("identity", length, SharedKey.LONGEST_IDENTITY);
        }
        if (psk.length == 0 || psk.length > SharedKey.LONGEST_KEY) {
            throw invalid("psk", psk.length, SharedKey.LONGEST_KEY);
        }
        psk = psk.clone();
    }

    private static InvalidOption invalid(String what, int length, int most) {
        return new InvalidOption(
                "ERR_INVALID_ARG_VALUE", "%s: it has %d bytes, 1 to %d are allowed".formatted(what, length, most));
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
