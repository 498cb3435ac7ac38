package io.heddle.certificate.path;

import static io.heddle.failure.TlsFailure.Code.CERT_REVOKED;
import static io.heddle.failure.TlsFailure.Code.CRL_HAS_EXPIRED;
import static io.heddle.failure.TlsFailure.Code.CRL_NOT_YET_VALID;
import static io.heddle.failure.TlsFailure.Code.CRL_SIGNATURE_FAILURE;
import static io.heddle.failure.TlsFailure.Code.DIFFERENT_CRL_SCOPE;
import static io.heddle.failure.TlsFailure.Code.KEYUSAGE_NO_CRL_SIGN;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_GET_CRL;
import static io.heddle.failure.TlsFailure.Code.UNHANDLED_CRITICAL_CRL_EXTENSION;

import io.heddle.certificate.x509.ParsedCertificate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The check of each certificate of a chain, the root included, against the CRLs of its issuer (RFC 5280 6.3).
 *
 * <p>Signatures of CRLs are verified only for chains with good signatures up to an anchor: in other chains the peer
 * chooses the keys, and each would cost a pass over the whole list. The other checks of a CRL are made in any case.
 *
 * <p>A delta CRL revokes what it lists, but it cannot stand for a whole one, as in OpenSSL 3.5; 3.0 takes it for that.
 *
 * <p>A certificate without its chain, of a resumed session, is judged by {@link LeafVerifier}.
 *
 * <p>Why not the JDK's {@code PKIXRevocationChecker}: it skips the root and does not distinguish a missing CRL from an
 * expired or a foreign one. The signature of a CRL and the lookup in it are the JDK's.
 */
final class Revocation {
    private static final int CRL_SIGN = 6;

    private final TrustStore trust;
    private final Instant at;
    private final boolean proven;
    private final Findings findings;

    /** @param proven whether the chain's signatures are good up to an anchor */
    Revocation(TrustStore trust, Instant at, boolean proven, Findings findings) {
        this.trust = trust;
        this.at = at;
        this.proven = proven;
        this.findings = findings;
    }

    void check(ChainBuilder.Chain chain) {
        if (trust.crls().isEmpty()) {
            return;
        }
        int last = chain.lastDepth();
        for (int depth = 0; depth <= last; depth++) {
            check(chain.links().get(depth), chain.links().get(Math.min(depth + 1, last)), depth);
        }
    }

    private void check(ParsedCertificate link, ParsedCertificate issuer, int depth) {
        RevocationList list = bestList(link, issuer);
        if (list == null) {
            findings.add(UNABLE_TO_GET_CRL, depth, "there is no CRL of the issuer of %s", link);
            return;
        }
        if (!issuer.allows(CRL_SIGN)) {
            findings.add(KEYUSAGE_NO_CRL_SIGN, depth, "the key usage of %s does not allow it to sign CRLs", issuer);
        }
        if (!list.covers(link)) {
            findings.add(
                    DIFFERENT_CRL_SCOPE, depth, "the CRL of %s is not about certificates such as %s", issuer, link);
        }
        if (list.isNotYetValid(at)) {
            findings.add(CRL_NOT_YET_VALID, depth, "the CRL of %s is valid from %s on", issuer, list.thisUpdate);
        }
        if (list.isExpired(at)) {
            findings.add(CRL_HAS_EXPIRED, depth, "the CRL of %s was valid until %s", issuer, list.nextUpdate);
        }
        if (proven && !list.isSignedWith(issuer.publicKey)) {
            findings.add(CRL_SIGNATURE_FAILURE, depth, "the CRL is not signed with the key of %s", issuer);
        }
        if (!list.understood) {
            findings.add(
                    UNHANDLED_CRITICAL_CRL_EXTENSION,
                    depth,
                    "the CRL of %s has a critical extension that is not understood",
                    issuer);
        }
        revoked(list, link, depth);
        for (RevocationList delta : trust.crlsOf(link.issuer)) {
            if (proven && delta.delta && delta.covers(link) && delta.isSignedWith(issuer.publicKey)) {
                revoked(delta, link, depth);
            }
        }
        if (!list.covers(link)) {
            findings.add(UNABLE_TO_GET_CRL, depth, "there is no CRL about certificates such as %s", link);
        }
    }

    private void revoked(RevocationList list, ParsedCertificate link, int depth) {
        var entry = list.revoking(link.certificate.getSerialNumber());
        if (entry != null) {
            findings.add(
                    CERT_REVOKED,
                    depth,
                    "%s was revoked on %s",
                    link,
                    entry.getRevocationDate().toInstant());
        }
    }

    /**
     * Returns the most relevant list: one without unknown critical extensions is preferred, then one that covers this
     * certificate, then a current one, then the newest.
     */
    private @Nullable RevocationList bestList(ParsedCertificate link, ParsedCertificate issuer) {
        RevocationList best = null;
        for (RevocationList list : trust.crlsOf(link.issuer)) {
            if (list.delta || list.special || !issuer.identifies(list.authorityKeyId)) {
                continue;
            }
            if (best == null
                    || score(list, link) > score(best, link)
                    || (score(list, link) == score(best, link) && list.thisUpdate.isAfter(best.thisUpdate))) {
                best = list;
            }
        }
        return best;
    }

    private int score(RevocationList list, ParsedCertificate link) {
        return (list.understood ? 4 : 0)
                + (list.covers(link) ? 2 : 0)
                + (!list.isNotYetValid(at) && !list.isExpired(at) ? 1 : 0);
    }
}
