package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestCertificate;
import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Verification of the server by the client, with OpenSSL's codes. */
@Tag("provider")
class VerificationFlowTest {
    record Case(Identity server, Code code, String message, Alert alert) {
        @Override
        public String toString() {
            return code.name();
        }
    }

    static Stream<Case> bad_servers() {
        Instant yesterday = TestPki.NOW.minus(Duration.ofDays(1));
        Instant tomorrow = TestPki.NOW.plus(Duration.ofDays(1));
        return Stream.of(
                new Case(
                        TestPki.selfSigned("localhost"),
                        Code.DEPTH_ZERO_SELF_SIGNED_CERT,
                        "certificate: \"CN=localhost\" is self-signed and not trusted, depth 0",
                        Alert.UNKNOWN_CA),
                new Case(
                        server().expired().issuedBy(TestPki.ca()),
                        Code.CERT_HAS_EXPIRED,
                        "certificate: \"CN=localhost\" was valid until %s, depth 0".formatted(yesterday),
                        Alert.CERTIFICATE_EXPIRED),
                new Case(
                        server().notYetValid().issuedBy(TestPki.ca()),
                        Code.CERT_NOT_YET_VALID,
                        "certificate: \"CN=localhost\" is valid from %s on, depth 0".formatted(tomorrow),
                        Alert.BAD_CERTIFICATE),
                new Case(
                        TestPki.server("other.test"),
                        Code.ERR_TLS_CERT_ALTNAME_INVALID,
                        "Hostname/IP does not match certificate's altnames: Host: localhost. is not in the cert's altnames: DNS:other.test",
                        Alert.CERTIFICATE_UNKNOWN),
                new Case(
                        TestPki.client("localhost"),
                        Code.INVALID_PURPOSE,
                        "certificate: \"CN=localhost\" must not be used for a TLS server, depth 0",
                        Alert.UNSUPPORTED_CERTIFICATE));
    }

    private static TestCertificate server() {
        return TestPki.certificate("CN=localhost").server("localhost");
    }

    @ParameterizedTest
    @MethodSource("bad_servers")
    void a_bad_server_is_refused_with_openssls_code_and_the_matching_alert(Case bad) throws IOException {
        for (TlsVersion version : new TlsVersion[] {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}) {
            try (var pair = TlsPair.of(version).serverIdentity(bad.server())) {
                TlsPair.Outcome outcome = pair.attempt();
                assertThat(outcome.clientFailure())
                        .hasMessageStartingWith(bad.message())
                        .returns(bad.code(), TlsFailure::code)
                        .returns(Optional.of(bad.alert()), TlsFailure::alert);
                assertThat(outcome.serverFailure())
                        .hasMessageStartingWith("alert: the peer ended the connection with %s (%d)"
                                .formatted(bad.alert(), bad.alert().number()))
                        .returns(
                                TlsFailure.Blame.PEER_ALERT,
                                failure -> failure.code().blame());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("bad_servers")
    void with_rejectUnauthorized_off_a_bad_server_is_reported(Case bad) throws IOException {
        for (TlsVersion version : new TlsVersion[] {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}) {
            try (var pair = TlsPair.of(version)
                    .serverIdentity(bad.server())
                    .client(client -> client.rejectUnauthorized(false))) {
                TlsPair.Connected both = pair.connect();
                assertThat(both.client().authorized()).isFalse();
                assertThat(both.client().authorizationError()).contains(bad.code());
                both.exchange("all the same");
            }
        }
    }

    @EachVersion
    void a_server_with_an_intermediate_is_verified(TlsVersion version) throws IOException {
        Identity server = TestPki.serverWithIntermediate("localhost");
        try (var pair = TlsPair.of(version).serverIdentity(server)) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.client().authorized()).isTrue();
            assertThat(both.client().authorizationError()).isEmpty();
            assertThat(both.client().peerCertificates()).startsWith(server.leaf());
        }
    }

    @EachVersion
    void a_server_that_does_not_send_its_intermediate_is_refused(TlsVersion version) throws IOException {
        Identity server = TestPki.serverWithIntermediate("localhost");
        Identity leafOnly = new Identity(server.key(), java.util.List.of(server.leaf()));
        try (var pair = TlsPair.of(version).serverIdentity(leafOnly)) {
            assertThat(pair.attempt().clientFailure().code()).isEqualTo(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE);
        }
    }

    @EachVersion
    void a_revoked_server_is_refused(TlsVersion version) throws IOException {
        Identity server = TestPki.server("localhost");
        try (var pair = TlsPair.of(version)
                .serverIdentity(server)
                .clientContext(context -> context.crl(TestPki.crl(TestPki.ca(), server.leaf())))) {
            assertThat(pair.attempt().clientFailure())
                    .returns(Code.CERT_REVOKED, TlsFailure::code)
                    .returns(Optional.of(Alert.CERTIFICATE_REVOKED), TlsFailure::alert);
            pair.serverIdentity(TestPki.server("localhost"));
            assertThat(pair.handshake().client().authorized()).isTrue();
        }
    }

    @EachVersion
    void the_name_that_is_checked_is_that_of_sni(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)
                .serverIdentity(TestPki.server("shop.test"))
                .client(client -> client.servername("shop.test"))) {
            assertThat(pair.handshake().client().authorized()).isTrue();
        }
    }

    @EachVersion
    void an_address_must_be_in_the_certificate(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)
                .serverIdentity(TestPki.server("127.0.0.1", "::1"))
                .client(client -> client.host("::1"))) {
            assertThat(pair.handshake().client().authorized()).isTrue();
            pair.client(client -> client.host("127.0.0.2"));
            assertThat(pair.attempt().clientFailure()).returns(Code.ERR_TLS_CERT_ALTNAME_INVALID, TlsFailure::code);
        }
    }
}
