package io.heddle;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of the loopback address that refuses connections for as long as this is open: it is bound, so that no other program gets
 * it, and nothing listens there. A server that was closed may still accept one, until its thread has left {@code accept}.
 */
public final class RefusedPort implements AutoCloseable {
    private final Socket bound = new Socket();

    /** Takes a free port. */
    public RefusedPort() throws IOException {
        bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** Returns the port. */
    public int port() {
        return bound.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        bound.close();
    }
}
