package io.heddle;

import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** Failures of handshakes as programs written for JSSE look for them: an {@link SSLHandshakeException}, and in it the reason. */
final class JsseFailures {
    private static final int DEEPEST_CAUSE = 16;

    private JsseFailures() {}

    /**
     * Returns what to throw for a handshake that failed. Its cause is the {@link TlsFailure}; where the peer's certificate is the
     * reason, the {@link CertificateException}, by which programs decide not to try again, with the failure as suppressed one.
     */
    static IOException told(IOException thrown) {
        if (!(thrown instanceof TlsFailure failure)) {
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
