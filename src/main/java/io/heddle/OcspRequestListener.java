package io.heddle;

import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * Answers the clients of a server that ask for an OCSP response together with its certificate, on the thread of the connection.
 * May block.
 *
 * @see <a href="https://nodejs.org/api/tls.html#event-ocsprequest">Node event OCSPRequest</a>
 */
@FunctionalInterface
public interface OcspRequestListener {
    /**
     * Returns the response that is sent along, empty for none. It is not looked into: 1 to 65527 bytes, in TLS 1.2 and below up to
     * 16777211, though clients take less (openssl 16384 there).
     *
     * <p>It is called in full handshakes only, when the client asked (RFC 6066 8): a session that resumes has no certificate.
     *
     * @param certificate the certificate in use, which depends on the server name and on what the client can check
     * @param issuer who issued it, from its own chain or from {@code ca}; empty if it is in neither
     * @throws Exception to end that handshake; a {@link io.heddle.failure.TlsFailure} with its alert, else internal_error (80)
     */
    Optional<byte[]> onOcspRequest(X509Certificate certificate, Optional<X509Certificate> issuer) throws Exception;
}
