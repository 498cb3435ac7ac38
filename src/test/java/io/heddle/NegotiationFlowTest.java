package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Group;
import io.heddle.cipher.Suite;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Negotiation of versions, suites, groups and keys, and the failures where two sides have none in common. */
@Tag("provider")
class NegotiationFlowTest {
    // Versions

    @Test
    void the_newest_common_version_is_taken() throws IOException {
        try (var pair = TlsPair.create()) {
            assertThat(pair.handshake().client().getProtocol()).isEqualTo("TLSv1.3");
            pair.serverContext(context -> context.maxVersion(TlsVersion.TLS_1_2));
            assertThat(pair.handshake().client().getProtocol()).isEqualTo("TLSv1.2");
        }
    }

    @Test
    void a_client_that_is_too_old_is_refused() throws IOException {
        try (var pair = TlsPair.create()
                .clientContext(context -> context.maxVersion(TlsVersion.TLS_1_2))
                .serverContext(context -> context.minVersion(TlsVersion.TLS_1_3))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith(
                            "version: the client offered [TLS 1.2, TLS 1.1, TLS 1.0, SSL 3.0], the server accepts [TLSv1.3]")
                    .returns(Code.ERR_SSL_UNSUPPORTED_PROTOCOL, TlsFailure::code);
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith("alert: the peer ended the connection with protocol_version (70)")
                    .returns(Code.ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION, TlsFailure::code);
        }
    }

    @Test
    void old_versions_are_disabled_by_default() throws IOException {
        try (var pair = TlsPair.create()
                .clientContext(context -> context.maxVersion(TlsVersion.TLS_1_1))
                .clientContext(FlowSettings::legacy)) {
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.ERR_SSL_UNSUPPORTED_PROTOCOL);
            pair.serverContext(FlowSettings::legacy);
            assertThat(pair.handshake().client().getProtocol()).isEqualTo("TLSv1.1");
        }
    }

    // Suites

    static Stream<Suite> suites() {
        return SecureContext.ofDefaults().content().runnableSuites().stream()
                .filter(suite -> suite.keyExchange() != Suite.KeyExchange.DHE
                        && !suite.keyExchange().isPsk())
                .filter(suite -> suite.authentication() != Suite.Authentication.NONE
                        && suite.authentication() != Suite.Authentication.DSS);
    }

    @ParameterizedTest
    @MethodSource("suites")
    void every_suite_carries_data(Suite suite) throws IOException {
        TlsVersion version = suite.isTls13() ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2;
        String list = suite.name() + ":AES128-SHA:@SECLEVEL=0";
        try (var pair = TlsPair.of(version)
                .serverIdentity(TestPki.server("localhost"), TestPki.server(TestPki.Key.RSA_2048, "localhost"))
                .clientContext(context -> context.ciphers(list))
                .serverContext(context -> context.ciphers(list))) {
            TlsPair.Connected both = pair.connect();
            both.exchange("over " + suite.name());
            both.keepSession();
            assertThat(both.client().getCipher().name()).isEqualTo(suite.name());
            assertThat(both.server().getCipher()).isEqualTo(both.client().getCipher());
            TlsPair.Connected resumed = pair.connect();
            assertThat(resumed.resumed()).isTrue();
            resumed.exchange("over " + suite.name() + " resumed");
        }
    }

    @EachVersion
    void sides_without_a_common_suite_say_what_they_have(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)
                .clientContext(context -> context.ciphers("TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256"))
                .serverContext(context -> context.ciphers("TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES256-GCM-SHA384"))) {
            TlsPair.Outcome outcome = pair.attempt();
            String message = version == TlsVersion.TLS_1_3
                    ? "cipher: the client offered [TLS_AES_128_GCM_SHA256], the server accepts [TLS_AES_256_GCM_SHA384] with [EC]"
                    : "cipher: the client offered [ECDHE-RSA-AES128-GCM-SHA256, 0x00FF], the server accepts [ECDHE-RSA-AES256-GCM-SHA384] with [EC]";
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith(message)
                    .returns(Code.ERR_SSL_NO_SHARED_CIPHER, TlsFailure::code);
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith("alert: the peer ended the connection with handshake_failure (40)")
                    .returns(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE, TlsFailure::code);
        }
    }

    @EachVersion
    void the_servers_order_of_suites_decides_unless_configured_otherwise(TlsVersion version) throws IOException {
        String strong = version == TlsVersion.TLS_1_3 ? "TLS_AES_256_GCM_SHA384" : "ECDHE-ECDSA-AES256-GCM-SHA384";
        String fast = version == TlsVersion.TLS_1_3 ? "TLS_AES_128_GCM_SHA256" : "ECDHE-ECDSA-AES128-GCM-SHA256";
        try (var pair = TlsPair.of(version)
                .clientContext(context -> context.ciphers(fast + ":" + strong))
                .serverContext(context -> context.ciphers(strong + ":" + fast))) {
            assertThat(pair.handshake().client().getCipher().name()).isEqualTo(strong);
            pair.forgetSession().serverContext(context -> context.honorCipherOrder(false));
            assertThat(pair.handshake().client().getCipher().name()).isEqualTo(fast);
        }
    }

    @EachVersion
    void chacha20_is_taken_for_a_client_that_puts_it_first(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)
                .clientContext(
                        context -> context.ciphers(
                                "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256"))) {
            assertThat(pair.handshake().client().getCipher().name()).contains("CHACHA20");
        }
    }

    // Groups

    private static final List<Group> NOT_IN_THE_JDK =
            List.of(Group.SECP256K1, Group.BRAINPOOL_P256, Group.BRAINPOOL_P384, Group.BRAINPOOL_P512);

    @ParameterizedTest
    @EnumSource
    void every_group_of_tls_1_3_makes_a_connection(Group group) throws IOException {
        if (!group.fits(TlsVersion.TLS_1_3)) {
            assertThat(NOT_IN_THE_JDK).contains(group);
            return;
        }
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)
                .clientContext(context -> context.ecdhCurve(group.opensslName()))
                .serverContext(context -> context.ecdhCurve(group.opensslName()))) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.client().getEphemeralKeyInfo().orElseThrow().name()).isEqualTo(group.opensslName());
            assertThat(both.server().getEphemeralKeyInfo())
                    .isEqualTo(both.client().getEphemeralKeyInfo());
            assertThat(pair.handshake().resumed()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"P_256", "P_384", "P_521", "X25519", "X448"})
    void every_curve_of_tls_1_2_makes_a_connection(Group group) throws IOException {
        // The certificate's own curve must be among the groups too.
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)
                .serverIdentity(TestPki.server(TestPki.Key.RSA_2048, "localhost"))
                .clientContext(context -> context.ecdhCurve(group.opensslName()))) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.client().getEphemeralKeyInfo().orElseThrow().name()).isEqualTo(group.opensslName());
            assertThat(both.server().getEphemeralKeyInfo())
                    .isEqualTo(both.client().getEphemeralKeyInfo());
        }
    }

    /** A ClientHello without groups would permit every curve in TLS 1.2, and is malformed in TLS 1.3. */
    @ParameterizedTest
    @CsvSource({"TLS_1_2, nope", "TLS_1_3, nope", "TLS_1_2, ffdhe2048", "TLS_1_3, secp256k1", "TLS_1_2, X25519MLKEM768"
    })
    void a_client_whose_parameters_leave_no_group_offers_nothing(TlsVersion version, String name) throws Exception {
        try (var pair = TlsPair.of(version)
                        .clientContext(context -> context.ciphers("ECDHE+AESGCM:TLS_AES_128_GCM_SHA256:@SECLEVEL=3"))
                        .clientSocket(socket -> {
                            SSLParameters parameters = socket.getSSLParameters();
                            parameters.setNamedGroups(new String[] {name});
                            socket.setSSLParameters(parameters);
                        });
                RawPeer server = pair.rawServer()) {
            assertThat(server.failure())
                    .returns(Code.ERR_SSL_NO_PROTOCOLS_AVAILABLE, TlsFailure::code)
                    .hasMessageStartingWith("handshake: no protocol is left, enabled are [" + version.protocol());
        }
    }

    @Test
    void a_client_whose_parameters_leave_no_signature_algorithm_offers_nothing() throws Exception {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2).clientSocket(socket -> {
                    SSLParameters parameters = socket.getSSLParameters();
                    parameters.setSignatureSchemes(new String[] {"mldsa65"});
                    socket.setSSLParameters(parameters);
                });
                RawPeer server = pair.rawServer()) {
            assertThat(server.failure()).returns(Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM, TlsFailure::code);
        }
    }

    @Test
    void groups_of_tls_1_3_are_not_offered_without_it() throws Exception {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            assertThat(HelloBytes.of(pair.clientHello())
                            .extension(HelloBytes.SUPPORTED_GROUPS)
                            .orElseThrow())
                    .startsWith(0, 14, 0, Group.X25519.number());
        }
    }

    @Test
    void sides_without_a_common_group_fail() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)
                .clientContext(context -> context.ecdhCurve("X25519"))
                .serverContext(context -> context.ecdhCurve("P-256"))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith("group: the client offered [X25519], the server accepts [prime256v1]")
                    .returns(Code.ERR_SSL_NO_SUITABLE_KEY_SHARE, TlsFailure::code);
            assertThat(outcome.clientFailure().alert()).contains(Alert.HANDSHAKE_FAILURE);
        }
    }

    // HelloRetryRequest

    /** Returns a pair whose server requests another key share, with a count of the ClientHellos. */
    private static TlsPair retrying(AtomicInteger hellos) {
        return TlsPair.of(TlsVersion.TLS_1_3)
                .clientContext(context -> context.ecdhCurve("X25519:P-256"))
                .serverContext(context -> context.ecdhCurve("P-256"))
                .toServer(bytes -> {
                    for (RawRecord record : RawRecord.all(bytes)) {
                        if (record.type() == RawRecord.HANDSHAKE && record.body()[0] == 1) {
                            hellos.incrementAndGet();
                        }
                    }
                    return bytes;
                });
    }

    @Test
    void a_hello_retry_request_leads_to_the_servers_group() throws IOException {
        var hellos = new AtomicInteger();
        try (TlsPair pair = retrying(hellos)) {
            TlsPair.Connected both = pair.connect();
            assertThat(hellos).hasValue(2);
            assertThat(both.client().getEphemeralKeyInfo().orElseThrow().name()).isEqualTo("prime256v1");
            both.exchange("after a retry");
        }
    }

    @Test
    void a_session_resumes_through_a_hello_retry_request() throws IOException {
        var hellos = new AtomicInteger();
        try (TlsPair pair = retrying(hellos)) {
            pair.handshake();
            for (int generation = 1; generation <= 3; generation++) {
                assertThat(pair.handshake().resumption()).contains("psk");
            }
            assertThat(hellos).hasValue(8);
        }
    }

    @Test
    void a_client_certificate_goes_through_a_hello_retry_request() throws IOException {
        Identity client = TestPki.client("client one");
        try (TlsPair pair = retrying(new AtomicInteger())
                .server(server -> server.requestCert(true))
                .clientIdentity(client)) {
            assertThat(pair.handshake().server().authorized()).isTrue();
            TlsPair.Connected resumed = pair.handshake();
            assertThat(resumed.resumed()).isTrue();
            assertThat(resumed.server().peerCertificates()).startsWith(client.leaf());
        }
    }

    @Test
    void a_key_share_that_is_there_already_costs_no_retry() throws IOException {
        var hellos = new AtomicInteger();
        try (TlsPair pair = retrying(hellos).serverContext(context -> context.ecdhCurve("P-256:X25519"))) {
            assertThat(pair.handshake()
                            .client()
                            .getEphemeralKeyInfo()
                            .orElseThrow()
                            .name())
                    .isEqualTo("X25519");
            assertThat(hellos).hasValue(1);
        }
    }

    // Keys

    @ParameterizedTest
    @EnumSource(names = {"RSA_2048", "RSA_PSS_2048", "P256", "P384", "P521", "ED25519", "ED448"})
    void a_server_may_have_a_key_of_any_kind(TestPki.Key key) throws IOException {
        for (TlsVersion version : new TlsVersion[] {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}) {
            try (var pair = TlsPair.of(version).serverIdentity(TestPki.server(key, "localhost"))) {
                TlsPair.Connected both = pair.connect();
                assertThat(both.client().authorized()).isTrue();
                both.exchange("signed with " + key);
                assertThat(pair.handshake().resumed()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_0", "TLS_1_1"})
    void old_versions_take_rsa_and_ecdsa_keys(TlsVersion version) throws IOException {
        for (TestPki.Key key : new TestPki.Key[] {TestPki.Key.RSA_2048, TestPki.Key.P256}) {
            try (var pair = TlsPair.of(version)
                    .serverIdentity(TestPki.server(key, "localhost"))
                    .clientContext(FlowSettings::legacy)
                    .serverContext(FlowSettings::legacy)) {
                TlsPair.Connected both = pair.connect();
                both.exchange("signed with " + key);
                assertThat(both.client().getProtocol()).isEqualTo(version.protocol());
            }
        }
    }

    @EachVersion
    void a_server_with_two_keys_takes_the_one_that_the_client_can_verify(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)
                .serverIdentity(TestPki.server("localhost"), TestPki.server(TestPki.Key.RSA_2048, "localhost"))
                .clientContext(context -> context.sigalgs("rsa_pss_rsae_sha256:RSA+SHA256"))) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.client()
                            .peerCertificates()
                            .getFirst()
                            .getPublicKey()
                            .getAlgorithm())
                    .isEqualTo("RSA");
        }
    }

    @Test
    void a_server_whose_key_the_client_cannot_verify_reports_it() throws IOException {
        try (var pair =
                TlsPair.of(TlsVersion.TLS_1_3).clientContext(context -> context.sigalgs("rsa_pss_rsae_sha256"))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith(
                            "certificate: no suitable signature algorithm, the client offered [rsa_pss_rsae_sha256], the server has keys of [EC]")
                    .returns(Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM, TlsFailure::code)
                    .returns(Optional.of(Alert.HANDSHAKE_FAILURE), TlsFailure::alert);
        }
    }
}
