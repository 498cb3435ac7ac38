package io.heddle;

/**
 * Is given each new session that no ticket carries, to keep it where {@link ResumeSessionListener} finds it. May block: the
 * handshake waits.
 *
 * @see <a href="https://nodejs.org/api/tls.html#event-newsession">Node event newSession</a>
 */
@FunctionalInterface
public interface NewSessionListener {
    /**
     * Keeps a session.
     *
     * @param id 32 bytes, under which the client will ask for it; the listener's own copy
     * @param data the session in OpenSSL's DER, as secret as a key; the listener's own copy
     * @throws Exception to end the connection: with the alert of a {@link io.heddle.failure.TlsFailure}, else as {@code
     *     ERR_TLS_CALLBACK} with alert 80
     */
    void newSession(byte[] id, byte[] data) throws Exception;
}
