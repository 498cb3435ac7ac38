package io.heddle.engine;

import static io.heddle.HelloParts.KEY_SHARE;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.HelloParts;
import io.heddle.RawPeer;
import io.heddle.RawRecord;
import io.heddle.TlsPair;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.tls.HandshakeType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The form of points in a key_share of TLS 1.3, which is only the uncompressed one: RFC 8446 4.2.8.2. */
@Tag("provider")
class KeyShareFormTest {
    private static final int UNCOMPRESSED = 4;

    /**
     * Returns a point in a form of X9.62 4.3.6: compressed, which leaves out y, or hybrid, which has both y and its
     * last bit.
     */
    private static byte[] inForm(byte[] point, boolean compressed) {
        assertThat(point[0]).isEqualTo((byte) UNCOMPRESSED);
        int bit = point[point.length - 1] & 1;
        byte[] changed = Arrays.copyOf(point, compressed ? 1 + point.length / 2 : point.length);
        changed[0] = (byte) ((compressed ? 2 : 6) + bit);
        return changed;
    }

    private static byte[] entry(int group, byte[] point) {
        return ByteBuffer.allocate(4 + point.length)
                .putShort((short) group)
                .putShort((short) point.length)
                .put(point)
                .array();
    }

    private static void refused(RawPeer wire, String group) throws IOException {
        wire.end();
        TlsFailure failure = wire.failure();
        assertThat(failure)
                .returns(Code.ERR_SSL_ILLEGAL_PARAMETER, TlsFailure::code)
                .hasMessageStartingWith("group: the peer sent a point of " + group + " in the form ")
                .hasMessageContaining(", the uncompressed form (4) alone is allowed");
        assertThat(wire.readFatalAlert()).isEqualTo(Alert.ILLEGAL_PARAMETER);
    }

    @ParameterizedTest
    @CsvSource({
        "prime256v1, 23, true", "secp384r1, 24, true", "secp521r1, 25, true",
        "prime256v1, 23, false", "secp384r1, 24, false", "secp521r1, 25, false"
    })
    void a_share_of_a_client_is_uncompressed(String group, int number, boolean compressed) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3).clientContext(context -> context.ecdhCurve(group));
                RawPeer client = pair.rawClient()) {
            HelloParts hello = HelloParts.client(pair.clientHello());
            byte[] shares = hello.extension(KEY_SHARE).orElseThrow();
            byte[] entry = entry(number, inForm(Arrays.copyOfRange(shares, 6, shares.length), compressed));
            client.send(hello.extension(
                            KEY_SHARE,
                            ByteBuffer.allocate(2 + entry.length)
                                    .putShort((short) entry.length)
                                    .put(entry)
                                    .array())
                    .toBytes());
            refused(client, group);
        }
    }

    @ParameterizedTest
    @CsvSource({"prime256v1, 23, true", "secp384r1, 24, true", "prime256v1, 23, false", "secp384r1, 24, false"})
    void a_share_of_a_server_is_uncompressed(String group, int number, boolean compressed) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3).clientContext(context -> context.ecdhCurve(group));
                RawPeer wire = pair.rawServer()) {
            var protocol = new BareServer.Handshake(message -> {
                if (message[0] != HandshakeType.server_hello) {
                    return message;
                }
                HelloParts hello = HelloParts.server(RawRecord.of(RawRecord.HANDSHAKE, message));
                byte[] share = hello.extension(KEY_SHARE).orElseThrow();
                return hello.extension(
                                KEY_SHARE,
                                entry(number, inForm(Arrays.copyOfRange(share, 4, share.length), compressed)))
                        .message();
            });
            protocol.accept(new BareServer());
            protocol.offerInput(wire.readFlight());
            byte[] out = new byte[protocol.getAvailableOutputBytes()];
            protocol.readOutput(out, 0, out.length);
            wire.send(out);
            refused(wire, group);
        }
    }
}
