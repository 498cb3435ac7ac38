package io.heddle;

import io.heddle.engine.transport.ReadDeadline;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A watch of files that compares their contents with those in use at an interval.
 *
 * <p>Why it reads the files instead of subscribing to events of the system: a mounted volume changes by a symbolic link
 * two folders above, a network file system has no events, and the files are few and small.
 */
final class FileWatch implements AutoCloseable {
    private final Supplier<Map<Path, String>> contentsInUse;
    private final Runnable changed;
    private final Consumer<Throwable> failed;
    private final ScheduledExecutorService clock;

    /**
     * Starts the watch.
     *
     * @param contentsInUse the files, with the {@link #contents} of each in use
     * @param changed takes the present contents into use; called at each interval while they differ from those in use
     * @param failed receives the exceptions of {@code changed}
     */
    FileWatch(
            Duration interval,
            Supplier<Map<Path, String>> contentsInUse,
            Runnable changed,
            Consumer<Throwable> failed) {
        this.contentsInUse = contentsInUse;
        this.changed = changed;
        this.failed = failed;
        this.clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofVirtual().name("heddle-watch").factory());
        long nanos = ReadDeadline.nanos(interval);
        var unused = clock.scheduleWithFixedDelay(this::compare, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    private void compare() {
        try {
            Map<Path, String> inUse = contentsInUse.get();
            if (!contents(inUse.keySet()).equals(inUse)) {
                changed.run();
            }
        } catch (Throwable e) {
            // An Error too: an exception of a scheduled task ends the schedule.
            try {
                failed.accept(e);
            } catch (Throwable again) {
                // A listener that fails must not end the watch.
            }
        }
    }

    /** Returns a digest of the present content of each file, empty if it cannot be read or is not a regular file. */
    static Map<Path, String> contents(Set<Path> files) {
        Map<Path, String> contents = new HashMap<>();
        for (Path file : files) {
            contents.put(file, digest(file));
        }
        return contents;
    }

    private static String digest(Path file) {
        // The content of a pipe can be read only once.
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            // A file that is being replaced may be missing for a moment.
            return "";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
