package io.heddle.engine;

import io.heddle.session.SessionState;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a client needs to know before it speaks. Immutable.
 *
 * @param servername what SNI carries and sessions are bound to; a host name
 * @param session what to resume, if it fits
 */
public record ClientSettings(
        HandshakeSettings common,
        List<Credential> credentials,
        Optional<String> servername,
        PeerVerifier verifier,
        Optional<SessionState> session) {
    /** Copies the list. */
    public ClientSettings {
        credentials = List.copyOf(credentials);
    }
}
