package io.heddle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heddle.TlsPair.Running;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Renegotiations of a secure connection. */
class RenegotiationFlowTest {
    private static final RenegotiateOptions CERTIFICATE =
            RenegotiateOptions.builder().requestCert(true).build();

    private static TlsPair pair() {
        return TlsPair.of(TlsVersion.TLS_1_2);
    }

    /** Begins at one end while the other reads, and asserts that both continue as expected. */
    private static void renegotiate(TlsSocket from, TlsSocket other) throws IOException {
        Running reading =
                Running.of(() -> assertThat(other.getInputStream().read()).isEqualTo('x'));
        from.renegotiate();
        from.getOutputStream().write('x');
        assertThat(reading.problem()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_0", "TLS_1_1", "TLS_1_2"})
    void a_client_begins(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            SSLSession before = both.client().getSession();
            renegotiate(both.client(), both.server());
            both.exchange("after");
            assertThat(both.resumed()).isFalse();
            assertThat(both.client().getSession().getId()).isNotEqualTo(before.getId());
            assertThat(both.client().authorized()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_0", "TLS_1_1", "TLS_1_2"})
    void a_server_begins(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            renegotiate(both.server(), both.client());
            renegotiate(both.server(), both.client());
            both.exchange("after");
        }
    }

    /** bctls continues with the parameters of the old handshake, which fails if that resumed a session. */
    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void a_resumed_connection_can_be_negotiated_anew(boolean tickets, boolean client) throws IOException {
        var store = CaffeineSessionStore.builder().build();
        try (var pair = pair().server(server -> server.tickets(tickets).sessionStore(store))) {
            pair.handshake();
            TlsPair.Connected both = pair.connect();
            assertThat(both.resumption()).contains(tickets ? "ticket" : "id");
            for (int i = 0; i < 2; i++) {
                if (client) {
                    renegotiate(both.client(), both.server());
                } else {
                    renegotiate(both.server(), both.client());
                }
            }
            both.exchange("after");
            assertThat(both.resumption()).isEmpty();
            both.keepSession();
            assertThat(pair.handshake().resumption()).contains(tickets ? "ticket" : "id");
        }
    }

    @Test
    void suites_and_protocols_stay_as_they_were_agreed_on() throws IOException {
        try (var pair =
                pair().server(server -> server.alpnProtocols("b", "a")).client(c -> c.alpnProtocols("a", "b"))) {
            TlsPair.Connected both = pair.connect();
            renegotiate(both.client(), both.server());
            assertThat(both.client().alpnProtocol()).contains("b");
            assertThat(both.server().alpnProtocol()).contains("b");
            assertThat(both.server().servername()).contains("localhost");
            assertThat(both.client().getCipher()).isEqualTo(both.server().getCipher());
        }
    }

    @Test
    void handshake_listeners_are_notified_each_time() throws Exception {
        try (var pair = pair()) {
            TlsPair.Connected both = pair.connect();
            var completed = new CountDownLatch(2);
            both.server().addHandshakeCompletedListener(event -> completed.countDown());
            both.client().addHandshakeCompletedListener(event -> completed.countDown());
            renegotiate(both.client(), both.server());
            assertThat(completed.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    // Client certificates

    @Test
    void a_server_requests_a_certificate_later() throws IOException {
        Identity client = TestPki.client("client one");
        try (var pair = pair().clientIdentity(client)) {
            TlsPair.Connected both = pair.connect();
            assertThat(both.server().authorized()).isFalse();
            Running reading = Running.of(() -> both.client().getInputStream().read());
            both.server().renegotiate(CERTIFICATE);
            assertThat(both.server().authorized()).isTrue();
            assertThat(both.server().peerCertificates().getFirst()).isEqualTo(client.leaf());
            both.server().getOutputStream().write(1);
            assertThat(reading.problem()).isEmpty();
            both.keepSession();
            // A server that requires certificates resumes the session, because this client has presented its own.
            pair.server(server -> server.requestCert(true));
            TlsPair.Connected next = pair.handshake();
            assertThat(next.resumption()).contains("ticket");
            assertThat(next.server().authorized()).isTrue();
        }
    }

    @Test
    void a_client_without_a_certificate_is_refused_later() throws IOException {
        try (var pair = pair()) {
            TlsPair.Connected both = pair.connect();
            Running reading = Running.of(() -> both.client().getInputStream().read());
            assertThatThrownBy(() -> both.server().renegotiate(CERTIFICATE))
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            e -> assertThat(e.code()).isEqualTo(Code.ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE));
            assertThat(TlsPair.tlsFailure("client", reading.problem()).code())
                    .isEqualTo(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE);
            assertThatThrownBy(() -> both.server().getOutputStream().write(1)).isInstanceOf(TlsFailure.class);
        }
    }

    @Test
    void an_unknown_client_is_tolerated_where_configured() throws IOException {
        try (var pair = pair().clientIdentity(TestPki.client("client one")).trustedByServer()) {
            TlsPair.Connected both = pair.connect();
            Running reading = Running.of(() -> both.client().getInputStream().read());
            both.server()
                    .renegotiate(RenegotiateOptions.builder()
                            .requestCert(true)
                            .rejectUnauthorized(false)
                            .build());
            assertThat(both.server().authorized()).isFalse();
            assertThat(both.server().authorizationError()).isPresent();
            both.server().getOutputStream().write(1);
            assertThat(reading.problem()).isEmpty();
            both.exchange("after");
        }
    }

    @Test
    void an_unknown_client_is_refused_though_the_server_tolerated_it_at_first() throws IOException {
        try (var pair = pair().clientIdentity(TestPki.client("client one"))
                .trustedByServer()
                .server(server -> server.requestCert(true).rejectUnauthorized(false))) {
            TlsPair.Connected both = pair.connect();
            Code tolerated = both.server().authorizationError().orElseThrow();
            Running reading = Running.of(() -> both.client().getInputStream().read());
            assertThatThrownBy(() -> both.server().renegotiate(CERTIFICATE))
                    .isInstanceOfSatisfying(
                            TlsFailure.class, e -> assertThat(e.code()).isEqualTo(tolerated));
            assertThat(reading.problem()).isPresent();
        }
    }

    @Test
    void a_client_requests_no_certificate() throws IOException {
        try (var pair = pair()) {
            TlsPair.Connected both = pair.connect();
            assertThatThrownBy(() -> both.client().renegotiate(CERTIFICATE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("renegotiate: a client cannot ask for a certificate, only a server can");
            both.exchange("after");
        }
    }

    // Limits

    @Test
    void a_client_begins_three_times_in_a_row_at_most() throws IOException {
        try (var pair = pair()) {
            TlsPair.Connected both = pair.connect();
            for (int i = 0; i < 3; i++) {
                renegotiate(both.client(), both.server());
            }
            Running reading = Running.of(() -> both.server().getInputStream().read());
            assertThatThrownBy(both.client()::renegotiate)
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            e -> assertThat(e.code()).isEqualTo(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE));
            assertThat(TlsPair.tlsFailure("server", reading.problem()))
                    .hasMessageStartingWith(
                            "renegotiation: the peer began 4, each within 600 s of the one before, 3 are allowed")
                    .returns(Code.ERR_TLS_SESSION_ATTACK, TlsFailure::code);
        }
    }

    @Test
    void counting_restarts_after_the_window_and_excludes_the_servers_own_requests() throws IOException {
        try (var pair =
                pair().server(server -> server.renegotiationLimit(1).renegotiationWindow(Duration.ofSeconds(10)))) {
            TlsPair.Connected both = pair.connect();
            renegotiate(both.client(), both.server());
            pair.clock().advance(Duration.ofSeconds(10));
            renegotiate(both.client(), both.server());
            renegotiate(both.server(), both.client());
            renegotiate(both.server(), both.client());
            pair.clock().advance(Duration.ofMillis(9_999));
            Running reading = Running.of(() -> both.server().getInputStream().read());
            assertThatThrownBy(both.client()::renegotiate).isInstanceOf(TlsFailure.class);
            assertThat(TlsPair.tlsFailure("server", reading.problem()).code()).isEqualTo(Code.ERR_TLS_SESSION_ATTACK);
        }
    }

    @Test
    void a_socket_can_be_closed_to_renegotiation() throws IOException {
        try (var pair = pair()) {
            TlsPair.Connected both = pair.connect();
            both.server().disableRenegotiation();
            renegotiate(both.server(), both.client());
            Running reading = Running.of(() -> both.server().getInputStream().read());
            assertThatThrownBy(both.client()::renegotiate).isInstanceOf(TlsFailure.class);
            assertThat(TlsPair.tlsFailure("server", reading.problem()))
                    .hasMessageStartingWith("renegotiation: the peer began one, it is disabled for this socket")
                    .returns(Code.ERR_TLS_RENEGOTIATION_DISABLED, TlsFailure::code);
        }
    }

    @Test
    void a_server_without_renegotiation_refuses() throws IOException {
        try (var pair = pair().serverContext(context -> context.secureOptions(SecureOption.NO_RENEGOTIATION))) {
            TlsPair.Connected both = pair.connect();
            Running reading = Running.of(() -> both.server().getInputStream().read());
            assertThatThrownBy(both.client()::renegotiate)
                    .isInstanceOfSatisfying(
                            TlsFailure.class, e -> assertThat(e.code()).isEqualTo(Code.ERR_SSL_NO_RENEGOTIATION));
            assertThat(TlsPair.tlsFailure("server", reading.problem()).code())
                    .isEqualTo(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE);
        }
    }

    @Test
    void a_client_without_renegotiation_refuses_and_the_connection_continues() throws IOException {
        try (var pair = pair().clientContext(context -> context.secureOptions(SecureOption.NO_RENEGOTIATION))) {
            TlsPair.Connected both = pair.connect();
            Running reading = Running.of(
                    () -> assertThat(both.client().getInputStream().read()).isEqualTo('x'));
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(both.server()::renegotiate)
                        .hasMessage("renegotiation: the client refused it")
                        .isInstanceOfSatisfying(
                                TlsFailure.class, e -> assertThat(e.code()).isEqualTo(Code.ERR_SSL_NO_RENEGOTIATION));
            }
            both.server().getOutputStream().write('x');
            assertThat(reading.problem()).isEmpty();
            assertThatThrownBy(both.client()::renegotiate)
                    .hasMessage("renegotiation: the context has the option NO_RENEGOTIATION");
            both.exchange("after");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tls_1_3_has_none_and_goes_on(boolean client) throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            TlsPair.Connected both = pair.connect();
            assertThatThrownBy((client ? both.client() : both.server())::renegotiate)
                    .hasMessage("renegotiation: TLS 1.3 has none, it was negotiated")
                    .isInstanceOfSatisfying(
                            TlsFailure.class, e -> assertThat(e.code()).isEqualTo(Code.ERR_SSL_WRONG_SSL_VERSION));
            both.exchange("after");
        }
    }

    // Application data meanwhile

    @Test
    void what_came_before_is_kept_for_the_reader() throws IOException {
        byte[] data = new byte[100_000];
        new Random(1).nextBytes(data);
        try (var pair = pair()) {
            TlsPair.Connected both = pair.connect();
            both.client().getOutputStream().write(data);
            Running answering = Running.of(() -> both.client().getInputStream().read());
            both.server().renegotiate();
            both.server().getOutputStream().write(1);
            assertThat(answering.problem()).isEmpty();
            assertThat(both.server().getInputStream().available()).isEqualTo(data.length);
            assertThat(both.server().getInputStream().readNBytes(data.length)).isEqualTo(data);
            both.exchange("after");
        }
    }

    @Test
    void the_renegotiation_waits_until_unread_data_is_read() throws IOException {
        byte[] data = new byte[1_000_000];
        new Random(2).nextBytes(data);
        try (var pair = pair()) {
            TlsPair.Connected both = pair.connect();
            Running sending = Running.of(() -> both.client().getOutputStream().write(data));
            Running asking = Running.of(both.server()::renegotiate);
            await().until(() -> both.server().getInputStream().available() >= 256 * 1024);
            Running answering = Running.of(() -> both.client().getInputStream().read());
            assertThat(both.server().getInputStream().readNBytes(data.length)).isEqualTo(data);
            assertThat(sending.problem()).isEmpty();
            assertThat(asking.problem()).isEmpty();
            both.server().getOutputStream().write(1);
            assertThat(answering.problem()).isEmpty();
        }
    }

    @Test
    void a_blocked_writer_reads_where_no_other_thread_does() throws IOException {
        try (var pair = pair()) {
            TlsPair.Connected both = pair.connect();
            // The HelloRequest precedes the byte, so a thread that has read the byte has begun to renegotiate.
            Running asking = Running.of(both.server()::renegotiate);
            await().until(() -> both.client().getInputStream() != null && peek(both));
            both.client().getOutputStream().write('c');
            assertThat(asking.problem()).isEmpty();
            assertThat(both.server().getInputStream().read()).isEqualTo('c');
            both.exchange("after");
        }
    }

    /** Runs a short read of the client, which processes the available records. */
    private static boolean peek(TlsPair.Connected both) throws IOException {
        both.client().setSoTimeout(50);
        try {
            both.client().getInputStream().read();
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return true;
        } finally {
            both.client().setSoTimeout(0);
        }
    }

    @Test
    void many_writes_and_negotiations_at_once_lose_nothing() throws IOException {
        try (var pair = pair().server(server -> server.renegotiationLimit(1000))) {
            TlsPair.Connected both = pair.connect();
            var ended = new AtomicBoolean();
            List<Running> running = List.of(
                    Running.of(() -> write(both.client(), ended)),
                    Running.of(() -> write(both.server(), ended)),
                    Running.of(() -> read(both.client())),
                    Running.of(() -> read(both.server())));
            for (int i = 0; i < 20; i++) {
                both.client().renegotiate();
                both.server().renegotiate();
            }
            ended.set(true);
            for (Running task : running) {
                assertThat(task.problem()).isEmpty();
            }
        }
    }

    /** Bytes with consecutive values, so that a missing or misplaced one is detected. */
    private static void write(TlsSocket to, AtomicBoolean ended) throws IOException {
        byte[] chunk = new byte[7_000];
        int next = 0;
        while (!ended.get()) {
            for (int i = 0; i < chunk.length; i++) {
                chunk[i] = (byte) (next++ % 251);
            }
            to.getOutputStream().write(chunk);
        }
        to.shutdownOutput();
    }

    private static void read(TlsSocket from) throws IOException {
        byte[] buffer = new byte[9_000];
        int next = 0;
        while (true) {
            int n = from.getInputStream().read(buffer);
            if (n < 0) {
                return;
            }
            for (byte value : Arrays.copyOf(buffer, n)) {
                assertThat(value).isEqualTo((byte) (next++ % 251));
            }
        }
    }

    // Threads that block others

    /** Polling holds the reader's lock for moments in which the renegotiating thread finds it held. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_thread_that_looks_for_bytes_does_not_hold_up_a_renegotiation(boolean client) throws Exception {
        var ended = new AtomicBoolean();
        Duration limit = Duration.ofSeconds(10);
        try (var pair = pair().server(server -> server.handshakeTimeout(limit).renegotiationLimit(1_000))
                .client(o -> o.timeout(limit))) {
            TlsPair.Connected both = pair.connect();
            TlsSocket tested = client ? both.client() : both.server();
            TlsSocket other = client ? both.server() : both.client();
            Running reading = Running.of(() -> other.getInputStream().read());
            Running looking = Running.spinning(() -> {
                while (!ended.get()) {
                    tested.getInputStream().available();
                }
            });
            try {
                for (int i = 0; i < 100; i++) {
                    tested.renegotiate();
                }
            } finally {
                ended.set(true);
            }
            assertThat(looking.problem()).isEmpty();
            tested.getOutputStream().write('x');
            assertThat(reading.problem()).isEmpty();
        }
    }

    /** A callback that blocks from its second call on, that of the renegotiation. */
    private static final class Blocking {
        private final AtomicInteger calls = new AtomicInteger();
        private final CountDownLatch blocks = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);
        private final boolean interruptible;

        Blocking(boolean interruptible) {
            this.interruptible = interruptible;
        }

        void call() {
            if (calls.incrementAndGet() < 2) {
                return;
            }
            blocks.countDown();
            while (true) {
                try {
                    end.await();
                    return;
                } catch (InterruptedException e) {
                    if (interruptible) {
                        throw new IllegalStateException("interrupted", e);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void a_callback_that_blocks_does_not_hold_up_the_deadline(boolean client, boolean interruptible) throws Exception {
        Duration limit = Duration.ofMillis(1_500);
        var blocking = new Blocking(interruptible);
        TlsPair options = client
                ? pair().client(o -> o.timeout(limit).checkServerIdentity((host, certificate) -> blocking.call()))
                : pair().client(o -> o.requestOCSP(true))
                        .server(o -> o.handshakeTimeout(limit).onOcspRequest((certificate, issuer) -> {
                            blocking.call();
                            return Optional.empty();
                        }));
        try (var pair = options) {
            TlsPair.Connected both = pair.connect();
            TlsSocket tested = client ? both.client() : both.server();
            TlsSocket other = client ? both.server() : both.client();
            Running reading = Running.of(() -> tested.getInputStream().read());
            Running asking = Running.of(other::renegotiate);
            assertThat(blocking.blocks.await(10, TimeUnit.SECONDS)).isTrue();
            Running writing = Running.of(() -> tested.getOutputStream().write(1));
            // The peer's transport ends, though the callback has not returned.
            assertThat(asking.problem()).isPresent();
            assertThat(writing.problem()).isPresent();
            if (!interruptible) {
                assertThat(reading.end()).isNotDone();
                blocking.end.countDown();
            }
            assertThat(TlsPair.tlsFailure("tested", reading.problem()))
                    .hasMessageStartingWith("renegotiation: not finished within 1500 ms")
                    .returns(Code.ERR_TLS_HANDSHAKE_TIMEOUT, TlsFailure::code);
        }
    }

    // Peers that do not participate

    @Test
    void a_client_that_ignores_a_hello_request_keeps_its_connection() throws IOException {
        try (var pair = pair().server(server -> server.handshakeTimeout(Duration.ofMillis(300)))) {
            TlsPair.Connected both = pair.connect();
            assertThatThrownBy(both.server()::renegotiate)
                    .hasMessage("renegotiation: the peer did not take part within 300 ms");
            both.server().getOutputStream().write("before it answers".getBytes(US_ASCII));
            Running answering = Running.of(() -> both.server().getInputStream().read());
            assertThat(new String(both.client().getInputStream().readNBytes(17), US_ASCII))
                    .isEqualTo("before it answers");
            both.client().getOutputStream().write(1);
            assertThat(answering.problem()).isEmpty();
            both.exchange("after");
        }
    }

    @Test
    void a_peer_that_begins_and_stops_loses_its_connection_at_the_deadline() throws IOException {
        var dropping = new AtomicBoolean();
        var passed = new AtomicInteger();
        try (var pair = pair().server(server -> server.handshakeTimeout(Duration.ofMillis(500)))
                .toServer(bytes -> dropping.get() && passed.incrementAndGet() > 1 ? new byte[0] : bytes)) {
            TlsPair.Connected both = pair.connect();
            dropping.set(true);
            Running reading = Running.of(() -> both.server().getInputStream().read());
            Running client = Running.of(both.client()::renegotiate);
            await().until(() -> passed.get() > 1);
            Running writing = Running.of(() -> both.server().getOutputStream().write(new byte[10]));
            for (Running running : List.of(reading, writing)) {
                assertThat(TlsPair.tlsFailure("server", running.problem()))
                        .hasMessage("renegotiation: not finished within 500 ms")
                        .returns(Code.ERR_TLS_HANDSHAKE_TIMEOUT, TlsFailure::code);
            }
            assertThat(client.problem()).isPresent();
        }
    }

    @Test
    void closing_wakes_a_thread_that_waits_for_a_renegotiation() throws IOException {
        try (var pair = pair()) {
            TlsPair.Connected both = pair.connect();
            Running asking = Running.of(both.server()::renegotiate);
            await().until(() -> both.server().bytesWritten() == 0);
            both.server().close();
            assertThat(asking.problem()).hasValueSatisfying(e -> assertThat(e).isInstanceOf(IOException.class));
        }
    }

    @Test
    void an_end_in_the_middle_fails_it() throws IOException {
        try (var pair = pair()) {
            TlsPair.Connected both = pair.connect();
            both.client().shutdownOutput();
            assertThatThrownBy(both.server()::renegotiate)
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            e -> assertThat(e)
                                    .hasMessage("renegotiation: the peer ended its direction before it was complete"));
            assertThatThrownBy(both.server()::renegotiate)
                    .hasMessage("renegotiation: the peer has ended its direction");
            both.server().getOutputStream().write("still".getBytes(US_ASCII));
            assertThat(new String(both.client().getInputStream().readNBytes(5), US_ASCII))
                    .isEqualTo("still");
        }
    }
}
