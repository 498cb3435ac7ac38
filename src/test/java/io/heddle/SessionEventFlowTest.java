package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.TicketKey;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The session listener of a client, which receives each session that it can resume. */
class SessionEventFlowTest {
    private final List<byte[]> sessions = new ArrayList<>();

    private TlsPair pair(TlsVersion version) {
        return TlsPair.of(version).client(options -> options.onSession(sessions::add));
    }

    @Test
    void in_tls_1_2_once_when_the_handshake_is_complete() throws IOException {
        List<Boolean> complete = new ArrayList<>();
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2)
                        .client(options -> options.onSession(sessions::add))
                        .clientSocket(socket -> socket.onSession(
                                session -> complete.add(socket.getSessionData().isPresent())));
                TlsPair.Connected both = pair.connect()) {
            assertThat(complete).containsExactly(true);
            assertThat(sessions).hasSize(1);
            assertThat(sessions.getFirst())
                    .isEqualTo(both.client().getSessionData().orElseThrow());
            both.exchange("hello");
            assertThat(sessions).hasSize(1);
        }
    }

    @Test
    void in_tls_1_3_for_each_ticket() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3);
                TlsPair.Connected both = pair.connect()) {
            assertThat(sessions).isEmpty();
            assertThat(both.client().getTLSTicket()).isEmpty();
            both.exchange("hello");
            assertThat(sessions).hasSize(2);
            assertThat(sessions.get(0)).isNotEqualTo(sessions.get(1));
            assertThat(sessions.get(1)).isEqualTo(both.client().getSessionData().orElseThrow());
            byte[] ticket = both.client().getTLSTicket().orElseThrow();
            assertThat(pair.session(sessions.get(1)).session().ticket().orElseThrow())
                    .isEqualTo(ticket);
            assertThat(pair.handshake().resumption()).contains("psk");
            assertThat(both.server().getTLSTicket()).isEmpty();
        }
    }

    @Test
    void not_when_a_session_was_resumed_and_stays_as_it_is() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_2)
                .server(server -> server.tickets(false)
                        .sessionStore(CaffeineSessionStore.builder().build()))) {
            pair.handshake();
            sessions.clear();
            TlsPair.Connected resumed = pair.handshake();
            assertThat(resumed.resumption()).contains("id");
            assertThat(sessions).isEmpty();
            assertThat(resumed.client().getTLSTicket()).isEmpty();
        }
    }

    @Test
    void when_a_resumed_handshake_renewed_the_ticket() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_2)) {
            pair.handshake();
            byte[] first = sessions.getFirst();
            // The old key opens, a new one seals: the server renews.
            var keys = new ArrayList<>(pair.keys().current().all());
            keys.addFirst(TicketKey.random(new SecureRandom()));
            pair.keys().set(TicketKeys.of(keys));
            TlsPair.Connected resumed = pair.handshake();
            assertThat(resumed.resumption()).contains("ticket");
            assertThat(sessions).hasSize(2);
            assertThat(sessions.get(1)).isNotEqualTo(first);
        }
    }

    @Test
    void never_when_the_server_was_refused() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_2).trustedByClient()) {
            assertThat(pair.attempt().clientProblem()).isPresent();
            assertThat(sessions).isEmpty();
        }
    }

    @Test
    void a_listener_that_throws_ends_the_connection() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2)
                .client(options -> options.onSession(session -> {
                    throw new IllegalStateException("no room");
                }))) {
            assertFailed(pair.attempt().clientFailure());
        }
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)
                        .client(options -> options.onSession(session -> {
                            throw new IllegalStateException("no room");
                        }));
                TlsPair.Connected both = pair.connect()) {
            var reading =
                    TlsPair.Running.of(() -> both.client().getInputStream().read());
            assertFailed(TlsPair.tlsFailure("client", reading.problem()));
        }
    }

    private static void assertFailed(TlsFailure failure) {
        assertThat(failure)
                .hasMessageStartingWith("session: the listener failed: java.lang.IllegalStateException: no room")
                .returns(Code.ERR_TLS_CALLBACK, TlsFailure::code);
    }

    @Test
    void a_listener_may_write_and_close() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)
                        .clientSocket(socket -> socket.onSession(session -> {
                            try {
                                socket.getOutputStream().write('x');
                                socket.close();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        }));
                TlsPair.Connected both = pair.connect()) {
            var reading =
                    TlsPair.Running.of(() -> both.client().getInputStream().read());
            assertThat(both.server().getInputStream().readAllBytes()).containsExactly('x');
            assertThat(both.server().closeNotifyReceived()).isTrue();
            assertThat(reading.problem()).containsInstanceOf(IOException.class);
        }
    }
}
