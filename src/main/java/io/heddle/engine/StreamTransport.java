package io.heddle.engine;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Records over any pair of blocking streams. */
public final class StreamTransport implements Transport {
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
        if (timeoutMillis > 0 || reader.busy()) {
            return reader.read(into, offset, length, timeoutMillis);
        }
        return in.read(into, offset, length);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
        out.flush();
    }

    @Override
    public int available() throws IOException {
        return reader.busy() ? reader.waiting() : in.available();
    }

    @Override
    public void shutdownOutput() throws IOException {
        // For a stream there is no half-close but its own close.
        out.close();
    }

    @Override
    public void close() throws IOException {
        whole.close();
    }
}
