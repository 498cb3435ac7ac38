package io.heddle.managers;

import io.heddle.certificate.path.ServerIdentity;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSession;
import javax.net.ssl.StandardConstants;
import org.jspecify.annotations.Nullable;

/** The endpoint identification of JSSE: a comparison of a certificate with the names in a handshake's session. */
final class EndpointIdentification {
    private EndpointIdentification() {}

    /**
     * Returns why the certificate is not the peer's, empty if it is or if no name is to be compared.
     *
     * <p>The certificate of a server may match the name that the client sent or, as in the JDK, the host of
     * the connection.
     *
     * @param algorithm {@code HTTPS} or {@code LDAPS}, in any case; null or empty for no comparison
     * @param session the session of the running handshake, null if there is none
     */
    static Optional<TlsFailure> mismatch(
            Purpose purpose, @Nullable String algorithm, @Nullable SSLSession session, X509Certificate certificate) {
        if (algorithm == null || algorithm.isEmpty()) {
            return Optional.empty();
        }
        if (!algorithm.equalsIgnoreCase("HTTPS") && !algorithm.equalsIgnoreCase("LDAPS")) {
            return rejected("\"%s\" is not one of HTTPS, LDAPS".formatted(algorithm));
        }
        if (session == null) {
            return rejected("there is no handshake whose names could be compared");
        }
        Optional<String> sent = purpose == Purpose.SERVER ? servername(session) : Optional.empty();
        Optional<TlsFailure> mismatch = sent.flatMap(name -> ServerIdentity.check(name, certificate));
        if (sent.isPresent() && mismatch.isEmpty()) {
            return Optional.empty();
        }
        @Nullable String host = session.getPeerHost();
        if (host == null || host.isEmpty()) {
            return mismatch.isPresent() ? mismatch : rejected("the host of the peer is not known");
        }
        return ServerIdentity.check(withoutBrackets(host), certificate);
    }

    /** Returns the server name that the client of this session sent. */
    static Optional<String> servername(@Nullable SSLSession session) {
        if (session instanceof ExtendedSSLSession extended) {
            for (SNIServerName name : extended.getRequestedServerNames()) {
                if (name.getType() == StandardConstants.SNI_HOST_NAME) {
                    return hostName(name);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> hostName(SNIServerName name) {
        try {
            SNIHostName host = name instanceof SNIHostName parsed ? parsed : new SNIHostName(name.getEncoded());
            return Optional.of(host.getAsciiName());
        } catch (IllegalArgumentException notAName) {
            return Optional.empty();
        }
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static Optional<TlsFailure> rejected(String reason) {
        return Optional.of(
                Code.CERT_REJECTED.failure(Alert.CERTIFICATE_UNKNOWN, "endpoint identification: %s", reason));
    }
}
