package io.heddle.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The heap of one end of an idle connection: socket, TLS, and a virtual thread that waits in a read. */
final class IdleConnections {
    private static final int CONNECTIONS = 2_000;

    private IdleConnections() {}

    /** Returns kilobytes of 1024 bytes for one end; of sockets without TLS if {@code stack} is null. */
    static double kilobytesPerEnd(@Nullable TlsStack stack) throws Exception {
        try (var loopback = new Loopback();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Loads the classes and creates shared objects.
            connect(loopback, stack).close();
            long before = liveHeap();
            List<Loopback.Ends> connections = new ArrayList<>();
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Loopback.Ends connection = connect(loopback, stack);
                connections.add(connection);
                readers.add(threads.submit(
                        () -> connection.server().getInputStream().read()));
                readers.add(threads.submit(
                        () -> connection.client().getInputStream().read()));
            }
            long after = liveHeap();
            for (Future<Integer> future : readers) {
                if (future.isDone()) {
                    throw new IllegalStateException("a connection was not idle: " + future.get());
                }
            }
            for (Loopback.Ends ends : connections) {
                ends.close();
            }
            return (after - before) / 1024.0 / (2 * CONNECTIONS);
        }
    }

    private static Loopback.Ends connect(Loopback loopback, @Nullable TlsStack stack) throws Exception {
        return stack == null ? loopback.plain() : loopback.secure(stack);
    }

    /** Returns the smallest of several measurements: each collection may leave garbage for the next. */
    private static long liveHeap() throws IOException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
