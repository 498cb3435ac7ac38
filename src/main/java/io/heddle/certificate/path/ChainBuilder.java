package io.heddle.certificate.path;

import io.heddle.certificate.x509.ParsedCertificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The builder of the path from a leaf to a trust anchor. Each step prefers the trusted certificates to those that the
 * peer sent.
 *
 * <p>Why not the JDK's {@code CertPathBuilder}: it returns a good path or none, while the verdict has to report how far
 * the path went and why it ended there. The issuer that is chosen also has to be the one that OpenSSL chooses, for the
 * same verdict. {@link ChainVerifier} decides whether the path is good, and {@link AlternativePaths} finds another if
 * it is not.
 */
final class ChainBuilder {
    private final TrustStore trust;
    private final Instant at;
    private final int longest;

    /** @param depth the maximum number of certificates between leaf and anchor */
    ChainBuilder(TrustStore trust, Instant at, int depth) {
        this.trust = trust;
        this.at = at;
        this.longest = depth + 1;
    }

    /**
     * A chain, complete or not.
     *
     * @param untrusted the number of certificates, from the leaf on, that the peer sent; the rest are from the
     *     trust store
     */
    record Chain(List<ParsedCertificate> links, int untrusted, boolean trusted, boolean tooLong) {
        ParsedCertificate last() {
            return links.getLast();
        }

        int lastDepth() {
            return links.size() - 1;
        }

        /** Returns the certificates, leaf first. */
        List<X509Certificate> path() {
            return links.stream().map(link -> link.certificate).toList();
        }
    }

    Chain build(List<X509Certificate> presented) {
        var chain = new ArrayList<ParsedCertificate>();
        chain.add(new ParsedCertificate(presented.getFirst()));
        List<ParsedCertificate> pool = null;
        int untrusted = 1;
        while (chain.size() <= longest) {
            ParsedCertificate last = chain.getLast();
            ParsedCertificate trusted = trust.issuerOf(last, at, any -> true);
            if (trusted != null && last.selfSigned) {
                // A self-signed certificate of the peer is accepted only if it equals an anchor byte for byte: the name
                // alone proves nothing.
                if (!trusted.isSameAs(last)) {
                    trusted = trust.same(last);
                }
                if (trusted != null) {
                    chain.set(chain.size() - 1, trusted);
                    return new Chain(chain, Math.min(untrusted, chain.size() - 1), true, false);
                }
            } else if (trusted != null) {
                chain.add(trusted);
                if (trusted.selfSigned || trust.allowPartialTrustChain()) {
                    return new Chain(chain, untrusted, true, false);
                }
                continue;
            }
            if (last.selfSigned || untrusted < chain.size()) {
                break; // after a trusted certificate, those of the peer are no longer considered
            }
            if (pool == null) {
                pool = pool(presented);
            }
            ParsedCertificate issuer = TrustStore.bestIssuer(pool, last, at, candidate -> !contains(chain, candidate));
            if (issuer == null) {
                break;
            }
            chain.add(issuer);
            untrusted++;
        }
        boolean tooLong = chain.size() > longest;
        if (!tooLong && untrusted == chain.size() && trust.allowPartialTrustChain()) {
            ParsedCertificate leaf = trust.same(chain.getFirst());
            if (leaf != null) {
                return new Chain(List.of(leaf), 0, true, false);
            }
        }
        return new Chain(chain, untrusted, false, tooLong);
    }

    private static List<ParsedCertificate> pool(List<X509Certificate> presented) {
        var pool = new ArrayList<ParsedCertificate>(presented.size() - 1);
        for (X509Certificate certificate : presented.subList(1, presented.size())) {
            pool.add(new ParsedCertificate(certificate));
        }
        return pool;
    }

    private static boolean contains(List<ParsedCertificate> chain, @Nullable ParsedCertificate candidate) {
        return candidate != null && chain.stream().anyMatch(candidate::isSameAs);
    }
}
