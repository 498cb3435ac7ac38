package io.heddle.engine.handshake;

import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.protocol.TlsVersion;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.SecurityParameters;

/**
 * The facts that a handshake has agreed on, so far if a callback is called in the middle of it.
 *
 * @param servername the host name that the client asks for (RFC 6066 3)
 * @param suite empty where it is chosen later
 * @param peerSigalgs the signature algorithms that the peer accepts, empty if it has not sent any
 * @param peerChain the peer's certificates, its own first; empty before they have come
 * @param staples the OCSP responses that came with them, as in {@link HandshakeResult#staples}
 */
public record HandshakeInfo(
        Optional<String> servername,
        TlsVersion version,
        Optional<Suite> suite,
        List<Sigalg> peerSigalgs,
        List<X509Certificate> peerChain,
        List<byte[]> staples) {
    /** Copies the lists. */
    public HandshakeInfo {
        peerSigalgs = List.copyOf(peerSigalgs);
        peerChain = List.copyOf(peerChain);
        staples = List.copyOf(staples);
    }

    /** Returns the facts in bctls' parameters and the given ones. */
    static HandshakeInfo of(
            Optional<String> servername,
            SecurityParameters parameters,
            List<Sigalg> peerSigalgs,
            List<X509Certificate> peerChain,
            List<byte[]> staples) {
        return new HandshakeInfo(
                servername,
                HandshakeSettings.version(parameters.getNegotiatedVersion()),
                Suite.of(parameters.getCipherSuite()),
                peerSigalgs,
                peerChain,
                staples);
    }

    HandshakeInfo withPeer(List<X509Certificate> chain, List<byte[]> responses) {
        return new HandshakeInfo(servername, version, suite, peerSigalgs, chain, responses);
    }
}
