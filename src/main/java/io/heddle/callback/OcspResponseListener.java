package io.heddle.callback;

import io.heddle.certificate.OcspVerdict;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * A listener of the OCSP responses of servers, which may refuse the connection. May block.
 *
 * @see <a href="https://nodejs.org/api/tls.html#event-ocspresponse">Node event OCSPResponse</a>
 */
@FunctionalInterface
public interface OcspResponseListener {
    /**
     * Takes the response, once in every full handshake that asks for it, after the server's certificate was verified
     * and before the connection is usable. A session that resumes has no certificate and so no response.
     *
     * <p>A bad verdict refuses the server after this returns ({@link io.heddle.ConnectOptions.Builder#requestOCSP});
     * returning does not make it good.
     *
     * @param response the bytes as they came; empty if the server sent none
     * @param chain the server's certificates, its own first
     * @param verdict the result of checking the response; {@link OcspVerdict.Status#MISSING} if the server sent none
     * @throws Exception to end the handshake; a {@link io.heddle.failure.TlsFailure} with its alert, else
     *     internal_error (80)
     */
    void onOcspResponse(Optional<byte[]> response, List<X509Certificate> chain, OcspVerdict verdict) throws Exception;
}
