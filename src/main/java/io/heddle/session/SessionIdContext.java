package io.heddle.session;

import io.heddle.failure.InvalidOption;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The context of a server's sessions: they resume only at servers with the same bytes. It is never sent to clients in
 * the clear. Immutable.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">Node
 *     option sessionIdContext</a>
 */
public final class SessionIdContext {
    private final byte[] bytes;

    private SessionIdContext(byte[] bytes) {
        if (bytes.length > SessionBounds.LONGEST_CONTEXT) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "sessionIdContext: %d bytes were given, at most 32 are allowed".formatted(bytes.length));
        }
        this.bytes = bytes;
    }

    /**
     * Returns the context of these 0 to 32 bytes.
     *
     * @throws InvalidOption with {@code ERR_INVALID_ARG_VALUE} if there are more than 32
     */
    public static SessionIdContext of(byte[] bytes) {
        return new SessionIdContext(bytes.clone());
    }

    /**
     * Returns the context of the 0 to 32 UTF-8 bytes of a text, as in Node.
     *
     * @throws InvalidOption with {@code ERR_INVALID_ARG_VALUE} if there are more than 32
     */
    public static SessionIdContext of(String text) {
        return new SessionIdContext(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Returns whether the other is a context with the same bytes. */
    @Override
    public boolean equals(Object other) {
        return other instanceof SessionIdContext that && Arrays.equals(bytes, that.bytes);
    }

    /** Returns a hash of the bytes. */
    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Returns the bytes in hex; they are not secret. */
    @Override
    public String toString() {
        return "SessionIdContext[" + HexFormat.of().formatHex(bytes) + "]";
    }
}
