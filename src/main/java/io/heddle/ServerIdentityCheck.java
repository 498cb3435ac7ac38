package io.heddle;

import io.heddle.certificate.CertificateInfo;

/**
 * Checks that a server's certificate is for the name that the client asked for. Called after the chain was found good, on the
 * thread of the connection; may block.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlsconnectoptions-callback">Node option checkServerIdentity</a>
 */
@FunctionalInterface
public interface ServerIdentityCheck {
    /**
     * Returns if the certificate is good for the name.
     *
     * @throws Exception if it is not; a {@link io.heddle.failure.TlsFailure} is what {@code connect} throws, anything else its cause
     */
    void check(String hostname, CertificateInfo certificate) throws Exception;
}
