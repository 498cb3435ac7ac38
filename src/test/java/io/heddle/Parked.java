package io.heddle;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** A platform thread that blocks in an operation of the test, as expected. */
record Parked<T extends @Nullable Object>(Thread thread, FutureTask<T> work) {
    /**
     * Begins a blocking operation, and returns when the thread blocks in socket I/O, below {@code io.heddle}'s
     * transports.
     */
    static <T extends @Nullable Object> Parked<T> in(Callable<T> work) {
        return in(work, "Transport");
    }

    /** Begins a blocking operation, and returns when the thread waits below a class with this in its name. */
    static <T extends @Nullable Object> Parked<T> in(Callable<T> work, String where) {
        var task = new FutureTask<>(work);
        Thread thread = Thread.ofPlatform().daemon().name("parked").start(task);
        // Twice in the same place, since every thread passes through the place once.
        await().atMost(Duration.ofSeconds(SocketPair.LIMIT_SECONDS))
                .pollInterval(Duration.ofMillis(20))
                .during(Duration.ofMillis(60))
                .until(() -> waits(thread, where));
        return new Parked<>(thread, task);
    }

    private static boolean waits(Thread thread, String where) {
        StackTraceElement[] stack = thread.getStackTrace();
        for (StackTraceElement element : stack) {
            if (element.getClassName().contains(where)) {
                return true;
            }
        }
        return false;
    }

    T result() throws Exception {
        return SocketPair.await(work);
    }

    @Nullable
    Throwable failure() throws Exception {
        return SocketPair.failure(work);
    }
}
