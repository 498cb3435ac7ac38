package io.heddle.engine;

import io.heddle.session.SessionState;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a client needs to know before it speaks. Immutable.
 *
 * @param minDhSize the smallest prime for DHE, in bits
 * @param legacyServerConnect whether a server without RFC 5746 will do
 * @param servername what SNI carries and sessions are bound to; a host name
 * @param session what to resume, if it fits
 * @param stapleCheck who looks at the server's OCSP response; empty where none is asked for
 */
public record ClientSettings(
        HandshakeSettings common,
        List<Credential> credentials,
        Optional<String> servername,
        PeerVerifier verifier,
        Optional<SessionState> session,
        int minDhSize,
        boolean legacyServerConnect,
        Optional<StapleCheck> stapleCheck) {
    /** Copies the list. */
    public ClientSettings {
        credentials = List.copyOf(credentials);
    }
}
