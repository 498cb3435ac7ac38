package io.heddle.engine;

import static io.heddle.HelloParts.KEY_SHARE;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.HelloParts;
import io.heddle.RawPeer;
import io.heddle.RawRecord;
import io.heddle.TlsPair;
import io.heddle.cipher.Group;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.tls.HandshakeType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Malformed key shares of ML-KEM and of the hybrid groups: their lengths (RFC 10024 4) and the check of encapsulation
 * keys (FIPS 203 7.2).
 */
@Tag("provider")
class PostQuantumShareTest {
    private static final List<Group> GROUPS = Stream.of(Group.values())
            .filter(group -> group.kind() == Group.Kind.KEM || group.kind() == Group.Kind.HYBRID)
            .toList();

    enum Defect {
        ONE_BYTE_SHORT,
        ONE_BYTE_LONG,
        /** For a hybrid not even its first part is complete. */
        TWO_BYTES_ALONE,
        /** The first two coefficients of the encapsulation key are 4095, the modulus is 3329. */
        COEFFICIENTS_TOO_LARGE;

        byte[] in(byte[] share, Group group) {
            return switch (this) {
                case ONE_BYTE_SHORT -> Arrays.copyOf(share, share.length - 1);
                case ONE_BYTE_LONG -> Arrays.copyOf(share, share.length + 1);
                case TWO_BYTES_ALONE -> Arrays.copyOf(share, 2);
                case COEFFICIENTS_TOO_LARGE -> {
                    byte[] changed = share.clone();
                    int key = pointBefore(group);
                    Arrays.fill(changed, key, key + 3, (byte) 0xff);
                    yield changed;
                }
            };
        }

        /** Returns the length of the point before the key of ML-KEM; X25519MLKEM768 has its point behind it. */
        private static int pointBefore(Group group) {
            return switch (group) {
                case SECP256R1MLKEM768 -> 65;
                case SECP384R1MLKEM1024 -> 97;
                default -> 0;
            };
        }
    }

    static Stream<Arguments> clientDefects() {
        return GROUPS.stream().flatMap(group -> Stream.of(Defect.values()).map(defect -> Arguments.of(group, defect)));
    }

    static Stream<Arguments> serverDefects() {
        return clientDefects().filter(arguments -> arguments.get()[1] != Defect.COEFFICIENTS_TOO_LARGE);
    }

    private static byte[] entry(Group group, byte[] share) {
        return ByteBuffer.allocate(4 + share.length)
                .putShort((short) group.number())
                .putShort((short) share.length)
                .put(share)
                .array();
    }

    private static TlsFailure refused(RawPeer wire) throws IOException {
        wire.end();
        TlsFailure failure = wire.failure();
        assertThat(failure.alert()).as(failure.getMessage()).contains(Alert.ILLEGAL_PARAMETER);
        assertThat(failure.getMessage())
                .hasSizeLessThan(300)
                .doesNotContain("java.")
                .doesNotContain("peerValue");
        assertThat(wire.readFatalAlert()).isEqualTo(Alert.ILLEGAL_PARAMETER);
        return failure;
    }

    private static TlsPair pair(Group group) {
        return TlsPair.of(TlsVersion.TLS_1_3)
                .clientContext(context -> context.ecdhCurve(group.opensslName()))
                .serverContext(context -> context.ecdhCurve(group.opensslName()));
    }

    @ParameterizedTest
    @MethodSource("clientDefects")
    void a_server_refuses_a_malformed_share(Group group, Defect defect) throws Exception {
        try (TlsPair pair = pair(group);
                RawPeer client = pair.rawClient()) {
            HelloParts hello = HelloParts.client(pair.clientHello());
            byte[] shares = hello.extension(KEY_SHARE).orElseThrow();
            byte[] entry = entry(group, defect.in(Arrays.copyOfRange(shares, 6, shares.length), group));
            client.send(hello.extension(
                            KEY_SHARE,
                            ByteBuffer.allocate(2 + entry.length)
                                    .putShort((short) entry.length)
                                    .put(entry)
                                    .array())
                    .toBytes());
            TlsFailure failure = refused(client);
            if (defect == Defect.COEFFICIENTS_TOO_LARGE) {
                assertThat(failure)
                        .returns(Code.ERR_SSL_ILLEGAL_PARAMETER, TlsFailure::code)
                        .hasMessageStartingWith("group: the client sent an encapsulation key of ML-KEM-");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("serverDefects")
    void a_client_refuses_a_malformed_share(Group group, Defect defect) throws Exception {
        try (TlsPair pair = pair(group);
                RawPeer wire = pair.rawServer()) {
            var protocol = new BareServer.Handshake(message -> {
                if (message[0] != HandshakeType.server_hello) {
                    return message;
                }
                HelloParts hello = HelloParts.server(RawRecord.of(RawRecord.HANDSHAKE, message));
                byte[] share = hello.extension(KEY_SHARE).orElseThrow();
                return hello.extension(
                                KEY_SHARE, entry(group, defect.in(Arrays.copyOfRange(share, 4, share.length), group)))
                        .message();
            });
            protocol.accept(new BareServer().group(group));
            protocol.offerInput(wire.readFlight());
            byte[] out = new byte[protocol.getAvailableOutputBytes()];
            protocol.readOutput(out, 0, out.length);
            wire.send(out);
            refused(wire);
        }
    }
}
