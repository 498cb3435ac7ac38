package io.heddle;

import io.heddle.certificate.CertificateInfo;
import io.heddle.certificate.path.LeafVerifier;
import io.heddle.certificate.path.Verdict;
import io.heddle.certificate.x509.Purpose;
import io.heddle.engine.handshake.PeerVerifier;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

/**
 * Judges a peer's chain by a context's trust, and a server's name as well.
 *
 * @param hostname what a server's certificate must be for; empty for clients
 * @param identity who compares that name
 * @param rejectUnauthorized whether a bad verdict ends the handshake; else it is only reported
 */
record PeerCheck(
        SecureContext context,
        Purpose purpose,
        Optional<String> hostname,
        ServerIdentityCheck identity,
        boolean rejectUnauthorized)
        implements PeerVerifier {
    /** Node's rules; told apart from a user's so that nothing is prepared for it that it does not look at. */
    static final ServerIdentityCheck BY_NODES_RULES = Tls::checkServerIdentity;

    @Override
    public Authorization verify(Peer peer) throws TlsFailure {
        if (peer.chain().isEmpty()) {
            return nobody();
        }
        Optional<TlsFailure> failure = failure(peer);
        if (failure.isEmpty()) {
            return Authorization.GRANTED;
        }
        if (rejectUnauthorized) {
            throw failure.get();
        }
        return Authorization.denied(failure.get().code());
    }

    /** Whether a client must have a certificate is not a question of trust; a server, and be it one of a session, must. */
    private Authorization nobody() throws TlsFailure {
        if (purpose == Purpose.SERVER && rejectUnauthorized) {
            throw Code.UNABLE_TO_GET_ISSUER_CERT.failure("certificate: the server sent none, one is required");
        }
        return Authorization.denied(Code.UNABLE_TO_GET_ISSUER_CERT);
    }

    private Optional<TlsFailure> failure(Peer peer) {
        Optional<TlsFailure> chain = peer.stored().isPresent()
                ? stored(peer.stored().get(), peer.chain().getFirst())
                : verdict(peer).failure();
        return chain.or(() -> hostname.flatMap(name -> wrongName(name, peer)));
    }

    private Optional<TlsFailure> wrongName(String name, Peer peer) {
        if (identity.equals(BY_NODES_RULES)) {
            return context.verdicts().ofName(name, peer.chain().getFirst());
        }
        try {
            identity.check(name, CertificateInfo.of(peer.chain()));
            return Optional.empty();
        } catch (TlsFailure e) {
            return Optional.of(e);
        } catch (Exception e) {
            return Optional.of(Code.ERR_TLS_CALLBACK.failure(
                    e, "servername: the check of the certificate for \"%s\" failed: %s", name, e));
        }
    }

    private Verdict verdict(Peer peer) {
        Instant now = context.clock().instant();
        return context.verdicts().ofChain(peer.chain(), context.trust(), purpose, now, context.limits());
    }

    /** Only the peer's own certificate is known: what it says itself is verified anew, for the rest the stored verdict stands. */
    private Optional<TlsFailure> stored(int number, X509Certificate leaf) {
        return number == 0
                ? LeafVerifier.verify(
                        leaf, context.trust(), purpose, context.clock().instant(), context.limits())
                : Optional.of(Code.ofVerifyResult(number)
                        .failure("certificate: the session remembers verification result %d for the peer", number));
    }
}
