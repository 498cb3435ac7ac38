package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Application data in records: sizes, large and small writes, key changes in between, and data before the handshake.
 */
class RecordFlowTest {
    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Writes on one side while the other reads, and returns the bytes read. */
    private static byte[] transfer(TlsSocket from, TlsSocket to, byte[] data) throws IOException {
        TlsPair.Running writer = TlsPair.Running.of(() -> from.getOutputStream().write(data));
        byte[] read = to.getInputStream().readNBytes(data.length);
        assertThat(writer.problem()).isEmpty();
        return read;
    }

    @EachVersion
    void large_writes_arrive_whole(TlsVersion version) throws IOException {
        byte[] data = random(3_000_000);
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            assertThat(transfer(both.client(), both.server(), data)).isEqualTo(data);
            assertThat(transfer(both.server(), both.client(), data)).isEqualTo(data);
            assertThat(both.client().bytesWritten()).isEqualTo(data.length);
            assertThat(both.client().bytesRead()).isEqualTo(data.length);
        }
    }

    @EachVersion
    void both_directions_carry_data_at_once(TlsVersion version) throws IOException {
        byte[] data = random(1_000_000);
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            TlsPair.Running up = TlsPair.Running.of(() ->
                    assertThat(transfer(both.client(), both.server(), data)).isEqualTo(data));
            assertThat(transfer(both.server(), both.client(), data)).isEqualTo(data);
            assertThat(up.problem()).isEmpty();
        }
    }

    @EachVersion
    void data_is_read_byte_by_byte_and_in_odd_pieces(TlsVersion version) throws IOException {
        byte[] data = random(5_000);
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            both.server().getOutputStream().write(data);
            InputStream in = both.client().getInputStream();
            byte[] read = new byte[data.length];
            for (int at = 0; at < 1_000; at++) {
                read[at] = (byte) in.read();
            }
            assertThat(in.available()).isEqualTo(4_000);
            for (int at = 1_000; at < data.length; ) {
                at += in.read(read, at, Math.min(7, data.length - at));
            }
            assertThat(read).isEqualTo(data);
        }
    }

    @EachVersion
    void reading_into_nothing_returns_nothing(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            assertThat(both.client().getInputStream().read(new byte[0])).isZero();
        }
    }

    /** Returns the records of application data that the client sends, as long as they are on the wire. */
    private static List<RawRecord> recordsOf(TlsVersion version, Writing writing) throws IOException {
        List<RawRecord> records = new CopyOnWriteArrayList<>();
        try (var pair = TlsPair.of(version).toServer(bytes -> {
            records.addAll(RawRecord.all(bytes));
            return bytes;
        })) {
            TlsPair.Connected both = pair.connect();
            both.exchange("all before is sent");
            records.clear();
            writing.write(both);
            both.client().shutdownOutput();
            both.server().getInputStream().readAllBytes();
            List<RawRecord> data = new ArrayList<>(records);
            // The last is close_notify.
            data.removeLast();
            return data;
        }
    }

    private interface Writing {
        void write(TlsPair.Connected both) throws IOException;
    }

    private static int overhead(TlsVersion version) {
        // AES-GCM: the tag and the inner type, or the tag and the explicit nonce.
        return version == TlsVersion.TLS_1_3 ? 17 : 24;
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1000, 4096, 16384})
    void no_record_is_longer_than_maxSendFragment(int fragment) throws IOException {
        for (TlsVersion version : new TlsVersion[] {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}) {
            List<RawRecord> records = recordsOf(version, both -> {
                both.client().setMaxSendFragment(fragment);
                both.client().getOutputStream().write(random(20_000));
            });
            assertThat(records).hasSize((20_000 + fragment - 1) / fragment);
            assertThat(records.getFirst().body()).hasSize(fragment + overhead(version));
        }
    }

    @EachVersion
    void maxSendFragment_has_bounds(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            for (int bad : new int[] {511, 16385, 0, -1}) {
                assertThatThrownBy(() -> both.client().setMaxSendFragment(bad))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("maxSendFragment: %d was given, 512 to 16384 are allowed", bad);
            }
        }
    }

    @EachVersion
    void an_empty_write_sends_nothing(TlsVersion version) throws IOException {
        assertThat(recordsOf(version, both -> both.client().getOutputStream().write(new byte[0])))
                .isEmpty();
    }

    @EachVersion
    void a_write_is_one_record_when_it_fits(TlsVersion version) throws IOException {
        List<RawRecord> records =
                recordsOf(version, both -> both.client().getOutputStream().write(random(100)));
        assertThat(records).hasSize(1);
        assertThat(records.getFirst().body()).hasSize(100 + overhead(version));
    }

    @Test
    void tls_1_0_sends_the_first_byte_alone_against_beast() throws IOException {
        List<RawRecord> records = new CopyOnWriteArrayList<>();
        try (var pair = TlsPair.of(TlsVersion.TLS_1_0)
                .clientContext(FlowSettings::legacy)
                .serverContext(FlowSettings::legacy)
                .toServer(bytes -> {
                    records.addAll(RawRecord.all(bytes));
                    return bytes;
                })) {
            TlsPair.Connected both = pair.connect();
            records.clear();
            both.exchange("more than a byte");
            assertThat(records).hasSize(2);
        }
    }

    // New keys

    @Test
    void keys_change_on_both_sides_while_data_flows() throws IOException {
        byte[] data = random(200_000);
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            TlsPair.Connected both = pair.connect();
            for (int round = 0; round < 20; round++) {
                (round % 2 == 0 ? both.client() : both.server()).updateKeys();
                assertThat(transfer(both.client(), both.server(), data)).isEqualTo(data);
                assertThat(transfer(both.server(), both.client(), data)).isEqualTo(data);
            }
        }
    }

    @Test
    void below_tls_1_3_keys_stay() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            TlsPair.Connected both = pair.connect();
            both.client().updateKeys();
            both.exchange("as before");
        }
    }

    // Data before the handshake

    @EachVersion
    void application_data_in_place_of_a_client_hello_is_refused(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version);
                RawPeer client = pair.rawClient()) {
            client.sendRecord(RawRecord.APPLICATION_DATA, (byte) 1, (byte) 2);
            assertThat(client.failure())
                    .returns(Code.ERR_SSL_UNEXPECTED_MESSAGE, TlsFailure::code)
                    .hasMessage("handshake: Not ready for application_data(23) (sent alert 10 unexpected_message)");
        }
    }

    @EachVersion
    void application_data_behind_a_client_hello_is_refused(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            byte[] hello = pair.clientHello().toBytes();
            try (RawPeer client = pair.rawClient()) {
                client.send(hello);
                client.sendRecord(RawRecord.APPLICATION_DATA, random(40));
                assertThat(client.failure().code().blame()).isEqualTo(TlsFailure.Blame.PEER_MISBEHAVED);
                assertThat(client.problem()).isPresent();
            }
        }
    }

    @EachVersion
    void a_client_hello_in_records_of_a_byte_each_is_taken(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            RawRecord hello = pair.clientHello();
            try (RawPeer client = pair.rawClient()) {
                for (byte value : hello.body()) {
                    client.send(new RawRecord(RawRecord.HANDSHAKE, 0x0301, new byte[] {value}).toBytes());
                }
                assertThat(HelloBytes.messageTypes(client.readRecord().orElseThrow()))
                        .containsExactly(2);
            }
        }
    }

    @EachVersion
    void an_alert_between_the_pieces_of_a_client_hello_is_refused(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            RawRecord hello = pair.clientHello();
            try (RawPeer client = pair.rawClient()) {
                client.sendRecord(RawRecord.HANDSHAKE, hello.body()[0], hello.body()[1]);
                client.sendRecord(RawRecord.ALERT, (byte) 2, (byte) Alert.ACCESS_DENIED.number());
                client.end();
                assertThat(client.failure().code())
                        .isIn(Code.ERR_SSL_UNEXPECTED_MESSAGE, Code.ERR_SSL_TLSV1_ALERT_ACCESS_DENIED);
            }
        }
    }

    // Input that is not TLS

    @Test
    void http_is_named() throws IOException {
        try (var pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            client.send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.failure())
                    .hasMessage("record: the peer sent an HTTP request without TLS, it began with \"GET /\"")
                    .returns(Code.ERR_SSL_HTTP_REQUEST, TlsFailure::code);
        }
    }

    @Test
    void another_protocol_is_quoted() throws IOException {
        try (var pair = TlsPair.create();
                RawPeer server = pair.rawServer()) {
            server.send("220 mail.test\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(server.failure())
                    .hasMessageStartingWith("record: the peer sent no TLS record, it began with \"220 m\"")
                    .returns(Code.ERR_SSL_WRONG_VERSION_NUMBER, TlsFailure::code);
        }
    }

    @Test
    void a_connection_that_ends_inside_a_header_is_reported() throws IOException {
        try (var pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            client.send((byte) 22, (byte) 3);
            client.end();
            assertThat(client.failure())
                    .hasMessage("record: the connection ended inside a record header, after 2 bytes of it")
                    .returns(Code.ERR_SSL_UNEXPECTED_EOF_WHILE_READING, TlsFailure::code);
        }
    }
}
