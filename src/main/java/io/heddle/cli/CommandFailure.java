package io.heddle.cli;

import java.io.IOException;
import java.io.Serial;

/** A failure of which the command itself knows the code and the sentence; exit code 1. */
final class CommandFailure extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String code;

    CommandFailure(String code, String sentence) {
        super(sentence);
        this.code = code;
    }

    /** Makes the same failure, with what it is about in front of its sentence. */
    static CommandFailure of(String subject, IOException reason) {
        ErrorLine line = ErrorLine.of(reason);
        var failure = new CommandFailure(line.code(), subject + ": " + line.sentence());
        failure.initCause(reason);
        return failure;
    }

    String code() {
        return code;
    }
}
