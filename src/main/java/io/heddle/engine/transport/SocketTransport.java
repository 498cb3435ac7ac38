package io.heddle.engine.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.IllegalBlockingModeException;
import javax.net.ssl.SSLSocket;

/**
 * A transport over a connected socket, or over a TCP channel in blocking mode by its socket. The streams of a
 * socket take heap arrays, as the ciphers do. A channel that is switched to non-blocking mode meanwhile fails with
 * an {@link IOException}.
 */
public final class SocketTransport implements Transport {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** Written by the thread that reads. */
    private volatile boolean lost;

    /** Creates a transport over a connected socket. Does no input or output. */
    public SocketTransport(Socket socket) throws IOException {
        this(socket, socket.getInputStream());
    }

    /**
     * Creates a transport over a socket whose input was read in part; {@code in} returns that part first, then
     * the rest.
     */
    public SocketTransport(Socket socket, InputStream in) throws IOException {
        this.socket = socket;
        this.in = in;
        this.out = socket.getOutputStream();
    }

    @Override
    public int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException {
        if (socket.getSoTimeout() != timeoutMillis) {
            socket.setSoTimeout(timeoutMillis);
        }
        try {
            return in.read(into, offset, length);
        } catch (IllegalBlockingModeException e) {
            throw notBlocking(e);
        } catch (SocketException e) {
            lost = true;
            throw e;
        }
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        try {
            out.write(from, offset, length);
            out.flush();
        } catch (IllegalBlockingModeException e) {
            throw notBlocking(e);
        }
    }

    static IOException notBlocking(IllegalBlockingModeException e) {
        return new IOException("the channel below was switched to non-blocking mode, blocking mode is required", e);
    }

    @Override
    public boolean resetsUnread() {
        return true;
    }

    @Override
    public boolean isLost() {
        return lost;
    }

    @Override
    public int available() throws IOException {
        return in.available();
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void shutdownInput() throws IOException {
        socket.shutdownInput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Sets a linger time on the JDK's TLS sockets, whose close otherwise waits for a blocked writer. */
    @Override
    public void breakOff() throws IOException {
        if (socket instanceof SSLSocket) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }
}
