package io.heddle.certificate.path;

import static io.heddle.failure.TlsFailure.Code.CERT_HAS_EXPIRED;
import static io.heddle.failure.TlsFailure.Code.CERT_NOT_YET_VALID;
import static io.heddle.failure.TlsFailure.Code.CERT_SIGNATURE_FAILURE;
import static io.heddle.failure.TlsFailure.Code.KEYUSAGE_NO_CERTSIGN;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE;
import static io.heddle.failure.TlsFailure.Code.UNSPECIFIED;

import io.heddle.certificate.x509.IssuerSignature;
import io.heddle.certificate.x509.ParsedCertificate;
import io.heddle.protocol.KeyType;
import java.security.GeneralSecurityException;
import java.security.interfaces.DSAKey;
import java.time.Instant;
import java.util.List;

/**
 * The check of the signatures and dates of a chain, from its top down to the leaf, as in OpenSSL.
 *
 * <p>Below a bad signature nothing is proven, so no further signature is verified there: with keys of its own choice, a
 * peer can cause the verification of one signature per chain.
 */
final class SignatureCheck {
    /** The largest DSA modulus that OpenSSL accepts; the JDK has no limit. For RSA both have 16,384. */
    private static final int MOST_DSA_BITS = 10_000;

    private final ChainBuilder.Chain chain;
    private final VerificationBudget budget;
    private final Findings findings;
    private boolean good = true;

    SignatureCheck(ChainBuilder.Chain chain, VerificationBudget budget, Findings findings) {
        this.chain = chain;
        this.budget = budget;
        this.findings = findings;
    }

    /** Returns whether all signatures are good, whatever the dates are. */
    boolean check(Instant at, boolean allowPartialTrustChain) {
        List<ParsedCertificate> links = chain.links();
        int depth = chain.lastDepth();
        ParsedCertificate issuer = links.get(depth);
        boolean ends = issuer.selfSigned || allowPartialTrustChain;
        if (!ends && depth == 0) {
            findings.add(UNABLE_TO_VERIFY_LEAF_SIGNATURE, 0, "%s came without its issuer", issuer);
        }
        if (!ends && depth > 0) {
            depth--;
        }
        for (; depth >= 0; depth--) {
            ParsedCertificate link = links.get(depth);
            if (link != issuer && good) {
                good = signature(link, issuer, depth);
            }
            if (link.isNotYetValid(at)) {
                findings.add(CERT_NOT_YET_VALID, depth, "%s is valid from %s on", link, link.notBefore);
            }
            if (link.isExpired(at)) {
                findings.add(CERT_HAS_EXPIRED, depth, "%s was valid until %s", link, link.notAfter);
            }
            issuer = link;
        }
        return good;
    }

    private boolean signature(ParsedCertificate link, ParsedCertificate issuer, int depth) {
        if (!issuer.maySignCertificates()) {
            findings.add(
                    KEYUSAGE_NO_CERTSIGN,
                    depth + 1,
                    "the key usage of %s does not allow it to sign certificates",
                    issuer);
        }
        if (issuer.keyType == KeyType.UNKNOWN) {
            findings.add(
                    UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY,
                    depth + 1,
                    "the key of %s is of a kind that Java lacks (%s)",
                    issuer,
                    ParsedCertificate.describe(issuer.publicKey));
            return false;
        }
        if (!chain.trusted() && !budget.untrustedSignature()) {
            return false; // the missing anchor is among the findings already
        }
        if (chain.trusted() && !budget.signature()) {
            findings.add(
                    UNSPECIFIED,
                    depth,
                    "the verification ended before the signature of %s: at most %d are checked, within the time of the handshake",
                    link,
                    VerificationBudget.MOST_SIGNATURES);
            return false;
        }
        try {
            if (!isOversized(issuer)) {
                // The JDK's certificates cache the result, so that its validation does not compute it again.
                IssuerSignature.verify(link.certificate, issuer.publicKey);
                return true;
            }
        } catch (GeneralSecurityException | RuntimeException bad) {
            // The finding below says all that the exception does.
        }
        findings.add(CERT_SIGNATURE_FAILURE, depth, "%s is not signed with the key of %s", link, issuer);
        return false;
    }

    private static boolean isOversized(ParsedCertificate issuer) {
        return issuer.publicKey instanceof DSAKey key
                && key.getParams() != null
                && key.getParams().getP().bitLength() > MOST_DSA_BITS;
    }
}
