package io.heddle.certificate.path;

import io.heddle.certificate.x509.ParsedCertificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The search for a good path if the one that {@link ChainBuilder} chose by names is not good: a certificate may have
 * several issuers of one name, cross-signed or with other keys, and only some of them lead to an anchor.
 *
 * <p>Paths are found by names, which costs little, and checked from the anchor down, so that a forged certificate
 * is detected with a trusted key. The search is limited by the {@link VerificationBudget}. Confined to the
 * verifying thread.
 */
final class AlternativePaths {
    private final TrustStore trust;
    private final Instant at;
    private final int longest;
    private final VerificationBudget budget;
    private final Predicate<ChainBuilder.Chain> good;
    private final List<ParsedCertificate> pool;
    private final List<ParsedCertificate> path = new ArrayList<>();

    /**
     * Creates a search.
     *
     * @param depth the maximum number of certificates between leaf and anchor
     * @param good decides about a path that leads to an anchor
     */
    AlternativePaths(
            TrustStore trust, Instant at, int depth, VerificationBudget budget, Predicate<ChainBuilder.Chain> good) {
        this.trust = trust;
        this.at = at;
        this.longest = depth + 1;
        this.budget = budget;
        this.good = good;
        this.pool = new ArrayList<>();
    }

    /** Returns the first good path, empty if there is none or the budget ends before it is found. */
    Optional<ChainBuilder.Chain> find(List<X509Certificate> presented) {
        for (X509Certificate certificate : presented.subList(1, presented.size())) {
            pool.add(new ParsedCertificate(certificate));
        }
        path.add(new ParsedCertificate(presented.getFirst()));
        return extend(1);
    }

    /**
     * Extends the path from its last certificate.
     *
     * @param untrusted the number of certificates of the path that the peer sent
     */
    private Optional<ChainBuilder.Chain> extend(int untrusted) {
        ParsedCertificate last = path.getLast();
        if (path.size() > longest || last.selfSigned) {
            return Optional.empty();
        }
        for (ParsedCertificate issuer : issuers(trust.named(last.issuer).stream(), last)) {
            Optional<ChainBuilder.Chain> found = with(issuer, untrusted);
            if (found.isPresent() || budget.isOver()) {
                return found;
            }
        }
        if (untrusted == path.size()) {
            for (ParsedCertificate issuer : issuers(pool.stream(), last)) {
                Optional<ChainBuilder.Chain> found = with(issuer, untrusted + 1);
                if (found.isPresent() || budget.isOver()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<ChainBuilder.Chain> with(ParsedCertificate issuer, int untrusted) {
        if (!budget.step()) {
            return Optional.empty();
        }
        boolean trusted = untrusted == path.size();
        path.add(issuer);
        try {
            if (trusted && (issuer.selfSigned || trust.allowPartialTrustChain())) {
                var chain = new ChainBuilder.Chain(List.copyOf(path), untrusted, true, false);
                return good.test(chain) ? Optional.of(chain) : Optional.empty();
            }
            return extend(untrusted);
        } finally {
            path.removeLast();
        }
    }

    /** Returns the candidates, currently valid ones first. */
    private List<ParsedCertificate> issuers(Stream<ParsedCertificate> candidates, ParsedCertificate last) {
        return candidates
                .filter(issuer -> issuer.mayHaveIssued(last))
                .filter(issuer -> path.stream().noneMatch(issuer::isSameAs))
                .sorted(Comparator.comparing(issuer -> issuer.isNotYetValid(at) || issuer.isExpired(at)))
                .toList();
    }
}
