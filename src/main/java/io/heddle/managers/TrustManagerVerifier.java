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
 * A verifier of peers by any trust manager of JSSE, which translates its exceptions to a {@link TlsFailure}.
 *
 * <p>As thread-safe as the manager, which JSSE shares between all connections of a context.
 *
 * @param manager the trust manager; it may block
 */
public record TrustManagerVerifier(X509TrustManager manager) {
    /**
     * Verifies a peer's chain.
     *
     * <p>An {@link X509ExtendedTrustManager} receives the socket or the engine, and compares the host name itself, by
     * the {@code SSLParameters} and the handshake session that it finds there. Other managers, and calls without a
     * socket and an engine, have no names; for these {@code hostname} is compared here, after the manager has accepted
     * the chain.
     *
     * @param peerIsServer whether the peer is the server of the connection
     * @param chain the chain that the peer sent, its own certificate first; the manager gets a copy
     * @param authType JSSE's name of the key exchange and the signature, such as {@code ECDHE_RSA}, or {@code UNKNOWN}
     *     in TLS 1.3; not empty
     * @param socket the connection, if it is one of a socket
     * @param engine the connection, if it is one of an engine; a socket comes first
     * @param hostname the host that the certificate must name; empty for no comparison, as without an endpoint
     *     identification algorithm
     * @throws TlsFailure if the peer is rejected: with the code and the alert of the reason if it is recognised, else
     *     with {@link Code#CERT_REJECTED} and {@code certificate_unknown}; with {@link Code#ERR_TLS_CALLBACK} if the
     *     manager failed
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
            namesChecked = callManager(peerIsServer, chain.clone(), authType, socket, engine);
        } catch (CertificateException rejected) {
            throw TrustManagerFailures.failure(rejected, chain);
        } catch (RuntimeException failed) {
            throw Code.ERR_TLS_CALLBACK.failure(
                    failed, "certificate: the trust manager failed: %s", TrustManagerFailures.describe(failed));
        }
        if (!namesChecked && hostname.isPresent()) {
            Optional<TlsFailure> wrongName = ServerIdentity.check(hostname.get(), chain[0]);
            if (wrongName.isPresent()) {
                throw wrongName.get();
            }
        }
    }

    /** Calls the manager, and returns whether it could compare the host name. */
    private boolean callManager(
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
