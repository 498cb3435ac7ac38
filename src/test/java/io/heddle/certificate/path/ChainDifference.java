package io.heddle.certificate.path;

import static io.heddle.failure.TlsFailure.Code.CA_MD_TOO_WEAK;
import static io.heddle.failure.TlsFailure.Code.CERT_HAS_EXPIRED;
import static io.heddle.failure.TlsFailure.Code.CERT_REVOKED;
import static io.heddle.failure.TlsFailure.Code.CRL_HAS_EXPIRED;
import static io.heddle.failure.TlsFailure.Code.CRL_NOT_YET_VALID;
import static io.heddle.failure.TlsFailure.Code.CRL_SIGNATURE_FAILURE;
import static io.heddle.failure.TlsFailure.Code.EXCLUDED_VIOLATION;
import static io.heddle.failure.TlsFailure.Code.HOSTNAME_MISMATCH;
import static io.heddle.failure.TlsFailure.Code.INVALID_PURPOSE;
import static io.heddle.failure.TlsFailure.Code.KEYUSAGE_NO_CRL_SIGN;
import static io.heddle.failure.TlsFailure.Code.NO_EXPLICIT_POLICY;
import static io.heddle.failure.TlsFailure.Code.PERMITTED_VIOLATION;
import static io.heddle.failure.TlsFailure.Code.SUBTREE_MINMAX;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_GET_CRL;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_GET_ISSUER_CERT;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE;
import static io.heddle.failure.TlsFailure.Code.UNHANDLED_CRITICAL_CRL_EXTENSION;
import static io.heddle.failure.TlsFailure.Code.UNSPECIFIED;
import static io.heddle.failure.TlsFailure.Code.UNSUPPORTED_CONSTRAINT_SYNTAX;
import static io.heddle.failure.TlsFailure.Code.UNSUPPORTED_CONSTRAINT_TYPE;
import static io.heddle.failure.TlsFailure.Code.UNSUPPORTED_NAME_SYNTAX;

import io.heddle.certificate.Problem;
import io.heddle.certificate.x509.SubjectAltNames;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * The known differences between Heddle's verification and that of OpenSSL and the JDK, each with its reason. {@code
 * docs/verification.md} has the same list.
 */
enum ChainDifference {
    // Heddle refuses, OpenSSL accepts

    POLICIES(
            Peer.OPENSSL,
            "a certificate policy is demanded (`policyConstraints`) and the chain has none, or a mapping of anyPolicy",
            "Policies are part of path validation, RFC 5280 6.1; OpenSSL processes them only with `-policy_check`.",
            (chain, problem) -> problem.code() == NO_EXPLICIT_POLICY),
    EMPTY_LABEL(
            Peer.OPENSSL,
            "a host with an empty label, such as `.example.test`",
            "It is no host name; in OpenSSL's interface a leading dot means any sub-domain.",
            (chain, problem) -> problem.code() == HOSTNAME_MISMATCH && hasEmptyLabel(chain.host())),
    NAME_WITH_FINAL_DOT(
            Peer.OPENSSL,
            "a DNS name of the certificate with a final dot, equal to the host given with one",
            "A dNSName is written without it, RFC 5280 4.2.1.6 and RFC 1034 3.5; where such a name matched, it would pass by name constraints.",
            (chain, problem) ->
                    problem.code() == HOSTNAME_MISMATCH && chain.host().endsWith(".")),
    COMMON_NAME_AS_HOST(
            Peer.OPENSSL,
            "a common name that may match a host (one label, a wildcard) and is outside the DNS constraints",
            "Whatever can be matched as a host is constrained; OpenSSL leaves out common names that are wildcards or have one label.",
            (chain, problem) -> isConstraint(problem) && !hasDnsName(chain.leaf())),
    WILDCARD_OVER_EXCLUDED(
            Peer.OPENSSL,
            "a wildcard that covers an excluded name, or more than what is permitted",
            "The certificate would be accepted for the excluded host; OpenSSL compares the wildcard as if it were a name.",
            (chain, problem) -> isViolation(problem) && hasWildcard(chain.leaf())),
    UNREADABLE_CONSTRAINT(
            Peer.OPENSSL,
            "a constraint that is no name or network: a wildcard or a final dot in a dNSName, an empty rfc822Name, a mask with holes, an odd length",
            "RFC 5280 4.2.1.10: what cannot be processed is refused; OpenSSL compares what it finds, or ignores it until a name of the form comes.",
            (chain, problem) -> problem.code() == UNSUPPORTED_CONSTRAINT_SYNTAX),
    UNREADABLE_NAME(
            Peer.OPENSSL,
            "a name that is none (a final dot, bytes beyond ASCII, a NUL) where names of its form are constrained",
            "It cannot be compared, so it cannot be permitted, RFC 5280 4.2.1.10.",
            (chain, problem) -> problem.code() == UNSUPPORTED_NAME_SYNTAX),
    PLATFORM_CONSTRAINTS(
            Peer.OPENSSL,
            "name constraints that the Java platform refuses to combine: a minimum, registered identifiers at two levels, an excluded network of everything",
            "The platform has the last word on each chain that is accepted; it refuses more than RFC 5280 asks for, never less.",
            (chain, problem) ->
                    problem.sentence().contains("Java platform") && chain.kind() == ChainKind.OTHER_CONSTRAINTS),
    UNREADABLE_POLICIES(
            Peer.OPENSSL,
            "an unreadable certificatePolicies extension",
            "RFC 5280 4.2: an extension that is recognised is processed, critical or not; OpenSSL does not read this one in TLS.",
            (chain, problem) -> chain.mentions("2.5.29.32 with content")),
    DELTA_ALONE(
            Peer.OPENSSL,
            "a delta CRL without its base (OpenSSL 3.0)",
            "A delta lists changes alone, RFC 5280 5.2.4; OpenSSL 3.5 refuses it, too.",
            Occurs.SOMETIMES,
            (chain, problem) -> problem.code() == UNABLE_TO_GET_CRL && chain.mentions("delta")),

    // Heddle accepts, OpenSSL refuses

    HOST_WITH_FINAL_DOT(
            Peer.OPENSSL,
            "a host or an address that the user gives with one final dot",
            "It is the same host, written as absolute (RFC 1034 3.1); Node and the JDK drop the dot, too.",
            chain -> chain.host().endsWith(".") && chain.openssl().equals(List.of("HOSTNAME_MISMATCH at 0"))),
    INTERNATIONAL_HOST(
            Peer.OPENSSL,
            "a host with letters beyond ASCII",
            "It is converted to the form of the DNS (`xn--`), RFC 6125 6.4.2, as by Node and the JDK; OpenSSL compares the bytes.",
            chain -> !chain.host().chars().allMatch(c -> c < 128)),
    WILDCARD_AND_UNDERSCORE(
            Peer.OPENSSL,
            "a wildcard for a host whose label has an underscore",
            "Such hosts are in use and Node accepts them; the star stands for one label below the certified domain in any case. This is the one case that both others refuse.",
            chain -> chain.host().contains("_") && hasWildcard(chain.leaf())),
    WILDCARD_INSIDE_A_LABEL(
            Peer.OPENSSL,
            "a wildcard between other characters of the left-most label, `w*w.example.test`",
            "RFC 6125 6.4.3 allows it, Node and the JDK accept it; it covers less than `*` does.",
            chain -> chain.mentions("w*w.example.test")),
    ANOTHER_PATH(
            Peer.OPENSSL,
            "the first issuer by name, identifiers and date leads nowhere, and another certificate of the same name does",
            "RFC 5280 6.1 asks for one good path, RFC 4158 2.4 for a search; it is bounded, see above. OpenSSL stays with its first choice.",
            chain -> chain.kind() == ChainKind.CROSS_SIGNED),
    TRUSTED_TWIN(
            Peer.OPENSSL,
            "a trusted self-signed leaf, beside another trusted certificate of the same name and key",
            "The very certificate is trusted; OpenSSL compares it with the first of that name only.",
            chain -> chain.mentions("twin trusted")),

    // Heddle refuses, the JDK accepts

    ANCHOR(
            Peer.JDK,
            "what the trust anchor itself says or is: its dates, path length, usages, extensions, CRL",
            "OpenSSL and Node apply the certificate of a root to itself; RFC 5280 6.1 leaves that open, since its anchor is a name and a key.",
            (chain, problem) -> chain.isAnchor(problem.depth())),
    CONSTRAINTS_OF_THE_ANCHOR(
            Peer.JDK,
            "name constraints in the certificate of the trust anchor",
            "A root that its own certificate limits stays limited, as in OpenSSL and Node.",
            (chain, problem) -> chain.anchorConstrainsNames() && isConstraint(problem)),
    CRL_SIGNER_ANCHOR(
            Peer.JDK,
            "a CRL of a trust anchor whose key usage does not allow CRLs",
            "RFC 5280 6.3.3 (f): the issuer of a CRL needs that usage; OpenSSL holds a root to it as well.",
            (chain, problem) -> problem.code() == KEYUSAGE_NO_CRL_SIGN && chain.isAnchor(problem.depth() + 1)),
    INTERMEDIATE_ANCHOR(
            Peer.JDK,
            "a trusted certificate that is not self-signed ends the chain",
            "As in OpenSSL and Node, this needs `allowPartialTrustChain`.",
            (chain, problem) -> Set.of(
                                    UNABLE_TO_GET_ISSUER_CERT,
                                    UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                                    UNABLE_TO_VERIFY_LEAF_SIGNATURE,
                                    Code.CERT_CHAIN_TOO_LONG)
                            .contains(problem.code())
                    && chain.trust().certificates().stream().anyMatch(ChainDifference::isIntermediate)),
    PURPOSE_OF_A_CA(
            Peer.JDK,
            "an extended key usage of a CA without that of the leaf's role",
            "A CA that is limited to mail must not certify servers; OpenSSL and browsers apply the same rule. The JDK checks the leaf alone.",
            (chain, problem) -> problem.code() == INVALID_PURPOSE && problem.depth() > 0),
    ANY_PURPOSE(
            Peer.JDK,
            "anyExtendedKeyUsage in place of serverAuth or clientAuth",
            "RFC 5280 4.2.1.12 lets an application demand its own purpose; OpenSSL and Node do.",
            (chain, problem) -> problem.code() == INVALID_PURPOSE
                    && extendedKeyUsage(chain.leaf()).contains("2.5.29.37.0")),
    SHA1(
            Peer.JDK,
            "signatures with SHA-1 below a root that is not one of the JDK's own",
            "OpenSSL refuses them at its security level 1 and above, whatever the root; collisions are affordable.",
            (chain, problem) -> problem.code() == CA_MD_TOO_WEAK),
    LAST_SECOND(
            Peer.JDK,
            "the very second of notAfter",
            "OpenSSL and Node say expired. RFC 5280 4.1.2.5 includes that second; the stricter reading costs one second.",
            (chain, problem) -> problem.code() == CERT_HAS_EXPIRED && endsNow(chain, problem)),
    STALE_CRL(
            Peer.JDK,
            "a CRL up to 15 minutes before its thisUpdate or after its nextUpdate",
            "The JDK allows for clocks that differ; OpenSSL, Node and RFC 5280 6.3.3 do not.",
            (chain, problem) -> problem.code() == CRL_HAS_EXPIRED || problem.code() == CRL_NOT_YET_VALID),
    CRL_ENTRY_NOT_UNDERSTOOD(
            Peer.JDK,
            "a CRL with an unknown critical extension in the entry of another certificate",
            "RFC 5280 5.3: such a list must not be used.",
            (chain, problem) -> problem.code() == UNHANDLED_CRITICAL_CRL_EXTENSION),
    INDIRECT_CRL(
            Peer.JDK,
            "an indirect CRL, or one for some reasons only",
            "Not supported, as in OpenSSL without `-extended_crl`: RFC 5280 6.3 lets an implementation leave them out, and a chain without a CRL is refused.",
            (chain, problem) -> problem.code() == UNABLE_TO_GET_CRL && chain.mentions("indirect", "some reasons")),
    SEVERAL_CRLS(
            Peer.JDK,
            "two CRLs of one issuer, or two entries for one certificate, that contradict each other, or one CRL whose signature is bad",
            "As in OpenSSL the newest list counts and among equals the first, and any entry that revokes; the JDK takes any list and the last entry.",
            Occurs.SOMETIMES,
            (chain, problem) -> problem.code() == CERT_REVOKED || problem.code() == CRL_SIGNATURE_FAILURE),
    UNREADABLE_EXTENSION(
            Peer.JDK,
            "an uncritical extension of a known kind that cannot be read",
            "RFC 5280 4.2: it \"MUST be processed if it is recognized\"; OpenSSL refuses the certificate, too.",
            (chain, problem) ->
                    chain.kind() == ChainKind.EXTENSIONS && chain.mentions("with content", "wrong key identifier")),
    FORM_OF_NAME(
            Peer.JDK,
            "constraints on names of a form that is not compared (otherName, registeredID), and a name of that form",
            "RFC 5280 4.2.1.10: process or refuse; OpenSSL refuses as well.",
            (chain, problem) -> problem.code() == UNSUPPORTED_CONSTRAINT_TYPE),
    MINIMUM(
            Peer.JDK,
            "a subtree with a minimum other than 0",
            "RFC 5280 4.2.1.10: minimum is 0; OpenSSL refuses as well. The JDK refuses some and passes over others.",
            (chain, problem) -> problem.code() == SUBTREE_MINMAX),
    COMMON_NAME_AS_HOST_JDK(
            Peer.JDK,
            "a common name that may match a host and is outside the DNS constraints",
            "Whatever can be matched as a host is constrained.",
            (chain, problem) -> isConstraint(problem) && !hasDnsName(chain.leaf())),
    WILDCARD_OVER_EXCLUDED_JDK(
            Peer.JDK,
            "a wildcard that covers an excluded name, or more than what is permitted",
            "The certificate would be accepted for the excluded host.",
            (chain, problem) -> isViolation(problem) && hasWildcard(chain.leaf())),
    UNREADABLE_CONSTRAINT_JDK(
            Peer.JDK,
            "a constraint that is no name or network, and a constrained name that is none",
            "RFC 5280 4.2.1.10: what cannot be processed is refused.",
            (chain, problem) ->
                    problem.code() == UNSUPPORTED_CONSTRAINT_SYNTAX || problem.code() == UNSUPPORTED_NAME_SYNTAX),
    MAPPED_ADDRESS(
            Peer.JDK,
            "the address `::ffff:192.0.2.1` in the certificate for the host 192.0.2.1, or the other way round",
            "RFC 5280 4.2.1.6: an IPv4 address has four octets. OpenSSL and Node keep the two apart.",
            (chain, problem) -> problem.code() == HOSTNAME_MISMATCH
                    && (chain.mentions("ffffc0000201") || chain.host().contains("::ffff:"))),
    OLD_ADDRESS(
            Peer.JDK,
            "an IPv4 address in an old spelling, `192.0.513`, `192.0.2.01` or one number",
            "Different readers of such text see different hosts. Node refuses it as well; OpenSSL takes it for a host name.",
            (chain, problem) -> problem.code() == HOSTNAME_MISMATCH
                    && Set.of("192.0.513", "3221225985", "192.0.2.01", "192.0.2.1.")
                            .contains(chain.host())),
    WILDCARD_FOR_A_TOP_LEVEL_DOMAIN(
            Peer.JDK,
            "a wildcard with a single label behind it, `*.test`",
            "It would stand for every domain of that kind; OpenSSL and Node refuse. The JDK has a list of public suffixes and refuses those alone.",
            (chain, problem) -> problem.code() == HOSTNAME_MISMATCH && chain.mentions("*.test", "*.com", "x*.test")),
    TWO_WILDCARDS(
            Peer.JDK,
            "a name with two wildcards, `**.example.test`",
            "RFC 6125 6.4.3 allows one; OpenSSL and Node refuse.",
            (chain, problem) -> problem.code() == HOSTNAME_MISMATCH && chain.mentions("**.", "*.*.", "www.*.")),
    UNREADABLE_POLICIES_JDK(
            Peer.JDK,
            "an unreadable certificatePolicies extension",
            "RFC 5280 4.2: an extension that is recognised is processed, critical or not; the JDK ignores it.",
            (chain, problem) -> chain.mentions("2.5.29.32 with content")),

    // Heddle accepts, the JDK refuses

    KEY_USAGE(
            Peer.JDK,
            "a leaf whose key usage lacks digitalSignature and has keyEncipherment or keyAgreement",
            "What a key is needed for depends on the cipher suite: the verification asks for any of the three as OpenSSL does, and the handshake refuses a signature by such a key.",
            chain -> chain.jdk().contains("KeyUsage does not allow")),
    ROOT_BY_KEY_USAGE(
            Peer.JDK,
            "a root that is a CA by its key usage or as version 1, without basicConstraints",
            "Old roots are made that way; the root is trusted by configuration, and OpenSSL accepts it.",
            chain -> chain.jdk().contains("is not a CA certificate")),
    NETSCAPE_TYPE(
            Peer.JDK,
            "a critical Netscape certificate type",
            "It is understood and checked, as in OpenSSL; the JDK's path validation does not know it.",
            chain -> chain.mentions("critical Netscape type")),
    UNDERSCORE(
            Peer.JDK,
            "a host with an underscore",
            "The JDK refuses all of them; services in use have such names, and Node and OpenSSL accept a name that is equal.",
            chain -> chain.host().contains("_")),
    EMPTY_LABEL_AND_WILDCARD(
            Peer.JDK,
            "a wildcard for a host whose first label is empty, `.example.test`",
            "As in Node and OpenSSL. No host has such a name, so no connection is affected.",
            chain -> chain.generated().hasHost() && hasEmptyLabel(chain.host())),
    MALFORMED_ADDRESS(
            Peer.JDK,
            "an address of an odd length among the alternative names",
            "It matches no host, and the other names still count, as in OpenSSL and Node.",
            chain -> chain.mentions("IP:#c00002,", "IP:#c00002]")),
    ORDER_AS_SENT(
            Peer.JDK,
            "certificates that fit by name and not by signature come before those that do",
            "The peer's order is only a hint (RFC 8446 4.4.2); the JDK's trust manager takes the chain as it was sent.",
            Occurs.SOMETIMES,
            chain -> chain.kind() == ChainKind.CROSS_SIGNED),
    SELF_ISSUED_TWICE(
            Peer.JDK,
            "two self-issued CAs in a row",
            "RFC 5280 6.1 allows it; the JDK's path builder takes the repeated name for a loop.",
            chain -> chain.mentions("self-issued")),
    EMPTY_DNS_CONSTRAINT(
            Peer.JDK,
            "an empty dNSName among the permitted subtrees",
            "It permits every DNS name, RFC 5280 4.2.1.10; the JDK fails with an index out of bounds.",
            chain -> chain.jdk().startsWith("StringIndexOutOfBounds")),
    STALE_CRL_FIRST(
            Peer.JDK,
            "a stale CRL that revokes, beside a current one that does not",
            "The current list counts; the JDK takes the stale one within its 15 minutes.",
            Occurs.SOMETIMES,
            chain -> chain.mentions("revokes"));

    private static final Problem NONE = new Problem(UNSPECIFIED, 0, "");

    final Peer peer;
    final boolean refused;
    final String what;
    final String why;
    final Occurs occurs;

    @SuppressWarnings("ImmutableEnumChecker") // a function without state
    private final BiPredicate<ChainComparison, Problem> explains;

    /** A difference in which Heddle refuses; it explains one of the problems. */
    ChainDifference(Peer peer, String what, String why, BiPredicate<ChainComparison, Problem> explains) {
        this(peer, what, why, Occurs.ALWAYS, explains);
    }

    ChainDifference(Peer peer, String what, String why, Occurs occurs, BiPredicate<ChainComparison, Problem> explains) {
        this(peer, true, what, why, occurs, explains);
    }

    /** A difference in which Heddle accepts. */
    ChainDifference(Peer peer, String what, String why, Predicate<ChainComparison> explains) {
        this(peer, what, why, Occurs.ALWAYS, explains);
    }

    ChainDifference(Peer peer, String what, String why, Occurs occurs, Predicate<ChainComparison> explains) {
        this(peer, false, what, why, occurs, (chain, none) -> explains.test(chain));
    }

    ChainDifference(
            Peer peer,
            boolean refused,
            String what,
            String why,
            Occurs occurs,
            BiPredicate<ChainComparison, Problem> explains) {
        this.peer = peer;
        this.refused = refused;
        this.what = what;
        this.why = why;
        this.occurs = occurs;
        this.explains = explains;
    }

    /** The verifier that Heddle is compared with. */
    enum Peer {
        OPENSSL("OpenSSL"),
        JDK("JDK");

        final String title;

        Peer(String title) {
            this.title = title;
        }
    }

    /**
     * Whether a difference is seen in each run, or only with some releases of the peer, or where it takes things in no
     * fixed order.
     */
    enum Occurs {
        ALWAYS,
        SOMETIMES
    }

    /** Returns whether this is why Heddle refuses for this problem what the peer accepts. */
    boolean explains(ChainComparison chain, Problem problem) {
        return refused && explains.test(chain, problem);
    }

    /** Returns whether this is why Heddle accepts what the peer refuses. */
    boolean explains(ChainComparison chain) {
        return !refused && explains.test(chain, NONE);
    }

    /** Returns the line of the documentation's table. */
    String line() {
        return "| " + peer.title + " | " + (refused ? "refuses" : "accepts") + " | " + what + " | " + why + " |";
    }

    private static boolean isViolation(Problem problem) {
        return problem.code() == PERMITTED_VIOLATION || problem.code() == EXCLUDED_VIOLATION;
    }

    private static boolean isConstraint(Problem problem) {
        return isViolation(problem)
                || Set.of(
                                UNSUPPORTED_CONSTRAINT_SYNTAX,
                                UNSUPPORTED_CONSTRAINT_TYPE,
                                UNSUPPORTED_NAME_SYNTAX,
                                SUBTREE_MINMAX)
                        .contains(problem.code());
    }

    private static boolean hasEmptyLabel(String host) {
        return Arrays.asList(host.split("\\.", -1)).contains("");
    }

    private static boolean hasDnsName(X509Certificate leaf) {
        return SubjectAltNames.text(leaf).orElse("").contains("DNS:");
    }

    private static boolean hasWildcard(X509Certificate leaf) {
        return SubjectAltNames.text(leaf).orElse("").contains("*");
    }

    private static boolean isIntermediate(X509Certificate certificate) {
        return !certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    private static boolean endsNow(ChainComparison chain, Problem problem) {
        Instant end = chain.path().get(problem.depth()).getNotAfter().toInstant();
        return end.equals(chain.generated().chain().at());
    }

    private static List<String> extendedKeyUsage(X509Certificate certificate) {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            return usages == null ? List.of() : usages;
        } catch (CertificateParsingException unreadable) {
            return List.of();
        }
    }
}
