package io.heddle.load;

import java.io.IOException;
import java.io.Serial;

/** A failure that the load generator itself finds, with the code that it is counted under. */
final class LoadBroken extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String code;

    LoadBroken(String code, String sentence) {
        super(sentence);
        this.code = code;
    }

    String code() {
        return code;
    }
}
