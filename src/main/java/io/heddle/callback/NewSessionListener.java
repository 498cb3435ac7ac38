package io.heddle.callback;

/**
 * A listener of new sessions that are not carried by a ticket, which stores each where {@link ResumeSessionListener}
 * finds it. May block: the handshake waits.
 *
 * @see <a href="https://nodejs.org/api/tls.html#event-newsession">Node event newSession</a>
 */
@FunctionalInterface
public interface NewSessionListener {
    /**
     * Stores a session.
     *
     * @param id 32 bytes, by which the client will ask for the session; the listener's own copy
     * @param data the session in OpenSSL's DER, as secret as a key; the listener's own copy
     * @throws Exception to end the connection: with the alert of a {@link io.heddle.failure.TlsFailure}, else as {@code
     *     ERR_TLS_CALLBACK} with alert 80
     */
    void newSession(byte[] id, byte[] data) throws Exception;
}
