package io.heddle.certificate.path;

import static io.heddle.failure.TlsFailure.Code.EXCLUDED_VIOLATION;
import static io.heddle.failure.TlsFailure.Code.HOSTNAME_MISMATCH;
import static io.heddle.failure.TlsFailure.Code.INVALID_EXTENSION;
import static io.heddle.failure.TlsFailure.Code.PERMITTED_VIOLATION;
import static io.heddle.failure.TlsFailure.Code.SUBTREE_MINMAX;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_GET_ISSUER_CERT;
import static io.heddle.failure.TlsFailure.Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
import static io.heddle.failure.TlsFailure.Code.UNSUPPORTED_CONSTRAINT_SYNTAX;
import static io.heddle.failure.TlsFailure.Code.UNSUPPORTED_NAME_SYNTAX;

import io.heddle.failure.TlsFailure.Code;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The known differences between the codes of Heddle and OpenSSL on chains that both refuse. {@code docs/verification.md} has the same list. */
enum CodeDifference {
    EXTENSION(
            INVALID_EXTENSION,
            Set.of(UNABLE_TO_GET_ISSUER_CERT_LOCALLY, UNABLE_TO_GET_ISSUER_CERT),
            "an extension that cannot be read",
            "OpenSSL passes over such a certificate and reports that the issuer is missing."),
    CONSTRAINT(
            UNSUPPORTED_CONSTRAINT_SYNTAX,
            Set.of(PERMITTED_VIOLATION, EXCLUDED_VIOLATION, SUBTREE_MINMAX),
            "a constraint that is no name or network",
            "Constraints are read before names are compared with them."),
    NAME(
            UNSUPPORTED_NAME_SYNTAX,
            Set.of(PERMITTED_VIOLATION, EXCLUDED_VIOLATION),
            "a constrained name that is none",
            "It is neither inside nor outside of a subtree."),
    HOST(
            HOSTNAME_MISMATCH,
            Set.of(),
            "a host that the certificate is not for",
            "As in Node the chain is verified first, and the host, name or address, has the code `ERR_TLS_CERT_ALTNAME_INVALID`.");

    /** After these {@code openssl verify} goes on, after all others it stops. */
    private static final Set<String> GOES_ON = Set.of(
            "CERT_HAS_EXPIRED",
            "DEPTH_ZERO_SELF_SIGNED_CERT",
            "INVALID_CA",
            "INVALID_NON_CA",
            "PATH_LENGTH_EXCEEDED",
            "CRL_HAS_EXPIRED",
            "CRL_NOT_YET_VALID",
            "UNHANDLED_CRITICAL_EXTENSION");

    private static final String ADDRESS_MISMATCH = "error 64 at 0";

    private final Code ours;

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<Code> theirs;

    private final String what;
    private final String why;

    CodeDifference(Code ours, Set<Code> theirs, String what, String why) {
        this.ours = ours;
        this.theirs = theirs;
        this.what = what;
        this.why = why;
    }

    /**
     * Returns the first difference between the problems of a chain that is not on the list, and adds those that are to {@code seen}. The
     * problems are compared up to that with which OpenSSL stops.
     */
    static Optional<String> unexplained(ChainComparison chain, Set<CodeDifference> seen) {
        List<String> ours = chain.codes();
        List<String> theirs = chain.openssl();
        for (int i = 0; i < theirs.size(); i++) {
            String their = theirs.get(i);
            String our = i < ours.size() ? ours.get(i) : "nothing";
            if (our.equals(their)) {
                continue;
            }
            boolean host = their.equals(ADDRESS_MISMATCH) || their.equals(HOSTNAME_MISMATCH + " at 0");
            if (host) { // the test of accepting and refusing has seen that Heddle refuses, too
                seen.add(HOST);
                return Optional.empty();
            }
            for (CodeDifference difference : values()) {
                if (our.startsWith(difference.ours + " at")
                        && difference.theirs.stream().anyMatch(code -> their.startsWith(code + " at"))) {
                    seen.add(difference);
                    return Optional.empty();
                }
            }
            return Optional.of(our + " where OpenSSL says " + their);
        }
        boolean stopped = !GOES_ON.contains(theirs.getLast().split(" ", 2)[0]);
        return stopped || ours.size() <= theirs.size()
                ? Optional.empty()
                : Optional.of(ours.get(theirs.size()) + " where OpenSSL says nothing more");
    }

    /** Returns the line of the documentation's table. */
    String line() {
        String codes = this == HOST
                ? "`HOSTNAME_MISMATCH`, `IP_ADDRESS_MISMATCH`"
                : theirs.stream()
                        .sorted()
                        .map(code -> "`" + code + "`")
                        .reduce((one, other) -> one + ", " + other)
                        .orElse("");
        return "| `" + (this == HOST ? "ERR_TLS_CERT_ALTNAME_INVALID" : ours.name()) + "` | " + codes + " | " + what
                + " | " + why + " |";
    }
}
