package io.heddle.engine.handshake;

import io.heddle.callback.PskClientCallback;
import io.heddle.session.SessionState;
import java.util.Optional;

/**
 * The settings of a client's connection. Immutable.
 *
 * @param credentials the source of its certificates
 * @param tickets whether tickets are asked for and offered in TLS 1.2 and below; without, sessions resume by id
 * @param leastPrimeBits the smallest prime for DHE that the security level allows, in bits
 * @param minDhSize the smallest prime for DHE that the application accepts, in bits
 * @param legacyServerConnect whether a server without RFC 5746 is accepted
 * @param renegotiation how often the server may begin a renegotiation
 * @param servername the host name in SNI, to which sessions are bound
 * @param session the session to resume, if it fits
 * @param pskCallback the supplier of the pre-shared key; empty where none is used
 * @param stapleCheck the check of the server's OCSP response; empty where none is requested
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
        Optional<PskClientCallback> pskCallback,
        Optional<StapleCheck> stapleCheck) {}
