package io.heddle.certificate.path;

import io.heddle.certificate.Problem;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * The verdicts of Heddle, OpenSSL and the JDK on one chain.
 *
 * @param problems what Heddle finds in the chain, and then the host that the leaf is not for
 * @param openssl the problems that {@code openssl verify} names, in their order
 * @param jdk why the JDK refuses, empty where it accepts
 */
record ChainComparison(
        GeneratedChain generated,
        List<X509Certificate> path,
        List<Problem> problems,
        List<String> openssl,
        String jdk) {
    private static final String NAME_CONSTRAINTS = "2.5.29.30";

    static ChainComparison of(GeneratedChain generated, List<String> openssl, String jdk) {
        Verdict verdict = generated.chain().verdict();
        var problems = new ArrayList<>(verdict.problems());
        if (generated.hasHost()) {
            ServerIdentity.check(generated.host(), generated.chain().presented().getFirst())
                    .ifPresent(refusal -> problems.add(new Problem(Code.HOSTNAME_MISMATCH, 0, refusal.toString())));
        }
        return new ChainComparison(generated, verdict.path(), problems, openssl, jdk);
    }

    boolean accepted() {
        return problems.isEmpty();
    }

    boolean accepts(ChainDifference.Peer peer) {
        return peer == ChainDifference.Peer.OPENSSL ? openssl.isEmpty() : jdk.isEmpty();
    }

    ChainKind kind() {
        return generated.kind();
    }

    String host() {
        return generated.host();
    }

    X509Certificate leaf() {
        return generated.chain().presented().getFirst();
    }

    TrustStore trust() {
        return generated.chain().trust();
    }

    /** Returns whether a trusted certificate is at this depth. */
    boolean isAnchor(int depth) {
        return depth > 0 && depth < path.size() && trust().certificates().contains(path.get(depth));
    }

    /** Returns whether the trusted certificate at the end of the path constrains names. */
    boolean anchorConstrainsNames() {
        return isAnchor(path.size() - 1) && path.getLast().getExtensionValue(NAME_CONSTRAINTS) != null;
    }

    /** Returns whether the description of the chain has one of these words. */
    boolean mentions(String... words) {
        for (String word : words) {
            if (generated.toString().contains(word)) {
                return true;
            }
        }
        return false;
    }

    /** Returns Heddle's problems as {@code openssl verify} writes them. */
    List<String> codes() {
        return problems.stream()
                .map(problem -> problem.code() + " at " + problem.depth())
                .toList();
    }

    @Override
    public String toString() {
        return "%s%n    Heddle %s%n    OpenSSL %s%n    JDK [%s]".formatted(generated, problems, openssl, jdk);
    }
}
