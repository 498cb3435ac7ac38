package io.heddle.cli;

import java.io.IOException;
import java.io.Serial;

/** A failure with a code and a message for the error line; exit code 1. */
final class CommandException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String code;

    CommandException(String code, String sentence) {
        super(sentence);
        this.code = code;
    }

    /** Returns the same failure with a subject in front of its message. */
    static CommandException of(String subject, IOException reason) {
        ErrorLine line = ErrorLine.of(reason);
        var failure = new CommandException(line.code(), subject + ": " + line.sentence());
        failure.initCause(reason);
        return failure;
    }

    String code() {
        return code;
    }
}
