package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.cipher.Group;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The ClientHello of a client with the default groups. Its post-quantum key share makes it longer than a TCP segment:
 * it arrives in pieces, and a client may divide it over records (RFC 8446 5.1).
 */
class FragmentedHelloTest {
    /** The payload of a TCP segment on Ethernet. */
    private static final int SEGMENT = 1460;

    private static final int HEADER = 5;

    private enum Unit {
        SEGMENTS,
        RECORDS
    }

    private static List<byte[]> pieces(RawRecord hello, Unit unit, int size) {
        byte[] whole = unit == Unit.SEGMENTS ? hello.toBytes() : hello.body();
        assertThat(whole.length).isGreaterThan(SEGMENT);
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < whole.length; at += size) {
            byte[] piece = Arrays.copyOfRange(whole, at, Math.min(whole.length, at + size));
            pieces.add(
                    unit == Unit.SEGMENTS
                            ? piece
                            : RawRecord.of(RawRecord.HANDSHAKE, piece).toBytes());
        }
        return pieces;
    }

    private static void assertHybrid(RawRecord answer) {
        assertThat(HelloParts.server(answer).extension(HelloParts.KEY_SHARE).orElseThrow())
                .startsWith(Group.X25519MLKEM768.number() >>> 8, Group.X25519MLKEM768.number() & 0xff)
                .hasSizeGreaterThan(1088);
    }

    @ParameterizedTest
    @CsvSource({"SEGMENTS, 1", "SEGMENTS, 100", "SEGMENTS, 1460", "RECORDS, 40", "RECORDS, 512", "RECORDS, 1400"})
    void a_server_socket_answers(String unit, int size) throws Exception {
        try (TlsPair pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            pieces(pair.clientHello(), Unit.valueOf(unit), size).forEach(client::send);
            assertHybrid(client.readRecord().orElseThrow());
        }
    }

    @ParameterizedTest
    @CsvSource({"SEGMENTS, 1", "SEGMENTS, 100", "SEGMENTS, 1460", "RECORDS, 40", "RECORDS, 512", "RECORDS, 1400"})
    void a_server_engine_answers(String unit, int size) throws Exception {
        SecureContext context = Tls.createSecureContext(options -> options.identity(TestPki.server("localhost")));
        SSLEngine server = SslContexts.of(context).createSSLEngine();
        server.setUseClientMode(false);
        server.beginHandshake();
        try (TlsPair pair = TlsPair.create()) {
            ByteBuffer received = ByteBuffer.allocate(1 << 16);
            for (byte[] piece : pieces(pair.clientHello(), Unit.valueOf(unit), size)) {
                received.put(piece).flip();
                unwrap(server, received);
                received.compact();
            }
            assertThat(received.position()).isZero();
        }
        ByteBuffer sent = ByteBuffer.allocate(1 << 16);
        server.wrap(ByteBuffer.allocate(0), sent);
        byte[] bytes = new byte[sent.flip().remaining()];
        sent.get(bytes);
        assertHybrid(RawRecord.all(bytes).getFirst());
    }

    /** Unwraps whole records, and runs the tasks behind the last. */
    private static void unwrap(SSLEngine server, ByteBuffer received) throws SSLException {
        while (server.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP && received.remaining() >= HEADER) {
            SSLEngineResult result = server.unwrap(received, ByteBuffer.allocate(0));
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                return;
            }
            for (Runnable task = server.getDelegatedTask(); task != null; task = server.getDelegatedTask()) {
                task.run();
            }
        }
    }
}
