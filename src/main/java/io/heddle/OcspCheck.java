package io.heddle;

import io.heddle.certificate.TlsFeature;
import io.heddle.engine.StapleCheck;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Shows a client's listener the OCSP response, in the terms of the engine. A certificate that is good only with one (RFC 7633
 * 4.3.3) is held to that, since here the client asked.
 *
 * @param rejectUnauthorized whether a server without the response that it owes is refused; else it is only not authorized
 */
record OcspCheck(OcspResponseListener listener, boolean rejectUnauthorized) implements StapleCheck {
    /** For clients that ask, and look at the response later. */
    static final OcspResponseListener NOBODY = (response, chain) -> {};

    @Override
    public Optional<Code> check(Optional<byte[]> response, List<X509Certificate> chain) throws Exception {
        boolean owed = response.isEmpty() && TlsFeature.demandsStatus(chain.getFirst());
        if (owed && rejectUnauthorized) {
            throw Code.OCSP_VERIFY_NEEDED.failure(
                    "ocsp: the server's certificate is good only with an OCSP response (RFC 7633), it sent none");
        }
        listener.onOcspResponse(response, chain);
        return owed ? Optional.of(Code.OCSP_VERIFY_NEEDED) : Optional.empty();
    }
}
