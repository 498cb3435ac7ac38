package io.heddle.callback;

import java.util.Optional;

/**
 * A callback that supplies the session that a client wants to resume by its id. May block: the handshake waits.
 *
 * @see <a href="https://nodejs.org/api/tls.html#event-resumesession">Node event resumeSession</a>
 */
@FunctionalInterface
public interface ResumeSessionListener {
    /**
     * Returns the data that {@link NewSessionListener} received for this id, empty if it is not stored or not any more.
     * Data that is not a session, or not one that may be resumed here, leads to a full handshake.
     *
     * @param id 32 bytes that the client sent; the listener's own copy
     * @throws Exception to end the connection: with the alert of a {@link io.heddle.failure.TlsFailure}, else as {@code
     *     ERR_TLS_CALLBACK} with alert 80
     */
    Optional<byte[]> resumeSession(byte[] id) throws Exception;
}
