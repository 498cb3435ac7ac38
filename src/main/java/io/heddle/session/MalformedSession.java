package io.heddle.session;

import java.io.IOException;
import java.io.Serial;

/**
 * Bytes or text that are not a session: thrown when an OpenSSL {@code SSL_SESSION} is read.
 *
 * <p>The message is one sentence that names the element and what is wrong with it, never its content.
 */
public final class MalformedSession extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    MalformedSession(String message) {
        super(message);
    }
}
