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
 * Looks at files at an interval and reports when the content of one is not that which is in use.
 *
 * <p>Why it reads them instead of asking the system for events: a mounted volume changes by a symbolic link two folders above, a
 * network file system has no events, and the files are few and small.
 */
final class FileWatch implements AutoCloseable {
    private final Supplier<Map<Path, String>> used;
    private final Runnable changed;
    private final Consumer<Throwable> failed;
    private final ScheduledExecutorService clock;

    /**
     * Begins to look.
     *
     * @param used the files, with the {@link #contents} of each that is in use
     * @param changed takes the files as they are into use; called at each look while they differ from what is in use
     * @param failed receives what {@code changed} throws
     */
    FileWatch(Duration interval, Supplier<Map<Path, String>> used, Runnable changed, Consumer<Throwable> failed) {
        this.used = used;
        this.changed = changed;
        this.failed = failed;
        this.clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofVirtual().name("heddle-watch").factory());
        long nanos = ReadDeadline.nanos(interval);
        var unused = clock.scheduleWithFixedDelay(this::look, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    private void look() {
        try {
            Map<Path, String> inUse = used.get();
            if (!contents(inUse.keySet()).equals(inUse)) {
                changed.run();
            }
        } catch (Throwable e) {
            // An Error too: what a look throws ends the watch.
            try {
                failed.accept(e);
            } catch (Throwable again) {
                // A listener that fails must not end the watching.
            }
        }
    }

    /** Returns a digest of what each file holds now, empty where it cannot be read or is no regular file. */
    static Map<Path, String> contents(Set<Path> files) {
        Map<Path, String> contents = new HashMap<>();
        for (Path file : files) {
            contents.put(file, digest(file));
        }
        return contents;
    }

    private static String digest(Path file) {
        // What a pipe holds can be read once only.
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
