package io.heddle;

/**
 * Receives the id of each session that must not be resumed any more, to remove it from where {@link NewSessionListener} put it: a
 * fatal alert, sent or received, has ended a connection that made or resumed the session (RFC 5246 7.2.2, RFC 8446 6.2).
 *
 * <p>Called on a virtual thread of its own when the connection has ended or is about to; may block. Node has no such event; OpenSSL
 * has {@code SSL_CTX_sess_set_remove_cb}.
 */
@FunctionalInterface
public interface RemoveSessionListener {
    /**
     * Removes a session.
     *
     * @param id 32 bytes, under which {@link NewSessionListener} was given the session; the listener's own copy
     * @throws Exception to have it reported to the listeners of {@link TlsServer#onError}
     */
    void removeSession(byte[] id) throws Exception;
}
