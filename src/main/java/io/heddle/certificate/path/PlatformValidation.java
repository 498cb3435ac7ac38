package io.heddle.certificate.path;

import static io.heddle.failure.TlsFailure.Code.CA_MD_TOO_WEAK;
import static io.heddle.failure.TlsFailure.Code.CERT_SIGNATURE_FAILURE;
import static io.heddle.failure.TlsFailure.Code.INVALID_CA;
import static io.heddle.failure.TlsFailure.Code.INVALID_PURPOSE;
import static io.heddle.failure.TlsFailure.Code.NO_EXPLICIT_POLICY;
import static io.heddle.failure.TlsFailure.Code.PATH_LENGTH_EXCEEDED;
import static io.heddle.failure.TlsFailure.Code.PERMITTED_VIOLATION;
import static io.heddle.failure.TlsFailure.Code.UNHANDLED_CRITICAL_EXTENSION;
import static io.heddle.failure.TlsFailure.Code.UNSPECIFIED;

import io.heddle.certificate.file.CertificateReader;
import io.heddle.certificate.x509.MlDsa;
import io.heddle.certificate.x509.ParsedCertificate;
import io.heddle.failure.TlsFailure;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.Certificate;
import java.security.cert.PKIXCertPathChecker;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The JDK's PKIX validation of a chain without findings. It adds checks that OpenSSL does not make: policies that a
 * certificate demands, and algorithms that {@code jdk.certpath.disabledAlgorithms} forbids.
 */
final class PlatformValidation {
    private static final String POLICY_CONSTRAINTS = "2.5.29.36";

    private PlatformValidation() {}

    /** A refusal and its place in the chain. */
    private record Refused(CertPathValidatorException reason, int depth) {}

    static void check(ChainBuilder.Chain chain, Instant at, Findings findings) {
        if (chain.lastDepth() == 0) {
            return; // the leaf itself is the anchor, so nothing is left to validate
        }
        if (!PolicyTreeBound.holds(chain)) {
            findings.add(
                    UNSPECIFIED,
                    0,
                    "the policies and policy mappings above %s make a tree of more than %d nodes, or cannot be read",
                    chain.links().getFirst(),
                    PolicyTreeBound.MOST_NODES);
            return;
        }
        Optional<Refused> refused = validate(chain, 0, chain.lastDepth(), at);
        if (refused.isPresent() && misreadsConstraints(chain)) {
            refused = validateBetweenConstraints(chain, at);
        }
        refused.ifPresent(reason -> translate(reason, chain, findings));
    }

    /**
     * Returns whether a refusal may be caused by an empty DNS subtree, which permits all names (RFC 5280 4.2.1.10)
     * while the JDK takes it to permit none. {@link NameConstraintCheck} has accepted the chain.
     */
    private static boolean misreadsConstraints(ChainBuilder.Chain chain) {
        return NameConstraintCheck.permitsEveryDnsName(chain)
                && chain.links().stream().noneMatch(link -> has(link, POLICY_CONSTRAINTS));
    }

    /**
     * Validates the segments of the chain between certificates with name constraints, since the JDK ignores the
     * constraints of an anchor. The only other state that it carries from one certificate to the next is the
     * length of the path, which {@link ExtensionCheck} has checked, and policies, which without policy constraints
     * refuse nothing.
     */
    private static Optional<Refused> validateBetweenConstraints(ChainBuilder.Chain chain, Instant at) {
        int anchor = chain.lastDepth();
        for (int depth = anchor - 1; depth >= 0; depth--) {
            if (depth == 0 || has(chain.links().get(depth), NameConstraintCheck.NAME_CONSTRAINTS)) {
                Optional<Refused> refused = validate(chain, depth, anchor, at);
                if (refused.isPresent()) {
                    return refused;
                }
                anchor = depth;
            }
        }
        return Optional.empty();
    }

    private static boolean has(ParsedCertificate link, String extension) {
        return link.certificate.getExtensionValue(extension) != null;
    }

    /** Validates the certificates from a depth up to the one below the anchor. */
    private static Optional<Refused> validate(ChainBuilder.Chain chain, int from, int anchor, Instant at) {
        try {
            var parameters = new PKIXParameters(Set.of(chain.links().get(anchor).anchor()));
            parameters.setRevocationEnabled(false); // already checked with the CRLs of the trust store
            parameters.setDate(Date.from(at));
            parameters.addCertPathChecker(new OpenSslExtensions());
            List<X509Certificate> below = verifiable(chain.path().subList(from, anchor));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateReader.factory().generateCertPath(below), parameters);
            return Optional.empty();
        } catch (CertPathValidatorException refused) {
            return Optional.of(new Refused(refused, from + Math.max(0, refused.getIndex())));
        } catch (GeneralSecurityException | RuntimeException unusable) {
            return Optional.of(new Refused(new CertPathValidatorException(unusable.getMessage(), unusable), from));
        }
    }

    /** A JDK without ML-DSA cannot verify such signatures, and takes no provider that is not registered. */
    private static List<X509Certificate> verifiable(List<X509Certificate> certificates) {
        boolean lacking = certificates.stream()
                        .anyMatch(certificate ->
                                MlDsa.type(certificate.getSigAlgOID()).isPresent())
                && !MlDsa.isInstalled();
        return lacking
                ? certificates.stream()
                        .<X509Certificate>map(SignedCertificate::new)
                        .toList()
                : certificates;
    }

    private static void translate(Refused refused, ChainBuilder.Chain chain, Findings findings) {
        TlsFailure.Code code = switch (refused.reason().getReason()) {
            case BasicReason.ALGORITHM_CONSTRAINED -> CA_MD_TOO_WEAK;
            case BasicReason.INVALID_SIGNATURE -> CERT_SIGNATURE_FAILURE;
            case PKIXReason.UNRECOGNIZED_CRIT_EXT -> UNHANDLED_CRITICAL_EXTENSION;
            case PKIXReason.NOT_CA_CERT -> INVALID_CA;
            case PKIXReason.PATH_TOO_LONG -> PATH_LENGTH_EXCEEDED;
            case PKIXReason.INVALID_KEY_USAGE -> INVALID_PURPOSE;
            case PKIXReason.INVALID_NAME -> PERMITTED_VIOLATION;
            case PKIXReason.INVALID_POLICY -> NO_EXPLICIT_POLICY;
            default -> UNSPECIFIED;
        };
        findings.add(
                code,
                refused.depth(),
                "the Java platform refuses %s (%s)",
                chain.links().get(Math.min(refused.depth(), chain.lastDepth())),
                TlsFailure.printable(String.valueOf(refused.reason().getMessage())));
    }

    /**
     * A checker that marks the critical extensions that OpenSSL handles as processed in the JDK's validation, which
     * supports fewer. {@link ExtensionCheck} has refused all others.
     */
    private static final class OpenSslExtensions extends PKIXCertPathChecker {
        @Override
        public void init(boolean forward) {
            // There is no state between certificates.
        }

        @Override
        public boolean isForwardCheckingSupported() {
            return true;
        }

        @Override
        public Set<String> getSupportedExtensions() {
            return ExtensionCheck.UNDERSTOOD;
        }

        @Override
        public void check(Certificate certificate, Collection<String> unresolvedCriticalExtensions) {
            unresolvedCriticalExtensions.removeAll(ExtensionCheck.UNDERSTOOD);
        }
    }
}
