package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Client certificates: requested, required, refused, and resumed with a session. */
@Tag("provider")
class ClientAuthFlowTest {
    private static TlsPair requiring(TlsPair pair) {
        return pair.server(server -> server.requestCert(true).rejectUnauthorized(true));
    }

    private static TlsPair requesting(TlsPair pair) {
        return pair.server(server -> server.requestCert(true).rejectUnauthorized(false));
    }

    private static Identity clientWithIntermediate() {
        return TestPki.certificate("CN=client two")
                .key(TestPki.Key.P256, 2)
                .client()
                .issuedBy(TestPki.intermediate("Heddle Test Intermediate"));
    }

    /** Like OpenSSL, a context adds the issuers it trusts to the chain it sends. */
    private static List<X509Certificate> asSent(Identity client) {
        List<X509Certificate> chain = new ArrayList<>(client.chain());
        chain.add(TestPki.ca().leaf());
        return chain;
    }

    @EachVersion
    void a_client_is_identified_by_its_certificate(TlsVersion version) throws IOException {
        Identity client = TestPki.client("client one");
        try (TlsPair pair = requiring(TlsPair.of(version)).clientIdentity(client)) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.server().authorized()).isTrue();
            assertThat(both.server().authorizationError()).isEmpty();
            assertThat(both.server().peerCertificates()).isEqualTo(asSent(client));
        }
    }

    @EachVersion
    void no_client_certificate_is_requested_by_default(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version).clientIdentity(TestPki.client("client one"))) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.server().peerCertificates()).isEmpty();
            assertThat(both.server().authorized()).isFalse();
            assertThat(both.server().authorizationError()).isEmpty();
        }
    }

    @EachVersion
    void a_client_without_a_certificate_is_refused_where_one_is_required(TlsVersion version) throws IOException {
        try (TlsPair pair = requiring(TlsPair.of(version))) {
            TlsPair.Outcome outcome = pair.attempt();
            Alert alert = version == TlsVersion.TLS_1_3 ? Alert.CERTIFICATE_REQUIRED : Alert.HANDSHAKE_FAILURE;
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith("certificate: the client sent none, the server requires one")
                    .returns(Code.ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE, failure -> failure.code());
            assertThat(outcome.serverFailure().alert()).contains(alert);
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith(
                            "alert: the peer ended the connection with %s (%d)".formatted(alert, alert.number()));
        }
    }

    @EachVersion
    void a_client_without_a_certificate_is_let_in_where_one_is_only_requested(TlsVersion version) throws IOException {
        try (TlsPair pair = requesting(TlsPair.of(version))) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.server().authorized()).isFalse();
            assertThat(both.server().authorizationError()).contains(Code.UNABLE_TO_GET_ISSUER_CERT);
        }
    }

    @EachVersion
    void a_client_without_a_trusted_issuer_is_refused_or_reported(TlsVersion version) throws IOException {
        Identity stranger = TestPki.certificate("CN=stranger")
                .key(TestPki.Key.P256, 5)
                .client()
                .selfSigned();
        try (TlsPair pair = requiring(TlsPair.of(version)).clientIdentity(stranger)) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure().code()).isEqualTo(Code.DEPTH_ZERO_SELF_SIGNED_CERT);
            assertThat(outcome.clientFailure().code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_UNKNOWN_CA);
            TlsPair.Connected both = requesting(pair).handshake();
            assertThat(both.server().authorized()).isFalse();
            assertThat(both.server().authorizationError()).contains(Code.DEPTH_ZERO_SELF_SIGNED_CERT);
            assertThat(both.server().peerCertificates()).isEqualTo(stranger.chain());
        }
    }

    @EachVersion
    void a_servers_certificate_is_not_good_for_a_client(TlsVersion version) throws IOException {
        try (TlsPair pair = requiring(TlsPair.of(version)).clientIdentity(TestPki.server("localhost"))) {
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.INVALID_PURPOSE);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RSA_2048", "RSA_PSS_2048", "P256", "P384", "P521", "ED25519", "ED448"})
    void a_client_may_have_a_key_of_any_kind(TestPki.Key key) throws IOException {
        Identity client = TestPki.certificate("CN=client").key(key, 2).client().issuedBy(TestPki.ca());
        for (TlsVersion version : new TlsVersion[] {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}) {
            try (TlsPair pair = requiring(TlsPair.of(version)).clientIdentity(client)) {
                assertThat(pair.handshake().server().peerCertificates()).isEqualTo(asSent(client));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_0", "TLS_1_1"})
    void a_client_is_known_below_tls_1_2_as_well(TlsVersion version) throws IOException {
        for (TestPki.Key key : new TestPki.Key[] {TestPki.Key.P256, TestPki.Key.RSA_2048}) {
            Identity client =
                    TestPki.certificate("CN=client").key(key, 2).client().issuedBy(TestPki.ca());
            try (TlsPair pair = requiring(TlsPair.of(version)).clientIdentity(client)) {
                pair.clientContext(FlowSettings::legacy).serverContext(FlowSettings::legacy);
                assertThat(pair.handshake().server().peerCertificates()).isEqualTo(asSent(client));
                TlsPair.Connected resumed = pair.handshake();
                assertThat(resumed.resumed()).isTrue();
                assertThat(resumed.server().peerCertificates()).isEqualTo(asSent(client));
            }
        }
    }

    @EachVersion
    void jsse_requests_a_certificate_by_parameters(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version).serverSocket(socket -> {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setNeedClientAuth(true);
            socket.setSSLParameters(parameters);
        })) {
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE);
            pair.clientIdentity(TestPki.client("client one"));
            assertThat(pair.handshake().server().authorized()).isTrue();
        }
    }

    // Resumption

    @ParameterizedTest
    @EnumSource
    void a_verified_chain_with_its_intermediates_survives_resumption(Way way) throws IOException {
        Identity client = clientWithIntermediate();
        try (TlsPair pair = requiring(way.pair()).clientIdentity(client)) {
            pair.handshake();
            for (int generation = 1; generation <= 3; generation++) {
                TlsPair.Connected both = pair.handshake();
                assertThat(both.resumed()).isTrue();
                assertThat(both.server().authorized()).isTrue();
                assertThat(both.server().peerCertificates()).hasSize(3).isEqualTo(asSent(client));
            }
        }
    }

    /** Node accepts such a TLS 1.3 ticket. */
    @ParameterizedTest
    @EnumSource
    void a_session_made_without_a_certificate_request_is_refused_where_one_is_required(Way way) throws IOException {
        try (TlsPair pair = way.pair()) {
            pair.handshake();
            requiring(pair);
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE);
            pair.clientIdentity(TestPki.client("client one"));
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumed()).isFalse();
            assertThat(both.server().authorized()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_session_of_a_client_that_sent_no_certificate_is_refused_where_one_is_required(Way way) throws IOException {
        try (TlsPair pair = requesting(way.pair())) {
            pair.handshake();
            assertThat(pair.handshake().resumed()).as("where one is requested").isTrue();
            requiring(pair);
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_session_made_without_a_certificate_request_does_not_resume_where_one_is_requested(Way way)
            throws IOException {
        try (TlsPair pair = way.pair()) {
            pair.handshake();
            requesting(pair);
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_session_of_a_client_that_was_not_good_does_not_get_in_where_a_good_one_is_required(Way way)
            throws IOException {
        Identity stranger = TestPki.certificate("CN=stranger")
                .key(TestPki.Key.P256, 5)
                .client()
                .selfSigned();
        try (TlsPair pair = requesting(way.pair()).clientIdentity(stranger)) {
            pair.handshake();
            TlsPair.Connected resumed = pair.handshake();
            assertThat(resumed.resumed()).isTrue();
            assertThat(resumed.server().authorized()).isFalse();
            assertThat(resumed.server().authorizationError()).contains(Code.DEPTH_ZERO_SELF_SIGNED_CERT);
            requiring(pair);
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.DEPTH_ZERO_SELF_SIGNED_CERT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_client_that_is_not_trusted_any_more_is_not_resumed(Way way) throws IOException {
        Identity other = TestPki.root("Other Root", TestPki.Key.P256, 12);
        try (TlsPair pair = requiring(way.pair()).clientIdentity(TestPki.client("client one"))) {
            pair.handshake();
            assertThat(pair.handshake().resumed()).isTrue();
            pair.trustedByServer(other.leaf());
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.SELF_SIGNED_CERT_IN_CHAIN);
            pair.clientIdentity(TestPki.certificate("CN=client two")
                    .key(TestPki.Key.P256, 6)
                    .client()
                    .issuedBy(other));
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumed()).isFalse();
            assertThat(both.server().authorized()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_client_whose_certificate_expired_in_the_meantime_is_not_resumed(Way way) throws IOException {
        Identity shortLived = TestPki.certificate("CN=short")
                .key(TestPki.Key.P256, 2)
                .valid(TestPki.NOW.minus(Duration.ofDays(1)), TestPki.NOW.plusSeconds(60))
                .client()
                .issuedBy(TestPki.ca());
        try (TlsPair pair = requiring(way.pair()).clientIdentity(shortLived)) {
            pair.handshake();
            pair.clock().advance(Duration.ofSeconds(61));
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.CERT_HAS_EXPIRED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void where_a_certificate_is_only_requested_todays_verdict_on_the_chain_is_reported(Way way) throws IOException {
        try (TlsPair pair = requesting(way.pair()).clientIdentity(TestPki.client("client one"))) {
            assertThat(pair.handshake().server().authorized()).isTrue();
            pair.trustedByServer();
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumed()).isTrue();
            assertThat(both.server().authorized()).isFalse();
            assertThat(both.server().authorizationError()).contains(Code.SELF_SIGNED_CERT_IN_CHAIN);
        }
    }

    // Sessions with the client's own certificate only, as Node makes them: the chain cannot be verified again

    @EachVersion
    void a_leaf_alone_counts_by_its_stored_verdict(TlsVersion version) throws IOException {
        Identity client = clientWithIntermediate();
        try (TlsPair pair = requiring(TlsPair.of(version)).clientIdentity(client)) {
            pair.handshake();
            Tickets.forge(pair, state -> leafOnly(state, client.leaf(), 0));
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumed()).isTrue();
            assertThat(both.server().authorized()).isTrue();
            assertThat(both.server().peerCertificates()).containsExactly(client.leaf());
        }
    }

    /** A full handshake follows, in which the certificate is refused. */
    private static void assertRefusedToday(TlsPair pair, Identity client, Code code) throws IOException {
        Tickets.forge(pair, state -> leafOnly(state, client.leaf(), 0));
        assertThat(pair.attempt().serverFailure().code()).isEqualTo(code);
    }

    @EachVersion
    void a_leaf_alone_that_has_expired_in_the_meantime_does_not_get_in(TlsVersion version) throws IOException {
        Identity client = TestPki.certificate("CN=short")
                .key(TestPki.Key.P256, 2)
                .valid(TestPki.NOW.minus(Duration.ofDays(1)), TestPki.NOW.plusSeconds(60))
                .client()
                .issuedBy(TestPki.ca());
        try (TlsPair pair = requiring(TlsPair.of(version)).clientIdentity(client)) {
            pair.handshake();
            Tickets.forge(pair, state -> leafOnly(state, client.leaf(), 0));
            pair.clock().advance(Duration.ofSeconds(59));
            assertThat(pair.handshake().resumed()).isTrue();
            pair.clock().advance(Duration.ofSeconds(2));
            assertRefusedToday(pair, client, Code.CERT_HAS_EXPIRED);
        }
    }

    @EachVersion
    void a_leaf_alone_that_is_not_valid_yet_does_not_get_in(TlsVersion version) throws IOException {
        Identity client = TestPki.certificate("CN=short")
                .key(TestPki.Key.P256, 2)
                .valid(TestPki.NOW, TestPki.NOW.plus(Duration.ofDays(1)))
                .client()
                .issuedBy(TestPki.ca());
        try (TlsPair pair = requiring(TlsPair.of(version)).clientIdentity(client)) {
            pair.handshake();
            // A good verdict on the chain is remembered for the minute.
            pair.clock().advance(Duration.ofMinutes(-2));
            Tickets.forge(
                    pair,
                    state -> leafOnly(state, client.leaf(), 0).toBuilder()
                            .time(pair.clock().instant())
                            .build());
            Tickets.refresh(pair);
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.CERT_NOT_YET_VALID);
        }
    }

    @EachVersion
    void a_leaf_alone_that_is_not_for_clients_does_not_get_in(TlsVersion version) throws IOException {
        Identity client = TestPki.server("localhost");
        try (TlsPair pair = requesting(TlsPair.of(version)).clientIdentity(client)) {
            pair.handshake();
            requiring(pair);
            assertRefusedToday(pair, client, Code.INVALID_PURPOSE);
        }
    }

    @EachVersion
    void a_leaf_alone_that_was_revoked_in_the_meantime_does_not_get_in(TlsVersion version) throws IOException {
        Identity client = TestPki.client("client one");
        try (TlsPair pair = requiring(TlsPair.of(version)).clientIdentity(client)) {
            pair.handshake();
            pair.serverContext(context -> context.crl(TestPki.pem(TestPki.crl(TestPki.ca(), client.leaf()))));
            assertRefusedToday(pair, client, Code.CERT_REVOKED);
        }
    }

    @EachVersion
    void a_leaf_alone_that_no_crl_of_its_issuer_lists_gets_in(TlsVersion version) throws IOException {
        Identity client = TestPki.client("client one");
        try (TlsPair pair = requiring(TlsPair.of(version)).clientIdentity(client)) {
            pair.handshake();
            pair.serverContext(context -> context.crl(TestPki.pem(TestPki.crl(TestPki.ca()))));
            Tickets.forge(pair, state -> leafOnly(state, client.leaf(), 0));
            assertThat(pair.handshake().resumed()).isTrue();
        }
    }

    @EachVersion
    void a_leaf_alone_that_has_expired_is_reported_where_a_certificate_is_only_requested(TlsVersion version)
            throws IOException {
        Identity client = TestPki.certificate("CN=short")
                .key(TestPki.Key.P256, 2)
                .valid(TestPki.NOW.minus(Duration.ofDays(1)), TestPki.NOW.plusSeconds(60))
                .client()
                .issuedBy(TestPki.ca());
        try (TlsPair pair = requesting(TlsPair.of(version)).clientIdentity(client)) {
            pair.handshake();
            Tickets.forge(pair, state -> leafOnly(state, client.leaf(), 0));
            pair.clock().advance(Duration.ofSeconds(61));
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumed()).isTrue();
            assertThat(both.server().authorizationError()).contains(Code.CERT_HAS_EXPIRED);
        }
    }

    @EachVersion
    void a_leaf_alone_with_a_bad_stored_verdict_does_not_get_in(TlsVersion version) throws IOException {
        Identity client = clientWithIntermediate();
        try (TlsPair pair = requiring(TlsPair.of(version)).clientIdentity(client)) {
            pair.handshake();
            Tickets.forge(pair, state -> leafOnly(state, client.leaf(), Code.CERT_HAS_EXPIRED.verifyResult()));
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @EachVersion
    void a_leaf_alone_reports_its_stored_verdict_where_a_certificate_is_only_requested(TlsVersion version)
            throws IOException {
        Identity client = clientWithIntermediate();
        try (TlsPair pair = requesting(TlsPair.of(version)).clientIdentity(client)) {
            pair.handshake();
            Tickets.forge(pair, state -> leafOnly(state, client.leaf(), Code.CERT_HAS_EXPIRED.verifyResult()));
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumed()).isTrue();
            assertThat(both.server().authorized()).isFalse();
            assertThat(both.server().authorizationError()).contains(Code.CERT_HAS_EXPIRED);
        }
    }

    @EachVersion
    void a_ticket_of_node_without_a_certificate_does_not_resume_where_one_is_wanted(TlsVersion version)
            throws IOException {
        try (TlsPair pair = requesting(TlsPair.of(version))) {
            pair.handshake();
            Tickets.forge(pair, Tickets::asNode);
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @Test
    void a_ticket_of_node_with_a_certificate_resumes_by_its_stored_verdict() throws IOException {
        Identity client = TestPki.client("client one");
        try (TlsPair pair = requiring(TlsPair.of(TlsVersion.TLS_1_3)).clientIdentity(client)) {
            pair.handshake();
            Tickets.forge(pair, Tickets::asNode);
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumed()).isTrue();
            assertThat(both.server().peerCertificates()).containsExactly(client.leaf());
        }
    }

    private static SessionState leafOnly(SessionState state, X509Certificate leaf, int verdict) {
        SessionExtras extras = state.extras().orElseThrow();
        try {
            return state.toBuilder()
                    .peerCertificate(leaf.getEncoded())
                    .verifyResult(verdict)
                    .extras(SessionExtras.of(extras.originalTime(), ClientCertificatePolicy.REQUIRE, List.of()))
                    .build();
        } catch (java.security.cert.CertificateEncodingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
