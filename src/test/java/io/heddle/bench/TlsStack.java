package io.heddle.bench;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/** An implementation of TLS that is measured: makes the two ends of connections over any sockets. */
interface TlsStack {
    /**
     * Returns the client's end after its handshake. If the setup says so, it resumes what {@link #remember} was told of for the
     * same port.
     */
    SSLSocket client(Socket below) throws IOException;

    /** Returns the server's end. */
    SSLSocket server(Socket below) throws IOException;

    /** Keeps the session of a connection that the client has read from. */
    void remember(SSLSocket done);
}
