package io.heddle.engine;

import io.heddle.failure.TlsFailure;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Looks at the OCSP response that came with a server's certificate, once that has been verified. May block. */
@FunctionalInterface
public interface StapleCheck {
    /**
     * Looks at it.
     *
     * @param response empty if the server sent none
     * @param chain the server's certificates, its own first
     * @return why the server is not authorized after all, empty if it is
     * @throws Exception to end the handshake; a {@link TlsFailure} with its alert
     */
    Optional<TlsFailure.Code> check(Optional<byte[]> response, List<X509Certificate> chain) throws Exception;
}
