package io.heddle.endpoint;

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
 * The facts shown by JSSE's view of a session: those of a handshake, of one in progress, or of a stored session.
 *
 * @param id empty if there is none
 * @param refusal why the peer's certificate is not accepted, in words; empty if it was verified, if it is still to be,
 *     or if there is none
 * @param exporter of the session's connection; empty if that is unknown or has no keys yet
 */
public record SessionFacts(
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

    /** Returns the facts of JSSE's null session, before a handshake or after one that failed. */
    public static SessionFacts none(Instant now) {
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

    /** Returns the facts of a handshake in progress. A trust manager finds the chain to verify here. */
    public static SessionFacts of(HandshakeInfo soFar, Instant now) {
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
     * Returns the facts of a completed handshake.
     *
     * @param identity the local certificates
     */
    public static SessionFacts of(HandshakeResult result, List<X509Certificate> identity) {
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

    /** Returns the time of the full handshake, which is the age of a resumed session. */
    private static Instant created(HandshakeResult result) {
        return result.resumption()
                .flatMap(how -> result.session())
                .map(SessionFacts::created)
                .orElse(result.time());
    }

    private static Instant created(SessionState state) {
        return state.extras().map(SessionExtras::originalTime).orElse(state.time());
    }

    /** Returns the facts of a session stored under an id. */
    public static SessionFacts of(SessionState state, byte[] id) {
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
                        .flatMap(der -> CertificateReader.read("session", der).stream())
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
