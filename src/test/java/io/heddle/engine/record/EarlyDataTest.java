package io.heddle.engine.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.RawPeer;
import io.heddle.RawRecord;
import io.heddle.TlsPair;
import io.heddle.engine.BareClient;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Early data at a server: never accepted, always skipped (RFC 8446 4.2.10). The records are random bytes, like those of
 * another key.
 */
class EarlyDataTest {
    private static final int EXPANSION = 17;

    private final Random random = new Random(7);

    private byte[] noise(int content) {
        byte[] body = new byte[content + EXPANSION];
        random.nextBytes(body);
        return body;
    }

    private static void send(TlsProtocol from, RawPeer wire) {
        byte[] out = new byte[from.getAvailableOutputBytes()];
        from.readOutput(out, 0, out.length);
        wire.send(out);
    }

    private static BareClient.Handshake client(ProtocolVersion version, RawPeer wire) throws IOException {
        var client = new BareClient.Handshake(UnaryOperator.identity());
        client.connect(new BareClient(version, true, true));
        send(client, wire);
        return client;
    }

    private static void complete(BareClient.Handshake client, RawPeer wire) throws IOException {
        while (client.isHandshaking()) {
            client.offerInput(wire.readFlight());
            send(client, wire);
        }
        assertThat(wire.problem()).isEmpty();
    }

    private static void exchange(BareClient.Handshake client, RawPeer wire) throws IOException {
        client.writeApplicationData(new byte[] {'h', 'i'}, 0, 2);
        send(client, wire);
        byte[] into = new byte[10];
        assertThat(wire.heddle().getInputStream().read(into)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 1 << 14})
    void early_data_behind_the_client_hello_is_skipped(int length) throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            BareClient.Handshake client = client(ProtocolVersion.TLSv13, wire);
            wire.sendRecord(RawRecord.APPLICATION_DATA, noise(length));
            wire.sendRecord(RawRecord.CHANGE_CIPHER_SPEC, (byte) 1);
            complete(client, wire);
            exchange(client, wire);
        }
    }

    @Test
    void early_data_in_many_records_is_skipped() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            BareClient.Handshake client = client(ProtocolVersion.TLSv13, wire);
            for (int i = 0; i < 64; i++) {
                wire.sendRecord(RawRecord.APPLICATION_DATA, noise(256));
            }
            complete(client, wire);
            exchange(client, wire);
        }
    }

    @Test
    void early_data_before_the_second_client_hello_is_skipped() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3).serverContext(context -> context.ecdhCurve("P-384"));
                RawPeer wire = pair.rawClient()) {
            BareClient.Handshake client = client(ProtocolVersion.TLSv13, wire);
            wire.sendRecord(RawRecord.APPLICATION_DATA, noise(1000));
            complete(client, wire);
            exchange(client, wire);
        }
    }

    private static void refused(RawPeer wire, Code code) {
        assertThat(wire.problem()).isEqualTo(Optional.of(wire.failure()));
        assertThat(wire.failure()).returns(code, TlsFailure::code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X25519", "P-384"})
    void more_than_is_to_be_expected_is_refused(String groups) throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3).serverContext(context -> context.ecdhCurve(groups));
                RawPeer wire = pair.rawClient()) {
            client(ProtocolVersion.TLSv13, wire);
            wire.sendRecord(RawRecord.APPLICATION_DATA, noise(1 << 14));
            wire.sendRecord(RawRecord.APPLICATION_DATA, noise(1));
            refused(wire, Code.ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
        }
    }

    /** Records that hold nothing count as one byte, so that their number has an end as well. */
    @Test
    void no_more_records_are_skipped_than_bytes() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            client(ProtocolVersion.TLSv13, wire);
            for (int i = 0; i < EarlyData.LEAST + 1; i++) {
                wire.sendRecord(RawRecord.APPLICATION_DATA);
            }
            refused(wire, Code.ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
        }
    }

    @Test
    void without_the_extension_nothing_is_skipped() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            var client = new BareClient.Handshake(UnaryOperator.identity());
            client.connect(new BareClient(ProtocolVersion.TLSv13, true));
            send(client, wire);
            wire.sendRecord(RawRecord.APPLICATION_DATA, noise(100));
            refused(wire, Code.ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
        }
    }

    /** RFC 8446 D.3: a server of TLS 1.2 does not know early data. */
    @Test
    void in_tls_1_2_nothing_is_skipped() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer wire = pair.rawClient()) {
            client(ProtocolVersion.TLSv12, wire);
            wire.sendRecord(RawRecord.APPLICATION_DATA, noise(100));
            refused(wire, Code.ERR_SSL_UNEXPECTED_MESSAGE);
        }
    }

    /** A record that opens ends the early data, so that what follows has to open as well. */
    @Test
    void after_the_finished_nothing_is_skipped() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            BareClient.Handshake client = client(ProtocolVersion.TLSv13, wire);
            complete(client, wire);
            wire.sendRecord(RawRecord.APPLICATION_DATA, noise(100));
            try {
                int n = wire.heddle().getInputStream().read();
                throw new AssertionError("read " + n);
            } catch (TlsFailure failure) {
                assertThat(failure.code()).isEqualTo(Code.ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
            }
        }
    }
}
