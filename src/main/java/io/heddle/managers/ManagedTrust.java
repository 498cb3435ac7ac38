package io.heddle.managers;

import io.heddle.certificate.path.ServerIdentity;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Judges a peer by a trust manager of JSSE, anyone's, and says what it found in the terms of a {@link TlsFailure}.
 *
 * <p>As thread-safe as the manager, which JSSE shares between all connections of a context.
 *
 * @param manager who decides; it may block
 */
public record ManagedTrust(X509TrustManager manager) {
    /**
     * Asks the manager about a peer's chain.
     *
     * <p>An {@link X509ExtendedTrustManager} is given the socket or the engine, so it compares the host name itself, by the
     * {@code SSLParameters} and the handshake session that it finds there. Any other manager knows nothing of names, nor does one
     * without a socket and an engine; for these {@code hostname} is compared here, after the manager agreed.
     *
     * @param peerIsServer whether the peer is a server, seen by a client
     * @param chain what the peer sent, its own certificate first; the manager gets a copy
     * @param authType JSSE's name of the key exchange and the signature, such as {@code ECDHE_RSA}, or {@code UNKNOWN} in TLS 1.3; not empty
     * @param socket the connection, if it is one of a socket
     * @param engine the connection, if it is one of an engine; a socket comes first
     * @param hostname what the certificate must be for; empty if no name is compared, as without an endpoint identification algorithm
     * @throws TlsFailure if the peer is refused: with the code and the alert that fit the reason as far as it can be told, else
     *     {@link Code#CERT_REJECTED} and {@code certificate_unknown}; with {@link Code#ERR_TLS_CALLBACK} if the manager failed
     */
    public void check(
            boolean peerIsServer,
            X509Certificate[] chain,
            String authType,
            @Nullable SSLSocket socket,
            @Nullable SSLEngine engine,
            Optional<String> hostname)
            throws TlsFailure {
        boolean namesChecked;
        try {
            namesChecked = ask(peerIsServer, chain.clone(), authType, socket, engine);
        } catch (CertificateException refused) {
            throw Refusal.failure(refused, chain);
        } catch (RuntimeException broken) {
            throw Code.ERR_TLS_CALLBACK.failure(
                    broken, "certificate: the trust manager failed: %s", Refusal.describe(broken));
        }
        if (!namesChecked && hostname.isPresent()) {
            Optional<TlsFailure> wrongName = ServerIdentity.check(hostname.get(), chain[0]);
            if (wrongName.isPresent()) {
                throw wrongName.get();
            }
        }
    }

    /** Returns whether the manager could compare the name of the host. */
    private boolean ask(
            boolean peerIsServer,
            X509Certificate[] chain,
            String authType,
            @Nullable SSLSocket socket,
            @Nullable SSLEngine engine)
            throws CertificateException {
        if (manager instanceof X509ExtendedTrustManager extended && (socket != null || engine != null)) {
            if (socket != null) {
                if (peerIsServer) {
                    extended.checkServerTrusted(chain, authType, socket);
                } else {
                    extended.checkClientTrusted(chain, authType, socket);
                }
            } else if (peerIsServer) {
                extended.checkServerTrusted(chain, authType, engine);
            } else {
                extended.checkClientTrusted(chain, authType, engine);
            }
            return true;
        }
        if (peerIsServer) {
            manager.checkServerTrusted(chain, authType);
        } else {
            manager.checkClientTrusted(chain, authType);
        }
        return false;
    }
}
