package io.heddle.endpoint;

import io.heddle.callback.OcspRequestListener;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.OcspVerdict.Status;
import io.heddle.engine.handshake.trust.PeerTrust;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * A supplier of a server's OCSP responses: those of the application's listener, verified and counted.
 *
 * @param trust the trust of the context whose certificates are in use
 * @param verify whether responses are verified; if not, anything is stapled, as Node does
 */
record OcspStapler(OcspRequestListener listener, PeerTrust trust, boolean verify, HandshakeEvents events)
        implements OcspRequestListener {
    @Override
    public Optional<byte[]> onOcspRequest(X509Certificate leaf, Optional<X509Certificate> issuerInChain)
            throws Exception {
        Optional<X509Certificate> issuer = issuerInChain.or(() -> trust.issuerOf(leaf));
        Optional<byte[]> response = listener.onOcspRequest(leaf, issuer);
        if (response == null) {
            throw Code.ERR_TLS_CALLBACK.failure("ocsp: the listener returned null, an Optional is expected");
        }
        // An empty array is a fault of the listener, which the engine refuses.
        if (response.isEmpty() || response.get().length == 0) {
            return response;
        }
        byte[] bytes = response.get().clone();
        if (verify && !maySend(bytes, leaf, issuer)) {
            return Optional.empty();
        }
        events.stapled();
        return Optional.of(bytes);
    }

    private boolean maySend(byte[] response, X509Certificate leaf, Optional<X509Certificate> issuer) {
        OcspVerdict verdict = issuer.map(signer -> trust.ocsp(response, leaf, signer))
                .orElseGet(() -> OcspVerdict.unverifiable(
                        "the issuer of \"%s\" is neither in its chain nor in ca, so that no OCSP response can be verified"
                                .formatted(leaf.getSubjectX500Principal().getName())));
        // A client that gets no response goes on with a revoked server, one that gets the truth does not.
        boolean sent = verdict.ok() || verdict.status() == Status.REVOKED;
        if (!verdict.ok()) {
            events.ocspProblem(leaf, verdict, sent);
        }
        return sent;
    }
}
