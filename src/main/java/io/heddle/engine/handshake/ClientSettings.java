package io.heddle.engine.handshake;

import io.heddle.session.SessionState;
import java.util.Optional;

/**
 * Everything that a client needs to know before it speaks. Immutable.
 *
 * @param credentials who has its identities
 * @param tickets whether tickets are asked for and offered in TLS 1.2 and below; without, sessions resume by id
 * @param leastPrimeBits the smallest prime for DHE that the security level allows, in bits
 * @param minDhSize the smallest prime for DHE that the application accepts, in bits
 * @param legacyServerConnect whether a server without RFC 5746 will do
 * @param renegotiation how often the server may ask to negotiate anew
 * @param servername what SNI carries and sessions are bound to; a host name
 * @param session what to resume, if it fits
 * @param sharedKey who has a pre-shared key; without, none is used
 * @param stapleCheck who looks at the server's OCSP response; empty where none is asked for
 */
public record ClientSettings(
        HandshakeSettings common,
        CredentialSource credentials,
        Optional<String> servername,
        PeerVerifier verifier,
        Optional<SessionState> session,
        boolean tickets,
        int leastPrimeBits,
        int minDhSize,
        boolean legacyServerConnect,
        RenegotiationLimit renegotiation,
        Optional<SharedKeyFinder> sharedKey,
        Optional<StapleCheck> stapleCheck) {
    /** Finds the pre-shared key for a server. May block. */
    @FunctionalInterface
    public interface SharedKeyFinder {
        /**
         * Returns the key, which the engine wipes; empty for none.
         *
         * @param hint what a server of TLS 1.2 or below said about the key
         * @throws Exception to end the handshake; a {@link io.heddle.failure.TlsFailure} with its alert
         */
        Optional<SharedKey> find(Optional<String> hint) throws Exception;
    }
}
