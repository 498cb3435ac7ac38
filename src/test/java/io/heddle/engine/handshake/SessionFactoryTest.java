package io.heddle.engine.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The original id of a session that resumes. */
class SessionFactoryTest {
    private static final byte[] SECRET = filled(48, 1);

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static SessionState.Builder session() {
        return SessionState.builder()
                .protocol(SessionState.TLS12)
                .cipherSuite(0xC02F)
                .masterSecret(SECRET);
    }

    @Test
    void id_that_a_session_remembers_comes_first() {
        var extras = SessionExtras.of(Instant.EPOCH, ClientCertificatePolicy.NONE, List.of(), filled(32, 2));
        SessionState state = session()
                .sessionId(filled(32, 3))
                .ticket(filled(10, 4))
                .extras(extras)
                .build();
        assertThat(SessionFactory.originalId(state)).isEqualTo(filled(32, 2));
    }

    @Test
    void session_that_resumes_by_id_has_that_id() {
        assertThat(SessionFactory.originalId(session().sessionId(filled(32, 3)).build()))
                .isEqualTo(filled(32, 3));
    }

    /** OpenSSL and Node give a session the hash of its ticket for an id, and seal none into a ticket. */
    @Test
    void session_of_another_implementation_has_the_hash_of_its_secret_on_both_sides() {
        byte[] atClient = SessionFactory.originalId(
                session().sessionId(filled(32, 3)).ticket(filled(10, 4)).build());
        byte[] renewed = SessionFactory.originalId(
                session().sessionId(filled(32, 5)).ticket(filled(10, 6)).build());
        byte[] atServer = SessionFactory.originalId(session().build());
        assertThat(atClient).isEqualTo(atServer).isEqualTo(renewed).hasSize(32).isNotEqualTo(filled(32, 3));
        assertThat(SessionFactory.originalId(
                        session().masterSecret(filled(48, 2)).build()))
                .isNotEqualTo(atServer);
    }
}
