package io.heddle.certificate;

import io.heddle.failure.TlsFailure;
import java.security.cert.CRLReason;
import java.time.Instant;
import java.util.Optional;

/**
 * The result of checking one OCSP response (RFC 6960) against the certificate it should be about. Immutable.
 *
 * <p>The times and the revocation are those of the response, and present only if its signature is valid.
 *
 * @param status the outcome of the check
 * @param thisUpdate the time at which the status was known to be correct; empty if the response proves nothing
 * @param nextUpdate the time by which a newer response exists; empty if the response does not say, or proves nothing
 * @param revocationTime when the certificate was revoked; empty unless the response says so
 * @param revocationReason why the certificate was revoked; empty unless the response says so
 * @param problem what is wrong, with the code that a connection fails with; empty for {@link Status#GOOD} only
 */
public record OcspVerdict(
        Status status,
        Optional<Instant> thisUpdate,
        Optional<Instant> nextUpdate,
        Optional<Instant> revocationTime,
        Optional<CRLReason> revocationReason,
        Optional<Problem> problem) {
    /** The outcomes of a check. */
    public enum Status {
        /** The issuer states that the certificate is not revoked. */
        GOOD,
        /** The issuer states that the certificate is revoked. */
        REVOKED,
        /** The issuer's responder does not know the certificate. */
        UNKNOWN,
        /** The response proves nothing: it is malformed, for another certificate, wrongly signed or out of date. */
        INVALID,
        /** There is no response. */
        MISSING
    }

    /** Returns the verdict if a response was requested and none was sent. */
    public static OcspVerdict missing() {
        return without(
                Status.MISSING,
                new Problem(
                        TlsFailure.Code.OCSP_VERIFY_NEEDED, 0, "the server sent no OCSP response, one was asked for"));
    }

    /**
     * Returns the verdict on a response that cannot be checked, because the issuer of its certificate is not known, or
     * not trusted.
     *
     * @param sentence why that is so
     */
    public static OcspVerdict unverifiable(String sentence) {
        return without(Status.INVALID, new Problem(TlsFailure.Code.OCSP_VERIFY_FAILED, 0, sentence));
    }

    private static OcspVerdict without(Status status, Problem problem) {
        return new OcspVerdict(
                status, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(problem));
    }

    /** Returns whether the status is {@link Status#GOOD}. */
    public boolean ok() {
        return status == Status.GOOD;
    }

    /** Returns the code of {@link #problem()}; empty for {@link Status#GOOD}. */
    public Optional<TlsFailure.Code> code() {
        return problem.map(Problem::code);
    }

    /** Returns the verdict as the failure of a connection; empty for {@link Status#GOOD}. */
    public Optional<TlsFailure> failure() {
        return problem.map(known -> known.code().failure("ocsp: %s", known.sentence()));
    }
}
