package io.heddle.bench;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Complete connections in memory: handshake, one byte from the server, end. The byte makes a client of TLS 1.3 process
 * the session tickets. Both ends are virtual threads, and several connections are opened at a time, so that no
 * processor waits.
 */
final class Handshakes implements Workload {
    private static final int CLIENTS = 4;
    private static final int PORTS = 60_000;

    private final TlsStack stack;
    private final Setup setup;
    private final AtomicInteger strangers = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Handshakes(TlsStack stack, Setup setup) throws Exception {
        this.stack = stack;
        this.setup = setup;
        for (int client = 0; client < CLIENTS; client++) {
            PipeSocket first = connect(client, true);
            PipeSocket second = connect(client, true);
            ServerFlight.of(first.receivedBytes()).check(setup);
            check(first.received(), second.received());
        }
    }

    /**
     * Checks that the second connection of a client resumes or not, according to the setup: a server that resumes
     * sends no certificate.
     */
    private void check(int first, int second) {
        boolean resumed = second < first - 300;
        if (resumed != setup.resumes()) {
            throw new IllegalStateException("%s, %s: a first connection took %d bytes from the server, a second %d"
                    .formatted(stack, setup, first, second));
        }
    }

    /** Returns the client's transport after the connection. */
    private PipeSocket connect(int number, boolean keeping)
            throws IOException, InterruptedException, ExecutionException {
        int port = setup.resumes() ? 1 + number : 1 + CLIENTS + strangers.getAndIncrement() % PORTS;
        var pair = PipeSocket.Pair.make(port, keeping);
        Future<Void> serving = threads.submit(() -> {
            try (Socket server = stack.server(pair.server())) {
                server.getOutputStream().write(1);
                // Until the client ends, so that neither side closes the connection under the other.
                server.getInputStream().read();
            }
            return null;
        });
        try (Socket client = stack.client(pair.client())) {
            if (client.getInputStream().read() != 1) {
                throw new IOException("the server's byte did not come");
            }
            stack.remember(client);
        }
        serving.get();
        return pair.client();
    }

    @Override
    public double run(Duration window) throws InterruptedException, ExecutionException {
        long end = System.nanoTime() + window.toNanos();
        List<Future<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            clients.add(threads.submit(() -> {
                int completed = 0;
                while (System.nanoTime() < end) {
                    connect(client, false);
                    completed++;
                }
                return completed;
            }));
        }
        int completed = 0;
        for (Future<Integer> client : clients) {
            completed += client.get();
        }
        return completed;
    }

    @Override
    public void close() {
        threads.close();
    }
}
