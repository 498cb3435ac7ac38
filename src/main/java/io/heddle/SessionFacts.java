package io.heddle;

import io.heddle.certificate.file.CertificateReader;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.Exporter;
import io.heddle.engine.handshake.HandshakeInfo;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.PeerVerifier;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What JSSE's view of a session shows, wherever it is from: a handshake, one that still runs, or a session that is kept.
 *
 * @param id empty where there is none
 * @param refusal why the peer's certificate does not identify it, in words; empty if it was verified, if it is still to be, or if
 *     there is none
 * @param exporter of the connection whose session it is
 */
record SessionFacts(
        byte[] id,
        String suite,
        String protocol,
        List<X509Certificate> peerChain,
        Optional<String> refusal,
        List<X509Certificate> localChain,
        Optional<String> servername,
        List<Sigalg> peerSigalgs,
        List<byte[]> staples,
        Instant created,
        Optional<Exporter> exporter) {
    private static final String NULL_SUITE = "SSL_NULL_WITH_NULL_NULL";

    /** Returns JSSE's null session: what there is before a handshake, or after one that failed. */
    static SessionFacts none(Instant now) {
        return new SessionFacts(
                new byte[0],
                NULL_SUITE,
                "NONE",
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                now,
                Optional.empty());
    }

    /** Returns what a handshake that runs has agreed on. A trust manager finds the chain here that it is to verify. */
    static SessionFacts of(HandshakeInfo soFar, Instant now) {
        return new SessionFacts(
                new byte[0],
                soFar.suite().map(Suite::standardName).orElse(NULL_SUITE),
                soFar.version().protocol(),
                soFar.peerChain(),
                Optional.empty(),
                List.of(),
                soFar.servername(),
                soFar.peerSigalgs(),
                soFar.staples(),
                now,
                Optional.empty());
    }

    /**
     * Returns what a handshake agreed on.
     *
     * @param identity who we are on the connection
     */
    static SessionFacts of(HandshakeResult result, List<X509Certificate> identity) {
        return new SessionFacts(
                result.sessionId(),
                result.suite().standardName(),
                result.version().protocol(),
                result.peerChain(),
                refusal(result.authorization()),
                identity,
                result.servername(),
                result.peerSigalgs(),
                result.staples(),
                created(result),
                Optional.of(result.exporter()));
    }

    private static Optional<String> refusal(PeerVerifier.Authorization verdict) {
        return verdict.authorized()
                ? Optional.empty()
                : Optional.of(verdict.error().map(SessionFacts::words).orElse("it was not verified"));
    }

    private static String words(TlsFailure.Code code) {
        return "%s (%s)".formatted(code.words(), code);
    }

    /** A resumed session is as old as its full handshake. */
    private static Instant created(HandshakeResult result) {
        return result.resumption()
                .flatMap(how -> result.session())
                .map(SessionFacts::created)
                .orElse(result.time());
    }

    private static Instant created(SessionState state) {
        return state.extras().map(SessionExtras::originalTime).orElse(state.time());
    }

    /** Returns what a session that is kept under an id remembers. */
    static SessionFacts of(SessionState state, byte[] id) {
        List<byte[]> chain = state.extras()
                .map(SessionExtras::peerChain)
                .filter(whole -> !whole.isEmpty())
                .or(() -> state.peerCertificate().map(List::of))
                .orElse(List.of());
        return new SessionFacts(
                id.clone(),
                Suite.of(state.cipherSuite()).map(Suite::standardName).orElse(NULL_SUITE),
                TlsVersion.of(state.protocol()).map(TlsVersion::protocol).orElse("NONE"),
                chain.stream()
                        .flatMap(each -> CertificateReader.read("session", each).stream())
                        .toList(),
                state.verifyResult() == 0
                        ? Optional.empty()
                        : Optional.of(words(TlsFailure.Code.ofVerifyResult(state.verifyResult()))),
                List.of(),
                state.hostName(),
                List.of(),
                List.of(),
                created(state),
                Optional.empty());
    }
}
