package io.heddle.endpoint;

import io.heddle.certificate.x509.Purpose;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.CredentialSource;
import io.heddle.engine.handshake.HandshakeInfo;
import io.heddle.engine.handshake.PeerVerifier;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.managers.AcceptedPeers;
import io.heddle.managers.KeyManagerCredentials;
import io.heddle.managers.TrustManagerVerifier;
import io.heddle.protocol.TlsVersion;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The key and trust managers of an {@code SSLContext} that was initialised with some, in place of certificates
 * and trust.
 *
 * @param agreed the chains that the trust manager has accepted lately
 */
public record ContextManagers(
        Optional<KeyManagerCredentials> keys, Optional<TrustManagerVerifier> trust, AcceptedPeers agreed) {
    public static ContextManagers of(Optional<X509KeyManager> keys, Optional<X509TrustManager> trust) {
        return new ContextManagers(
                keys.map(KeyManagerCredentials::new), trust.map(TrustManagerVerifier::new), new AcceptedPeers());
    }

    boolean hasKeys() {
        return keys.isPresent();
    }

    /** The connection that managers are consulted for. */
    interface Caller {
        /** Publishes what the handshake has agreed on so far, as {@code getHandshakeSession} returns it. */
        void negotiating(HandshakeInfo soFar);

        /** Returns the socket that managers are given, null for an engine. */
        @Nullable
        SSLSocket sslSocket();

        /** Returns the engine that managers are given, null for a socket. */
        @Nullable
        SSLEngine sslEngine();
    }

    /** Returns the authorities that a certificate request names, empty for none. */
    List<X509Certificate> acceptedIssuers() {
        return trust.map(managed -> List.of(managed.manager().getAcceptedIssuers()))
                .orElse(List.of());
    }

    /** Returns the source of local certificates that asks the key manager, empty if there is none. */
    Optional<CredentialSource> credentials(Caller caller, boolean client, ProviderCrypto crypto) {
        return keys.map(manager -> wanted -> {
            caller.negotiating(wanted.negotiated());
            return manager.find(wanted, client, caller.sslSocket(), caller.sslEngine(), crypto);
        });
    }

    /**
     * Returns the verifier of a connection's peer: the trust manager if there is one, which verifies what the
     * check demands.
     */
    static PeerVerifier verifier(Optional<ContextManagers> managers, PeerCheck check, Caller caller) {
        if (managers.isEmpty() || managers.get().trust().isEmpty()) {
            return check;
        }
        TrustManagerVerifier trust = managers.get().trust().get();
        return peer -> managers.get().verify(trust, check, caller, peer);
    }

    private PeerVerifier.Authorization verify(
            TrustManagerVerifier manager, PeerCheck check, Caller caller, PeerVerifier.Peer peer) throws TlsFailure {
        if (peer.chain().isEmpty()) {
            return check.verify(peer);
        }
        String name = check.hostname().orElse("");
        if (peer.resumes() && agreed.contains(peer.chain(), name)) {
            return PeerVerifier.Authorization.GRANTED;
        }
        caller.negotiating(peer.negotiated());
        boolean server = check.purpose() == Purpose.SERVER;
        try {
            manager.check(
                    server,
                    peer.chain().toArray(X509Certificate[]::new),
                    server
                            ? keyExchange(peer)
                            : peer.chain().getFirst().getPublicKey().getAlgorithm(),
                    caller.sslSocket(),
                    caller.sslEngine(),
                    check.hostname());
        } catch (TlsFailure e) {
            if (check.rejectUnauthorized() || e.code() == Code.ERR_TLS_CALLBACK) {
                throw e;
            }
            return PeerVerifier.Authorization.denied(e.code());
        }
        agreed.add(peer.chain(), name);
        return PeerVerifier.Authorization.GRANTED;
    }

    /** Returns a name of X509TrustManager's documentation; in TLS 1.3 the suite does not imply a key exchange. */
    private static String keyExchange(PeerVerifier.Peer peer) {
        Optional<Suite> suite = peer.negotiated().suite();
        if (peer.negotiated().version() == TlsVersion.TLS_1_3 || suite.isEmpty()) {
            return "UNKNOWN";
        }
        String exchange = suite.get().keyExchange().name();
        String signed = suite.get().authentication().name();
        return (exchange.equals(signed) || exchange.equals("RSA_PSK") ? "RSA" : exchange + "_" + signed)
                .toUpperCase(Locale.ROOT);
    }
}
