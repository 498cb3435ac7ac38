package io.heddle.load;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket that counts its bytes and leaves the first FIN to the server.
 *
 * <p>Why: the side that sends the first FIN keeps the port occupied for a minute (TIME_WAIT, RFC 9293 3.3.2), and a client runs out
 * of ports long before a server does. close_notify informs the server of the end all the same.
 *
 * <p>The threads of one connection write the counters; the last of them reads them.
 */
final class LoadSocket extends Socket {
    private long sent;
    private long received;

    /** Buffered output; written by the thread that closes the connection. */
    private @Nullable ByteArrayOutputStream held;

    /**
     * Returns the timeout of a socket that ends at a deadline, in milliseconds, rounded up.
     *
     * @param end the deadline, on the scale of {@link System#nanoTime}
     * @throws SocketTimeoutException if the deadline has passed
     */
    static int millisUntil(long end) throws SocketTimeoutException {
        long left = end - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("timed out");
        }
        return (int) Math.min(Integer.MAX_VALUE, 1 + left / 1_000_000);
    }

    /**
     * Buffers output until {@link #release}, so that it is sent in one segment: if the server has already rejected the connection, its
     * RST after a first segment would make a second write fail before the alert is read.
     */
    void hold() {
        held = new ByteArrayOutputStream();
    }

    void release() throws IOException {
        ByteArrayOutputStream all = Objects.requireNonNull(held);
        held = null;
        getOutputStream().write(all.toByteArray());
    }

    long sent() {
        return sent;
    }

    long received() {
        return received;
    }

    @Override
    public void shutdownOutput() {
        // The server sends the first FIN, see above.
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                int b = in.read();
                received += b < 0 ? 0 : 1;
                return b;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int n = in.read(into, offset, length);
                received += Math.max(0, n);
                return n;
            }
        };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                if (held != null) {
                    held.write(from, offset, length);
                    return;
                }
                out.write(from, offset, length);
                sent += length;
            }
        };
    }
}
