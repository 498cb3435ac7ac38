package io.heddle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.Identity;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.OcspVerdict.Status;
import io.heddle.certificate.TestOcsp;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Verification of stapled OCSP responses: by the requesting client, and by the server before it sends one. */
class OcspVerdictFlowTest {
    private static final byte[] RUBBISH = "hello world".getBytes(US_ASCII);
    private static final Identity SERVER = TestPki.server("localhost");
    private static final byte[] RESPONSE = TestOcsp.good(TestPki.ca(), SERVER.leaf());

    private final List<Optional<byte[]>> responses = new ArrayList<>();

    private static TlsPair answering(TlsPair pair, Optional<byte[]> response) {
        return pair.serverIdentity(SERVER).server(server -> server.onOcspRequest((certificate, issuer) -> response));
    }

    private TlsPair asking(TlsPair pair) {
        return pair.client(client -> client.onOcspResponse((response, chain, verdict) -> responses.add(response)));
    }

    private static Optional<byte[]> ocspResponse(TlsServer server) throws IOException {
        return ocspResponse(server.port());
    }

    private static Optional<byte[]> ocspResponse(int port) throws IOException {
        try (TlsSocket client = Tls.connect(ConnectOptions.builder()
                .port(port)
                .ca(TestPki.ca().chain())
                .requestOCSP(true)
                .build())) {
            return client.ocspResponse();
        }
    }

    // The verdict

    /** A server that staples its response without verifying it. */
    private static TlsPair stapling(TlsVersion version, Optional<byte[]> response) {
        return answering(TlsPair.of(version), response).server(server -> server.verifyOCSP(false));
    }

    @EachVersion
    void a_good_response_is_reported_with_its_times(TlsVersion version) throws IOException {
        List<OcspVerdict> verdicts = new ArrayList<>();
        try (var pair = answering(TlsPair.of(version), Optional.of(RESPONSE))
                .client(client -> client.onOcspResponse((response, chain, verdict) -> verdicts.add(verdict)))) {
            TlsSocket client = pair.handshake().client();
            assertThat(client.authorized()).isTrue();
            OcspVerdict verdict = client.ocspVerdict().orElseThrow();
            assertThat(verdict.status()).isEqualTo(Status.GOOD);
            assertThat(verdict.nextUpdate()).contains(TestPki.NOW.plus(Duration.ofDays(7)));
            assertThat(verdicts).containsExactly(verdict);
            TlsPair.Connected again = pair.handshake();
            assertThat(again.resumed()).isTrue();
            assertThat(again.client().authorized()).isTrue();
            assertThat(again.client().ocspVerdict()).isEmpty();
            assertThat(again.server().ocspVerdict()).isEmpty();
        }
    }

    @EachVersion
    void there_is_no_verdict_without_a_request_and_missing_without_a_response(TlsVersion version) throws IOException {
        try (var pair = answering(TlsPair.of(version), Optional.empty())) {
            assertThat(pair.connect().client().ocspVerdict()).isEmpty();
            TlsSocket asking =
                    pair.client(client -> client.requestOCSP(true)).connect().client();
            assertThat(asking.ocspVerdict().orElseThrow().status()).isEqualTo(Status.MISSING);
            assertThat(asking.authorized()).isTrue();
        }
    }

    static Stream<Arguments> bad() {
        Identity other = TestPki.root("Another CA", TestPki.Key.P256, 14);
        TestOcsp ofOther =
                TestOcsp.of(TestPki.ca(), SERVER.leaf()).signedBy(other).with(other.leaf());
        return Stream.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)
                .flatMap(version -> Stream.of(
                        Arguments.of(version, Code.CERT_REVOKED, TestOcsp.revoked(TestPki.ca(), SERVER.leaf())),
                        Arguments.of(
                                version,
                                Code.OCSP_CERT_UNKNOWN,
                                TestOcsp.of(TestPki.ca(), SERVER.leaf())
                                        .unknown()
                                        .der()),
                        Arguments.of(version, Code.OCSP_RESP_INVALID, RUBBISH),
                        Arguments.of(version, Code.OCSP_RESP_INVALID, TestOcsp.error(3)),
                        Arguments.of(
                                version,
                                Code.OCSP_VERIFY_FAILED,
                                TestOcsp.good(
                                        TestPki.ca(),
                                        TestPki.server("localhost").leaf())),
                        Arguments.of(version, Code.OCSP_VERIFY_FAILED, ofOther.der()),
                        Arguments.of(version, Code.OCSP_HAS_EXPIRED, TestOcsp.outdated(TestPki.ca(), SERVER.leaf()))));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void a_bad_response_refuses_the_server(TlsVersion version, Code code, byte[] response) throws IOException {
        try (var pair = asking(stapling(version, Optional.of(response)))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.clientFailure().code()).isEqualTo(code);
            assertThat(outcome.serverFailure().code())
                    .isEqualTo(
                            code == Code.CERT_REVOKED
                                    ? Code.ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED
                                    : Code.ERR_SSL_TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE);
            // As in Node, the listener has received it.
            assertThat(responses)
                    .singleElement()
                    .satisfies(value -> assertThat(value).hasValue(response));
        }
    }

    @ParameterizedTest
    @MethodSource("bad")
    void a_client_that_rejects_no_server_receives_the_reason(TlsVersion version, Code code, byte[] response)
            throws IOException {
        try (var pair =
                asking(stapling(version, Optional.of(response))).client(client -> client.rejectUnauthorized(false))) {
            TlsSocket client = pair.handshake().client();
            assertThat(client.authorized()).isFalse();
            assertThat(client.authorizationError()).contains(code);
            assertThat(client.ocspVerdict().orElseThrow().code()).contains(code);
            assertThat(client.ocspResponse()).hasValue(response);
            // The chain in the session is valid by itself; a resumption would lose the status in the response.
            TlsPair.Connected again = pair.handshake();
            assertThat(again.resumed()).isFalse();
            assertThat(again.client().authorizationError()).contains(code);
        }
    }

    @EachVersion
    void an_issuer_that_is_not_trusted_makes_nothing_good(TlsVersion version) throws IOException {
        Identity root = TestPki.root("Own root", TestPki.Key.P256, 16);
        Identity server =
                TestPki.certificate("CN=localhost").server("localhost").issuedBy(root);
        var shown = new Identity(server.key(), List.of(server.leaf(), root.leaf()));
        try (var pair = asking(stapling(version, Optional.of(TestOcsp.good(root, server.leaf()))))
                .serverIdentity(shown)
                .client(client -> client.rejectUnauthorized(false))) {
            TlsSocket client = pair.connect().client();
            assertThat(client.authorizationError()).contains(Code.SELF_SIGNED_CERT_IN_CHAIN);
            assertThat(client.ocspVerdict().orElseThrow().status()).isEqualTo(Status.INVALID);
        }
    }

    @EachVersion
    void a_self_signed_server_that_is_trusted_vouches_for_itself(TlsVersion version) throws IOException {
        Identity server = TestPki.selfSigned("localhost");
        try (var pair = asking(answering(TlsPair.of(version), Optional.of(TestOcsp.good(server, server.leaf()))))
                .serverIdentity(server)
                .trustedByServer(server.leaf())
                .trustedByClient(server.leaf())) {
            assertThat(pair.connect().client().ocspVerdict().orElseThrow().status())
                    .isEqualTo(Status.GOOD);
        }
    }

    @EachVersion
    void the_issuer_is_the_one_of_the_verified_chain(TlsVersion version) throws IOException {
        Identity below = TestPki.serverWithIntermediate("localhost");
        Identity intermediate = TestPki.intermediate("Heddle Test Intermediate");
        try (var pair = asking(stapling(version, Optional.of(TestOcsp.good(intermediate, below.leaf()))))
                .serverIdentity(below)) {
            assertThat(pair.connect().client().authorized()).isTrue();
            answering(pair, Optional.of(TestOcsp.good(TestPki.ca(), below.leaf())))
                    .serverIdentity(below);
            assertThat(pair.attempt().clientFailure().code()).isEqualTo(Code.OCSP_VERIFY_FAILED);
        }
    }

    // A response that the application demands

    @EachVersion
    void a_client_may_require_a_response(TlsVersion version) throws IOException {
        try (var pair = answering(TlsPair.of(version), Optional.empty()).client(client -> client.requireOCSP(true))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith(
                            "ocsp: requireOCSP is set, the server sent no OCSP response with its certificate")
                    .returns(Code.OCSP_VERIFY_NEEDED, TlsFailure::code);
            assertThat(outcome.serverFailure().code()).isEqualTo(Code.ERR_SSL_TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE);
            answering(pair, Optional.of(RESPONSE));
            assertThat(pair.connect().client().authorized()).isTrue();
        }
    }

    @EachVersion
    void a_required_response_excludes_sessions(TlsVersion version) throws IOException {
        try (var pair = answering(TlsPair.of(version), Optional.of(RESPONSE))) {
            byte[] session = pair.handshake()
                    .client()
                    .getSessionData()
                    .orElse(pair.session().toDer());
            pair.forgetSession().client(client -> client.requireOCSP(true));
            String message = "requireOCSP: a session was given as well, which would resume without an OCSP response";
            assertThatThrownBy(() -> ConnectOptions.builder()
                            .requireOCSP(true)
                            .session(session)
                            .build())
                    .hasMessage(message);
            pair.clientSocket(socket -> socket.setSession(session));
            assertThat(pair.attempt().clientFailure()).hasMessageStartingWith(message);
        }
    }

    @Test
    void options_that_ask_and_do_not_ask_are_refused() {
        assertThatThrownBy(() -> ConnectOptions.builder()
                        .requireOCSP(true)
                        .requestOCSP(false)
                        .build())
                .hasMessage("requestOCSP: false was given, but requireOCSP asks for the response");
        assertThatThrownBy(() -> ConnectOptions.builder()
                        .onOcspResponse((response, chain, verdict) -> {})
                        .requestOCSP(false)
                        .build())
                .hasMessage("requestOCSP: false was given, but onOcspResponse asks for the response");
        assertThat(ConnectOptions.builder().requireOCSP(true).build().requestOCSP())
                .isTrue();
        assertThat(ConnectOptions.builder().requireOCSP(true).build().toBuilder()
                        .build()
                        .requireOCSP())
                .isTrue();
    }

    // Responses that a server does not staple

    private static final class Problems {
        final List<OcspVerdict> verdicts = new CopyOnWriteArrayList<>();
        final List<X509Certificate> certificates = new CopyOnWriteArrayList<>();

        void add(X509Certificate certificate, OcspVerdict verdict) {
            certificates.add(certificate);
            verdicts.add(verdict);
        }
    }

    private static TlsServer listening(ServerOptions.Builder options) throws IOException {
        return Tls.createServer(
                        options.build(), socket -> socket.getInputStream().read())
                .listen("127.0.0.1", 0);
    }

    private static SecureContext context(TlsVersion version, Identity server) {
        return SecureContext.builder()
                .identity(server)
                .ca(TestPki.ca().chain())
                .minVersion(version)
                .maxVersion(version)
                .build();
    }

    @ParameterizedTest
    @MethodSource("bad")
    void a_server_staples_no_bad_response_but_an_honest_revoked(TlsVersion version, Code code, byte[] response)
            throws IOException {
        var problems = new Problems();
        try (TlsServer server = listening(ServerOptions.builder(context(version, SERVER)))) {
            server.onOcspRequest((certificate, issuer) -> Optional.of(response)).onOcspProblem(problems::add);
            if (code == Code.CERT_REVOKED) {
                assertThatThrownBy(() -> ocspResponse(server))
                        .isInstanceOfSatisfying(
                                TlsFailure.class,
                                failure -> assertThat(failure.code()).isEqualTo(Code.CERT_REVOKED));
                assertThat(server.statistics().staples()).isEqualTo(new ServerStatistics.Staples(1, 0));
            } else {
                assertThat(ocspResponse(server)).isEmpty();
                assertThat(server.statistics().staples()).isEqualTo(new ServerStatistics.Staples(0, 1));
            }
            assertThat(problems.certificates).containsExactly(SERVER.leaf());
            assertThat(problems.verdicts)
                    .singleElement()
                    .satisfies(verdict -> assertThat(verdict.code()).contains(code));
        }
    }

    @EachVersion
    void a_response_that_grows_old_is_no_longer_stapled(TlsVersion version) throws IOException {
        try (var pair = answering(asking(TlsPair.of(version)), Optional.of(RESPONSE))) {
            assertThat(pair.connect().client().ocspResponse()).isPresent();
            pair.clock().advance(Duration.ofDays(8));
            assertThat(pair.connect().client().ocspResponse()).isEmpty();
            pair.clock().advance(Duration.ofDays(-8));
            assertThat(pair.connect().client().ocspResponse()).isPresent();
        }
    }

    @EachVersion
    void without_the_issuer_a_response_is_not_stapled(TlsVersion version) throws IOException {
        var problems = new Problems();
        SecureContext alone = SecureContext.builder()
                .identity(SERVER)
                .minVersion(version)
                .maxVersion(version)
                .build();
        try (TlsServer server = listening(ServerOptions.builder(alone))) {
            server.onOcspRequest((certificate, issuer) -> Optional.of(RESPONSE)).onOcspProblem(problems::add);
            assertThat(ocspResponse(server)).isEmpty();
            assertThat(problems.verdicts.getFirst().problem().orElseThrow().sentence())
                    .isEqualTo("the issuer of \"CN=localhost\" is neither in its chain nor in ca,"
                            + " so that no OCSP response can be verified");
        }
    }

    @EachVersion
    void what_a_listener_of_problems_throws_goes_to_the_error_listener(TlsVersion version) throws IOException {
        var errors = new CopyOnWriteArrayList<Throwable>();
        try (TlsServer server = listening(ServerOptions.builder(context(version, SERVER)))) {
            server.onOcspRequest((certificate, issuer) -> Optional.of(RUBBISH))
                    .onOcspProblem((certificate, verdict) -> {
                        throw new IllegalStateException("no pager");
                    })
                    .onError(errors::add);
            assertThat(ocspResponse(server)).isEmpty();
            assertThat(errors)
                    .singleElement()
                    .satisfies(value -> assertThat(value).hasMessage("no pager"));
        }
    }

    @EachVersion
    void a_server_of_jsse_verifies_as_well(TlsVersion version) throws Exception {
        for (boolean good : new boolean[] {true, false}) {
            byte[] response = good ? RESPONSE : RUBBISH;
            ServerOptions options = ServerOptions.builder(context(version, SERVER))
                    .onOcspRequest((certificate, issuer) -> Optional.of(response))
                    .build();
            try (var listening = (SSLServerSocket) SslContexts.of(options)
                    .getServerSocketFactory()
                    .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                TlsPair.Running accepting = TlsPair.Running.of(() -> {
                    try (Socket accepted = listening.accept()) {
                        accepted.getInputStream().read();
                    }
                });
                assertThat(ocspResponse(listening.getLocalPort()).isPresent()).isEqualTo(good);
                assertThat(accepting.problem()).isEmpty();
            }
        }
    }
}
