package io.heddle.load;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket that counts its bytes and leaves the first FIN to the server.
 *
 * <p>Why: who sends the first FIN keeps the port busy for a minute after the connection (TIME_WAIT, RFC 9293 3.3.2), and a client
 * runs out of ports long before a server does. The server hears of the end by close_notify all the same.
 *
 * <p>Counted by the threads of one connection, read by whoever is last.
 */
final class LoadSocket extends Socket {
    private long sent;
    private long received;

    /** What is kept back, by the thread that ends the connection. */
    private @Nullable ByteArrayOutputStream held;

    /**
     * Keeps back what is written until {@link #release}, so that it goes in one piece: where the server has already refused us, its
     * answer to a first piece (RST) would make a second one fail before its alert is read.
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
        // See above: closing ends it.
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
