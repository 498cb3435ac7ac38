package io.heddle.engine.handshake;

import io.heddle.engine.crypto.CertificateChains;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The peer of a session: its certificate and chain, the verdict on them, and the client-certificate policy that asked
 * for them.
 *
 * <p>Every session that the engine makes gets these elements here, and nowhere else. A session with a certificate has
 * the verification result 0 only if a verifier authorized its chain, in this handshake or in the one that the resumed
 * session goes back to. Another server of a fleet, such as Node, takes the result 0 for its own verdict.
 *
 * @param certificate the peer's own certificate in DER
 * @param chain the certificates that the peer sent, in DER, its own first; empty where only the own one is known
 * @param verifyResult OpenSSL's number of the verdict
 */
record SessionPeer(Optional<byte[]> certificate, List<byte[]> chain, int verifyResult, ClientCertificatePolicy policy) {
    /** {@code X509_V_OK}, which a peer without a certificate has as well. */
    private static final int OK = 0;

    /** {@code X509_V_ERR_UNSPECIFIED}. */
    private static final int UNSPECIFIED = 1;

    /**
     * Returns the peer of a handshake in which a verifier was asked about this chain, or in which no certificate came.
     */
    static SessionPeer judged(
            ClientCertificatePolicy policy, List<X509Certificate> chain, Authorization authorization) {
        List<byte[]> encoded = CertificateChains.encoded(chain);
        return new SessionPeer(
                encoded.stream().findFirst(), encoded, encoded.isEmpty() ? OK : verifyResult(authorization), policy);
    }

    /** A verdict that is neither a grant nor an error is that of a handshake in which no verifier was called. */
    private static int verifyResult(Authorization authorization) {
        if (authorization.authorized()) {
            return OK;
        }
        return authorization
                .error()
                .map(error -> Math.max(UNSPECIFIED, error.verifyResult()))
                .orElse(UNSPECIFIED);
    }

    /** Returns the peer of a session that resumes where no verifier is called: as the session has it, unchanged. */
    static SessionPeer of(SessionState resumed) {
        return new SessionPeer(
                resumed.peerCertificate(),
                resumed.extras().map(SessionExtras::peerChain).orElse(List.of()),
                resumed.verifyResult(),
                resumed.extras().map(SessionExtras::clientCertificatePolicy).orElse(ClientCertificatePolicy.NONE));
    }

    /**
     * Sets the elements of a session that are about the peer.
     *
     * @param original when the full handshake was
     * @param originalId the id of the session of that handshake, see {@link SessionFactory}
     */
    void describe(SessionState.Builder session, Instant original, byte[] originalId) {
        certificate.ifPresent(session::peerCertificate);
        session.verifyResult(verifyResult).extras(SessionExtras.of(original, policy, chain, originalId));
    }

    /** Returns the session of this peer with this verdict, which may have changed since the session was made. */
    SessionState judge(SessionState session) {
        return verifyResult == session.verifyResult()
                ? session
                : session.toBuilder().verifyResult(verifyResult).build();
    }
}
