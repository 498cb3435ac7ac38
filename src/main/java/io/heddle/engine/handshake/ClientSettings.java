package io.heddle.engine.handshake;

import io.heddle.callback.PskClientCallback;
import io.heddle.engine.handshake.HandshakeSettings.RenegotiationLimit;
import io.heddle.engine.handshake.trust.StapleCheck;
import io.heddle.session.SessionState;
import java.util.Optional;

/**
 * The settings of a client's connection. Immutable.
 *
 * @param credentials the source of its certificates
 * @param legacyServerConnect whether a server without RFC 5746 is accepted
 * @param renegotiation how often the server may begin a renegotiation
 */
public record ClientSettings(
        HandshakeSettings common,
        CredentialSource credentials,
        Server server,
        Sessions sessions,
        KeyExchange keyExchange,
        boolean legacyServerConnect,
        RenegotiationLimit renegotiation) {
    /**
     * The server that the client expects.
     *
     * @param servername the host name in SNI, to which sessions are bound
     * @param stapleCheck the check of the server's OCSP response; empty where none is requested
     */
    public record Server(Optional<String> servername, PeerVerifier verifier, Optional<StapleCheck> stapleCheck) {}

    /**
     * The sessions of the client.
     *
     * @param resumed the session to resume, if it fits
     * @param tickets whether tickets are requested and offered in TLS 1.2 and below; without, sessions resume by id
     */
    public record Sessions(Optional<SessionState> resumed, boolean tickets) {}

    /**
     * The settings of the key exchange.
     *
     * @param minPrimeBits the smallest prime for DHE that the security level allows, in bits
     * @param minDhSize the smallest prime for DHE that the application accepts, in bits
     * @param pskCallback the supplier of the pre-shared key; empty where none is used
     */
    public record KeyExchange(int minPrimeBits, int minDhSize, Optional<PskClientCallback> pskCallback) {}

    Optional<String> servername() {
        return server.servername();
    }
}
