package io.heddle.load;

import java.io.IOException;
import java.io.Serial;

/** A failure detected by the load generator itself, with the code under which it is counted. */
final class LoadException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String code;

    LoadException(String code, String sentence) {
        super(sentence);
        this.code = code;
    }

    String code() {
        return code;
    }
}
