package io.heddle.engine.handshake;

import io.heddle.engine.crypto.CertificateChains;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The peer of a session: its certificate and chain, the verdict on them, and the client-certificate policy that asked
 * for them.
 *
 * <p>Every session that the engine makes gets these elements here, and nowhere else. A session with a certificate has
 * the verification result 0 only if a verifier authorized its chain, in this handshake or in the one that the resumed
 * session goes back to. Another server of a fleet, such as Node, takes the result 0 for its own verdict.
 *
 * @param chain the certificates that the peer sent, its own first
 * @param former a session with this peer and this chain, whose encoding of them is used again; null if there is none
 * @param verifyResult OpenSSL's number of the verdict
 */
record SessionPeer(
        List<X509Certificate> chain, @Nullable SessionState former, int verifyResult, ClientCertificatePolicy policy) {
    /** {@code X509_V_OK}, which a peer without a certificate has as well. */
    private static final int OK = 0;

    /** {@code X509_V_ERR_UNSPECIFIED}. */
    private static final int UNSPECIFIED = 1;

    /**
     * Returns the peer of a handshake in which a verifier was asked about this chain, or in which no certificate came.
     */
    static SessionPeer judged(
            ClientCertificatePolicy policy, List<X509Certificate> chain, Authorization authorization) {
        return judged(policy, chain, null, authorization);
    }

    /**
     * Returns the peer of a handshake in which a verifier was asked about this chain, or in which no certificate came.
     *
     * @param former a session with this chain, such as the one that resumes; null if there is none
     */
    static SessionPeer judged(
            ClientCertificatePolicy policy,
            List<X509Certificate> chain,
            @Nullable SessionState former,
            Authorization authorization) {
        return new SessionPeer(chain, former, chain.isEmpty() ? OK : verifyResult(authorization), policy);
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
                List.of(),
                resumed,
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
        Optional<SessionExtras> formerExtras = former == null ? Optional.empty() : former.extras();
        if (former != null && (chain.isEmpty() || formerExtras.isPresent())) {
            former.peerCertificate().ifPresent(session::peerCertificate);
            session.extras(formerExtras
                    .filter(extras -> extras.clientCertificatePolicy() == policy
                            && extras.originalTime().getEpochSecond() == original.getEpochSecond()
                            && Arrays.equals(extras.originalId(), originalId))
                    .orElseGet(() -> SessionExtras.of(
                            original,
                            policy,
                            formerExtras.map(SessionExtras::peerChain).orElse(List.of()),
                            originalId)));
        } else {
            List<byte[]> encoded = CertificateChains.encoded(chain);
            encoded.stream().findFirst().ifPresent(session::peerCertificate);
            session.extras(SessionExtras.of(original, policy, encoded, originalId));
        }
        session.verifyResult(verifyResult);
    }

    /** Returns the session of this peer with this verdict, which may have changed since the session was made. */
    SessionState judge(SessionState session) {
        return verifyResult == session.verifyResult()
                ? session
                : session.toBuilder().verifyResult(verifyResult).build();
    }
}
