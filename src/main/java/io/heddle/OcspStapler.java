package io.heddle;

import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.OcspVerdict.Status;
import io.heddle.engine.handshake.Stapler;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * The supplier of a server's OCSP responses for the engine: those of the application's listener that are verified.
 *
 * @param context the context whose certificates are in use
 * @param verify whether responses are verified; without, anything is stapled, as Node does
 */
record OcspStapler(OcspRequestListener listener, SecureContext context, boolean verify, HandshakeEvents events)
        implements Stapler {
    @Override
    public Optional<byte[]> staple(List<X509Certificate> chain) throws Exception {
        X509Certificate leaf = chain.getFirst();
        Optional<X509Certificate> issuer = issuer(chain);
        Optional<byte[]> response = listener.onOcspRequest(leaf, issuer);
        if (response == null) {
            throw Code.ERR_TLS_CALLBACK.failure("ocsp: the listener returned null, an Optional is expected");
        }
        // An empty array is a fault of the listener, which the engine refuses.
        if (response.isEmpty() || response.get().length == 0) {
            return response;
        }
        byte[] bytes = response.get().clone();
        if (verify && !mayBeSent(bytes, leaf, issuer)) {
            return Optional.empty();
        }
        events.stapled();
        return Optional.of(bytes);
    }

    private boolean mayBeSent(byte[] response, X509Certificate leaf, Optional<X509Certificate> issuer) {
        OcspVerdict verdict = issuer.map(known -> context.ocspVerdicts()
                        .verify(response, leaf, known, context.clock().instant(), context.limits()))
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

    private Optional<X509Certificate> issuer(List<X509Certificate> chain) {
        X509Certificate leaf = chain.getFirst();
        return chain.stream()
                .skip(1)
                .filter(each -> each.getSubjectX500Principal().equals(leaf.getIssuerX500Principal()))
                .findFirst()
                .or(() -> context.trust().issuerOf(leaf, context.clock().instant()));
    }
}
