package io.heddle;

import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.ocsp.TlsFeature;
import io.heddle.certificate.path.Verdict;
import io.heddle.certificate.x509.Purpose;
import io.heddle.engine.handshake.StapleCheck;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The check of the OCSP responses that a client asked for, with the issuers of the verified chain. The application's listener is
 * called first, whatever the verdict is.
 *
 * <p>The response is required where the certificate says so (RFC 7633 4.3.3), since here the client asked, and where the
 * application does.
 */
record OcspCheck(SecureContext context, ConnectOptions options) implements StapleCheck {
    /** A listener for clients that ask, and look at the response later. */
    static final OcspResponseListener IGNORING = (response, chain, verdict) -> {};

    /** How many responses for intermediate certificates are checked at most; each costs up to two signatures. */
    private static final int MOST_FURTHER = 10;

    @Override
    public Result check(List<byte[]> responses, List<X509Certificate> chain) throws Exception {
        Instant now = context.clock().instant();
        // The verdict on a good chain is known already; without a response nothing needs the path.
        Verdict verified = responses.isEmpty()
                ? new Verdict(List.of(), List.of())
                : context.verdicts().ofChain(chain, context.trust(), Purpose.SERVER, now, context.limits());
        Optional<byte[]> response =
                responses.stream().limit(1).filter(each -> each.length > 0).findFirst();
        OcspVerdict verdict = response.map(bytes -> verdict(bytes, chain.getFirst(), verified, now))
                .orElseGet(OcspVerdict::missing);
        options.onOcspResponse().onOcspResponse(response, chain, verdict);
        Optional<TlsFailure> failure = failure(verdict, chain.getFirst());
        if (failure.isEmpty()) {
            failure = ofFurther(responses, chain, verified, now);
        }
        if (failure.isPresent() && options.rejectUnauthorized()) {
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
        } else if (options.requireOCSP()) {
            return Optional.of(Code.OCSP_VERIFY_NEEDED.failure(
                    "ocsp: requireOCSP is set, the server sent no OCSP response with its certificate"));
        }
        return Optional.empty();
    }

    /** Checks the responses for intermediates, which TLS 1.3 has room for; those of certificates off the path count for nothing. */
    private Optional<TlsFailure> ofFurther(
            List<byte[]> responses, List<X509Certificate> chain, Verdict verified, Instant now) {
        int checked = 0;
        for (int i = 1; i < Math.min(responses.size(), chain.size()); i++) {
            if (responses.get(i).length == 0 || !verified.path().contains(chain.get(i))) {
                continue;
            }
            checked++;
            if (checked > MOST_FURTHER) {
                return Optional.of(Code.OCSP_RESP_INVALID.failure(
                        "ocsp: the server sent OCSP responses for more than %d intermediate certificates",
                        MOST_FURTHER));
            }
            OcspVerdict verdict = verdict(responses.get(i), chain.get(i), verified, now);
            if (!verdict.ok()) {
                return verdict.failure();
            }
        }
        return Optional.empty();
    }

    private OcspVerdict verdict(byte[] response, X509Certificate certificate, Verdict verified, Instant now) {
        return issuer(certificate, verified)
                .map(issuer -> context.ocspVerdicts().verify(response, certificate, issuer, now, context.limits()))
                .orElseGet(
                        () -> OcspVerdict.unverifiable(
                                "the chain of the server's certificate is not verified, so that no issuer vouches for the OCSP response"));
    }

    /** Returns the issuer on a path that was verified as a whole: another's signature proves nothing. */
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
