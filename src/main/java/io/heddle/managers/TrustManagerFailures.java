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

/** The translation of the exception with which a trust manager rejected a chain. */
final class TrustManagerFailures {
    private static final int MAX_CAUSES = 16;

    /**
     * The begin of the messages of the JDK's and BouncyCastle's managers for a wrong host name, which has no
     * exception type.
     */
    private static final List<String> WRONG_NAME = List.of(
            "no name matching", "no name found matching", "no subject alternative", "hostname/ip does not match");

    private TrustManagerFailures() {}

    /**
     * Returns the failure of the handshake: the one in the exception if Heddle's own code threw it, else one caused
     * by it.
     */
    static TlsFailure failure(CertificateException rejected, X509Certificate[] chain) {
        List<Throwable> causes = causes(rejected);
        for (Throwable cause : causes) {
            // Others may concern a connection of the manager itself, for example to an OCSP responder.
            if (cause instanceof TlsFailure failure && concernsCertificate(failure.code())) {
                return failure;
            }
        }
        String sentence = "certificate: the trust manager refuses it: " + describe(rejected);
        return causes.stream()
                .flatMap(cause -> code(cause).stream())
                .findFirst()
                .or(() -> withoutPath(causes, chain))
                .map(code -> code.failure(rejected, "%s", sentence))
                .orElseGet(() -> Code.CERT_REJECTED.failure(rejected, Alert.CERTIFICATE_UNKNOWN, "%s", sentence));
    }

    /** Returns the message, or the type of an exception without one. */
    static String describe(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isEmpty() ? thrown.getClass().getSimpleName() : TlsFailure.printable(message);
    }

    private static boolean concernsCertificate(Code code) {
        return code.isVerification()
                || code == Code.ERR_TLS_CERT_ALTNAME_INVALID
                || code == Code.ERR_TLS_CERT_ALTNAME_FORMAT;
    }

    private static List<Throwable> causes(Throwable thrown) {
        List<Throwable> causes = new ArrayList<>();
        for (@Nullable Throwable cause = thrown;
                cause != null && causes.size() < MAX_CAUSES;
                cause = cause.getCause()) {
            causes.add(cause);
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

    private static boolean isWrongName(CertificateException rejected) {
        String message = String.valueOf(rejected.getMessage()).toLowerCase(Locale.ROOT);
        return WRONG_NAME.stream().anyMatch(message::startsWith);
    }

    /**
     * Returns the code for a missing path to an anchor, derived from the chain since the JDK's exception has
     * no details.
     */
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
