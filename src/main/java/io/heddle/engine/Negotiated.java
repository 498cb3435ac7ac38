package io.heddle.engine;

import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.cipher.TlsVersion;
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
public record Negotiated(
        Optional<String> servername,
        TlsVersion version,
        Optional<Suite> suite,
        List<Sigalg> peerSigalgs,
        List<X509Certificate> peerChain,
        List<byte[]> staples) {
    /** Copies the lists. */
    public Negotiated {
        peerSigalgs = List.copyOf(peerSigalgs);
        peerChain = List.copyOf(peerChain);
        staples = List.copyOf(staples);
    }

    Negotiated withPeer(List<X509Certificate> chain, List<byte[]> responses) {
        return new Negotiated(servername, version, suite, peerSigalgs, chain, responses);
    }
}
