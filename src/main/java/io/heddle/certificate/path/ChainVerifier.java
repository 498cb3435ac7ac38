package io.heddle.certificate.path;

import static io.heddle.failure.TlsFailure.Code.CA_KEY_TOO_SMALL;
import static io.heddle.failure.TlsFailure.Code.CA_MD_TOO_WEAK;
import static io.heddle.failure.TlsFailure.Code.CERT_CHAIN_TOO_LONG;
import static io.heddle.failure.TlsFailure.Code.CERT_REJECTED;
import static io.heddle.failure.TlsFailure.Code.DEPTH_ZERO_SELF_SIGNED_CERT;
import static io.heddle.failure.TlsFailure.Code.EE_KEY_TOO_SMALL;
import static io.heddle.failure.TlsFailure.Code.INVALID_PURPOSE;
import static io.heddle.failure.TlsFailure.Code.SELF_SIGNED_CERT_IN_CHAIN;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_GET_ISSUER_CERT;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY;

import io.heddle.certificate.x509.ParsedCertificate;
import io.heddle.certificate.x509.Purpose;
import io.heddle.certificate.x509.SignatureStrength;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.rules.SecurityLevel;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * The verifier of a peer's certificate chain: whether it leads to a trust anchor, and if not, the code that OpenSSL and
 * Node would report.
 *
 * <p>OpenSSL, driven as Node drives it, does not stop at the first problem, and reports the last one. So all problems
 * are collected, in OpenSSL's order: the way to an anchor, extensions and purpose, strength of keys and digests,
 * revocation, then signatures and dates from the root down, then name constraints. Name constraints and the signatures
 * of CRLs are checked only for a chain whose own signatures are good up to an anchor, since only their cost is not
 * linear in the length of the chain; see {@link VerificationBudget}.
 *
 * <p>A chain that is too long is reported as such, where Node reports a missing issuer. {@code docs/verification.md}
 * lists the other codes that differ from OpenSSL's.
 *
 * <p>The verdict is about the path that OpenSSL would build. If that path is not good, other paths are tried, as in the
 * JDK, and a good one is accepted. Each path without a problem must also pass {@link PlatformValidation}.
 *
 * <p>Stateless and thread-safe. Neither CRLs nor certificates are fetched from the network.
 */
public final class ChainVerifier {
    private ChainVerifier() {}

    /**
     * The limits of a verification.
     *
     * @param depth the maximum number of certificates between leaf and anchor, 0 to 100; OpenSSL's default is 100
     * @param securityLevel OpenSSL's {@code SECLEVEL}, 0 to 5; at 1 RSA keys below 1024 bits and the digests MD5 and
     *     SHA-1 are refused, at 2 RSA keys below 2048 bits
     */
    public record Limits(int depth, int securityLevel) {
        /** Depth 100 as in OpenSSL, and level 1, which is where the JDK refuses keys and digests by default. */
        public static final Limits DEFAULT = new Limits(100, 1);

        /** Checks the ranges. */
        public Limits {
            if (depth < 0 || depth > 100) {
                throw new IllegalArgumentException("verify depth: %d is outside 0 to 100".formatted(depth));
            }
            if (securityLevel < 0 || securityLevel > SecurityLevel.HIGHEST) {
                throw new IllegalArgumentException("security level: %d is outside 0 to 5".formatted(securityLevel));
            }
        }

        /** Returns the required strength in bits. */
        public int strength() {
            return SecurityLevel.bits(securityLevel);
        }
    }

    /**
     * Returns the verdict under the default limits; see {@link #verify(List, TrustStore, Purpose, Instant, Limits)}.
     */
    public static Verdict verify(List<X509Certificate> presented, TrustStore trust, Purpose purpose, Instant at) {
        return verify(presented, trust, purpose, at, Limits.DEFAULT);
    }

    /**
     * Returns the verdict on a chain.
     *
     * @param presented what the peer sent: its own certificate first, then others in any order, needed or not; at
     *     least one
     * @param purpose the side that sent the chain
     * @param at the time for which dates are checked, normally now
     */
    public static Verdict verify(
            List<X509Certificate> presented, TrustStore trust, Purpose purpose, Instant at, Limits limits) {
        return new Verification(trust, purpose, at, limits).of(presented);
    }

    /** One verification over all paths that it tries. Confined to the verifying thread. */
    private record Verification(
            TrustStore trust, Purpose purpose, Instant at, Limits limits, VerificationBudget budget) {
        Verification(TrustStore trust, Purpose purpose, Instant at, Limits limits) {
            this(trust, purpose, at, limits, new VerificationBudget());
        }

        /** Returns the verdict about a good path if there is one, else about the path that OpenSSL would build. */
        Verdict of(List<X509Certificate> presented) {
            ChainBuilder.Chain first = new ChainBuilder(trust, at, limits.depth()).build(presented);
            Findings findings = inspect(first);
            if (findings.none()) {
                return new Verdict(first.path(), List.of());
            }
            return new AlternativePaths(
                            trust,
                            at,
                            limits.depth(),
                            budget,
                            path -> !path.path().equals(first.path())
                                    && inspect(path).none())
                    .find(presented)
                    .map(chain -> new Verdict(chain.path(), List.of()))
                    .orElseGet(() -> new Verdict(first.path(), findings.problems()));
        }

        private Findings inspect(ChainBuilder.Chain chain) {
            var findings = new Findings();
            ParsedCertificate leaf = chain.links().getFirst();
            if (leaf.strength() < limits.strength()) {
                weakKey(EE_KEY_TOO_SMALL, 0, leaf, limits, findings);
            }
            anchor(chain, limits, findings);
            trustedPurposes(chain, trust, purpose, findings);
            ExtensionCheck.check(chain, purpose, findings);
            strength(chain, limits, findings);
            var signatures = new Findings();
            boolean proven = new SignatureCheck(chain, budget, signatures).check(at, trust.allowPartialTrustChain())
                    && chain.trusted();
            new Revocation(trust, at, proven, findings).check(chain);
            findings.addAll(signatures);
            if (proven) {
                new NameConstraintCheck(chain, budget, findings).check();
            }
            if (findings.none()) {
                PlatformValidation.check(chain, at, findings);
            }
            return findings;
        }
    }

    private static void weakKey(
            TlsFailure.Code code, int depth, ParsedCertificate link, Limits limits, Findings findings) {
        findings.add(
                code,
                depth,
                "the key of %s (%s) is too weak for security level %d",
                link,
                ParsedCertificate.describe(link.publicKey),
                limits.securityLevel());
    }

    private static void anchor(ChainBuilder.Chain chain, Limits limits, Findings findings) {
        if (chain.trusted()) {
            return;
        }
        int depth = chain.lastDepth();
        ParsedCertificate last = chain.last();
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
     * Checks the purposes of the certificates from the trust store. OpenSSL reports two problems for a certificate
     * that is trusted for other purposes only; the second, which Node reports, is absent if the leaf itself comes from
     * the store.
     */
    private static void trustedPurposes(
            ChainBuilder.Chain chain, TrustStore trust, Purpose purpose, Findings findings) {
        for (int depth = chain.untrusted(); depth <= chain.lastDepth(); depth++) {
            ParsedCertificate link = chain.links().get(depth);
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
            ParsedCertificate link = chain.links().get(depth);
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
}
