package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heddle.TlsPair.Running;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestOcsp;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The other features of a connection during and after a renegotiation. */
class RenegotiationFeaturesFlowTest {
    private static final String LABEL = "EXPERIMENTAL-again";

    private static TlsPair pair() {
        return TlsPair.of(TlsVersion.TLS_1_2);
    }

    /** Begins at one end while the other reads, and asserts that both continue. */
    private static void renegotiate(TlsPair.Connected both, boolean client) throws IOException {
        TlsSocket from = client ? both.client() : both.server();
        TlsSocket other = client ? both.server() : both.client();
        Running reading =
                Running.of(() -> assertThat(other.getInputStream().read()).isEqualTo('x'));
        from.renegotiate();
        from.getOutputStream().write('x');
        assertThat(reading.problem()).isEmpty();
        both.exchange("after");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_key_log_gets_a_line_of_its_own(boolean client) throws IOException {
        List<String> ofClient = new ArrayList<>();
        List<String> ofServer = new ArrayList<>();
        try (var pair = pair().client(options -> options.onKeylog(ofClient::add))
                .server(options -> options.onKeylog((line, socket) -> ofServer.add(line)))) {
            TlsPair.Connected both = pair.connect();
            renegotiate(both, client);
            assertThat(ofClient)
                    .isEqualTo(ofServer)
                    .hasSize(2)
                    .doesNotHaveDuplicates()
                    .allMatch(line -> line.matches("CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void exported_keys_and_finished_messages_are_those_of_the_new_one(boolean client) throws IOException {
        try (var pair = pair()) {
            TlsPair.Connected both = pair.connect();
            byte[] exported = both.client().exportKeyingMaterial(32, LABEL);
            byte[] finished = both.client().getFinished().orElseThrow();
            byte[] peerFinished = both.client().getPeerFinished().orElseThrow();
            renegotiate(both, client);
            assertThat(both.client().exportKeyingMaterial(32, LABEL))
                    .isEqualTo(both.server().exportKeyingMaterial(32, LABEL))
                    .isNotEqualTo(exported);
            // In a full handshake the client's Finished is the first, tls-unique of RFC 5929 3.
            assertThat(both.client().getFinished().orElseThrow())
                    .hasSize(12)
                    .isEqualTo(both.server().getPeerFinished().orElseThrow())
                    .isNotEqualTo(finished);
            assertThat(both.client().getPeerFinished().orElseThrow())
                    .hasSize(12)
                    .isEqualTo(both.server().getFinished().orElseThrow())
                    .isNotEqualTo(peerFinished);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_client_requests_an_ocsp_response_again_and_has_the_last_one(boolean client) throws IOException {
        var calls = new AtomicInteger();
        List<Optional<byte[]>> responses = new ArrayList<>();
        Identity server = TestPki.server("localhost");
        List<byte[]> answers = List.of(
                TestOcsp.good(TestPki.ca(), server.leaf()),
                TestOcsp.of(TestPki.ca(), server.leaf()).byName().der());
        try (var pair = pair().serverIdentity(server)
                .client(options -> options.onOcspResponse((response, chain, verdict) -> responses.add(response)))
                .server(options -> options.onOcspRequest((certificate, issuer) -> {
                    int times = calls.incrementAndGet();
                    return times == 3 ? Optional.empty() : Optional.of(answers.get(times - 1));
                }))) {
            TlsPair.Connected both = pair.connect();
            assertThat(both.client().ocspResponse()).hasValue(answers.get(0));
            renegotiate(both, client);
            assertThat(both.client().ocspResponse()).hasValue(answers.get(1));
            renegotiate(both, client);
            assertThat(both.client().ocspResponse()).isEmpty();
            assertThat(responses).hasSize(3).last().isEqualTo(Optional.empty());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_client_receives_the_new_session_which_resumes(boolean client) throws IOException {
        List<byte[]> sessions = new ArrayList<>();
        try (var pair = pair().client(options -> options.onSession(sessions::add))) {
            TlsPair.Connected both = pair.connect();
            renegotiate(both, client);
            assertThat(sessions).hasSize(2);
            assertThat(sessions.get(1))
                    .isNotEqualTo(sessions.get(0))
                    .isEqualTo(both.client().getSessionData().orElseThrow());
            for (byte[] bytes : sessions) {
                assertThat(pair.session(bytes).handshake().resumption()).contains("ticket");
            }
        }
    }

    @Test
    void a_session_listener_may_use_the_connection() throws IOException {
        var handshakes = new AtomicInteger();
        try (var pair = pair().clientSocket(socket -> socket.onSession(session -> {
            if (handshakes.incrementAndGet() == 2) {
                try {
                    socket.getOutputStream().write('s');
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        }))) {
            TlsPair.Connected both = pair.connect();
            Running reading = Running.of(
                    () -> assertThat(both.server().getInputStream().read()).isEqualTo('s'));
            both.client().renegotiate();
            assertThat(reading.problem()).isEmpty();
            assertThat(handshakes).hasValue(2);
        }
    }

    // Application protocol

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_protocol_stays_and_the_callback_is_not_called_again(boolean client) throws IOException {
        var calls = new AtomicInteger();
        try (var pair = pair().client(options -> options.alpnProtocols("a", "b"))
                .server(options -> options.alpnCallback(offer ->
                        Optional.of(AlpnCallback.Choice.of(offer.protocols().get(calls.getAndIncrement() % 2)))))) {
            TlsPair.Connected both = pair.connect();
            assertThat(both.server().alpnProtocol()).contains("a");
            renegotiate(both, client);
            assertThat(both.client().alpnProtocol()).contains("a");
            assertThat(both.server().alpnProtocol()).contains("a");
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void the_certificate_of_the_protocol_stays_too() throws IOException {
        Identity other = TestPki.server("localhost", "other.test");
        SecureContext others = Tls.createSecureContext(context -> context.identity(other));
        try (var pair = pair().client(options -> options.alpnProtocols("a"))
                .server(options -> options.alpnCallback(offer -> Optional.of(new AlpnCallback.Choice("a", others))))) {
            TlsPair.Connected both = pair.connect();
            renegotiate(both, true);
            assertThat(both.client().peerCertificates()).first().isEqualTo(other.leaf());
        }
    }

    @Test
    void a_jsse_selector_is_not_called_again() throws IOException {
        var calls = new AtomicInteger();
        try (var pair = pair().client(options -> options.alpnProtocols("a", "b"))
                .serverSocket(socket -> socket.setHandshakeApplicationProtocolSelector(
                        (it, offered) -> offered.get(calls.getAndIncrement() % 2)))) {
            TlsPair.Connected both = pair.connect();
            renegotiate(both, true);
            assertThat(both.server().alpnProtocol()).contains("a");
            assertThat(both.server().getApplicationProtocol()).isEqualTo("a");
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void no_protocol_stays_no_protocol() throws IOException {
        var calls = new AtomicInteger();
        try (var pair = pair().client(options -> options.alpnProtocols("a"))
                .serverSocket(socket -> socket.setHandshakeApplicationProtocolSelector(
                        (it, offered) -> calls.getAndIncrement() == 0 ? "" : "a"))) {
            TlsPair.Connected both = pair.connect();
            assertThat(both.client().alpnProtocol()).isEmpty();
            renegotiate(both, true);
            assertThat(both.client().alpnProtocol()).isEmpty();
            assertThat(both.server().alpnProtocol()).isEmpty();
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void a_server_that_changes_the_protocol_is_refused() throws Exception {
        var calls = new AtomicInteger();
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                SSLSocket server = Stack.SUN_JSSE.server(tcp.server())) {
            server.setUseClientMode(false);
            server.setHandshakeApplicationProtocolSelector((it, offered) -> offered.get(calls.getAndIncrement() % 2));
            Running reading = Running.of(() -> server.getInputStream().read());
            try (TlsSocket client = Tls.connect(Stack.options()
                    .transport(TlsTransport.of(tcp.client()))
                    .maxVersion(TlsVersion.TLS_1_2)
                    .alpnProtocols("a", "b")
                    .build())) {
                assertThat(client.alpnProtocol()).contains("a");
                assertThatThrownBy(client::renegotiate)
                        .hasMessageStartingWith(
                                "alpn: the server chose \"b\" in a renegotiation, the connection speaks \"a\"")
                        .isInstanceOfSatisfying(
                                TlsFailure.class, e -> assertThat(e.code()).isEqualTo(Code.ERR_SSL_ILLEGAL_PARAMETER));
            }
            assertThat(reading.problem()).isPresent();
        }
    }

    // Keys

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PSK13")
    void a_connection_by_pre_shared_key_has_none_and_goes_on(PskKind kind) throws IOException {
        try (var pair = kind.pair()) {
            TlsPair.Connected both = pair.connect();
            if (kind == PskKind.RSA_PSK) {
                renegotiate(both, true);
                renegotiate(both, false);
            } else {
                for (TlsSocket socket : List.of(both.client(), both.server())) {
                    assertThatThrownBy(socket::renegotiate)
                            .hasMessage("renegotiation: the server has no certificate here")
                            .isInstanceOfSatisfying(
                                    TlsFailure.class,
                                    e -> assertThat(e.code()).isEqualTo(Code.ERR_SSL_NO_RENEGOTIATION));
                }
            }
            both.exchange("after");
            assertThat(both.server().pskIdentity()).contains(PskKind.IDENTITY);
        }
    }

    // Client certificates

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_client_certificate_is_in_the_new_ticket_and_judged_again(boolean client) throws IOException {
        Identity identity = TestPki.client("client one");
        try (var pair = pair().clientIdentity(identity).server(options -> options.requestCert(true))) {
            pair.handshake();
            TlsPair.Connected both = pair.connect();
            assertThat(both.resumption()).contains("ticket");
            renegotiate(both, client);
            assertThat(both.server().authorized()).isTrue();
            assertThat(both.server().peerCertificates()).first().isEqualTo(identity.leaf());
            both.keepSession();
            TlsPair.Connected next = pair.connect();
            assertThat(next.resumption()).contains("ticket");
            assertThat(next.server().peerCertificates()).first().isEqualTo(identity.leaf());
        }
    }

    // Listeners

    @Test
    void the_trace_of_both_sides_shows_it() throws IOException {
        List<String> ofClient = new ArrayList<>();
        List<String> ofServer = new ArrayList<>();
        try (var pair = pair().clientSocket(socket -> socket.enableTrace(ofClient::add))
                .serverSocket(socket -> socket.enableTrace(ofServer::add))) {
            TlsPair.Connected both = pair.connect();
            renegotiate(both, true);
            for (List<String> listed : List.of(ofClient, ofServer)) {
                assertThat(listed.stream().filter(line -> line.contains("ClientHello")))
                        .hasSize(2);
                assertThat(listed.stream().filter(line -> line.contains("Finished")))
                        .hasSize(4);
            }
        }
    }

    // The end

    /** The server has begun, and its peer neither answers nor reads; a writer waits or is stuck. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_end_does_not_wait_for_it(boolean abort) throws Exception {
        try (SocketPair both = SocketPair.connected(TlsVersion.TLS_1_2)) {
            TlsSocket server = both.heddleServer();
            Running writing = Running.of(() -> {
                while (true) {
                    server.getOutputStream().write(new byte[1 << 16]);
                }
            });
            await().until(() -> server.bytesWritten() > 100_000);
            Running asking = Running.of(server::renegotiate);
            // Until it fails: the first ones may find room in the socket's buffer.
            Running second = Running.of(() -> {
                while (true) {
                    server.getOutputStream().write(1);
                }
            });
            await().pollDelay(Duration.ofMillis(200)).until(() -> true);
            long began = System.nanoTime();
            if (abort) {
                server.abort();
            } else {
                server.close();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(abort ? Duration.ofMillis(500) : Duration.ofMillis(2500));
            for (Running running : List.of(writing, asking, second)) {
                assertThat(running.problem()).isPresent();
            }
        }
    }

    /** The client has sent its ClientHello and waits forever, as does its writer. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closing_does_not_wait_for_a_blocked_thread(boolean abort) throws Exception {
        try (SocketPair both = SocketPair.connected(TlsVersion.TLS_1_2)) {
            TlsSocket client = both.heddleClient();
            Running asking = Running.of(client::renegotiate);
            Running writing = Running.of(() -> {
                await().pollDelay(Duration.ofMillis(100)).until(() -> true);
                client.getOutputStream().write(new byte[100]);
            });
            await().pollDelay(Duration.ofMillis(300)).until(() -> true);
            assertThat(client.bytesWritten()).isZero();
            long began = System.nanoTime();
            if (abort) {
                client.abort();
            } else {
                client.close();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(abort ? Duration.ofMillis(500) : Duration.ofMillis(2500));
            assertThat(asking.problem()).isPresent();
            assertThat(writing.problem()).isPresent();
        }
    }
}
