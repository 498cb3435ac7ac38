package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.protocol.TlsVersion;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A clock that was never set, on a board without a battery: before 1970 now, or when a session began. */
class EarlyClockFlowTest {
    private static final Duration TO_1969 = Duration.between(TestPki.NOW, Instant.parse("1969-06-01T00:00:00Z"));

    private static TlsPair pair(TlsVersion version) {
        // The test certificates are valid from a date after 1970.
        return TlsPair.of(version).client(client -> client.rejectUnauthorized(false));
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsVersion.class,
            names = {"TLS_1_2", "TLS_1_3"})
    void a_connection_is_made_and_its_session_is_not_used(TlsVersion version) throws Exception {
        try (TlsPair pair = pair(version)) {
            pair.clock().advance(TO_1969);
            try (TlsPair.Connected connected = pair.connect()) {
                connected.exchange("1969");
                connected.keepSession();
                assertThat(pair.session().time()).isEqualTo(Instant.EPOCH);
            }
            assertThat(pair.handshake().resumed()).isFalse();
            pair.clock().advance(TO_1969.negated());
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsVersion.class,
            names = {"TLS_1_2", "TLS_1_3"})
    void a_session_from_before_the_clock_fell_back_is_not_used(TlsVersion version) throws Exception {
        try (TlsPair pair = pair(version)) {
            pair.handshake();
            assertThat(pair.handshake().resumed()).isTrue();
            pair.clock().advance(TO_1969);
            try (TlsPair.Connected connected = pair.connect()) {
                connected.exchange("1969");
                assertThat(connected.resumed()).isFalse();
            }
        }
    }
}
