package io.heddle;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of the loopback address that refuses connections while this is open: it is bound, so that no other program
 * gets it, and nothing listens there. A closed server may still accept one connection, until its thread has left {@code
 * accept}.
 */
public final class RefusedPort implements AutoCloseable {
    private final Socket bound = new Socket();

    /** Binds a free port. */
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
