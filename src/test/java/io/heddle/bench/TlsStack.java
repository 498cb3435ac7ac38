package io.heddle.bench;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/** A TLS implementation to measure: creates the two ends of connections over any sockets. */
interface TlsStack {
    /**
     * Returns the client's end after its handshake. If the setup requires it, the client resumes a session stored by
     * {@link #remember} for the same port.
     */
    SSLSocket client(Socket below) throws IOException;

    /** Returns the server's end. */
    SSLSocket server(Socket below) throws IOException;

    /** Stores the session of a connection that the client has read from. */
    void remember(SSLSocket socket);
}
