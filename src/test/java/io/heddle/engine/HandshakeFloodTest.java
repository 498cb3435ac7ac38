package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.RawPeer;
import io.heddle.RawRecord;
import io.heddle.TlsPair;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Messages without meaning in a first handshake: some are legal, many are an attack on the other side's CPU. */
class HandshakeFloodTest {
    private static final byte[] HELLO_REQUEST = {0, 0, 0, 0};

    private static void refused(RawPeer peer, String start) throws IOException {
        assertThat(peer.failure())
                .returns(Code.ERR_SSL_UNEXPECTED_MESSAGE, TlsFailure::code)
                .hasMessageStartingWith(start);
        assertThat(peer.readToEnd())
                .last()
                .satisfies(record -> assertThat(record.type()).isEqualTo(RawRecord.ALERT));
    }

    /** RFC 5246 7.4.1.1: a client that negotiates ignores them. */
    @Test
    void hello_requests_in_a_handshake_are_ignored_up_to_a_number() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer server = pair.rawServer()) {
            server.readRecord();
            for (int i = 0; i < 33; i++) {
                server.sendRecord(RawRecord.HANDSHAKE, HELLO_REQUEST);
            }
            assertThat(server.failure())
                    .hasMessageStartingWith("record: the peer sent 33 HelloRequest messages in a row");
            assertThat(server.readFatalAlert()).isEqualTo(Alert.UNEXPECTED_MESSAGE);
        }
    }

    @Test
    void warnings_at_a_client_are_ignored_up_to_a_number() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer server = pair.rawServer()) {
            server.readRecord();
            for (int i = 0; i < 5; i++) {
                // unrecognized_name
                server.sendRecord(RawRecord.ALERT, (byte) 1, (byte) 112);
            }
            assertThat(server.failure()).hasMessageStartingWith("record: the peer sent 5 warning alerts in a row");
            assertThat(server.readFatalAlert()).isEqualTo(Alert.UNEXPECTED_MESSAGE);
        }
    }

    /** RFC 8446 5: dropped, once a ClientHello has come. */
    @Test
    void change_cipher_spec_in_the_handshake_of_tls_1_3_is_dropped_up_to_a_number() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer client = pair.rawClient()) {
            client.send(pair.clientHello().toBytes());
            client.readFlight();
            for (int i = 0; i < 33; i++) {
                client.sendRecord(RawRecord.CHANGE_CIPHER_SPEC, (byte) 1);
            }
            assertThat(client.failure())
                    .returns(Code.ERR_SSL_UNEXPECTED_MESSAGE, TlsFailure::code)
                    .hasMessageStartingWith("record: the peer sent 33 ChangeCipherSpec records in a row");
        }
    }

    @Test
    void change_cipher_spec_inside_the_client_hello_is_refused() throws IOException {
        try (TlsPair pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            byte[] hello = pair.clientHello().body();
            client.sendRecord(RawRecord.HANDSHAKE, Arrays.copyOf(hello, 20));
            client.sendRecord(RawRecord.CHANGE_CIPHER_SPEC, (byte) 1);
            refused(client, "record: the peer sent ChangeCipherSpec inside a handshake message");
        }
    }
}
