package io.heddle.engine.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionState;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionPeerTest {
    private static final List<X509Certificate> CHAIN =
            TestPki.client("client one").chain();

    private static int verdict(List<X509Certificate> chain, Authorization authorization) {
        return SessionPeer.judged(ClientCertificatePolicy.REQUEST, chain, authorization)
                .verifyResult();
    }

    @Test
    void an_authorized_chain_has_the_result_0() {
        assertThat(verdict(CHAIN, Authorization.GRANTED)).isZero();
    }

    @Test
    void a_refused_chain_has_the_number_of_the_error() {
        assertThat(verdict(CHAIN, Authorization.denied(Code.CERT_HAS_EXPIRED))).isEqualTo(10);
    }

    @Test
    void an_error_without_a_number_is_unspecified() {
        assertThat(verdict(CHAIN, Authorization.denied(Code.ERR_TLS_CALLBACK))).isEqualTo(1);
    }

    @Test
    void a_chain_that_no_verifier_checked_is_not_verified() {
        assertThat(verdict(CHAIN, Authorization.NOT_ASKED)).isEqualTo(1);
    }

    @Test
    void a_peer_without_a_certificate_has_the_result_0_as_in_openssl() {
        assertThat(verdict(List.of(), Authorization.NOT_ASKED)).isZero();
        assertThat(verdict(List.of(), Authorization.denied(Code.UNABLE_TO_GET_ISSUER_CERT)))
                .isZero();
    }

    private static SessionState session(SessionPeer peer, Instant original) {
        SessionState.Builder session = SessionState.builder().protocol(SessionState.TLS13);
        peer.describe(session, original, new byte[] {1});
        return session.build();
    }

    @Test
    void the_next_session_of_a_peer_shares_the_encoding_of_its_chain() {
        SessionState first = session(peer(ClientCertificatePolicy.REQUEST, null), Instant.EPOCH);
        SessionState next = session(peer(ClientCertificatePolicy.REQUEST, first), Instant.EPOCH);
        assertThat(next.extras().orElseThrow()).isSameAs(first.extras().orElseThrow());
        assertThat(next.toDer()).isEqualTo(first.toDer());
    }

    @Test
    void another_policy_or_time_is_encoded_anew_with_the_same_chain() {
        SessionState first = session(peer(ClientCertificatePolicy.REQUEST, null), Instant.EPOCH);
        SessionState stricter = session(peer(ClientCertificatePolicy.REQUIRE, first), Instant.EPOCH);
        SessionState later = session(peer(ClientCertificatePolicy.REQUEST, first), Instant.EPOCH.plusSeconds(1));
        assertThat(stricter.toDer())
                .isEqualTo(session(peer(ClientCertificatePolicy.REQUIRE, null), Instant.EPOCH)
                        .toDer())
                .isNotEqualTo(first.toDer());
        assertThat(later.extras().orElseThrow().originalTime()).isEqualTo(Instant.EPOCH.plusSeconds(1));
        assertThat(later.peerCertificate().orElseThrow())
                .isEqualTo(first.peerCertificate().orElseThrow());
    }

    private static SessionPeer peer(ClientCertificatePolicy policy, @Nullable SessionState former) {
        return SessionPeer.judged(policy, CHAIN, former, Authorization.GRANTED);
    }
}
