package io.heddle.callback;

import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * A supplier of OCSP responses for the clients of a server that ask for one together with its certificate; it is called
 * on the thread of the connection. May block.
 *
 * @see <a href="https://nodejs.org/api/tls.html#event-ocsprequest">Node event OCSPRequest</a>
 */
@FunctionalInterface
public interface OcspRequestListener {
    /**
     * Returns the response to send, empty for none: 1 to 65527 bytes, in TLS 1.2 and below up to 16777211, though
     * clients accept less (openssl 16384 there).
     *
     * <p>The response is verified before it is sent, once for each response: one that is not for {@code certificate},
     * not signed by {@code issuer} or its delegate, out of date, or of status unknown is left out, and {@link
     * io.heddle.TlsServer#onOcspProblem} is called. One that says {@code revoked} is sent, since it is true. {@link
     * io.heddle.ServerOptions.Builder#verifyOCSP} switches this off.
     *
     * <p>This is called in full handshakes only, when the client asked (RFC 6066 8): a session that resumes has no
     * certificate.
     *
     * @param certificate the certificate in use, which depends on the server name and on what the client can check
     * @param issuer the issuer of {@code certificate}, from its own chain or from {@code ca}; empty if it is in
     *     neither, and then no response can be verified
     * @throws Exception to end that handshake; a {@link io.heddle.failure.TlsFailure} with its alert, else
     *     internal_error (80)
     */
    Optional<byte[]> onOcspRequest(X509Certificate certificate, Optional<X509Certificate> issuer) throws Exception;
}
