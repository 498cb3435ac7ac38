package io.heddle;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Is told what a server sent when it was asked for an OCSP response, and may refuse the connection for it. May block.
 *
 * @see <a href="https://nodejs.org/api/tls.html#event-ocspresponse">Node event OCSPResponse</a>
 */
@FunctionalInterface
public interface OcspResponseListener {
    /**
     * Takes the response, once in every full handshake that asks for it, after the server's certificate was verified and before
     * the connection is usable. A session that resumes has no certificate and so no response.
     *
     * @param response what came, as it came: nothing has been checked about it; empty if the server sent none
     * @param chain the server's certificates, its own first
     * @throws Exception to end the handshake; a {@link io.heddle.failure.TlsFailure} with its alert, else internal_error (80)
     */
    void onOcspResponse(Optional<byte[]> response, List<X509Certificate> chain) throws Exception;
}
