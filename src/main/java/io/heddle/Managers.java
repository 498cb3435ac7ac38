package io.heddle;

import io.heddle.certificate.x509.Purpose;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.CredentialSource;
import io.heddle.engine.handshake.PeerVerifier;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.managers.AgreedPeers;
import io.heddle.managers.ManagedKeys;
import io.heddle.managers.ManagedTrust;
import io.heddle.protocol.TlsVersion;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * JSSE's managers in the place of certificates and trust, for an {@code SSLContext} that was initialised with some.
 *
 * @param agreed to whom the trust manager has agreed lately
 */
record Managers(Optional<ManagedKeys> keys, Optional<ManagedTrust> trust, AgreedPeers agreed) {
    static Managers of(Optional<X509KeyManager> keys, Optional<X509TrustManager> trust) {
        return new Managers(keys.map(ManagedKeys::new), trust.map(ManagedTrust::new), new AgreedPeers());
    }

    boolean hasKeys() {
        return keys.isPresent();
    }

    /** Returns whom a certificate request names, empty for no word about it. */
    List<X509Certificate> acceptedIssuers() {
        return trust.map(each -> List.of(each.manager().getAcceptedIssuers())).orElse(List.of());
    }

    Optional<CredentialSource> credentials(Endpoint endpoint, boolean client, ProviderCrypto crypto) {
        return keys.map(each -> wanted -> {
            endpoint.negotiating(wanted.negotiated());
            return each.find(wanted, client, endpoint.sslSocket(), endpoint.sslEngine(), crypto);
        });
    }

    /** Returns who judges in place of a check of ours, which still says what is asked of the peer. */
    Optional<PeerVerifier> verifier(PeerCheck check, Endpoint endpoint) {
        return trust.map(each -> peer -> verify(each, check, endpoint, peer));
    }

    private PeerVerifier.Authorization verify(
            ManagedTrust manager, PeerCheck check, Endpoint endpoint, PeerVerifier.Peer peer) throws TlsFailure {
        if (peer.chain().isEmpty()) {
            return check.verify(peer);
        }
        String name = check.hostname().orElse("");
        if (peer.resumes() && agreed.contains(peer.chain(), name)) {
            return PeerVerifier.Authorization.GRANTED;
        }
        endpoint.negotiating(peer.negotiated());
        boolean server = check.purpose() == Purpose.SERVER;
        try {
            manager.check(
                    server,
                    peer.chain().toArray(X509Certificate[]::new),
                    server
                            ? keyExchange(peer)
                            : peer.chain().getFirst().getPublicKey().getAlgorithm(),
                    endpoint.sslSocket(),
                    endpoint.sslEngine(),
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

    /** The names of X509TrustManager's documentation; TLS 1.3 does not say it by its suite. */
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
