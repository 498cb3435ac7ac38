package io.heddle;

import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.EnumSet;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** Failures of handshakes as programs written for JSSE look for them: an {@link SSLHandshakeException}, and in it the reason. */
final class JsseFailures {
    private static final int DEEPEST_CAUSE = 16;

    /** What a server says about the certificate of its client. */
    private static final Set<Alert> ABOUT_US = EnumSet.of(
            Alert.HANDSHAKE_FAILURE,
            Alert.BAD_CERTIFICATE,
            Alert.UNSUPPORTED_CERTIFICATE,
            Alert.CERTIFICATE_REVOKED,
            Alert.CERTIFICATE_EXPIRED,
            Alert.CERTIFICATE_UNKNOWN,
            Alert.UNKNOWN_CA,
            Alert.ACCESS_DENIED,
            Alert.DECRYPT_ERROR,
            Alert.CERTIFICATE_REQUIRED);

    private JsseFailures() {}

    /**
     * Returns what to throw for a handshake that failed, or for what the peer says about ours once that was complete: in TLS 1.3 a
     * client hears of its certificate only then. Its cause is the {@link TlsFailure}; where the peer's certificate is the
     * reason, the {@link CertificateException}, by which programs decide not to try again, with the failure as suppressed one.
     */
    static IOException told(IOException thrown, boolean handshaking) {
        if (!(thrown instanceof TlsFailure failure)) {
            return thrown;
        }
        if (!handshaking && !failure.alert().filter(ABOUT_US::contains).isPresent()) {
            return thrown;
        }
        var told = new SSLHandshakeException(failure.getMessage());
        CertificateException refused = certificateException(failure);
        if (refused == null) {
            told.initCause(failure);
        } else {
            told.initCause(refused);
            told.addSuppressed(failure);
        }
        return told;
    }

    private static @Nullable CertificateException certificateException(TlsFailure failure) {
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++, cause = cause.getCause()) {
            if (cause instanceof CertificateException found) {
                return found;
            }
        }
        if (failure.code().isVerification()) {
            return new CertificateException(failure.getMessage(), failure);
        }
        return null;
    }
}
