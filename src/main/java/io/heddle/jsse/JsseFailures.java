package io.heddle.jsse;

import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.EnumSet;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * The translation of failures of handshakes for programs written for JSSE: an {@link SSLHandshakeException} with the
 * reason in it.
 */
final class JsseFailures {
    private static final int DEEPEST_CAUSE = 16;

    /** The alerts by which a server refuses the certificate of its client. */
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
     * Translates the failure of a handshake, or of an alert about the local certificate after it: in TLS 1.3 a client
     * receives that only when its handshake is complete. The cause is the {@link TlsFailure}; if the reason is the
     * peer's certificate, it is the {@link CertificateException}, by which programs decide not to retry, and the
     * failure is suppressed.
     */
    static IOException translate(IOException thrown, boolean handshaking) {
        if (!(thrown instanceof TlsFailure failure)) {
            return thrown;
        }
        if (!handshaking && !failure.alert().filter(ABOUT_US::contains).isPresent()) {
            return thrown;
        }
        var translated = new SSLHandshakeException(failure.getMessage());
        CertificateException refused = certificateException(failure);
        if (refused == null) {
            translated.initCause(failure);
        } else {
            translated.initCause(refused);
            translated.addSuppressed(failure);
        }
        return translated;
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
