package io.heddle.engine.handshake.trust;

import io.heddle.callback.OcspResponseListener;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.ocsp.TlsFeature;
import io.heddle.certificate.path.Verdict;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * The check of the OCSP responses that a client requested, with the issuers of the verified chain. The application's
 * listener is called first, whatever the verdict is.
 *
 * <p>A response is required where the certificate demands it (RFC 7633 4.3.3), since this client requested one, and
 * where the application demands it.
 *
 * @param required whether the application demands a response
 * @param rejectUnauthorized whether a bad verdict ends the handshake; else it is only reported
 */
public record StapleCheck(
        PeerTrust trust, OcspResponseListener listener, boolean required, boolean rejectUnauthorized) {
    /** The most responses for intermediate certificates that are checked; each costs up to two signatures. */
    private static final int MAX_INTERMEDIATES = 10;

    /**
     * The result of a check.
     *
     * @param verdict on the server's own certificate
     * @param error the reason why the server is not authorized after all; empty if there is none
     */
    public record Result(OcspVerdict verdict, Optional<TlsFailure.Code> error) {}

    /**
     * Checks the responses that came with a verified chain. May block.
     *
     * @param responses one for each certificate from the server's own on, empty arrays for those without; none behind
     *     the last
     * @param chain the server's certificates, its own first
     * @throws Exception to end the handshake; a {@link TlsFailure} with its alert
     */
    public Result check(List<byte[]> responses, List<X509Certificate> chain) throws Exception {
        // The verdict on a good chain is cached; without a response nothing needs the path.
        Verdict verified = responses.isEmpty() ? new Verdict(List.of(), List.of()) : trust.chain(chain, Purpose.SERVER);
        Optional<byte[]> response =
                responses.stream().limit(1).filter(bytes -> bytes.length > 0).findFirst();
        OcspVerdict verdict = response.map(bytes -> verdict(bytes, chain.getFirst(), verified))
                .orElseGet(OcspVerdict::missing);
        listener.onOcspResponse(response, chain, verdict);
        Optional<TlsFailure> failure = failure(verdict, chain.getFirst());
        if (failure.isEmpty()) {
            failure = intermediates(responses, chain, verified);
        }
        if (failure.isPresent() && rejectUnauthorized) {
            throw failure.get();
        }
        return new Result(verdict, failure.map(TlsFailure::code));
    }

    private Optional<TlsFailure> failure(OcspVerdict verdict, X509Certificate certificate) {
        if (verdict.status() != OcspVerdict.Status.MISSING) {
            return verdict.failure();
        } else if (TlsFeature.demandsStatus(certificate)) {
            return Optional.of(Code.OCSP_VERIFY_NEEDED.failure(
                    "ocsp: the server's certificate is good only with an OCSP response (RFC 7633), it sent none"));
        } else if (required) {
            return Optional.of(Code.OCSP_VERIFY_NEEDED.failure(
                    "ocsp: requireOCSP is set, the server sent no OCSP response with its certificate"));
        }
        return Optional.empty();
    }

    /**
     * Checks the responses for intermediates, which TLS 1.3 allows; those for certificates off the path are ignored.
     */
    private Optional<TlsFailure> intermediates(List<byte[]> responses, List<X509Certificate> chain, Verdict verified) {
        int checked = 0;
        for (int i = 1; i < Math.min(responses.size(), chain.size()); i++) {
            if (responses.get(i).length == 0 || !verified.path().contains(chain.get(i))) {
                continue;
            }
            checked++;
            if (checked > MAX_INTERMEDIATES) {
                return Optional.of(Code.OCSP_RESP_INVALID.failure(
                        "ocsp: the server sent OCSP responses for more than %d intermediate certificates",
                        MAX_INTERMEDIATES));
            }
            OcspVerdict verdict = verdict(responses.get(i), chain.get(i), verified);
            if (!verdict.ok()) {
                return verdict.failure();
            }
        }
        return Optional.empty();
    }

    private OcspVerdict verdict(byte[] response, X509Certificate certificate, Verdict verified) {
        return issuer(certificate, verified)
                .map(issuer -> trust.ocsp(response, certificate, issuer))
                .orElseGet(
                        () -> OcspVerdict.unverifiable(
                                "the chain of the server's certificate is not verified, so that no issuer vouches for the OCSP response"));
    }

    /** Returns the issuer on a path that was verified as a whole: another issuer's signature proves nothing. */
    private static Optional<X509Certificate> issuer(X509Certificate certificate, Verdict verified) {
        List<X509Certificate> path = verified.path();
        int at = path.indexOf(certificate);
        if (!verified.ok() || at < 0) {
            return Optional.empty();
        } else if (at + 1 < path.size()) {
            return Optional.of(path.get(at + 1));
        }
        boolean selfSigned = certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
        return selfSigned ? Optional.of(certificate) : Optional.empty();
    }
}
