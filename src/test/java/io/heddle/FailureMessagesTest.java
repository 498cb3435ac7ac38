package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Blame;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The complete messages of failures without a flow test of their own. */
class FailureMessagesTest {
    @Test
    void a_handshake_that_takes_too_long() {
        try (var pair = TlsPair.create().server(server -> server.handshakeTimeout(Duration.ofMillis(30)));
                RawPeer client = pair.rawClient()) {
            assertThat(client.failure())
                    .hasMessage("handshake: not finished within 30 ms")
                    .returns(Code.ERR_TLS_HANDSHAKE_TIMEOUT, TlsFailure::code)
                    .returns(Blame.TRANSPORT, failure -> failure.code().blame());
        }
    }

    @Test
    void a_message_that_is_too_long() {
        try (var pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            client.sendRecord(RawRecord.HANDSHAKE, (byte) 1, (byte) 2, (byte) 1, (byte) 0x45);
            assertThat(client.failure())
                    .hasMessageStartingWith("handshake: the client announced a client_hello(1) of 131397 bytes,"
                            + " at most 131396 bytes are allowed")
                    .returns(Code.ERR_SSL_EXCESSIVE_MESSAGE_SIZE, TlsFailure::code)
                    .returns(Blame.PEER_MISBEHAVED, failure -> failure.code().blame());
        }
        try (var pair = TlsPair.create();
                RawPeer server = pair.rawServer()) {
            server.sendRecord(RawRecord.HANDSHAKE, (byte) 2, (byte) 1, (byte) 0x90, (byte) 1);
            assertThat(server.failure())
                    .hasMessageStartingWith("handshake: the peer announced a message that is too long,"
                            + " at most 102400 bytes are allowed")
                    .returns(Code.ERR_SSL_EXCESSIVE_MESSAGE_SIZE, TlsFailure::code)
                    .returns(Blame.PEER_MISBEHAVED, failure -> failure.code().blame());
        }
    }

    @Test
    void a_signature_that_is_none() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2).toClient(FailureMessagesTest::breakSignature)) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith("handshake: the peer's signature is not one: ")
                    .returns(Code.ERR_SSL_BAD_SIGNATURE, TlsFailure::code)
                    .returns(Blame.PEER_MISBEHAVED, failure -> failure.code().blame());
            assertThat(outcome.serverFailure())
                    .hasMessage("alert: the peer ended the connection with decrypt_error (51)")
                    .returns(Code.ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR, TlsFailure::code);
        }
    }

    /** ServerKeyExchange: type, length, curve and point of the ECDHE key, algorithm, signature in DER (RFC 8422 5.4). */
    private static byte[] breakSignature(byte[] flight) {
        byte[] changed = flight.clone();
        int at = 0;
        for (RawRecord record : RawRecord.all(flight)) {
            if (record.type() == RawRecord.HANDSHAKE && record.body()[0] == 12) {
                int point = record.body()[7] & 0xff;
                int signature = 8 + point + 4;
                changed[at + 5 + signature] = 0x31;
            }
            at += record.toBytes().length;
        }
        return changed;
    }

    @Test
    void a_binder_that_does_not_fit_is_fatal() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.handshake();
            byte[] hello = pair.clientHello().toBytes();
            hello[hello.length - 1] ^= 1;
            try (RawPeer client = pair.rawClient()) {
                client.send(hello);
                assertThat(client.failure().alert()).contains(Alert.DECRYPT_ERROR);
                assertThat(client.readFatalAlert()).isEqualTo(Alert.DECRYPT_ERROR);
            }
        }
    }

    /** RFC 5246 7.1: a peer may disconnect without a reason, so each alert has to name itself. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CLOSE_NOTIFY", "UNKNOWN"})
    void an_alert_of_the_peer(Alert alert) throws IOException {
        try (var pair = TlsPair.create();
                RawPeer server = pair.rawServer()) {
            server.readRecord();
            server.sendRecord(RawRecord.ALERT, (byte) 2, (byte) alert.number());
            TlsFailure failure = server.failure();
            assertThat(failure)
                    .hasMessage("alert: the peer ended the connection with %s (%d)".formatted(alert, alert.number()))
                    .returns(Blame.PEER_ALERT, thrown -> thrown.code().blame());
            assertThat(failure.alert()).contains(alert);
            assertThat(Arrays.stream(Code.values())
                            .filter(code -> code.blame() == Blame.PEER_ALERT)
                            .filter(code -> code.alert().equals(failure.alert())))
                    .containsExactly(failure.code());
        }
    }
}
