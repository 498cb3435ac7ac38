package io.heddle.failure;

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

/** The symbolic names of operating system errors, as Node and shells use them. */
public final class SystemCode {
    private SystemCode() {}

    /**
     * Returns the name of a failure: its own code for a {@link TlsFailure}, {@code ECONNREFUSED}, {@code ENOENT},
     * {@code ENOTFOUND} and so on for others, {@code EIO} if the cause is unknown.
     */
    public static String of(IOException failure) {
        return switch (failure) {
            case TlsFailure tls -> tls.code().name();
            case FileSystemException file -> ofFile(file);
            case UnknownHostException unknown -> "ENOTFOUND";
            default -> ofSocket(failure);
        };
    }

    private static String ofFile(FileSystemException failure) {
        return switch (failure) {
            case NoSuchFileException missing -> "ENOENT";
            case AccessDeniedException denied -> "EACCES";
            case FileAlreadyExistsException existing -> "EEXIST";
            case NotDirectoryException file -> "ENOTDIR";
            default -> ofFile(String.valueOf(failure.getReason()).toLowerCase(Locale.ROOT));
        };
    }

    private static String ofFile(String words) {
        if (words.contains("read-only file system")) {
            return "EROFS";
        }
        if (words.contains("no space left")) {
            return "ENOSPC";
        }
        return words.contains("too many open files") ? "EMFILE" : "EIO";
    }

    // The JDK has few types for errors of the operating system, but passes on their messages.
    private static String ofSocket(IOException failure) {
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
        if (words.contains("too many open files")) {
            return "EMFILE";
        }
        return switch (failure) {
            case BindException taken -> "EADDRINUSE";
            case ConnectException refused -> "ECONNREFUSED";
            case NoRouteToHostException unreachable -> "EHOSTUNREACH";
            case SocketException reset when words.contains("reset") -> "ECONNRESET";
            default -> words.contains("broken pipe") ? "EPIPE" : "EIO";
        };
    }
}
