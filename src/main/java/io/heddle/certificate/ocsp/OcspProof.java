package io.heddle.certificate.ocsp;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.OcspVerdict.Status;
import io.heddle.certificate.Problem;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.CRLReason;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;

/** The proven content of an OCSP response, before its times are compared with a clock. Immutable. */
sealed interface OcspProof {
    /** Returns the verdict at a time. */
    OcspVerdict at(Instant now);

    /** A response that proves nothing at any time. */
    record Nothing(Problem problem) implements OcspProof {
        @Override
        public OcspVerdict at(Instant now) {
            return new OcspVerdict(
                    OcspVerdict.Status.INVALID,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(problem));
        }
    }

    /**
     * The revocation of a certificate.
     *
     * @param reason empty if the responder gives none
     */
    record Revocation(Instant time, Optional<CRLReason> reason) {
        private static Revocation of(CertStatus status) throws IOException {
            RevokedInfo revoked = RevokedInfo.getInstance(status.getStatus());
            if (revoked.getRevocationReason() == null) {
                return new Revocation(instant(revoked.getRevocationTime()), Optional.empty());
            }
            BigInteger number = revoked.getRevocationReason().getValue();
            CRLReason[] reasons = CRLReason.values();
            boolean assigned = number.signum() >= 0 && number.compareTo(BigInteger.valueOf(reasons.length)) < 0;
            return new Revocation(
                    instant(revoked.getRevocationTime()),
                    assigned ? Optional.of(reasons[number.intValue()]) : Optional.empty());
        }
    }

    /**
     * A statement about a certificate with a valid signature.
     *
     * @param subject the name of the certificate in printable form
     * @param signerFrom the beginning of the validity of the certificate that signed it
     * @param signerUntil the end of that validity
     * @param status one of good, revoked and unknown
     * @param revocation empty unless the status is revoked
     */
    record Statement(
            String subject,
            Instant signerFrom,
            Instant signerUntil,
            Instant thisUpdate,
            Optional<Instant> nextUpdate,
            Status status,
            Optional<Revocation> revocation)
            implements OcspProof {
        static Statement of(SingleResponse response, X509Certificate certificate, X509Certificate signer)
                throws IOException {
            CertStatus said = response.getCertStatus();
            Status status = status(said);
            return new Statement(
                    OcspVerifier.named(certificate),
                    signer.getNotBefore().toInstant(),
                    signer.getNotAfter().toInstant(),
                    instant(response.getThisUpdate()),
                    response.getNextUpdate() == null
                            ? Optional.empty()
                            : Optional.of(instant(response.getNextUpdate())),
                    status,
                    status == Status.REVOKED ? Optional.of(Revocation.of(said)) : Optional.empty());
        }

        private static Status status(CertStatus said) throws IOException {
            return switch (said.getTagNo()) {
                case 0 -> Status.GOOD;
                case 1 -> Status.REVOKED;
                case 2 -> Status.UNKNOWN;
                default -> throw new IOException("certStatus");
            };
        }

        @Override
        public OcspVerdict at(Instant now) {
            Optional<Problem> outdated = outdated(now);
            return outdated.isPresent() ? verdict(Status.INVALID, outdated) : verdict(status, problem());
        }

        private OcspVerdict verdict(Status status, Optional<Problem> problem) {
            return new OcspVerdict(
                    status,
                    Optional.of(thisUpdate),
                    nextUpdate,
                    revocation.map(Revocation::time),
                    revocation.flatMap(Revocation::reason),
                    problem);
        }

        private Optional<Problem> problem() {
            if (revocation.isPresent()) {
                return problem(
                        Code.CERT_REVOKED,
                        "%s was revoked at %s (%s), as the OCSP response says",
                        subject,
                        revocation.get().time(),
                        revocation.get().reason().map(Enum::name).orElse("no reason given"));
            }
            return status == Status.GOOD
                    ? Optional.empty()
                    : problem(Code.OCSP_CERT_UNKNOWN, "the OCSP responder does not know %s", subject);
        }

        private Optional<Problem> outdated(Instant now) {
            Instant end = nextUpdate.orElseGet(() -> thisUpdate.plus(OcspVerifier.LONGEST_AGE));
            if (end.isBefore(thisUpdate)) {
                return problem(
                        Code.OCSP_RESP_INVALID,
                        "the OCSP response for %s ends at %s, before it begins at %s",
                        subject,
                        end,
                        thisUpdate);
            } else if (thisUpdate.isAfter(now.plus(OcspVerifier.SKEW))) {
                return problem(
                        Code.OCSP_NOT_YET_VALID,
                        "the OCSP response for %s is valid from %s on, it is %s",
                        subject,
                        thisUpdate,
                        now);
            } else if (end.isBefore(now.minus(OcspVerifier.SKEW))) {
                return problem(
                        Code.OCSP_HAS_EXPIRED,
                        "the OCSP response for %s was valid until %s, it is %s",
                        subject,
                        end,
                        now);
            } else if (now.isBefore(signerFrom) || now.isAfter(signerUntil)) {
                return problem(
                        Code.OCSP_VERIFY_FAILED,
                        "the certificate that signed the OCSP response for %s is valid from %s to %s, it is %s",
                        subject,
                        signerFrom,
                        signerUntil,
                        now);
            }
            return Optional.empty();
        }

        @FormatMethod
        private static Optional<Problem> problem(Code code, @FormatString String format, Object... values) {
            return Optional.of(new Problem(code, 0, format.formatted(values)));
        }
    }

    private static Instant instant(ASN1GeneralizedTime time) throws IOException {
        try {
            return time.getDate().toInstant();
        } catch (ParseException malformed) {
            throw new IOException(malformed);
        }
    }
}
