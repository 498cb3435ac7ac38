package io.heddle.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Idle connections; at each end a virtual thread waits in a read. */
final class Crowd implements AutoCloseable {
    private final List<Loopback.Ends> connections = new ArrayList<>();
    private final List<Future<Integer>> readers = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    void add(Loopback.Ends connection) {
        connections.add(connection);
        readers.add(threads.submit(() -> connection.server().getInputStream().read()));
        readers.add(threads.submit(() -> connection.client().getInputStream().read()));
    }

    /** Throws an exception if a read returned. */
    void checkIdle() throws Exception {
        for (Future<Integer> reader : readers) {
            if (reader.isDone()) {
                throw new IllegalStateException("a connection was not idle: " + reader.get());
            }
        }
    }

    @Override
    public void close() throws Exception {
        for (Loopback.Ends ends : connections) {
            ends.close();
        }
        threads.close();
    }
}
