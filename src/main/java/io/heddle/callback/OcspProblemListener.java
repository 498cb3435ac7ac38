package io.heddle.callback;

import io.heddle.certificate.OcspVerdict;
import java.security.cert.X509Certificate;

/** A listener of OCSP responses of a server's own listener that are not good. May block. */
@FunctionalInterface
public interface OcspProblemListener {
    /**
     * Takes the verdict on a response that a connection was about to staple, on the thread of the connection. What it
     * throws goes to {@link io.heddle.TlsServer#onError}.
     *
     * @param certificate the server's certificate
     * @param verdict what is wrong; with the status {@link OcspVerdict.Status#REVOKED} the response was sent, else left
     *     out
     */
    void onOcspProblem(X509Certificate certificate, OcspVerdict verdict) throws Exception;
}
