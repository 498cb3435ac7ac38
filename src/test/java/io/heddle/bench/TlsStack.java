package io.heddle.bench;

import java.io.IOException;
import java.net.Socket;

/** A TLS implementation to measure: creates the two ends of connections over any sockets. */
interface TlsStack {
    /**
     * Returns the client's end after its handshake. If the setup requires it, the client resumes a session stored by
     * {@link #remember} for the same port.
     */
    Socket client(Socket below) throws IOException;

    /** Returns the server's end. */
    Socket server(Socket below) throws IOException;

    /** Stores the session of a connection that the client has read from. */
    default void remember(Socket socket) {}
}
