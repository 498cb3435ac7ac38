package io.heddle.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many connections, each with a client that sends a small message and waits for its echo. Counted in round trips. */
final class PingPong implements Workload {
    static final int MESSAGE = 1024;

    private final List<Loopback.Ends> connections;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<Void>> echoes = new ArrayList<>();

    /** Returns work over this many connections of the loopback interface. */
    static PingPong overLoopback(TlsStack stack, int connections) throws Exception {
        try (var loopback = new Loopback()) {
            List<Loopback.Ends> opened = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                opened.add(loopback.secure(stack));
            }
            return new PingPong(opened);
        }
    }

    PingPong(List<Loopback.Ends> connections) {
        this.connections = List.copyOf(connections);
        for (Loopback.Ends connection : connections) {
            echoes.add(threads.submit(() -> {
                echo(connection.server());
                return null;
            }));
        }
    }

    private static void echo(Socket server) throws IOException {
        InputStream in = server.getInputStream();
        OutputStream out = server.getOutputStream();
        var message = new byte[MESSAGE];
        while (in.readNBytes(message, 0, MESSAGE) == MESSAGE) {
            out.write(message);
        }
    }

    @Override
    public double run(Duration window) throws Exception {
        long end = System.nanoTime() + window.toNanos();
        List<Future<Long>> clients = new ArrayList<>();
        for (Loopback.Ends connection : connections) {
            clients.add(threads.submit(() -> ask(connection.client(), end)));
        }
        long trips = 0;
        for (Future<Long> client : clients) {
            trips += client.get();
        }
        return trips;
    }

    private static long ask(Socket client, long end) throws IOException {
        InputStream in = client.getInputStream();
        OutputStream out = client.getOutputStream();
        var message = new byte[MESSAGE];
        long trips = 0;
        while (System.nanoTime() < end) {
            out.write(message);
            if (in.readNBytes(message, 0, MESSAGE) < MESSAGE) {
                throw new IOException("the echo ended early");
            }
            trips++;
        }
        return trips;
    }

    @Override
    public void close() throws Exception {
        for (Loopback.Ends connection : connections) {
            connection.client().close();
        }
        for (Future<Void> echo : echoes) {
            echo.get();
        }
        threads.close();
        for (Loopback.Ends connection : connections) {
            connection.close();
        }
    }
}
