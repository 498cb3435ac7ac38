package io.heddle.callback;

/**
 * A listener of the ids of sessions that must not be resumed any more, which removes each from where {@link
 * NewSessionListener} stored it: a fatal alert, sent or received, has ended a connection that established or resumed
 * the session (RFC 5246 7.2.2, RFC 8446 6.2).
 *
 * <p>Called on a virtual thread of its own when the connection has ended or is about to; may block. Node has no such
 * event; OpenSSL has {@code SSL_CTX_sess_set_remove_cb}.
 */
@FunctionalInterface
public interface RemoveSessionListener {
    /**
     * Removes a session.
     *
     * @param id 32 bytes, by which {@link NewSessionListener} stored the session; the listener's own copy
     * @throws Exception to have it reported to the listeners of {@link io.heddle.TlsServer#onError}
     */
    void removeSession(byte[] id) throws Exception;
}
