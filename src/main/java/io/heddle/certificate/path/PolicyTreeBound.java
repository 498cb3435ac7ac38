package io.heddle.certificate.path;

import io.heddle.certificate.x509.ParsedCertificate;
import java.util.HashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.PolicyInformation;

/**
 * A bound on the tree of policies that the JDK's validation builds for a chain (RFC 5280 6.1.3 (d)). With policy
 * mappings the tree can double at each certificate, so its nodes are counted here first, without creating them.
 *
 * <p>The count is an upper bound: nodes are never removed as in the pruning of RFC 5280.
 */
final class PolicyTreeBound {
    /** The limit of OpenSSL 3.0.9 and later. */
    static final int MOST_NODES = 1_000;

    private static final String CERTIFICATE_POLICIES = "2.5.29.32";
    private static final String POLICY_MAPPINGS = "2.5.29.33";
    private static final String ANY_POLICY = "2.5.29.32.0";

    /** The number of nodes of the last level that expect a policy. */
    private Map<String, Long> expecting = new HashMap<>(Map.of(ANY_POLICY, 1L));

    private long nodes = 1;

    private PolicyTreeBound() {}

    /** Returns whether the tree of a chain stays within {@link #MOST_NODES}; false if an extension cannot be read. */
    static boolean holds(ChainBuilder.Chain chain) {
        var bound = new PolicyTreeBound();
        try {
            for (int depth = chain.lastDepth() - 1; depth >= 0 && bound.nodes <= MOST_NODES; depth--) {
                bound.add(chain.links().get(depth));
            }
        } catch (RuntimeException unreadable) {
            return false;
        }
        return bound.nodes <= MOST_NODES;
    }

    private void add(ParsedCertificate link) {
        ASN1Primitive policies = ParsedCertificate.content(link.certificate.getExtensionValue(CERTIFICATE_POLICIES));
        if (policies == null) {
            expecting = new HashMap<>();
            return;
        }
        long any = expecting.getOrDefault(ANY_POLICY, 0L);
        Map<String, Long> level = new HashMap<>();
        for (ASN1Encodable element : ASN1Sequence.getInstance(policies)) {
            String policy =
                    PolicyInformation.getInstance(element).getPolicyIdentifier().getId();
            if (policy.equals(ANY_POLICY)) {
                // One node for each policy that is expected and not in the certificate.
                expecting.forEach((expected, count) -> level.merge(expected, count, Long::sum));
            } else {
                level.merge(policy, Math.max(1, expecting.getOrDefault(policy, 0L) + any), Long::sum);
            }
        }
        level.values().forEach(count -> nodes += count);
        expecting = mapped(link, level);
    }

    /** A node with a mapped policy expects all policies that it is mapped to. */
    private static Map<String, Long> mapped(ParsedCertificate link, Map<String, Long> level) {
        ASN1Primitive mappings = ParsedCertificate.content(link.certificate.getExtensionValue(POLICY_MAPPINGS));
        if (mappings == null) {
            return level;
        }
        Map<String, Long> expecting = new HashMap<>(level);
        for (ASN1Encodable element : ASN1Sequence.getInstance(mappings)) {
            ASN1Sequence mapping = ASN1Sequence.getInstance(element);
            long from = level.getOrDefault(policy(mapping, 0), level.getOrDefault(ANY_POLICY, 0L));
            expecting.merge(policy(mapping, 1), from, Long::sum);
        }
        return expecting;
    }

    private static String policy(ASN1Sequence mapping, int at) {
        return ASN1ObjectIdentifier.getInstance(mapping.getObjectAt(at)).getId();
    }
}
