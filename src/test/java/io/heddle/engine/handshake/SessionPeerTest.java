package io.heddle.engine.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.session.ClientCertificatePolicy;
import java.security.cert.X509Certificate;
import java.util.List;
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
}
