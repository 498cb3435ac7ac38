package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A program started by a test, with line input and awaitable output. Every wait is bounded, by {@link #LIMIT} by
 * default, and fails with an {@link AssertionError} that shows the output so far.
 *
 * <p>{@code close} ends the program and its children, by their handles, and deletes its temporary files. Thread-safe,
 * except that the {@code awaitNext} methods share one reading position per stream.
 */
public final class RunningProgram implements AutoCloseable {
    /** Default bound of a wait: far more than a busy machine needs. */
    public static final Duration LIMIT = Duration.ofSeconds(20);

    private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(3);

    private final String name;
    private final Process process;
    private final List<Path> temporary;
    private final ExecutorService input =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // All guarded by the lock, written by the two reading threads.
    private final Transcript out = new Transcript();
    private final Transcript err = new Transcript();
    private int openStreams = 2;

    private RunningProgram(String name, Process process, List<Path> temporary) {
        this.name = name;
        this.process = process;
        this.temporary = temporary;
    }

    /**
     * Starts {@code command}.
     *
     * @param temporary files that {@code close} deletes
     */
    static RunningProgram start(List<String> command, Path... temporary) {
        try {
            Process process = new ProcessBuilder(command).start();
            String name = Path.of(command.getFirst()).getFileName() + " " + command.get(1);
            var program = new RunningProgram(name, process, List.of(temporary));
            program.read(process.getInputStream(), program.out);
            program.read(process.getErrorStream(), program.err);
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    /** Sends {@code text} as UTF-8. */
    public void send(String text) {
        toInput("send", stdin -> stdin.write(text.getBytes(UTF_8)));
    }

    /** Sends {@code line} and a newline. */
    public void sendLine(String line) {
        send(line + "\n");
    }

    /** Ends the standard input. */
    public void closeInput() {
        toInput("close its input", OutputStream::close);
    }

    /** Waits until the output contains {@code text}, whether it came before this call or comes now. */
    public void await(String text) {
        await("\"" + text + "\"", LIMIT, () -> truth(out.contains(text) || err.contains(text)));
    }

    /** Waits until {@code text} follows the output consumed by the {@code awaitNext} methods. */
    public void awaitNext(String text) {
        await("\"" + text + "\" next", LIMIT, () -> truth(out.next(text) || err.next(text)));
    }

    /**
     * Waits for the next complete line that contains a match of {@code regex}, after the output consumed by the {@code
     * awaitNext} methods, and returns the match with its groups.
     */
    public MatchResult awaitNextLine(String regex) {
        var pattern = Pattern.compile(regex);
        return await("a line with " + regex, LIMIT, () -> out.nextLine(pattern).or(() -> err.nextLine(pattern)));
    }

    /** Waits until the program has exited by itself. */
    public ProgramResult awaitEnd() {
        return awaitEnd(LIMIT);
    }

    /** Waits until the program has exited by itself, at most {@code limit}. */
    public ProgramResult awaitEnd(Duration limit) {
        // The streams end with the program, or later if a child has inherited them; only then is the output complete.
        await("its end", limit, () -> truth(openStreams == 0));
        if (!exited()) {
            throw failure("closed its output, but does not end");
        }
        return new ProgramResult(process.exitValue(), locked(out::text), locked(err::text));
    }

    /** Returns the exact bytes of the standard output so far. */
    public byte[] stdout() {
        return locked(out::bytes);
    }

    /** Returns the output so far, standard output first. */
    public String output() {
        return locked(() -> out.text() + err.text());
    }

    /** Returns the process id. */
    public long pid() {
        return process.pid();
    }

    /** Returns whether the program is running. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the program and its children, first by a normal termination request. Closing again has no effect. */
    @Override
    public void close() {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroy);
        if (!ended(all)) {
            all.forEach(ProcessHandle::destroyForcibly);
            if (!ended(all)) {
                throw failure("does not end, even when killed");
            }
        }
        input.shutdownNow();
        for (Path file : temporary) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot delete " + file, e);
            }
        }
    }

    /** The handle of a process may report its end before the process itself has its exit code. */
    private boolean exited() {
        try {
            return process.waitFor(PATIENCE_AT_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean ended(List<ProcessHandle> all) {
        long deadline = System.nanoTime() + PATIENCE_AT_CLOSE.toNanos();
        for (ProcessHandle one : all) {
            try {
                one.onExit().get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                throw new AssertionError("waiting for process " + one.pid() + " failed", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private void read(InputStream stream, Transcript transcript) {
        // A platform thread: on Java 21 reading a pipe would pin the carrier of a virtual one.
        Thread.ofPlatform().daemon().name("reads " + name).start(() -> {
            byte[] buffer = new byte[16384];
            try (stream) {
                for (int length = stream.read(buffer); length >= 0; length = stream.read(buffer)) {
                    publish(transcript, buffer, length);
                }
            } catch (IOException e) {
                // Killed during a read: the output so far is complete.
                publish(transcript, buffer, 0);
            } finally {
                lock.lock();
                try {
                    openStreams--;
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        });
    }

    private void publish(Transcript transcript, byte[] buffer, int length) {
        lock.lock();
        try {
            transcript.add(buffer, length);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private <T> T await(String what, Duration limit, Supplier<Optional<T>> condition) {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (true) {
                Optional<T> found = condition.get();
                if (found.isPresent()) {
                    return found.get();
                }
                if (openStreams == 0) {
                    throw failure("ended without " + what);
                }
                if (left <= 0) {
                    throw failure("waited %d ms in vain for %s".formatted(limit.toMillis(), what));
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("interrupted while waiting for " + what);
        } finally {
            lock.unlock();
        }
    }

    /** An operation on the standard input. */
    private interface Write {
        void to(OutputStream stdin) throws IOException;
    }

    // On a separate thread, because a program that does not read blocks its writer indefinitely.
    private void toInput(String what, Write write) {
        try {
            input.submit(() -> {
                        write.to(process.getOutputStream());
                        process.getOutputStream().flush();
                        return true;
                    })
                    .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw failure("waited %d ms in vain to %s".formatted(LIMIT.toMillis(), what));
        } catch (ExecutionException e) {
            throw failure("cannot %s: %s".formatted(what, e.getCause()));
        } catch (RejectedExecutionException e) {
            throw failure("cannot %s: this was closed".formatted(what));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("interrupted while trying to " + what);
        }
    }

    private <T> T locked(Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }

    private AssertionError failure(String what) {
        return new AssertionError(name + ": " + what + "; its output so far:\n" + output());
    }

    private static Optional<Boolean> truth(boolean value) {
        return value ? Optional.of(true) : Optional.empty();
    }
}
