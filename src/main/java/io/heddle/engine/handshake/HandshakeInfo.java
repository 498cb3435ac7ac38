package io.heddle.engine.handshake;

import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.protocol.TlsVersion;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What a handshake has agreed on so far, for whoever is asked in the middle of it.
 *
 * @param servername the name that the client asks for
 * @param suite empty where it is chosen later
 * @param peerSigalgs the signature algorithms that the peer takes, empty if it has not said
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

    HandshakeInfo withPeer(List<X509Certificate> chain, List<byte[]> responses) {
        return new HandshakeInfo(servername, version, suite, peerSigalgs, chain, responses);
    }
}
