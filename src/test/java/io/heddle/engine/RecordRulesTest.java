package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.EachVersion;
import io.heddle.RawRecord;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The records that a peer with the right keys may and must not send after the handshake. */
class RecordRulesTest {
    private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o'};
    private static final byte[] KEY_UPDATE = {24, 0, 0, 1, 0};
    private static final byte[] KEY_UPDATE_REQUESTED = {24, 0, 0, 1, 1};

    /** Asserts that reading fails permanently, and that the peer gets the alert. */
    private static TlsFailure refused(EnginePair pair, Code code, Alert alert) throws Exception {
        TlsFailure failure = catchThrowableOfType(TlsFailure.class, pair::read);
        assertThat(failure).isNotNull();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThatThrownBy(pair::read).as("and again").isSameAs(failure);
        RawRecord received = pair.receive();
        assertThat(received.type()).isEqualTo(RawRecord.ALERT);
        assertThat(received.body()).containsExactly(2, alert.number());
        return failure;
    }

    @EachVersion
    void data_is_read_by_both_sides(TlsVersion version) throws Exception {
        try (EnginePair client = EnginePair.client(version);
                EnginePair server = EnginePair.server(version)) {
            for (EnginePair pair : new EnginePair[] {client, server}) {
                pair.send(RawRecord.APPLICATION_DATA, HELLO);
                assertThat(pair.read()).isEqualTo(HELLO);
                pair.heddle().write(HELLO, 0, HELLO.length);
                assertThat(pair.receive().body()).isEqualTo(HELLO);
            }
        }
    }

    @EachVersion
    void a_full_record_is_taken_and_a_longer_one_is_not(TlsVersion version) throws Exception {
        byte[] longest = new byte[1 << 14];
        new Random(1).nextBytes(longest);
        try (EnginePair pair = EnginePair.server(version)) {
            pair.send(RawRecord.APPLICATION_DATA, longest);
            assertThat(pair.read()).isEqualTo(longest);
            pair.send(RawRecord.APPLICATION_DATA, new byte[(1 << 14) + 1]);
            assertThat(refused(pair, Code.ERR_SSL_DATA_LENGTH_TOO_LONG, Alert.RECORD_OVERFLOW))
                    .hasMessageContaining(" bytes");
        }
    }

    @EachVersion
    void a_record_that_announces_too_much_is_refused_at_its_header(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.server(version)) {
            // RFC 8446 5.2 and RFC 5246 6.2.3.
            int longest = (1 << 14) + (version == TlsVersion.TLS_1_3 ? 256 : 2048);
            int length = longest + 1;
            pair.sendRaw((byte) 23, (byte) 3, (byte) 3, (byte) (length >>> 8), (byte) length);
            assertThat(refused(pair, Code.ERR_SSL_DATA_LENGTH_TOO_LONG, Alert.RECORD_OVERFLOW))
                    .hasMessageStartingWith(
                            "record: the peer announced %d bytes, at most %d are allowed", length, longest);
        }
    }

    @EachVersion
    void a_changed_record_is_refused(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.server(version)) {
            byte[] record = pair.seal(RawRecord.APPLICATION_DATA, HELLO);
            record[record.length - 1] ^= 1;
            pair.sendRaw(record);
            refused(pair, Code.ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, Alert.BAD_RECORD_MAC);
        }
    }

    @EachVersion
    void a_record_that_comes_twice_is_refused(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.server(version)) {
            byte[] record = pair.seal(RawRecord.APPLICATION_DATA, HELLO);
            pair.sendRaw(record);
            assertThat(pair.read()).isEqualTo(HELLO);
            pair.sendRaw(record);
            refused(pair, Code.ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, Alert.BAD_RECORD_MAC);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 15})
    void a_record_that_is_too_short_for_its_tag_is_refused(int length) throws Exception {
        for (TlsVersion version : new TlsVersion[] {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}) {
            try (EnginePair pair = EnginePair.server(version)) {
                pair.sendRaw(RawRecord.of(RawRecord.APPLICATION_DATA, new byte[length])
                        .toBytes());
                refused(pair, Code.ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, Alert.BAD_RECORD_MAC);
            }
        }
    }

    @EachVersion
    void a_record_with_a_type_that_does_not_exist_is_refused(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.server(version)) {
            pair.sendRaw(RawRecord.of(99, new byte[30]).toBytes());
            assertThat(refused(pair, Code.ERR_SSL_UNEXPECTED_MESSAGE, Alert.UNEXPECTED_MESSAGE))
                    .hasMessageStartingWith(
                            "record: the peer sent a record of type 99 and version 3.3, types 20 to 23 of version 3"
                                    + " are allowed");
        }
    }

    // Padding, RFC 8446 5.4

    @EachVersion
    void a_record_of_another_major_version_is_refused(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.server(version)) {
            byte[] record = pair.seal(RawRecord.APPLICATION_DATA, HELLO);
            record[1] = 2;
            pair.sendRaw(record);
            assertThat(refused(pair, Code.ERR_SSL_UNEXPECTED_MESSAGE, Alert.UNEXPECTED_MESSAGE))
                    .hasMessageStartingWith(
                            "record: the peer sent a record of type 23 and version 2.3, types 20 to 23 of version 3"
                                    + " are allowed");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 255, 10_000})
    void padding_is_taken_off(int zeros) throws Exception {
        try (EnginePair pair = EnginePair.client(TlsVersion.TLS_1_3)) {
            pair.sendPadded(RawRecord.APPLICATION_DATA, zeros, HELLO);
            assertThat(pair.read()).isEqualTo(HELLO);
            pair.sendPadded(RawRecord.HANDSHAKE, zeros, KEY_UPDATE);
            pair.rekey();
            pair.send(RawRecord.APPLICATION_DATA, HELLO);
            assertThat(pair.read()).isEqualTo(HELLO);
        }
    }

    /** RFC 8446 5.4: content, type and padding have 2^14 + 1 bytes at most. */
    @Test
    void padding_beyond_the_longest_plaintext_is_refused() throws Exception {
        try (EnginePair pair = EnginePair.client(TlsVersion.TLS_1_3)) {
            pair.sendPadded(RawRecord.APPLICATION_DATA, (1 << 14) - HELLO.length, HELLO);
            assertThat(pair.read()).isEqualTo(HELLO);
            pair.sendPadded(RawRecord.APPLICATION_DATA, (1 << 14) - HELLO.length + 1, HELLO);
            assertThat(refused(pair, Code.ERR_SSL_DATA_LENGTH_TOO_LONG, Alert.RECORD_OVERFLOW))
                    .hasMessageContaining("record of 16386 bytes with its type and padding, 16385 are allowed");
        }
    }

    @Test
    void a_record_with_nothing_but_padding_is_refused() throws Exception {
        try (EnginePair pair = EnginePair.client(TlsVersion.TLS_1_3)) {
            pair.send(0, new byte[20]);
            assertThat(refused(pair, Code.ERR_SSL_UNEXPECTED_MESSAGE, Alert.UNEXPECTED_MESSAGE))
                    .hasMessage("handshake: record with nothing but padding (sent alert 10 unexpected_message)");
        }
    }

    // Useless records

    @EachVersion
    void thirty_two_empty_records_are_taken_and_data_starts_the_count_again(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.server(version)) {
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 32; i++) {
                    pair.send(RawRecord.APPLICATION_DATA);
                }
                pair.send(RawRecord.APPLICATION_DATA, HELLO);
                assertThat(pair.read()).isEqualTo(HELLO);
            }
        }
    }

    @EachVersion
    void thirty_three_empty_records_are_refused(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.server(version)) {
            for (int i = 0; i < 33; i++) {
                pair.send(RawRecord.APPLICATION_DATA);
            }
            assertThat(refused(pair, Code.ERR_SSL_UNEXPECTED_MESSAGE, Alert.UNEXPECTED_MESSAGE))
                    .hasMessageStartingWith(
                            "record: the peer sent 33 empty records in a row without data, 32 are allowed");
        }
    }

    @Test
    void thirty_three_key_updates_in_a_row_are_refused() throws Exception {
        try (EnginePair pair = EnginePair.server(TlsVersion.TLS_1_3)) {
            for (int i = 0; i < 33; i++) {
                pair.send(RawRecord.HANDSHAKE, KEY_UPDATE);
                pair.rekey();
            }
            refused(pair, Code.ERR_SSL_UNEXPECTED_MESSAGE, Alert.UNEXPECTED_MESSAGE);
        }
    }

    // Handshake messages, RFC 8446 5.1

    @Test
    void a_key_update_in_pieces_is_taken() throws Exception {
        try (EnginePair pair = EnginePair.server(TlsVersion.TLS_1_3)) {
            for (byte value : KEY_UPDATE) {
                pair.send(RawRecord.HANDSHAKE, value);
            }
            pair.rekey();
            pair.send(RawRecord.APPLICATION_DATA, HELLO);
            assertThat(pair.read()).isEqualTo(HELLO);
        }
    }

    @Test
    void data_inside_a_handshake_message_is_refused() throws Exception {
        try (EnginePair pair = EnginePair.server(TlsVersion.TLS_1_3)) {
            pair.send(RawRecord.HANDSHAKE, (byte) 24, (byte) 0);
            pair.send(RawRecord.APPLICATION_DATA, HELLO);
            assertThat(refused(pair, Code.ERR_SSL_UNEXPECTED_MESSAGE, Alert.UNEXPECTED_MESSAGE))
                    .hasMessageStartingWith("record: the peer sent application data inside a handshake message");
        }
    }

    @Test
    void a_key_update_with_another_request_is_refused() throws Exception {
        try (EnginePair pair = EnginePair.server(TlsVersion.TLS_1_3)) {
            pair.send(RawRecord.HANDSHAKE, (byte) 24, (byte) 0, (byte) 0, (byte) 1, (byte) 2);
            refused(pair, Code.ERR_SSL_ILLEGAL_PARAMETER, Alert.ILLEGAL_PARAMETER);
        }
    }

    /** RFC 8446 5.4, RFC 5246 6.2.1. */
    @EachVersion
    void an_empty_record_of_another_type_than_data_is_refused(TlsVersion version) throws Exception {
        for (int type : new int[] {RawRecord.HANDSHAKE, RawRecord.ALERT}) {
            try (EnginePair pair = EnginePair.server(version)) {
                pair.send(type);
                refused(pair, Code.ERR_SSL_UNEXPECTED_MESSAGE, Alert.UNEXPECTED_MESSAGE);
            }
        }
    }

    @Test
    void tickets_in_records_of_one_byte_are_taken() throws Exception {
        try (EnginePair pair = EnginePair.client(TlsVersion.TLS_1_3)) {
            for (int i = 0; i < 3; i++) {
                for (byte value : ticket()) {
                    pair.send(RawRecord.HANDSHAKE, value);
                }
            }
            pair.send(RawRecord.APPLICATION_DATA, HELLO);
            assertThat(pair.read()).isEqualTo(HELLO);
            assertThat(pair.heddle().result().orElseThrow().tickets()).isEqualTo(3);
        }
    }

    @Test
    void tickets_leave_the_number_of_empty_records_as_it_is() throws Exception {
        try (EnginePair pair = EnginePair.client(TlsVersion.TLS_1_3)) {
            pair.send(RawRecord.HANDSHAKE, ticket());
            pair.send(RawRecord.HANDSHAKE, ticket());
            for (int i = 0; i < 32; i++) {
                pair.send(RawRecord.APPLICATION_DATA);
            }
            pair.send(RawRecord.APPLICATION_DATA, HELLO);
            assertThat(pair.read()).isEqualTo(HELLO);
        }
    }

    @Test
    void two_hundred_and_fifty_seven_tickets_in_a_row_are_refused() throws Exception {
        try (EnginePair pair = EnginePair.client(TlsVersion.TLS_1_3)) {
            for (int i = 0; i < 257; i++) {
                pair.send(RawRecord.HANDSHAKE, ticket());
            }
            assertThat(refused(pair, Code.ERR_SSL_UNEXPECTED_MESSAGE, Alert.UNEXPECTED_MESSAGE))
                    .hasMessageStartingWith("record: the peer sent 257 NewSessionTicket messages in a row");
        }
    }

    /** RFC 8446 4.6.1: lifetime 60 s, age_add, nonce of one byte, ticket of two, no extensions. */
    private static byte[] ticket() {
        return new byte[] {4, 0, 0, 16, 0, 0, 0, 60, 1, 2, 3, 4, 1, 0, 0, 2, 7, 7, 0, 0};
    }

    @EachVersion
    void another_record_inside_a_handshake_message_is_refused(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.client(version)) {
            pair.send(RawRecord.HANDSHAKE, (byte) 4, (byte) 0);
            pair.send(RawRecord.ALERT, (byte) 1, (byte) 90);
            assertThat(refused(pair, Code.ERR_SSL_UNEXPECTED_MESSAGE, Alert.UNEXPECTED_MESSAGE))
                    .hasMessageContaining("alert(21) record inside a handshake message");
        }
    }

    @EachVersion
    void a_fatal_alert_inside_a_handshake_message_is_still_the_peers_reason(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.client(version)) {
            pair.send(RawRecord.HANDSHAKE, (byte) 4, (byte) 0);
            pair.send(RawRecord.ALERT, (byte) 2, (byte) Alert.ACCESS_DENIED.number());
            assertThatThrownBy(pair::read).hasMessageContaining("access_denied (49)");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {RawRecord.CHANGE_CIPHER_SPEC, RawRecord.ALERT, RawRecord.HANDSHAKE})
    void a_record_in_the_clear_after_the_handshake_is_refused(int type) throws Exception {
        try (EnginePair pair = EnginePair.server(TlsVersion.TLS_1_3)) {
            pair.sendRaw(RawRecord.of(type, (byte) 1, (byte) 0).toBytes());
            refused(pair, Code.ERR_SSL_UNEXPECTED_MESSAGE, Alert.UNEXPECTED_MESSAGE);
        }
    }

    // KeyUpdate

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_key_update_is_answered_at_once(boolean client) throws Exception {
        try (EnginePair pair = client ? EnginePair.client(TlsVersion.TLS_1_3) : EnginePair.server(TlsVersion.TLS_1_3)) {
            pair.send(RawRecord.HANDSHAKE, KEY_UPDATE_REQUESTED);
            pair.rekey();
            pair.send(RawRecord.APPLICATION_DATA, HELLO);
            assertThat(pair.read()).isEqualTo(HELLO);
            // Nothing is written here, until which bctls would keep the answer.
            RawRecord answer = pair.receive();
            assertThat(answer.type()).isEqualTo(RawRecord.HANDSHAKE);
            assertThat(answer.body()).isEqualTo(KEY_UPDATE);
        }
    }

    // Alerts

    @EachVersion
    void a_fatal_alert_is_the_peers_failure_and_is_not_answered(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.server(version)) {
            pair.send(RawRecord.ALERT, (byte) 2, (byte) Alert.ACCESS_DENIED.number());
            assertThatThrownBy(pair::read)
                    .isInstanceOf(TlsFailure.class)
                    .hasMessage("alert: the peer ended the connection with access_denied (49)");
            assertThatThrownBy(pair::receive).isInstanceOf(NoSuchElementException.class);
        }
    }

    /** RFC 8446 6: errors are fatal whatever their level, and so are alerts that do not exist. */
    @ParameterizedTest
    @ValueSource(ints = {10, 40, 49, 100, 112, 200, 255})
    void an_error_alert_of_level_warning_is_fatal_in_tls_1_3(int description) throws Exception {
        try (EnginePair pair = EnginePair.server(TlsVersion.TLS_1_3)) {
            pair.send(RawRecord.ALERT, (byte) 1, (byte) description);
            assertThatThrownBy(pair::read).isInstanceOf(TlsFailure.class).hasMessageContaining("(%d)", description);
            assertThatThrownBy(pair::receive).isInstanceOf(NoSuchElementException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 255})
    void close_notify_of_whatever_level_is_the_end_in_tls_1_3(int level) throws Exception {
        try (EnginePair pair = EnginePair.server(TlsVersion.TLS_1_3)) {
            pair.send(RawRecord.ALERT, (byte) level, (byte) 0);
            assertThat(pair.read()).isEmpty();
            assertThat(pair.heddle().closeNotifyReceived()).isTrue();
        }
    }

    @Test
    void an_alert_of_another_level_is_refused_in_tls_1_2() throws Exception {
        try (EnginePair pair = EnginePair.server(TlsVersion.TLS_1_2)) {
            pair.send(RawRecord.ALERT, (byte) 3, (byte) 90);
            assertThat(refused(pair, Code.ERR_SSL_ILLEGAL_PARAMETER, Alert.ILLEGAL_PARAMETER))
                    .hasMessageContaining("alert 90 of level 3, 1 and 2 are allowed");
        }
    }

    @EachVersion
    void four_warnings_in_a_row_are_taken_and_five_are_not(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.server(version)) {
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 4; i++) {
                    pair.send(RawRecord.ALERT, (byte) 1, (byte) 90);
                }
                pair.send(RawRecord.APPLICATION_DATA, HELLO);
                assertThat(pair.read()).isEqualTo(HELLO);
            }
            for (int i = 0; i < 5; i++) {
                pair.send(RawRecord.ALERT, (byte) 1, (byte) 90);
            }
            assertThat(refused(pair, Code.ERR_SSL_UNEXPECTED_MESSAGE, Alert.UNEXPECTED_MESSAGE))
                    .hasMessageStartingWith("record: the peer sent 5 warning alerts in a row");
        }
    }

    /** RFC 8446 5.1: an alert is not split, and alerts do not share a record. OpenSSL has the rule for TLS 1.2 too. */
    @EachVersion
    void an_alert_has_a_record_of_its_own(TlsVersion version) throws Exception {
        byte[][] records = {{1}, {1, 90, 1, 90}, {1, 90, 1}};
        for (byte[] record : records) {
            try (EnginePair pair = EnginePair.server(version)) {
                pair.send(RawRecord.ALERT, record);
                assertThat(refused(pair, Code.ERR_SSL_BAD_LENGTH, Alert.DECODE_ERROR))
                        .hasMessageContaining("alert record of %d bytes", record.length);
            }
        }
    }

    @EachVersion
    void a_close_notify_ends_reading_and_not_writing(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.server(version)) {
            pair.send(RawRecord.ALERT, (byte) 1, (byte) 0);
            assertThat(pair.read()).isEmpty();
            assertThat(pair.heddle().closeNotifyReceived()).isTrue();
            pair.heddle().write(HELLO, 0, HELLO.length);
            RawRecord sent = pair.receive();
            assertThat(sent.type()).isEqualTo(RawRecord.APPLICATION_DATA);
            assertThat(sent.body()).isEqualTo(HELLO);
        }
    }
}
