package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.RawPeer;
import io.heddle.RawRecord;
import io.heddle.TlsPair;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Faults in the first bytes of a client: each is answered with an alert in the clear, although no version is agreed on
 * yet, in a record of version 3.1 as a ClientHello has (RFC 8446 5.1).
 */
class FirstFlightAlertsTest {
    /** Behind the header of the message (4), the version (2) and the random (32). */
    private static final int SESSION_ID = 38;

    /** Makes another ClientHello of one. */
    interface Change {
        byte[] apply(byte[] hello);
    }

    private static Arguments fault(String name, Alert alert, Change change) {
        return Arguments.of(Named.of(name, change), alert);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("session_id of 33 bytes", Alert.DECODE_ERROR, hello -> {
                    byte[] longer = insert(hello, SESSION_ID + 1 + hello[SESSION_ID], new byte[33 - hello[SESSION_ID]]);
                    longer[SESSION_ID] = 33;
                    return longer;
                }),
                fault("odd number of bytes of suites", Alert.DECODE_ERROR, hello -> {
                    byte[] changed = hello.clone();
                    changed[suites(hello) + 1]++;
                    return changed;
                }),
                fault("no compression method but 1", Alert.ILLEGAL_PARAMETER, hello -> {
                    byte[] changed = hello.clone();
                    changed[compression(hello) + 1] = 1;
                    return changed;
                }),
                fault("trailing byte", Alert.DECODE_ERROR, hello -> insert(hello, hello.length, new byte[1])),
                fault("handshake type 43", Alert.UNEXPECTED_MESSAGE, hello -> {
                    byte[] changed = hello.clone();
                    changed[0] = 43;
                    return changed;
                }),
                fault("ServerHello", Alert.UNEXPECTED_MESSAGE, hello -> {
                    byte[] changed = hello.clone();
                    changed[0] = 2;
                    return changed;
                }),
                fault("an extension that comes twice", Alert.ILLEGAL_PARAMETER, hello -> {
                    int at = compression(hello) + 1 + hello[compression(hello)];
                    byte[] first = Arrays.copyOfRange(
                            hello, at + 2, at + 6 + ((hello[at + 4] & 0xff) << 8 | (hello[at + 5] & 0xff)));
                    byte[] longer = insert(hello, hello.length, first);
                    int length = longer.length - at - 2;
                    longer[at] = (byte) (length >>> 8);
                    longer[at + 1] = (byte) length;
                    return longer;
                }),
                fault("a message of 1 MiB", Alert.ILLEGAL_PARAMETER, hello -> {
                    byte[] changed = hello.clone();
                    changed[1] = 16;
                    return changed;
                }));
    }

    private static int suites(byte[] hello) {
        return SESSION_ID + 1 + hello[SESSION_ID];
    }

    private static int compression(byte[] hello) {
        int at = suites(hello);
        return at + 2 + ((hello[at] & 0xff) << 8 | (hello[at + 1] & 0xff));
    }

    /** Inserts bytes, and makes the length of the message fit. */
    private static byte[] insert(byte[] message, int at, byte[] more) {
        byte[] longer = new byte[message.length + more.length];
        System.arraycopy(message, 0, longer, 0, at);
        System.arraycopy(more, 0, longer, at, more.length);
        System.arraycopy(message, at, longer, at + more.length, message.length - at);
        int body = longer.length - 4;
        longer[1] = (byte) (body >>> 16);
        longer[2] = (byte) (body >>> 8);
        longer[3] = (byte) body;
        return longer;
    }

    /** Asserts that a client gets the alert alone, and that the failure is its fault. */
    private static TlsFailure refused(RawPeer client, Alert alert) throws IOException {
        TlsFailure failure = client.failure();
        List<RawRecord> answer = client.readToEnd();
        assertThat(answer).as(failure.getMessage()).hasSize(1);
        assertThat(answer.getFirst().type()).isEqualTo(RawRecord.ALERT);
        assertThat(answer.getFirst().version()).isEqualTo(0x0301);
        assertThat(answer.getFirst().body()).as(failure.getMessage()).containsExactly(2, alert.number());
        assertThat(failure.alert()).contains(alert);
        assertThat(failure.code().blame())
                .as(failure.getMessage())
                .isIn(TlsFailure.Blame.PEER_MISBEHAVED, TlsFailure.Blame.PEER_INCOMPATIBLE);
        return failure;
    }

    @ParameterizedTest
    @MethodSource("faults")
    void a_fault_of_the_client_hello_is_answered(Change change, Alert alert) throws IOException {
        for (TlsVersion version : List.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)) {
            try (TlsPair pair = TlsPair.of(version);
                    RawPeer client = pair.rawClient()) {
                client.sendRecord(
                        RawRecord.HANDSHAKE, change.apply(pair.clientHello().body()));
                refused(client, alert);
            }
        }
    }

    static Stream<Arguments> records() {
        return Stream.of(
                Arguments.of(
                        "application data",
                        RawRecord.of(RawRecord.APPLICATION_DATA, (byte) 1),
                        Alert.UNEXPECTED_MESSAGE),
                Arguments.of(
                        "ChangeCipherSpec",
                        RawRecord.of(RawRecord.CHANGE_CIPHER_SPEC, (byte) 1),
                        Alert.UNEXPECTED_MESSAGE),
                Arguments.of("an empty handshake record", RawRecord.of(RawRecord.HANDSHAKE), Alert.UNEXPECTED_MESSAGE),
                Arguments.of("an empty alert", RawRecord.of(RawRecord.ALERT), Alert.UNEXPECTED_MESSAGE),
                Arguments.of("half an alert", RawRecord.of(RawRecord.ALERT, (byte) 1), Alert.DECODE_ERROR),
                Arguments.of(
                        "a record that is too long",
                        RawRecord.of(RawRecord.HANDSHAKE, new byte[(1 << 14) + 1]),
                        Alert.RECORD_OVERFLOW),
                Arguments.of("record type 24", RawRecord.of(24, new byte[5]), Alert.PROTOCOL_VERSION));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("records")
    void a_record_that_cannot_be_the_first_is_answered(String name, RawRecord record, Alert alert) throws IOException {
        try (TlsPair pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            client.send(record.toBytes());
            refused(client, alert);
        }
    }

    @Test
    void five_warnings_before_the_client_hello_are_too_many() throws IOException {
        try (TlsPair pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            for (int i = 0; i < 5; i++) {
                client.sendRecord(RawRecord.ALERT, (byte) 1, (byte) 90);
            }
            assertThat(refused(client, Alert.UNEXPECTED_MESSAGE))
                    .hasMessageStartingWith(
                            "record: the peer sent 5 warning alerts in a row without data, 4 are allowed");
        }
    }

    @Test
    void a_warning_inside_the_client_hello_is_refused() throws IOException {
        try (TlsPair pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            byte[] hello = pair.clientHello().body();
            client.sendRecord(RawRecord.HANDSHAKE, Arrays.copyOf(hello, 20));
            client.sendRecord(RawRecord.ALERT, (byte) 1, (byte) 90);
            client.sendRecord(RawRecord.HANDSHAKE, Arrays.copyOfRange(hello, 20, hello.length));
            refused(client, Alert.UNEXPECTED_MESSAGE);
        }
    }

    @Test
    void close_notify_before_the_client_hello_is_the_end_and_gets_no_answer() throws IOException {
        try (TlsPair pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            client.sendRecord(RawRecord.ALERT, (byte) 1, (byte) 0);
            assertThat(client.failure().code().blame()).isEqualTo(TlsFailure.Blame.PEER_ALERT);
            assertThat(client.readToEnd()).isEmpty();
        }
    }
}
