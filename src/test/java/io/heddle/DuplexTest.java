package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.protocol.TlsVersion;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two concurrent writers and two readers on each side of a connection, with continual key changes. */
@Tag("socket")
@Timeout(value = 90, threadMode = SEPARATE_THREAD)
class DuplexTest {
    private static final Duration HOW_LONG = Duration.ofSeconds(5);
    private static final int WRITERS = 2;

    /** struct { uint32 writer; uint32 number; uint32 length; uint32 crc; opaque payload[length]; } Message. */
    private static final int HEADER = 16;

    private static final int LONGEST = 40_000;

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void nothing_is_lost_or_reordered(TlsVersion version) throws Exception {
        long seed = System.nanoTime();
        try (SocketPair pair = SocketPair.connected(version)) {
            long end = System.nanoTime() + HOW_LONG.toNanos();
            List<Future<Integer>> written = new ArrayList<>();
            List<TlsSocket> ends = List.of(pair.heddleClient(), pair.heddleServer());
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                for (TlsSocket socket : ends) {
                    var random = new Random(seed + 31L * written.size());
                    written.add(pair.run(() -> write(socket, writer, random, end)));
                }
            }
            List<Future<Integer>> updates = new ArrayList<>();
            List<Incoming> incoming = new ArrayList<>();
            List<Future<Void>> readers = new ArrayList<>();
            for (TlsSocket each : ends) {
                var one = new Incoming(each);
                incoming.add(one);
                for (int i = 0; i < 2; i++) {
                    readers.add(pair.run(one::read));
                }
                updates.add(pair.run(() -> updateKeys(each, end)));
            }
            int[] sent = new int[2];
            for (int i = 0; i < written.size(); i++) {
                sent[i % 2] += SocketPair.await(written.get(i));
            }
            for (Future<Integer> future : updates) {
                assertThat(SocketPair.await(future)).isPositive();
            }
            for (TlsSocket each : ends) {
                each.shutdownOutput();
            }
            for (Future<Void> pending : readers) {
                SocketPair.await(pending);
            }
            assertThat(incoming.get(1).messages).as("seed %d", seed).isEqualTo(sent[0]);
            assertThat(incoming.get(0).messages).as("seed %d", seed).isEqualTo(sent[1]);
            assertThat(Math.min(sent[0], sent[1])).isGreaterThan(100);
            assertThat(ends).allMatch(TlsSocket::closeNotifyReceived);
        }
    }

    private static int write(TlsSocket to, int writer, Random random, long end) throws IOException {
        OutputStream out = to.getOutputStream();
        int number = 0;
        while (System.nanoTime() < end) {
            byte[] payload = new byte[random.nextInt(10) == 0 ? random.nextInt(LONGEST) : random.nextInt(200)];
            random.nextBytes(payload);
            ByteBuffer message = ByteBuffer.allocate(HEADER + payload.length)
                    .putInt(writer)
                    .putInt(number++)
                    .putInt(payload.length)
                    .putInt(crc(payload))
                    .put(payload);
            // One call, so that the message stays contiguous.
            out.write(message.array());
        }
        return number;
    }

    private static int crc(byte[] payload) {
        var crc = new CRC32();
        crc.update(payload);
        return (int) crc.getValue();
    }

    /**
     * By KeyUpdate, or below TLS 1.3 by renegotiation, which the server requests so that the limit does not count them.
     */
    private static int updateKeys(TlsSocket of, long end) throws IOException {
        int count = 0;
        for (; System.nanoTime() < end; count++) {
            if ("TLSv1.3".equals(of.getProtocol())) {
                of.updateKeys();
            } else if (!of.getUseClientMode()) {
                of.renegotiate();
            }
            java.util.concurrent.locks.LockSupport.parkNanos(
                    Duration.ofMillis(3).toNanos());
        }
        return count;
    }

    /** The input of one side: each message must be complete, and those of a writer in order. */
    private static final class Incoming {
        private final ReentrantLock turn = new ReentrantLock();
        private final DataInputStream in;
        private final int[] next = new int[WRITERS];

        int messages;

        Incoming(TlsSocket from) throws IOException {
            this.in = new DataInputStream(from.getInputStream());
        }

        /** The readers take turns, message by message, so that every switch of threads happens inside the connection's data. */
        Void read() throws IOException {
            while (true) {
                turn.lock();
                try {
                    int writer = in.read() << 24;
                    if (writer < 0) {
                        return null;
                    }
                    writer |= in.readUnsignedByte() << 16 | in.readUnsignedShort();
                    int number = in.readInt();
                    int length = in.readInt();
                    int crc = in.readInt();
                    assertThat(writer).isBetween(0, WRITERS - 1);
                    assertThat(length).isBetween(0, LONGEST);
                    assertThat(number).isEqualTo(next[writer]++);
                    assertThat(crc(in.readNBytes(length))).isEqualTo(crc);
                    messages++;
                } finally {
                    turn.unlock();
                }
            }
        }
    }
}
