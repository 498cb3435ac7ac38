package io.heddle;

/** What a server does with a connection, on the connection's own virtual thread. */
@FunctionalInterface
public interface ConnectionHandler {
    /**
     * Serves one connection, whose handshake is complete. When it returns or throws, the connection is closed.
     *
     * @throws Exception to end the connection; it goes to the server's error listener
     */
    void handle(TlsSocket socket) throws Exception;
}
