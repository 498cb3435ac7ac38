package io.heddle.engine.transport;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A transport over any pair of blocking streams.
 *
 * <p>A separate thread reads, since closing a stream need not wake a thread that reads from it. The streams are closed
 * on another thread, since a close may wait for the peer, as that of a buffered stream whose buffer is full.
 */
public final class StreamTransport implements Transport {
    private static final Duration CLOSE_BOUND = Duration.ofMillis(200);

    private final InputStream in;
    private final OutputStream out;
    private final Closeable whole;
    private final TimedReader reader;

    /** Creates a transport over two streams; closing it closes both. */
    public StreamTransport(InputStream in, OutputStream out) {
        this(in, out, () -> {
            try (out) {
                in.close();
            }
        });
    }

    /** Creates a transport over two streams that {@code whole} closes. */
    public StreamTransport(InputStream in, OutputStream out, Closeable whole) {
        this.in = in;
        this.out = out;
        this.whole = whole;
        this.reader = new TimedReader(in);
    }

    @Override
    public int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException {
        return reader.read(into, offset, length, timeoutMillis);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
        out.flush();
    }

    @Override
    public int available() throws IOException {
        int waiting = reader.waiting();
        return waiting > 0 || reader.busy() ? waiting : in.available();
    }

    @Override
    public void shutdownOutput() throws IOException {
        // Its own close is the only half-close of a stream.
        out.close();
    }

    @Override
    public void shutdownInput() {
        reader.end();
    }

    @Override
    public void close() throws IOException {
        reader.end();
        var closing = new FutureTask<@Nullable Void>(() -> {
            whole.close();
            return null;
        });
        PlatformExecutor.CLOSING.execute(closing);
        try {
            closing.get(CLOSE_BOUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException("closing the streams failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            // The close continues there, and ends when the peer reads or disconnects.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
