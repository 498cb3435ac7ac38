package io.heddle.callback;

import io.heddle.certificate.CertificateInfo;

/**
 * A check that a server's certificate is for the requested name. Called after the chain has been verified, on the
 * thread of the connection; may block.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlsconnectoptions-callback">Node option checkServerIdentity</a>
 */
@FunctionalInterface
public interface ServerIdentityCheck {
    /**
     * Returns if the certificate is for the name.
     *
     * @throws Exception if it is not; {@code connect} throws a {@link io.heddle.failure.TlsFailure} as it is, anything
     *     else as its cause
     */
    void check(String hostname, CertificateInfo certificate) throws Exception;
}
