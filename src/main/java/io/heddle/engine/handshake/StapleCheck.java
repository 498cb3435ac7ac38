package io.heddle.engine.handshake;

import io.heddle.certificate.OcspVerdict;
import io.heddle.failure.TlsFailure;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** A check of the OCSP responses that came with a server's chain, made once the chain has been verified. May block. */
@FunctionalInterface
public interface StapleCheck {
    /**
     * Checks the responses.
     *
     * @param responses one for each certificate from the server's own on, empty arrays for those without; none behind the last
     * @param chain the server's certificates, its own first
     * @throws Exception to end the handshake; a {@link TlsFailure} with its alert
     */
    Result check(List<byte[]> responses, List<X509Certificate> chain) throws Exception;

    /**
     * The result of a check.
     *
     * @param verdict about the server's own certificate
     * @param error why the server is not authorized after all; empty if nothing is wrong
     */
    record Result(OcspVerdict verdict, Optional<TlsFailure.Code> error) {}
}
