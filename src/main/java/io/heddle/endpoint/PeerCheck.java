package io.heddle.endpoint;

import io.heddle.callback.ServerIdentityCheck;
import io.heddle.certificate.CertificateInfo;
import io.heddle.certificate.path.ServerIdentity;
import io.heddle.certificate.x509.Purpose;
import io.heddle.engine.handshake.PeerVerifier;
import io.heddle.engine.handshake.trust.PeerTrust;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * A verifier of the peer's certificate chain by a context's trust, and of a server's name.
 *
 * @param hostname the name that a server's certificate must be for; empty for clients
 * @param identity the check of that name
 * @param rejectUnauthorized whether a bad verdict ends the handshake; else it is only reported
 */
public record PeerCheck(
        PeerTrust trust,
        Purpose purpose,
        Optional<String> hostname,
        ServerIdentityCheck identity,
        boolean rejectUnauthorized)
        implements PeerVerifier {
    /**
     * Node's rules; recognised by its identity, so that the verdict on a name is cached and no {@link CertificateInfo}
     * is created.
     */
    public static final ServerIdentityCheck BY_NODES_RULES = PeerCheck::checkByNodesRules;

    private static void checkByNodesRules(String hostname, CertificateInfo certificate) throws TlsFailure {
        Optional<TlsFailure> problem = ServerIdentity.check(hostname, certificate);
        if (problem.isPresent()) {
            throw problem.get();
        }
    }

    @Override
    public Authorization verify(Peer peer) throws TlsFailure {
        if (peer.chain().isEmpty()) {
            return withoutCertificate();
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

    /**
     * A server must have a certificate, also one whose session resumes; whether a client must is not a question
     * of trust.
     */
    private Authorization withoutCertificate() throws TlsFailure {
        if (purpose == Purpose.SERVER && rejectUnauthorized) {
            throw Code.UNABLE_TO_GET_ISSUER_CERT.failure("certificate: the server sent none, one is required");
        }
        return Authorization.denied(Code.UNABLE_TO_GET_ISSUER_CERT);
    }

    private Optional<TlsFailure> failure(Peer peer) {
        Optional<TlsFailure> chain = peer.stored().isPresent()
                ? stored(peer.stored().get(), peer.chain().getFirst())
                : trust.chain(peer.chain(), purpose).failure();
        return chain.or(() -> hostname.flatMap(name -> wrongName(name, peer)));
    }

    private Optional<TlsFailure> wrongName(String name, Peer peer) {
        if (identity.equals(BY_NODES_RULES)) {
            return trust.name(name, peer.chain().getFirst());
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

    /**
     * Only the peer's own certificate is stored: it is verified anew, for the rest of the chain the stored
     * verdict stands.
     */
    private Optional<TlsFailure> stored(int number, X509Certificate leaf) {
        return number == 0
                ? trust.leaf(leaf, purpose)
                : Optional.of(Code.ofVerifyResult(number)
                        .failure("certificate: the session remembers verification result %d for the peer", number));
    }
}
