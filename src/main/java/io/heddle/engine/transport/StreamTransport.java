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
 * Records over any pair of blocking streams.
 *
 * <p>Reads go through a thread of their own, since closing a stream need not wake who reads from it. A stream whose close waits
 * for the peer, as that of a buffered one does when its buffer is full, is closed on another thread.
 */
public final class StreamTransport implements Transport {
    private static final Duration CLOSE_BOUND = Duration.ofMillis(200);

    private final InputStream in;
    private final OutputStream out;
    private final Closeable whole;
    private final TimedReader reader;

    /** Takes two streams; closing the connection closes both. */
    public StreamTransport(InputStream in, OutputStream out) {
        this(in, out, () -> {
            try (out) {
                in.close();
            }
        });
    }

    /** Takes two streams that {@code whole} closes. */
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
        // For a stream there is no half-close but its own close.
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
            // It goes on there, and ends when the peer takes something or goes.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
