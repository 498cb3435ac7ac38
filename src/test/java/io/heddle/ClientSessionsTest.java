package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.TestPki;
import io.heddle.endpoint.ClientSessions;
import io.heddle.endpoint.ClientSessions.CachedSession;
import io.heddle.endpoint.ClientSessions.Server;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client sessions of an {@code SSLContext}: number, size and lifetime of the cached ones. */
class ClientSessionsTest {
    private static final Duration WEEK = Duration.ofDays(7);

    private final ManualClock clock = new ManualClock();
    private final ClientSessions sessions = new ClientSessions(clock);
    private int created;

    private SessionState.Builder session(TlsVersion version) {
        return SessionState.builder()
                .protocol(version.code())
                .cipherSuite(version == TlsVersion.TLS_1_3 ? 0x1301 : 0xc02b)
                .masterSecret(new byte[version == TlsVersion.TLS_1_3 ? 32 : 48])
                .extendedMasterSecret(version != TlsVersion.TLS_1_3)
                .ticket(new byte[200])
                .ticketLifetimeHint(WEEK)
                .time(clock.instant());
    }

    private void keep(String host, SessionState state) {
        byte[] id = new byte[32];
        id[0] = (byte) ++created;
        sessions.keep(new Server(host, 443), state, id, List.of());
    }

    private Optional<Integer> take(String host) {
        return sessions.take(host, 443).map(kept -> (int) kept.id()[0]);
    }

    // How much

    @ParameterizedTest
    @CsvSource({"0", "20480", "2000000000"})
    void a_hostile_servers_tickets_do_not_grow_a_client_beyond_its_bound(int size) {
        sessions.setSessionCacheSize(size);
        SessionState large =
                session(TlsVersion.TLS_1_3).ticket(new byte[60_000]).build();
        long offered = 0;
        for (int host = 0; offered < 4 * ClientSessions.MOST_BYTES; host++) {
            for (int ticket = 0; ticket < 20; ticket++) {
                keep("host%d.test".formatted(host), large);
                offered += 60_000;
            }
            assertThat(sessions.bytes()).isLessThanOrEqualTo(ClientSessions.MOST_BYTES);
        }
        assertThat(sessions.bytes()).isGreaterThan(ClientSessions.MOST_BYTES / 2);
    }

    /** Data that cannot be read again is not a session. */
    @Test
    void a_session_of_more_than_64_KiB_is_not_kept() {
        keep("large.test", session(TlsVersion.TLS_1_3).ticket(new byte[65_535]).build());
        assertThat(sessions.servers()).isZero();
    }

    @Test
    void small_sessions_are_kept_for_as_many_servers_as_the_size() {
        sessions.setSessionCacheSize(100);
        for (int host = 0; host < 1_000; host++) {
            keep("host%d.test".formatted(host), session(TlsVersion.TLS_1_2).build());
        }
        assertThat(sessions.servers()).isBetween(90, 100);
    }

    @Test
    void a_smaller_size_drops_what_is_beyond() {
        for (int host = 0; host < 100; host++) {
            keep("host%d.test".formatted(host), session(TlsVersion.TLS_1_2).build());
        }
        sessions.setSessionCacheSize(10);
        assertThat(sessions.servers()).isBetween(1, 10);
        sessions.setSessionCacheSize(0);
        for (int host = 0; host < 100; host++) {
            keep("host%d.test".formatted(host), session(TlsVersion.TLS_1_2).build());
        }
        assertThat(sessions.servers()).isEqualTo(100);
    }

    // How often

    @Test
    void the_last_8_sessions_of_tls_1_3_are_used_once_each_the_newest_first() {
        for (int i = 1; i <= 10; i++) {
            keep("a.test", session(TlsVersion.TLS_1_3).build());
        }
        for (int expected = 10; expected >= 3; expected--) {
            assertThat(take("A.test")).hasValue(expected);
        }
        assertThat(take("a.test")).isEmpty();
        assertThat(sessions.servers()).isZero();
    }

    @Test
    void the_newest_session_of_tls_1_2_is_used_again_and_again() {
        keep("a.test", session(TlsVersion.TLS_1_2).build());
        keep("a.test", session(TlsVersion.TLS_1_2).build());
        assertThat(take("a.test")).hasValue(2);
        assertThat(take("a.test")).hasValue(2);
        assertThat(take("b.test")).isEmpty();
        assertThat(sessions.take("a.test", 444)).isEmpty();
    }

    @Test
    void what_is_taken_is_the_session_that_was_kept() throws CertificateEncodingException {
        byte[] leaf = TestPki.server("a.test").leaf().getEncoded();
        SessionState state = session(TlsVersion.TLS_1_2)
                .peerCertificate(leaf)
                .extras(SessionExtras.of(clock.instant(), ClientCertificatePolicy.NONE, List.of(leaf)))
                .build();
        keep("a.test", state);
        assertThat(sessions.take("a.test", 443).map(CachedSession::state).map(SessionState::toDer))
                .hasValue(state.toDer());
    }

    // For how long

    @ParameterizedTest
    @ValueSource(strings = {"TLS_1_2", "TLS_1_3"})
    void a_session_is_dropped_after_its_lifetime_even_without_a_new_connection_to_its_server(TlsVersion version) {
        keep("a.test", session(version).ticketLifetimeHint(Duration.ofHours(1)).build());
        clock.advance(Duration.ofMinutes(59));
        keep("b.test", session(version).build());
        assertThat(sessions.servers()).isEqualTo(2);
        clock.advance(Duration.ofMinutes(2));
        keep("c.test", session(version).build());
        assertThat(sessions.servers()).isEqualTo(2);
        assertThat(take("a.test")).isEmpty();
    }

    @Test
    void a_session_is_used_within_its_last_second_and_not_after_it() {
        keep(
                "a.test",
                session(TlsVersion.TLS_1_2)
                        .ticketLifetimeHint(Duration.ofHours(1))
                        .build());
        clock.advance(Duration.ofHours(1));
        assertThat(take("a.test")).hasValue(1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(take("a.test")).isEmpty();
    }

    @Test
    void the_session_timeout_is_a_day_and_counts_for_what_is_kept_already() {
        keep("a.test", session(TlsVersion.TLS_1_2).build());
        keep("b.test", session(TlsVersion.TLS_1_2).build());
        clock.advance(Duration.ofHours(24));
        assertThat(take("a.test")).hasValue(1);
        sessions.setSessionTimeout(3600);
        assertThat(take("a.test")).isEmpty();
        assertThat(sessions.servers()).isZero();
    }

    @Test
    void without_a_session_timeout_the_lifetime_of_the_session_counts() {
        sessions.setSessionTimeout(0);
        keep("a.test", session(TlsVersion.TLS_1_2).build());
        clock.advance(Duration.ofDays(7));
        assertThat(take("a.test")).hasValue(1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(take("a.test")).isEmpty();
    }

    /** A new TLS 1.3 ticket does not extend the lifetime of a session. */
    @Test
    void the_session_timeout_counts_from_the_full_handshake() {
        SessionExtras original = SessionExtras.of(clock.instant(), ClientCertificatePolicy.NONE, List.of());
        clock.advance(Duration.ofHours(20));
        keep("a.test", session(TlsVersion.TLS_1_3).extras(original).build());
        clock.advance(Duration.ofHours(5));
        assertThat(take("a.test")).isEmpty();
    }

    @Test
    void a_clock_that_is_set_back_or_far_ahead_does_no_harm() {
        keep("a.test", session(TlsVersion.TLS_1_2).build());
        clock.advance(Duration.ofDays(-40_000));
        assertThat(take("a.test")).hasValue(1);
        clock.advance(Duration.ofDays(400_000));
        assertThat(take("a.test")).isEmpty();
        keep("b.test", session(TlsVersion.TLS_1_2).build());
        assertThat(take("b.test")).hasValue(2);
    }

    // JSSE's view

    @Test
    void a_verified_servers_session_shows_its_certificate() throws Exception {
        byte[] leaf = TestPki.server("a.test").leaf().getEncoded();
        keep("a.test", session(TlsVersion.TLS_1_2).peerCertificate(leaf).build());
        assertThat(only().getPeerCertificates()).hasSize(1);
    }

    @Test
    void an_unverified_servers_session_shows_no_certificate() throws CertificateEncodingException {
        byte[] leaf = TestPki.server("a.test").leaf().getEncoded();
        keep(
                "a.test",
                session(TlsVersion.TLS_1_2)
                        .peerCertificate(leaf)
                        .verifyResult(Code.CERT_HAS_EXPIRED.verifyResult())
                        .build());
        assertThatThrownBy(only()::getPeerCertificates)
                .isInstanceOf(SSLPeerUnverifiedException.class)
                .hasMessage("the peer's certificate is not accepted: cert has expired (CERT_HAS_EXPIRED)");
    }

    private SSLSession only() {
        return Objects.requireNonNull(sessions.getSession(sessions.getIds().nextElement()));
    }

    // Fatal alerts

    private static SSLContext context() {
        return SslContexts.of(SecureContext.builder()
                .identity(TestPki.server("localhost"))
                .ca(TestPki.ca().chain())
                .build());
    }

    private static SocketPair connect(SSLContext client, SSLContext server, String version) throws Exception {
        SocketPair.Tcp tcp = SocketPair.Tcp.connect();
        var asking = (SSLSocket) client.getSocketFactory().createSocket(tcp.client(), "localhost", 443, true);
        asking.setEnabledProtocols(new String[] {version});
        SocketPair pair = new SocketPair(asking, Stack.layeredServer(server, tcp.server())).handshake();
        pair.server().getOutputStream().write('x');
        assertThat(asking.getInputStream().read()).isEqualTo('x');
        return pair;
    }

    private static int kept(SSLContext client) {
        return Collections.list(client.getClientSessionContext().getIds()).size();
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, true", "TLSv1.2, false", "TLSv1.3, true", "TLSv1.3, false"})
    void a_fatal_alert_ends_the_sessions_of_its_connection(String version, boolean received) throws Exception {
        SSLContext client = context();
        SSLContext server = context();
        try (SocketPair pair = connect(client, server, version)) {
            assertThat(kept(client)).isEqualTo(1);
            TlsSocket from = received ? pair.heddleServer() : pair.heddleClient();
            Future<Integer> reading = pair.run(() -> (received ? pair.heddleClient() : pair.heddleServer())
                    .getInputStream()
                    .read());
            from.closeWithAlert(() -> Code.ERR_SSL_INTERNAL_ERROR.failure("test: the application failed"));
            assertThat(SocketPair.failure(reading)).isInstanceOf(IOException.class);
            assertThat(kept(client)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void the_end_of_a_connection_in_order_leaves_its_sessions(String version) throws Exception {
        SSLContext client = context();
        try (SocketPair pair = connect(client, context(), version)) {
            pair.heddleServer().close();
            assertThat(pair.heddleClient().getInputStream().read()).isEqualTo(-1);
        }
        assertThat(kept(client)).isEqualTo(1);
    }
}
