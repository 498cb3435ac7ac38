package io.heddle.certificate;

import static io.heddle.failure.TlsFailure.Code.CA_KEY_TOO_SMALL;
import static io.heddle.failure.TlsFailure.Code.CA_MD_TOO_WEAK;
import static io.heddle.failure.TlsFailure.Code.CERT_CHAIN_TOO_LONG;
import static io.heddle.failure.TlsFailure.Code.CERT_HAS_EXPIRED;
import static io.heddle.failure.TlsFailure.Code.CERT_NOT_YET_VALID;
import static io.heddle.failure.TlsFailure.Code.CERT_REJECTED;
import static io.heddle.failure.TlsFailure.Code.CERT_SIGNATURE_FAILURE;
import static io.heddle.failure.TlsFailure.Code.DEPTH_ZERO_SELF_SIGNED_CERT;
import static io.heddle.failure.TlsFailure.Code.EE_KEY_TOO_SMALL;
import static io.heddle.failure.TlsFailure.Code.INVALID_CA;
import static io.heddle.failure.TlsFailure.Code.INVALID_PURPOSE;
import static io.heddle.failure.TlsFailure.Code.KEYUSAGE_NO_CERTSIGN;
import static io.heddle.failure.TlsFailure.Code.PATH_LENGTH_EXCEEDED;
import static io.heddle.failure.TlsFailure.Code.PERMITTED_VIOLATION;
import static io.heddle.failure.TlsFailure.Code.SELF_SIGNED_CERT_IN_CHAIN;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_GET_ISSUER_CERT;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE;
import static io.heddle.failure.TlsFailure.Code.UNHANDLED_CRITICAL_EXTENSION;
import static io.heddle.failure.TlsFailure.Code.UNSPECIFIED;

import io.heddle.failure.TlsFailure;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a peer's certificates lead to somebody who is trusted, and if not, says so with the code that OpenSSL and Node
 * would give.
 *
 * <p>OpenSSL, driven as Node drives it, does not stop at the first problem, and the last one names the verdict. So all problems are
 * collected, in OpenSSL's order: the way to an anchor, extensions and purpose, strength of keys and digests, revocation, then
 * signatures and dates from the root down, then name constraints.
 *
 * <p>One code differs from Node's: a chain that is too long is called so, and not by the issuer that is then missing.
 *
 * <p>Finding no problem is not enough: the JDK's PKIX validation has the last word on each chain that is accepted, and signatures of good
 * chains are checked there. What it refuses beyond OpenSSL (policies that a certificate demands, algorithms that the platform's
 * {@code jdk.certpath.disabledAlgorithms} forbids) stays refused.
 *
 * <p>Stateless and thread-safe. No network is used: neither CRLs nor certificates are fetched.
 */
public final class ChainVerifier {
    private ChainVerifier() {}

    /**
     * The limits of a verification.
     *
     * @param depth how many certificates may stand between leaf and anchor, 0 to 100; OpenSSL's default is 100
     * @param securityLevel OpenSSL's {@code SECLEVEL}, 0 to 5; at 1 RSA keys below 1024 bits and the digests MD5 and SHA-1 are
     *     refused, at 2 RSA keys below 2048 bits
     */
    public record Limits(int depth, int securityLevel) {
        /** Depth 100 as in OpenSSL, and level 1, which is where the JDK refuses keys and digests by default. */
        public static final Limits DEFAULT = new Limits(100, 1);

        private static final int[] STRENGTH = {0, 80, 112, 128, 192, 256};

        /** Checks the ranges. */
        public Limits {
            if (depth < 0 || depth > 100) {
                throw new IllegalArgumentException("verify depth: %d is outside 0 to 100".formatted(depth));
            }
            if (securityLevel < 0 || securityLevel > 5) {
                throw new IllegalArgumentException("security level: %d is outside 0 to 5".formatted(securityLevel));
            }
        }

        /** Returns the bits of work that an attack has to need. */
        int strength() {
            return STRENGTH[securityLevel];
        }
    }

    /** Returns the verdict under the default limits; see {@link #verify(List, TrustStore, Purpose, Instant, Limits)}. */
    public static Verdict verify(List<X509Certificate> presented, TrustStore trust, Purpose purpose, Instant at) {
        return verify(presented, trust, purpose, at, Limits.DEFAULT);
    }

    /**
     * Returns the verdict on a chain.
     *
     * @param presented what the peer sent: its own certificate first, then others in any order, needed or not; at least one
     * @param purpose whose chain it is
     * @param at the time for which dates are checked, normally now
     */
    public static Verdict verify(
            List<X509Certificate> presented, TrustStore trust, Purpose purpose, Instant at, Limits limits) {
        ChainBuilder.Chain chain = new ChainBuilder(trust, at, limits.depth()).build(presented);
        List<X509Certificate> path =
                chain.links().stream().map(link -> link.certificate).toList();
        Findings findings = inspect(chain, trust, purpose, at, limits, false);
        if (findings.none()) {
            CertPathValidatorException refusal = refusalOfTheJdk(chain, path, at);
            if (refusal == null) {
                return new Verdict(path, List.of());
            }
            findings = inspect(chain, trust, purpose, at, limits, true);
            if (findings.none()) {
                translate(refusal, chain, findings);
            }
        } else {
            findings = inspect(chain, trust, purpose, at, limits, true);
        }
        return new Verdict(path, findings.problems());
    }

    private static Findings inspect(
            ChainBuilder.Chain chain,
            TrustStore trust,
            Purpose purpose,
            Instant at,
            Limits limits,
            boolean signatures) {
        var findings = new Findings();
        Link leaf = chain.links().getFirst();
        if (leaf.strength() < limits.strength()) {
            weakKey(EE_KEY_TOO_SMALL, 0, leaf, limits, findings);
        }
        anchor(chain, limits, findings);
        trustedPurposes(chain, trust, purpose, findings);
        ExtensionCheck.check(chain, purpose, findings);
        strength(chain, limits, findings);
        new Revocation(trust, at, findings).check(chain);
        signaturesAndDates(chain, trust, at, signatures, findings);
        NameConstraintCheck.check(chain, findings);
        return findings;
    }

    private static void weakKey(TlsFailure.Code code, int depth, Link link, Limits limits, Findings findings) {
        findings.add(
                code,
                depth,
                "the key of %s (%s) is too weak for security level %d",
                link,
                KeyType.describe(link.publicKey),
                limits.securityLevel());
    }

    private static void anchor(ChainBuilder.Chain chain, Limits limits, Findings findings) {
        if (chain.trusted()) {
            return;
        }
        int depth = chain.lastDepth();
        Link last = chain.last();
        if (chain.tooLong()) {
            findings.add(
                    CERT_CHAIN_TOO_LONG,
                    depth,
                    "the chain is not at its end with %s, at most %d may stand between leaf and root",
                    last,
                    limits.depth());
        } else if (last.selfSigned && depth == 0) {
            findings.add(DEPTH_ZERO_SELF_SIGNED_CERT, 0, "%s is self-signed and not trusted", last);
        } else if (last.selfSigned) {
            findings.add(SELF_SIGNED_CERT_IN_CHAIN, depth, "the root %s is not trusted", last);
        } else if (chain.untrusted() < chain.links().size()) {
            findings.add(UNABLE_TO_GET_ISSUER_CERT, depth, "the issuer of the trusted %s is missing", last);
        } else {
            findings.add(UNABLE_TO_GET_ISSUER_CERT_LOCALLY, depth, "no trusted certificate issued %s", last);
        }
    }

    /**
     * Checks the purposes of the certificates that are from the trust store. OpenSSL has two problems for one that is trusted for others; the
     * second, which Node reports, is missing where the leaf itself was looked up.
     */
    private static void trustedPurposes(
            ChainBuilder.Chain chain, TrustStore trust, Purpose purpose, Findings findings) {
        for (int depth = chain.untrusted(); depth <= chain.lastDepth(); depth++) {
            Link link = chain.links().get(depth);
            if (!trust.trusts(link, purpose)) {
                final String sentence = "%s is in the trust store, but not for a TLS %s";
                findings.add(CERT_REJECTED, depth, sentence, link, purpose);
                if (depth > 0 || link.selfSigned) {
                    findings.add(INVALID_PURPOSE, depth, sentence, link, purpose);
                }
                return;
            }
        }
    }

    private static void strength(ChainBuilder.Chain chain, Limits limits, Findings findings) {
        if (limits.strength() == 0) {
            return;
        }
        for (int depth = 0; depth <= chain.lastDepth(); depth++) {
            Link link = chain.links().get(depth);
            if (depth > 0 && link.strength() < limits.strength()) {
                weakKey(CA_KEY_TOO_SMALL, depth, link, limits, findings);
            }
            // The anchor's own signature proves nothing, so its digest does not matter.
            if (depth < chain.lastDepth() && SignatureStrength.of(link.certificate) < limits.strength()) {
                findings.add(
                        CA_MD_TOO_WEAK,
                        depth,
                        "the signature of %s (%s) is too weak for security level %d",
                        link,
                        link.certificate.getSigAlgName(),
                        limits.securityLevel());
            }
        }
    }

    private static void signaturesAndDates(
            ChainBuilder.Chain chain, TrustStore trust, Instant at, boolean signatures, Findings findings) {
        List<Link> links = chain.links();
        int depth = chain.lastDepth();
        Link issuer = links.get(depth);
        boolean ends = issuer.selfSigned || trust.allowPartialTrustChain();
        if (!ends && depth == 0) {
            findings.add(UNABLE_TO_VERIFY_LEAF_SIGNATURE, 0, "%s came without its issuer", issuer);
        }
        if (!ends && depth > 0) {
            depth--;
        }
        for (; depth >= 0; depth--) {
            Link link = links.get(depth);
            if (link != issuer && signatures) {
                signature(link, issuer, depth, findings);
            }
            if (link.isNotYetValid(at)) {
                findings.add(CERT_NOT_YET_VALID, depth, "%s is valid from %s on", link, link.notBefore);
            }
            if (link.isExpired(at)) {
                findings.add(CERT_HAS_EXPIRED, depth, "%s was valid until %s", link, link.notAfter);
            }
            issuer = link;
        }
    }

    private static void signature(Link link, Link issuer, int depth, Findings findings) {
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
                    KeyType.describe(issuer.publicKey));
            return;
        }
        try {
            link.certificate.verify(issuer.publicKey);
        } catch (GeneralSecurityException | RuntimeException bad) {
            findings.add(CERT_SIGNATURE_FAILURE, depth, "%s is not signed with the key of %s", link, issuer);
        }
    }

    private static @Nullable CertPathValidatorException refusalOfTheJdk(
            ChainBuilder.Chain chain, List<X509Certificate> path, Instant at) {
        if (path.size() == 1) {
            return null; // the leaf itself is the anchor, byte for byte: nothing is left to validate
        }
        try {
            var parameters = new PKIXParameters(Set.of(chain.last().anchor()));
            parameters.setRevocationEnabled(false); // done above, by the CRLs of the trust store
            parameters.setDate(Date.from(at));
            parameters.addCertPathChecker(new OpenSslExtensions());
            var below = CertificateReader.factory().generateCertPath(new ArrayList<>(path.subList(0, path.size() - 1)));
            CertPathValidator.getInstance("PKIX").validate(below, parameters);
            return null;
        } catch (CertPathValidatorException refused) {
            return refused;
        } catch (GeneralSecurityException | RuntimeException unusable) {
            return new CertPathValidatorException(unusable.getMessage(), unusable);
        }
    }

    private static void translate(CertPathValidatorException refusal, ChainBuilder.Chain chain, Findings findings) {
        int depth = Math.max(0, refusal.getIndex());
        TlsFailure.Code code = switch (refusal.getReason()) {
            case BasicReason.ALGORITHM_CONSTRAINED -> CA_MD_TOO_WEAK;
            case BasicReason.INVALID_SIGNATURE -> CERT_SIGNATURE_FAILURE;
            case PKIXReason.UNRECOGNIZED_CRIT_EXT -> UNHANDLED_CRITICAL_EXTENSION;
            case PKIXReason.NOT_CA_CERT -> INVALID_CA;
            case PKIXReason.PATH_TOO_LONG -> PATH_LENGTH_EXCEEDED;
            case PKIXReason.INVALID_KEY_USAGE -> INVALID_PURPOSE;
            case PKIXReason.INVALID_NAME -> PERMITTED_VIOLATION;
            default -> UNSPECIFIED;
        };
        findings.add(
                code,
                depth,
                "the Java platform refuses %s (%s)",
                chain.links().get(Math.min(depth, chain.lastDepth())),
                TlsFailure.printable(String.valueOf(refusal.getMessage())));
    }
}
