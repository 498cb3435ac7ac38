package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.EachVersion;
import io.heddle.RawRecord;
import io.heddle.cipher.TlsVersion;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a peer with the right keys may send after the handshake, and what it must not. */
class RecordRulesTest {
    private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o'};
    private static final byte[] KEY_UPDATE = {24, 0, 0, 1, 0};
    private static final byte[] KEY_UPDATE_REQUESTED = {24, 0, 0, 1, 1};

    /** Asserts that reading fails for good, and that the peer is told. */
    private static TlsFailure refused(EnginePair pair, Code code, Alert alert) throws Exception {
        TlsFailure failure = catchThrowableOfType(TlsFailure.class, pair::read);
        assertThat(failure).isNotNull();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThatThrownBy(pair::read).as("and again").isSameAs(failure);
        RawRecord told = pair.receive();
        assertThat(told.type()).isEqualTo(RawRecord.ALERT);
        assertThat(told.body()).containsExactly(2, alert.number());
        return failure;
    }

    @EachVersion
    void data_is_read_by_both_sides(TlsVersion version) throws Exception {
        try (EnginePair client = EnginePair.client(version);
                EnginePair server = EnginePair.server(version)) {
            for (EnginePair each : new EnginePair[] {client, server}) {
                each.send(RawRecord.APPLICATION_DATA, HELLO);
                assertThat(each.read()).isEqualTo(HELLO);
                each.heddle().write(HELLO, 0, HELLO.length);
                assertThat(each.receive().body()).isEqualTo(HELLO);
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
                    .hasMessage("handshake: record of 16385 bytes (sent alert 22 record_overflow)");
        }
    }

    @EachVersion
    void a_record_that_announces_too_much_is_refused_at_its_header(TlsVersion version) throws Exception {
        try (EnginePair pair = EnginePair.server(version)) {
            int length = (1 << 14) + 2049;
            pair.sendRaw((byte) 23, (byte) 3, (byte) 3, (byte) (length >>> 8), (byte) length);
            assertThat(refused(pair, Code.ERR_SSL_DATA_LENGTH_TOO_LONG, Alert.RECORD_OVERFLOW))
                    .hasMessage("record: the peer announced 18433 bytes, at most 18432 are allowed");
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
                    .hasMessage("record: the peer sent a record of type 99 and version 3.3, types 20 to 23 of version 3"
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
                    .hasMessage("record: the peer sent a record of type 23 and version 2.3, types 20 to 23 of version 3"
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
                    .hasMessage("record: the peer sent 33 records in a row without data, 32 are allowed");
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
            for (byte each : KEY_UPDATE) {
                pair.send(RawRecord.HANDSHAKE, each);
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
                    .hasMessage("record: the peer sent application data inside a handshake message");
        }
    }

    @Test
    void a_key_update_with_another_request_is_refused() throws Exception {
        try (EnginePair pair = EnginePair.server(TlsVersion.TLS_1_3)) {
            pair.send(RawRecord.HANDSHAKE, (byte) 24, (byte) 0, (byte) 0, (byte) 1, (byte) 2);
            refused(pair, Code.ERR_SSL_ILLEGAL_PARAMETER, Alert.ILLEGAL_PARAMETER);
        }
    }

    @Test
    void an_empty_handshake_record_is_refused() throws Exception {
        try (EnginePair pair = EnginePair.server(TlsVersion.TLS_1_3)) {
            pair.send(RawRecord.HANDSHAKE);
            refused(pair, Code.ERR_SSL_ILLEGAL_PARAMETER, Alert.ILLEGAL_PARAMETER);
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
            // Nothing is written here: bctls would keep the answer until something is.
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
