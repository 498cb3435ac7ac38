package io.heddle;

import java.util.Optional;

/**
 * Is asked for the session that a client wants to resume by its id. May block: the handshake waits.
 *
 * @see <a href="https://nodejs.org/api/tls.html#event-resumesession">Node event resumeSession</a>
 */
@FunctionalInterface
public interface ResumeSessionListener {
    /**
     * Returns what {@link NewSessionListener} was given for this id, empty if there is nothing (any more). What is not a session,
     * or not one that may resume here, leads to a full handshake.
     *
     * @param id 32 bytes that the client sent; the listener's own copy
     * @throws Exception to end the connection: with the alert of a {@link io.heddle.failure.TlsFailure}, else as {@code
     *     ERR_TLS_CALLBACK} with alert 80
     */
    Optional<byte[]> resumeSession(byte[] id) throws Exception;
}
