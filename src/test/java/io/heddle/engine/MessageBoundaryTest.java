package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.RawPeer;
import io.heddle.RawRecord;
import io.heddle.TlsPair;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 8446 5.1: a message after which the keys change ends its record. What stood behind it would be taken as sealed,
 * or with the next keys, although it was not.
 */
class MessageBoundaryTest {
    private static final byte[] KEY_UPDATE = {HandshakeType.key_update, 0, 0, 1, 0};
    private static final byte[] ENCRYPTED_EXTENSIONS = {HandshakeType.encrypted_extensions, 0, 0, 2, 0, 0};

    private static byte[] both(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothing_stands_behind_a_key_update(boolean client) throws Exception {
        try (EnginePair pair = client ? EnginePair.client(TlsVersion.TLS_1_3) : EnginePair.server(TlsVersion.TLS_1_3)) {
            pair.send(RawRecord.HANDSHAKE, both(KEY_UPDATE, KEY_UPDATE));
            TlsFailure failure = catchThrowableOfType(TlsFailure.class, pair::read);
            assertThat(failure.code()).isEqualTo(Code.ERR_SSL_UNEXPECTED_MESSAGE);
            assertThat(pair.receive().body()).containsExactly(2, Alert.UNEXPECTED_MESSAGE.number());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void nothing_stands_behind_a_client_hello(int length) throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            byte[] hello = pair.clientHello().body();
            try (RawPeer client = pair.rawClient()) {
                client.sendRecord(RawRecord.HANDSHAKE, both(hello, Arrays.copyOf(ENCRYPTED_EXTENSIONS, length)));
                assertThat(client.failure())
                        .returns(Code.ERR_SSL_UNEXPECTED_MESSAGE, TlsFailure::code)
                        .hasMessageContaining(
                                "more data in the record of a client_hello(1), after which the keys change");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void nothing_stands_behind_a_server_hello(int length) throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer server = pair.rawServer();
                RawPeer real = pair.rawClient()) {
            real.send(server.readRecord().orElseThrow().toBytes());
            RawRecord hello = real.readRecord().orElseThrow();
            server.sendRecord(RawRecord.HANDSHAKE, both(hello.body(), Arrays.copyOf(ENCRYPTED_EXTENSIONS, length)));
            assertThat(server.failure())
                    .returns(Code.ERR_SSL_UNEXPECTED_MESSAGE, TlsFailure::code)
                    .hasMessageContaining("more data in the record of a server_hello(2), after which the keys change");
        }
    }

    /** A peer with all keys, which sends a KeyUpdate in the record of its Finished. */
    private static byte[] behindFinished(byte[] message) {
        return message[0] == HandshakeType.finished ? both(message, KEY_UPDATE) : message;
    }

    @Test
    void nothing_stands_behind_the_finished_of_a_client() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            var client = new BareClient.Handshake(MessageBoundaryTest::behindFinished);
            client.connect(new BareClient(ProtocolVersion.TLSv13, true));
            while (client.isHandshaking()) {
                send(client, wire);
                client.offerInput(wire.readFlight());
            }
            send(client, wire);
            assertThat(wire.failure())
                    .returns(Code.ERR_SSL_UNEXPECTED_MESSAGE, TlsFailure::code)
                    .hasMessageContaining("more data in the record of a finished(20), after which the keys change");
        }
    }

    @Test
    void nothing_stands_behind_the_finished_of_a_server() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawServer()) {
            var server = new BareServer.Handshake(MessageBoundaryTest::behindFinished);
            server.accept(new BareServer());
            server.offerInput(wire.readFlight());
            send(server, wire);
            assertThat(wire.failure())
                    .returns(Code.ERR_SSL_UNEXPECTED_MESSAGE, TlsFailure::code)
                    .hasMessageContaining("more data in the record of a finished(20), after which the keys change");
        }
    }

    private static void send(TlsProtocol from, RawPeer wire) {
        byte[] out = new byte[from.getAvailableOutputBytes()];
        from.readOutput(out, 0, out.length);
        wire.send(out);
    }
}
