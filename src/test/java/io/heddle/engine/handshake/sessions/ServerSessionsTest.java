package io.heddle.engine.handshake.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ManualClock;
import io.heddle.session.SessionIdContext;
import io.heddle.session.SessionState;
import io.heddle.session.SessionStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The session store of a server is untrusted: its answer must be a session of the requested id, or none. */
class ServerSessionsTest {
    private static final byte[] ID = id(1);

    private static byte[] id(int first) {
        byte[] id = new byte[32];
        id[0] = (byte) first;
        return id;
    }

    private static byte[] session(byte[] id) {
        return SessionState.builder()
                .protocol(SessionState.TLS12)
                .cipherSuite(0xC02B)
                .sessionId(id)
                .masterSecret(new byte[48])
                .build()
                .toDer();
    }

    /** A store with the same answer to every question; it counts them. */
    private static final class Same implements SessionStore {
        private final byte[] answer;
        private int questions;

        Same(byte[] answer) {
            this.answer = answer;
        }

        @Override
        public void put(byte[] id, byte[] session, Duration timeToLive) {}

        @Override
        public Optional<byte[]> get(byte[] id) {
            questions++;
            return Optional.of(answer);
        }

        @Override
        public void remove(byte[] id) {}
    }

    private static ServerSessions over(SessionStore store) {
        return new ServerSessions(
                SessionIdContext.of(""),
                Duration.ofMinutes(5),
                Optional.empty(),
                Optional.of(store),
                new SecureRandom(),
                new ManualClock());
    }

    @Test
    void finds_a_session_under_its_id() throws IOException {
        ServerSessions sessions = over(new Same(session(ID)));
        assertThat(sessions.ofId(ID)).isPresent();
        assertThat(new ConnectionSessions(sessions, SessionEvents.NONE).ofTicket(ID))
                .as("with tickets off the ticket is the id")
                .isPresent();
    }

    @Test
    void a_session_of_another_id_is_none() {
        assertThat(over(new Same(session(id(2)))).ofId(ID)).isEmpty();
    }

    @Test
    void what_is_no_session_is_none() {
        byte[] session = session(ID);
        assertThat(over(new Same(new byte[0])).ofId(ID)).isEmpty();
        assertThat(over(new Same(Arrays.copyOf(session, session.length - 1))).ofId(ID))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 33, 1000})
    void an_id_that_no_server_gave_is_not_looked_up(int length) throws IOException {
        var store = new Same(session(new byte[Math.min(length, 32)]));
        assertThat(over(store).ofId(new byte[length])).isEmpty();
        assertThat(new ConnectionSessions(over(store), SessionEvents.NONE).ofTicket(new byte[length]))
                .isEmpty();
        assertThat(store.questions).isZero();
    }
}
