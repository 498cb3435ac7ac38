package io.heddle.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ManualClock;
import io.heddle.load.LoadOptions.ResumeWith;
import io.heddle.session.SessionState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionCacheTest {
    private final ManualClock clock = new ManualClock();
    private final SessionCache cache = new SessionCache(ResumeWith.ANY, clock);

    private byte[] ticket(int number, Duration lifetime) {
        return SessionState.builder()
                .protocol(SessionState.TLS13)
                .cipherSuite(0x1301)
                .masterSecret(new byte[32])
                .time(clock.instant())
                .ticket(new byte[] {(byte) number})
                .ticketLifetimeHint(lifetime)
                .build()
                .toDer();
    }

    @Test
    void sessions_are_used_once_and_the_newest_first() {
        byte[] first = ticket(1, Duration.ofHours(1));
        byte[] second = ticket(2, Duration.ofHours(1));
        cache.add(List.of(first, second));
        assertThat(cache.take()).hasValue(second);
        assertThat(cache.take()).hasValue(first);
        assertThat(cache.take()).isEmpty();
    }

    @Test
    void session_of_tls_1_2_is_used_again_until_its_lifetime_is_over() {
        byte[] session = SessionState.builder()
                .protocol(SessionState.TLS12)
                .cipherSuite(0xc02b)
                .masterSecret(new byte[48])
                .extendedMasterSecret(true)
                .time(clock.instant())
                .ticket(new byte[] {1})
                .ticketLifetimeHint(Duration.ofSeconds(10))
                .build()
                .toDer();
        cache.add(List.of(session));
        clock.advance(Duration.ofSeconds(9));
        assertThat(cache.take()).hasValue(session);
        assertThat(cache.take()).hasValue(session);
        clock.advance(Duration.ofSeconds(1));
        assertThat(cache.isEmpty()).isTrue();
        assertThat(cache.take()).isEmpty();
    }

    @Test
    void session_whose_lifetime_is_over_is_none() {
        byte[] longer = ticket(2, Duration.ofSeconds(60));
        cache.add(List.of(longer, ticket(1, Duration.ofSeconds(10))));
        clock.advance(Duration.ofSeconds(10));
        assertThat(cache.isEmpty()).isFalse();
        assertThat(cache.take()).hasValue(longer);
        cache.add(List.of(longer));
        clock.advance(Duration.ofSeconds(50));
        assertThat(cache.isEmpty()).isTrue();
        assertThat(cache.take()).isEmpty();
    }
}
