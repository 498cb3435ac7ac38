package io.heddle.cli;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A failure as the one line that the command prints, {@code heddle: CODE: sentence}, and the exit code that follows.
 *
 * @param code empty where the sentence has none: wrong usage
 * @param unexpected whether it is a defect of the command itself, whose stack trace belongs in a report
 */
record ErrorLine(String code, String sentence, int exitCode, boolean unexpected) {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    /** Returns the line for a command line that cannot be understood. */
    static ErrorLine ofUsage(@Nullable String message, String help) {
        return new ErrorLine("", oneLine(message + " (see " + help + ")"), WRONG_USAGE, false);
    }

    /** Returns the line for what a command threw. */
    static ErrorLine of(Exception failure) {
        return switch (failure) {
            case CommandFailure known -> line(known.code(), known.getMessage(), FAILED);
            case TlsFailure tls -> line(tls.code().name(), tls.getMessage(), FAILED);
            case InvalidOption option -> line(option.code(), option.getMessage(), WRONG_USAGE);
            case FileSystemException file -> line(codeOf(file), sentenceOf(file), WRONG_USAGE);
            case UnknownHostException unknown -> line("ENOTFOUND", unknown.getMessage(), FAILED);
            case IOException io -> line(codeOf(io), io.getMessage(), FAILED);
            default -> new ErrorLine("internal error", oneLine(failure.toString()), FAILED, true);
        };
    }

    /** Returns the line. */
    String text() {
        return "heddle: " + (code.isEmpty() ? "" : code + ": ") + sentence;
    }

    private static ErrorLine line(String code, @Nullable String sentence, int exitCode) {
        return new ErrorLine(code, oneLine(String.valueOf(sentence)), exitCode, false);
    }

    // The names that Node and every shell user know these by.
    private static String codeOf(FileSystemException failure) {
        return switch (failure) {
            case NoSuchFileException missing -> "ENOENT";
            case AccessDeniedException denied -> "EACCES";
            case FileAlreadyExistsException existing -> "EEXIST";
            case NotDirectoryException file -> "ENOTDIR";
            default -> "EIO";
        };
    }

    // The JDK has few types for what the operating system says, but hands its words on.
    private static String codeOf(IOException failure) {
        String words = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (failure instanceof SocketTimeoutException || words.contains("timed out")) {
            return "ETIMEDOUT";
        }
        if (words.contains("permission denied")) {
            return "EACCES";
        }
        if (words.contains("no such file")) {
            return "ENOENT";
        }
        if (words.contains("cannot assign")) {
            return "EADDRNOTAVAIL";
        }
        return switch (failure) {
            case BindException taken -> "EADDRINUSE";
            case ConnectException refused -> "ECONNREFUSED";
            case NoRouteToHostException unreachable -> "EHOSTUNREACH";
            case SocketException reset when words.contains("reset") -> "ECONNRESET";
            default -> words.contains("broken pipe") ? "EPIPE" : "EIO";
        };
    }

    // The JDK leaves the reason out where the type says it.
    private static String sentenceOf(FileSystemException failure) {
        String reason = switch (failure) {
            case NoSuchFileException missing -> "no such file";
            case AccessDeniedException denied -> "permission denied";
            case FileAlreadyExistsException existing -> "is already there";
            case NotDirectoryException file -> "is no folder";
            default -> "cannot be used";
        };
        String given = failure.getReason();
        return failure.getFile() + ": " + (given == null ? reason : given);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\R\\s*", " ");
    }
}
