package io.heddle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * Looks at files at an interval and says when the content of one is another.
 *
 * <p>Why it reads them instead of asking the system for events: a mounted volume changes by a symbolic link two folders above, a
 * network file system has no events, and the files are few and small.
 */
final class FileWatch implements AutoCloseable {
    private final Supplier<Set<Path>> files;
    private final Runnable changed;
    private final Consumer<Throwable> failed;
    private final ScheduledExecutorService clock;

    /** What the files held when all went well; confined to the thread that looks. */
    private Map<Path, String> known;

    FileWatch(Duration interval, Supplier<Set<Path>> files, Runnable changed, Consumer<Throwable> failed) {
        this.files = files;
        this.changed = changed;
        this.failed = failed;
        this.known = contents();
        this.clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofVirtual().name("heddle-watch").factory());
        long nanos = interval.toNanos();
        var unused = clock.scheduleWithFixedDelay(this::look, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    private void look() {
        try {
            Map<Path, String> now = contents();
            if (!now.equals(known)) {
                changed.run();
                known = now;
            }
        } catch (RuntimeException e) {
            try {
                failed.accept(e);
            } catch (RuntimeException again) {
                // A listener that fails must not end the watching.
            }
        }
    }

    private Map<Path, String> contents() {
        Map<Path, String> contents = new HashMap<>();
        for (Path file : files.get()) {
            contents.put(file, digest(file));
        }
        return contents;
    }

    private static String digest(Path file) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(hash);
        } catch (IOException e) {
            // A file that is being replaced may be away for a moment.
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
