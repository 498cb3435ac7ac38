package io.heddle.engine.handshake;

import io.heddle.failure.TlsFailure;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** A verifier of the peer's certificates: returns a verdict, or ends the handshake. May block. */
@FunctionalInterface
public interface PeerVerifier {
    /**
     * Verifies the peer.
     *
     * @throws TlsFailure to refuse it; its alert is sent
     */
    Authorization verify(Peer peer) throws TlsFailure;

    /**
     * The identity that a peer claims.
     *
     * @param chain its certificates, its own first; empty if it has none
     * @param stored the number of OpenSSL's verdict when the session was made, if it is one that resumes and brings
     *     only the peer's own certificate, so that the chain cannot be verified again
     * @param negotiated what the handshake has agreed on so far
     * @param resumes whether this is the peer of a session that resumes, and was verified when that was made
     */
    record Peer(List<X509Certificate> chain, Optional<Integer> stored, HandshakeInfo negotiated, boolean resumes) {
        /** Copies the chain. */
        public Peer {
            chain = List.copyOf(chain);
        }
    }

    /**
     * The verdict.
     *
     * @param authorized whether the peer was asked for certificates and they are good
     * @param error why it is not authorized; empty where nothing was asked for
     */
    record Authorization(boolean authorized, Optional<TlsFailure.Code> error) {
        /** The certificates are good. */
        public static final Authorization GRANTED = new Authorization(true, Optional.empty());

        /** The peer was not asked for certificates. */
        public static final Authorization NOT_ASKED = new Authorization(false, Optional.empty());

        /** Returns a tolerated failure. */
        public static Authorization denied(TlsFailure.Code error) {
            return new Authorization(false, Optional.of(error));
        }
    }
}
