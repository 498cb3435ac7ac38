package io.heddle.session;

import java.io.IOException;
import java.io.Serial;

/**
 * The failure to read bytes or text that are not a session, an OpenSSL {@code SSL_SESSION}.
 *
 * <p>The message is one sentence with the element and the defect, without the content.
 */
public final class MalformedSession extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    MalformedSession(String message) {
        super(message);
    }
}
