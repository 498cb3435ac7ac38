package io.heddle.cli;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.SystemCode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/**
 * The error line of a failure, {@code heddle: CODE: sentence}, and the exit code.
 *
 * @param code empty for wrong usage
 * @param unexpected whether the failure is a defect of the command, so that its stack trace is printed
 */
record ErrorLine(String code, String sentence, int exitCode, boolean unexpected) {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    /** Returns the line for a command line that cannot be parsed. */
    static ErrorLine ofUsage(@Nullable String message, String help) {
        return new ErrorLine("", oneLine(message + " (see " + help + ")"), WRONG_USAGE, false);
    }

    /** Returns the line for an exception of a command. */
    static ErrorLine of(Exception failure) {
        return switch (failure) {
            case CommandException command -> line(command.code(), command.getMessage(), FAILED);
            case InvalidOption option -> line(option.code(), option.getMessage(), WRONG_USAGE);
            case FileSystemException file -> line(SystemCode.of(file), sentenceOf(file), WRONG_USAGE);
            case IOException io -> line(SystemCode.of(io), io.getMessage(), FAILED);
            default -> new ErrorLine("internal error", oneLine(failure.toString()), FAILED, true);
        };
    }

    /** Returns the text of the line. */
    String text() {
        return "heddle: " + (code.isEmpty() ? "" : code + ": ") + sentence;
    }

    private static ErrorLine line(String code, @Nullable String sentence, int exitCode) {
        return new ErrorLine(code, oneLine(String.valueOf(sentence)), exitCode, false);
    }

    // The JDK omits the reason if the type implies it.
    private static String sentenceOf(FileSystemException failure) {
        String reason = switch (failure) {
            case NoSuchFileException missing -> "no such file";
            case AccessDeniedException denied -> "permission denied";
            case FileAlreadyExistsException existing -> "already exists";
            case NotDirectoryException file -> "is not a folder";
            default -> "cannot be used";
        };
        String given = failure.getReason();
        return failure.getFile() + ": " + (given == null ? reason : given);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\R\\s*", " ");
    }
}
