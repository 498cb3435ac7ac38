package io.heddle.managers;

import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.CertificateRevokedException;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a trust manager refused a chain, read from what it threw. */
final class Refusal {
    private static final int DEEPEST_CAUSE = 16;

    /** How the managers of the JDK and of BouncyCastle begin when the name of the host is not in the certificate; they have no type for it. */
    private static final List<String> WRONG_NAME = List.of(
            "no name matching", "no name found matching", "no subject alternative", "hostname/ip does not match");

    private Refusal() {}

    /** Returns what the handshake ends with; the refusal is its cause, or it was a failure of ours from the start. */
    static TlsFailure failure(CertificateException refused, X509Certificate[] chain) {
        List<Throwable> causes = causes(refused);
        for (Throwable cause : causes) {
            // Others may be about a connection that the manager made itself, such as to an OCSP responder.
            if (cause instanceof TlsFailure ours && isAboutCertificates(ours.code())) {
                return ours;
            }
        }
        String sentence = "certificate: the trust manager refuses it: " + describe(refused);
        return causes.stream()
                .flatMap(cause -> code(cause).stream())
                .findFirst()
                .or(() -> withoutPath(causes, chain))
                .map(code -> code.failure(refused, "%s", sentence))
                .orElseGet(() -> Code.CERT_REJECTED.failure(refused, Alert.CERTIFICATE_UNKNOWN, "%s", sentence));
    }

    /** Returns the message, or the type of what has none. */
    static String describe(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isEmpty() ? thrown.getClass().getSimpleName() : TlsFailure.printable(message);
    }

    private static boolean isAboutCertificates(Code code) {
        return code.isVerification()
                || code == Code.ERR_TLS_CERT_ALTNAME_INVALID
                || code == Code.ERR_TLS_CERT_ALTNAME_FORMAT;
    }

    private static List<Throwable> causes(Throwable thrown) {
        List<Throwable> causes = new ArrayList<>();
        for (@Nullable Throwable each = thrown; each != null && causes.size() < DEEPEST_CAUSE; each = each.getCause()) {
            causes.add(each);
        }
        return causes;
    }

    private static Optional<Code> code(Throwable cause) {
        return Optional.ofNullable(
                switch (cause) {
                    case CertificateExpiredException expired -> Code.CERT_HAS_EXPIRED;
                    case CertificateNotYetValidException early -> Code.CERT_NOT_YET_VALID;
                    case CertificateRevokedException revoked -> Code.CERT_REVOKED;
                    case CertificateParsingException broken -> Code.INVALID_EXTENSION;
                    case CertPathValidatorException invalid -> code(invalid.getReason());
                    case CertificateException other when isWrongName(other) -> Code.ERR_TLS_CERT_ALTNAME_INVALID;
                    default -> null;
                });
    }

    private static @Nullable Code code(CertPathValidatorException.Reason reason) {
        return switch (reason) {
            case BasicReason.EXPIRED -> Code.CERT_HAS_EXPIRED;
            case BasicReason.NOT_YET_VALID -> Code.CERT_NOT_YET_VALID;
            case BasicReason.REVOKED -> Code.CERT_REVOKED;
            case BasicReason.UNDETERMINED_REVOCATION_STATUS -> Code.UNABLE_TO_GET_CRL;
            case BasicReason.INVALID_SIGNATURE -> Code.CERT_SIGNATURE_FAILURE;
            case BasicReason.ALGORITHM_CONSTRAINED -> Code.CA_MD_TOO_WEAK;
            case PKIXReason.NO_TRUST_ANCHOR -> Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
            case PKIXReason.NOT_CA_CERT -> Code.INVALID_CA;
            case PKIXReason.PATH_TOO_LONG -> Code.PATH_LENGTH_EXCEEDED;
            case PKIXReason.INVALID_KEY_USAGE -> Code.INVALID_PURPOSE;
            case PKIXReason.INVALID_NAME -> Code.PERMITTED_VIOLATION;
            case PKIXReason.UNRECOGNIZED_CRIT_EXT -> Code.UNHANDLED_CRITICAL_EXTENSION;
            default -> null;
        };
    }

    private static boolean isWrongName(CertificateException refused) {
        String message = String.valueOf(refused.getMessage()).toLowerCase(Locale.ROOT);
        return WRONG_NAME.stream().anyMatch(message::startsWith);
    }

    /** A builder that found no way to an anchor does not say how far it came, but the chain does. */
    private static Optional<Code> withoutPath(List<Throwable> causes, X509Certificate[] chain) {
        if (causes.stream().noneMatch(CertPathBuilderException.class::isInstance)) {
            return Optional.empty();
        }
        X509Certificate last = chain[chain.length - 1];
        if (!last.getSubjectX500Principal().equals(last.getIssuerX500Principal())) {
            return Optional.of(Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
        }
        return Optional.of(chain.length == 1 ? Code.DEPTH_ZERO_SELF_SIGNED_CERT : Code.SELF_SIGNED_CERT_IN_CHAIN);
    }
}
