package io.heddle.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A client that sends as fast as it can, in writes of one size, and a server that reads. Counted in MB of 10^6 bytes.
 */
final class BulkStream implements Workload {
    private final Loopback.Ends ends;
    private final int writeSize;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Returns a stream over the loopback interface. */
    static BulkStream overLoopback(TlsStack stack, int writeSize) throws Exception {
        try (var loopback = new Loopback()) {
            return new BulkStream(loopback.secure(stack), writeSize);
        }
    }

    BulkStream(Loopback.Ends ends, int writeSize) {
        this.ends = ends;
        this.writeSize = writeSize;
    }

    @Override
    public double run(Duration window) throws Exception {
        Future<Void> sent = threads.submit(() -> {
            send(window);
            return null;
        });
        double megabytes = threads.submit(this::receive).get() / 1e6;
        sent.get();
        return megabytes;
    }

    private void send(Duration window) throws IOException {
        OutputStream out = ends.client().getOutputStream();
        var block = new byte[writeSize];
        long end = System.nanoTime() + window.toNanos();
        while (System.nanoTime() < end) {
            out.write(block);
        }
        block[writeSize - 1] = 1;
        out.write(block);
    }

    /** Reads up to the last byte of a window, the only one that is not zero. */
    private long receive() throws IOException {
        InputStream in = ends.server().getInputStream();
        var block = new byte[64 * 1024];
        long total = 0;
        while (true) {
            int n = in.read(block);
            if (n < 0) {
                throw new IOException("the stream ended early");
            }
            total += n;
            if (block[n - 1] == 1) {
                return total;
            }
        }
    }

    @Override
    public void close() throws IOException {
        threads.close();
        ends.close();
    }
}
