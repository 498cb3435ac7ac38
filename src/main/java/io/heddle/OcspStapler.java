package io.heddle;

import io.heddle.engine.Stapler;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Asks a server's listener for an OCSP response, in the terms of the engine.
 *
 * @param context the one whose certificates are in use
 */
record OcspStapler(OcspRequestListener listener, SecureContext context) implements Stapler {
    @Override
    public Optional<byte[]> staple(List<X509Certificate> chain) throws Exception {
        Optional<byte[]> answer = listener.onOcspRequest(chain.getFirst(), issuer(chain));
        if (answer == null) {
            throw Code.ERR_TLS_CALLBACK.failure("ocsp: the listener returned null, an Optional is expected");
        }
        return answer;
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
