package io.heddle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestOcsp;
import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OCSP stapling (RFC 6066 8, RFC 8446 4.4.2.1): the requesting client and the stapling server. */
class OcspFlowTest {
    private static final byte[] RUBBISH = "hello world".getBytes(US_ASCII);
    private static final Identity SERVER = TestPki.server("localhost");
    private static final byte[] RESPONSE = TestOcsp.good(TestPki.ca(), SERVER.leaf());

    private record Asked(X509Certificate certificate, Optional<X509Certificate> issuer) {}

    private final List<Asked> asked = new ArrayList<>();
    private final List<Optional<byte[]>> responses = new ArrayList<>();

    private TlsPair answering(TlsPair pair, Optional<byte[]> response) {
        return pair.serverIdentity(SERVER)
                .server(server -> server.onOcspRequest((certificate, issuer) -> {
                    asked.add(new Asked(certificate, issuer));
                    return response;
                }));
    }

    private TlsPair asking(TlsPair pair) {
        return pair.client(client -> client.onOcspResponse((response, chain, verdict) -> responses.add(response)));
    }

    static Stream<Arguments> keys() {
        return Stream.of(TlsVersion.values())
                .flatMap(version ->
                        Stream.of(TestPki.Key.P256, TestPki.Key.RSA_2048).map(key -> Arguments.of(version, key)));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void the_client_gets_what_the_listener_answered(TlsVersion version, TestPki.Key key) throws IOException {
        Identity server = TestPki.server(key, "localhost");
        byte[] response = TestOcsp.good(TestPki.ca(), server.leaf());
        try (var pair =
                answering(asking(TlsPair.of(version)), Optional.of(response)).serverIdentity(server)) {
            if (!version.isAtLeast(TlsVersion.TLS_1_2)) {
                pair.serverContext(FlowSettings::legacy).clientContext(FlowSettings::legacy);
            }
            TlsPair.Connected both = pair.connect();
            both.exchange("stapled");
            assertThat(both.client().ocspResponse()).hasValue(response);
            assertThat(((ExtendedSSLSession) both.client().getSession()).getStatusResponses())
                    .containsExactly(response);
            assertThat(both.server().ocspResponse()).isEmpty();
            assertThat(responses)
                    .singleElement()
                    .satisfies(each -> assertThat(each).hasValue(response));
            assertThat(asked)
                    .containsExactly(
                            new Asked(server.leaf(), Optional.of(TestPki.ca().leaf())));
        }
    }

    @EachVersion
    void a_server_that_does_not_verify_staples_anything(TlsVersion version) throws IOException {
        byte[] longest = new byte[65_527];
        for (byte[] response : List.of(RUBBISH, longest)) {
            try (var pair = answering(TlsPair.of(version), Optional.of(response))
                    .server(server -> server.verifyOCSP(false))
                    .client(client -> client.requestOCSP(true).rejectUnauthorized(false))) {
                TlsSocket client = pair.connect().client();
                assertThat(client.ocspResponse()).hasValue(response);
                assertThat(client.authorized()).isFalse();
                assertThat(client.authorizationError()).contains(Code.OCSP_RESP_INVALID);
            }
        }
    }

    @EachVersion
    void a_listener_without_a_response_sends_none(TlsVersion version) throws IOException {
        try (var pair = answering(asking(TlsPair.of(version)), Optional.empty())) {
            TlsPair.Connected both = pair.connect();
            assertThat(both.client().ocspResponse()).isEmpty();
            assertThat(((ExtendedSSLSession) both.client().getSession()).getStatusResponses())
                    .isEmpty();
            assertThat(responses).containsExactly(Optional.empty());
            assertThat(asked).hasSize(1);
        }
    }

    @EachVersion
    void a_server_without_a_listener_sends_none(TlsVersion version) throws IOException {
        try (var pair = asking(TlsPair.of(version))) {
            assertThat(pair.connect().client().ocspResponse()).isEmpty();
            assertThat(responses).containsExactly(Optional.empty());
        }
    }

    @EachVersion
    void no_listener_is_called_for_a_client_without_a_status_request(TlsVersion version) throws IOException {
        try (var pair = answering(TlsPair.of(version), Optional.of(RESPONSE))) {
            assertThat(pair.connect().client().ocspResponse()).isEmpty();
            assertThat(asked).isEmpty();
        }
    }

    @EachVersion
    void a_resumed_session_has_no_certificate_and_no_response(TlsVersion version) throws IOException {
        try (var pair = answering(asking(TlsPair.of(version)), Optional.of(RESPONSE))) {
            pair.handshake();
            TlsPair.Connected again = pair.handshake();
            assertThat(again.resumed()).isTrue();
            assertThat(again.client().ocspResponse()).isEmpty();
            assertThat(asked).hasSize(1);
            assertThat(responses).hasSize(1);
            pair.forgetSession();
            assertThat(pair.handshake().client().ocspResponse()).hasValue(RESPONSE);
            assertThat(asked).hasSize(2);
        }
    }

    @EachVersion
    void it_comes_after_a_hello_retry_request_as_well(TlsVersion version) throws IOException {
        try (var pair = answering(asking(TlsPair.of(version)), Optional.of(RESPONSE))
                .clientContext(context -> context.ecdhCurve("X25519:P-256"))
                .serverContext(context -> context.ecdhCurve("P-256"))) {
            assertThat(pair.connect().client().ocspResponse()).hasValue(RESPONSE);
            assertThat(asked).hasSize(1);
        }
    }

    @EachVersion
    void it_goes_together_with_a_client_certificate(TlsVersion version) throws IOException {
        try (var pair = answering(asking(TlsPair.of(version)), Optional.of(RESPONSE))
                .clientIdentity(TestPki.client("client"))
                .server(server -> server.requestCert(true))) {
            TlsPair.Connected both = pair.connect();
            both.exchange("both");
            assertThat(both.client().ocspResponse()).hasValue(RESPONSE);
            assertThat(both.server().authorized()).isTrue();
        }
    }

    // Certificate and issuer

    @EachVersion
    void the_request_is_for_the_certificate_of_the_server_name(TlsVersion version) throws IOException {
        Identity other = TestPki.server("a.test");
        byte[] response = TestOcsp.good(TestPki.ca(), other.leaf());
        try (var pair = answering(asking(TlsPair.of(version)), Optional.of(response))
                .addContext("a.test", other)
                .client(client -> client.servername("a.test"))) {
            pair.connect();
            assertThat(asked).extracting(Asked::certificate).containsExactly(other.leaf());
        }
    }

    @EachVersion
    void the_issuer_is_in_the_own_chain_or_among_the_trusted_or_unknown(TlsVersion version) throws IOException {
        Identity below = TestPki.serverWithIntermediate("localhost");
        try (var pair = answering(asking(TlsPair.of(version)), Optional.empty())
                .trustedByServer()
                .serverIdentity(below)) {
            pair.connect();
            pair.serverIdentity(TestPki.server("localhost")).connect();
            pair.trustedByServer(TestPki.ca().leaf()).connect();
            assertThat(asked)
                    .extracting(Asked::issuer)
                    .containsExactly(
                            Optional.of(below.chain().get(1)),
                            Optional.empty(),
                            Optional.of(TestPki.ca().leaf()));
        }
    }

    // Listeners that are slow, fail, or return a response that cannot be sent

    @EachVersion
    void a_listener_may_block(TlsVersion version) throws IOException {
        var released = new CountDownLatch(1);
        var waiting = new CountDownLatch(1);
        try (var pair = asking(TlsPair.of(version))
                .serverIdentity(SERVER)
                .server(server -> server.onOcspRequest((certificate, issuer) -> {
                    waiting.countDown();
                    return released.await(30, TimeUnit.SECONDS) ? Optional.of(RESPONSE) : Optional.empty();
                }))) {
            TlsPair.Running release = TlsPair.Running.of(() -> {
                assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();
                released.countDown();
            });
            assertThat(pair.connect().client().ocspResponse()).hasValue(RESPONSE);
            assertThat(release.problem()).isEmpty();
        }
    }

    @EachVersion
    void a_listener_that_blocks_does_not_hold_up_the_deadline(TlsVersion version) throws IOException {
        var waiting = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        var client = new CompletableFuture<TlsSocket>();
        try (var pair = asking(TlsPair.of(version))
                .clientSocket(client::complete)
                .server(server -> server.handshakeTimeout(Duration.ofMillis(300))
                        .onOcspRequest((certificate, issuer) -> {
                            waiting.countDown();
                            released.await(30, TimeUnit.SECONDS);
                            return Optional.of(RESPONSE);
                        }))) {
            TlsPair.Running release = TlsPair.Running.of(() -> {
                assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();
                // Closing waits for the running handshake, which ends although the listener has not returned.
                assertThatThrownBy(client.get(30, TimeUnit.SECONDS)::startHandshake)
                        .isInstanceOfSatisfying(
                                TlsFailure.class,
                                failure -> assertThat(failure.code()).isEqualTo(Code.ECONNRESET));
                released.countDown();
            });
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.ERR_TLS_HANDSHAKE_TIMEOUT);
            assertThat(release.problem()).isEmpty();
        }
    }

    @EachVersion
    void a_listener_that_throws_ends_the_handshake(TlsVersion version) throws IOException {
        try (var pair = asking(TlsPair.of(version))
                .server(server -> server.onOcspRequest((certificate, issuer) -> {
                    throw new IOException("no responder");
                }))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith("ocsp: the listener failed for the certificate of \"CN=localhost\":"
                            + " java.io.IOException: no responder")
                    .returns(Code.ERR_TLS_CALLBACK, TlsFailure::code)
                    .hasRootCauseMessage("no responder");
            assertThat(outcome.clientFailure().code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR);
        }
    }

    @EachVersion
    void a_listener_chooses_the_alert(TlsVersion version) throws IOException {
        try (var pair = asking(TlsPair.of(version))
                .server(server -> server.onOcspRequest((certificate, issuer) -> {
                    throw Code.ERR_SSL_HANDSHAKE_FAILURE.failure("ocsp: not today");
                }))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure()).hasMessageStartingWith("ocsp: not today");
            assertThat(outcome.clientFailure().alert()).contains(Alert.HANDSHAKE_FAILURE);
        }
    }

    @EachVersion
    void an_empty_response_is_refused(TlsVersion version) throws IOException {
        try (var pair = answering(asking(TlsPair.of(version)), Optional.of(new byte[0]))) {
            assertThat(pair.attempt().serverFailure())
                    .hasMessageStartingWith(
                            "ocsp: the listener answered with 0 bytes for the certificate of \"CN=localhost\","
                                    + " 1 to %d are allowed in %s",
                            version == TlsVersion.TLS_1_3 ? 65_527 : 16_777_211, version)
                    .returns(Code.ERR_TLS_CALLBACK, TlsFailure::code);
        }
    }

    @EachVersion
    void so_is_one_that_does_not_fit(TlsVersion version) throws IOException {
        int longest = version == TlsVersion.TLS_1_3 ? 65_527 : 16_777_211;
        try (var pair = answering(asking(TlsPair.of(version)), Optional.of(new byte[longest + 1]))
                .server(server -> server.verifyOCSP(false))) {
            assertThat(pair.attempt().serverFailure())
                    .hasMessageContaining("with %d bytes", longest + 1)
                    .hasMessageContaining("1 to %d are allowed in %s", longest, version);
        }
    }

    @EachVersion
    void null_is_no_answer(TlsVersion version) throws IOException {
        try (var pair = asking(TlsPair.of(version))
                .server(server -> server.onOcspRequest((certificate, issuer) -> noAnswer()))) {
            assertThat(pair.attempt().serverFailure())
                    .hasMessageStartingWith("ocsp: the listener returned null, an Optional is expected");
        }
    }

    @SuppressWarnings({"NullAway", "OptionalAssignedToNull", "NullOptional", "ReturnMissingNullable"})
    private static Optional<byte[]> noAnswer() {
        return null;
    }

    // The client's listener

    @EachVersion
    void the_clients_listener_may_refuse(TlsVersion version) throws IOException {
        try (var pair = answering(TlsPair.of(version), Optional.of(RESPONSE))
                .client(client -> client.onOcspResponse((response, chain, verdict) -> {
                    throw new IllegalStateException("revoked");
                }))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith(
                            "ocsp: the listener refused the server, which sent a response of %d bytes:"
                                    + " java.lang.IllegalStateException: revoked",
                            RESPONSE.length)
                    .returns(Code.ERR_TLS_CALLBACK, TlsFailure::code);
            assertThat(outcome.serverFailure().code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR);
        }
    }

    @EachVersion
    void it_chooses_the_alert_and_misses_a_response_that_is_not_there(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)
                .client(client -> client.onOcspResponse((response, chain, verdict) -> {
                    throw Code.CERT_REVOKED.failure("ocsp: %s for %d certificates", response, chain.size());
                }))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith("ocsp: Optional.empty for 2 certificates")
                    .returns(Code.CERT_REVOKED, TlsFailure::code);
            assertThat(outcome.serverFailure().code()).isEqualTo(Code.ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED);
        }
    }

    @EachVersion
    void the_listener_is_not_called_for_an_untrusted_server(TlsVersion version) throws IOException {
        var calls = new AtomicInteger();
        try (var pair = answering(TlsPair.of(version), Optional.of(RESPONSE))
                .trustedByClient()
                .client(client -> client.onOcspResponse((response, chain, verdict) -> calls.incrementAndGet()))) {
            assertThat(pair.attempt().clientFailure().code()).isEqualTo(Code.SELF_SIGNED_CERT_IN_CHAIN);
            assertThat(calls).hasValue(0);
            pair.client(client -> client.rejectUnauthorized(false));
            assertThat(pair.connect().client().authorizationError()).contains(Code.SELF_SIGNED_CERT_IN_CHAIN);
            assertThat(calls).hasValue(1);
        }
    }

    // Certificates that require a response

    @EachVersion
    void a_response_that_the_certificate_demands_must_come(TlsVersion version) throws IOException {
        Identity server = TestOcsp.mustStaple("localhost");
        try (var pair = asking(TlsPair.of(version)).serverIdentity(server)) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith(
                            "ocsp: the server's certificate is good only with an OCSP response (RFC 7633), it sent none")
                    .returns(Code.OCSP_VERIFY_NEEDED, TlsFailure::code);
            assertThat(outcome.serverFailure().code()).isEqualTo(Code.ERR_SSL_TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE);
            answering(pair, Optional.of(TestOcsp.good(TestPki.ca(), server.leaf())))
                    .serverIdentity(server);
            assertThat(pair.connect().client().authorized()).isTrue();
        }
    }

    @EachVersion
    void a_client_that_rejects_no_server_receives_the_empty_response(TlsVersion version) throws IOException {
        try (var pair = asking(TlsPair.of(version))
                .serverIdentity(TestOcsp.mustStaple("localhost"))
                .client(client -> client.rejectUnauthorized(false))) {
            TlsSocket client = pair.connect().client();
            assertThat(client.authorized()).isFalse();
            assertThat(client.authorizationError()).contains(Code.OCSP_VERIFY_NEEDED);
        }
    }

    @EachVersion
    void a_client_without_a_status_request_accepts_a_missing_response(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version).serverIdentity(TestOcsp.mustStaple("localhost"))) {
            assertThat(pair.connect().client().authorized()).isTrue();
        }
    }

    // What a server must not send

    @ParameterizedTest
    @EnumSource
    void a_status_that_is_none_is_refused(Broken how) throws IOException {
        try (var pair = answering(asking(TlsPair.of(TlsVersion.TLS_1_2)), Optional.of(RUBBISH))
                .server(server -> server.verifyOCSP(false))
                .toClient(flight -> how.in(flight.clone()))) {
            assertThat(pair.attempt().clientFailure())
                    .hasMessageStartingWith(how.message)
                    .returns(how.code, TlsFailure::code);
            assertThat(responses).isEmpty();
        }
    }

    /** Changes the eleven bytes of a CertificateStatus in transit: type 1, three bytes of length, the response. */
    enum Broken {
        TYPE(
                0,
                2,
                Code.ERR_SSL_UNSUPPORTED_STATUS_TYPE,
                "ocsp: the server sent a certificate status of type 2, 1 (OCSP) was asked for"),
        LENGTH(
                3,
                10,
                Code.ERR_SSL_BAD_LENGTH,
                "ocsp: the server sent a certificate status of 15 bytes that holds 10,"
                        + " 1 or more and nothing else are allowed"),
        EMPTY(
                3,
                0,
                Code.ERR_SSL_BAD_LENGTH,
                "ocsp: the server sent a certificate status of 15 bytes that holds 0,"
                        + " 1 or more and nothing else are allowed"),
        BEYOND_THE_END(
                1,
                255,
                Code.ERR_SSL_BAD_LENGTH,
                "ocsp: the server sent a certificate status of 15 bytes that holds 16711691,"
                        + " 1 or more and nothing else are allowed");

        private final int offset;
        private final int value;
        private final Code code;
        private final String message;

        Broken(int offset, int value, Code code, String message) {
            this.offset = offset;
            this.value = value;
            this.code = code;
            this.message = message;
        }

        byte[] in(byte[] flight) {
            byte[] head = {22, 0, 0, 15, 1, 0, 0, 11, 'h'};
            for (int at = 0; at + head.length <= flight.length; at++) {
                if (java.util.Arrays.equals(flight, at, at + head.length, head, 0, head.length)) {
                    flight[at + 4 + offset] = (byte) value;
                }
            }
            return flight;
        }
    }

    @EachVersion
    void a_server_of_its_own_takes_a_listener_for_connections_that_begin_later(TlsVersion version) throws Exception {
        byte[] first = TestOcsp.of(TestPki.ca(), SERVER.leaf()).byName().der();
        SecureContext context = SecureContext.builder()
                .identity(SERVER)
                .ca(TestPki.ca().chain())
                .minVersion(version)
                .maxVersion(version)
                .build();
        try (TlsServer server = Tls.createServer(
                        ServerOptions.builder(context)
                                .onOcspRequest((certificate, issuer) -> Optional.of(first))
                                .build(),
                        socket -> socket.getInputStream().read())
                .listen("127.0.0.1", 0)) {
            assertThat(ocspResponse(server)).hasValue(first);
            var has = new AtomicReference<>(Optional.of(RESPONSE));
            server.onOcspRequest((certificate, issuer) -> has.get());
            assertThat(ocspResponse(server)).hasValue(RESPONSE);
            // A listener without a response passes on to the next; that of the options is the last.
            has.set(Optional.empty());
            assertThat(ocspResponse(server)).hasValue(first);
            var failures = new AtomicInteger();
            server.onTlsClientError((failure, socket) -> failures.incrementAndGet());
            server.onOcspRequest((certificate, issuer) -> {
                throw new IllegalStateException("no responder");
            });
            assertThat(TlsPair.Running.of(() -> ocspResponse(server)).problem()).isPresent();
            await().untilAsserted(() -> assertThat(server.connections()).isZero());
            assertThat(failures).hasValue(1);
        }
    }

    private static Optional<byte[]> ocspResponse(TlsServer server) throws IOException {
        try (TlsSocket client = Tls.connect(ConnectOptions.builder()
                .port(server.port())
                .ca(TestPki.ca().chain())
                .requestOCSP(true)
                .build())) {
            return client.ocspResponse();
        }
    }
}
