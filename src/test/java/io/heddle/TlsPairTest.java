package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fixture of the flow tests. */
class TlsPairTest {
    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void makes_a_connection_of_one_version_and_carries_data_both_ways(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            if (!version.isAtLeast(TlsVersion.TLS_1_2)) {
                pair.clientContext(FlowSettings::legacy).serverContext(FlowSettings::legacy);
            }
            TlsPair.Connected both = pair.connect();
            both.exchange("hello");
            assertThat(both.client().getProtocol()).isEqualTo(version.protocol());
            assertThat(both.resumed()).isFalse();
        }
    }

    @Test
    void resumes_the_session_that_was_kept_until_it_is_forgotten() throws IOException {
        try (var pair = TlsPair.create()) {
            assertThat(pair.handshake().resumed()).isFalse();
            assertThat(pair.handshake().resumed()).isTrue();
            pair.forgetSession();
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @Test
    void moves_the_clock_of_both_sides() throws IOException {
        try (var pair = TlsPair.create()) {
            pair.handshake();
            pair.clock().advance(Duration.ofMinutes(6));
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @Test
    void returns_the_failures_of_both_sides() throws IOException {
        try (var pair = TlsPair.create().trustedByClient()) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.clientFailure().code()).isEqualTo(Code.SELF_SIGNED_CERT_IN_CHAIN);
            assertThat(outcome.serverFailure().code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_UNKNOWN_CA);
        }
    }

    @Test
    void runs_a_raw_client() throws IOException {
        try (var pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            client.sendRecord(RawRecord.HANDSHAKE, "junk".getBytes(StandardCharsets.US_ASCII));
            client.end();
            assertThat(client.failure().code()).isEqualTo(Code.ERR_SSL_UNEXPECTED_MESSAGE);
        }
    }

    @Test
    void runs_a_raw_server() throws IOException {
        try (var pair = TlsPair.create();
                RawPeer server = pair.rawServer()) {
            assertThat(server.readRecord().orElseThrow().type()).isEqualTo(RawRecord.HANDSHAKE);
            server.sendRecord(RawRecord.ALERT, (byte) 2, (byte) Alert.ACCESS_DENIED.number());
            assertThat(server.failure().code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_ACCESS_DENIED);
        }
    }
}
