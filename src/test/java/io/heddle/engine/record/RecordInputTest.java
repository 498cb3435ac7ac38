package io.heddle.engine.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.Transport;
import io.heddle.failure.TlsFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records from bytes in pieces of any size, and one read for each small record in a row. */
class RecordInputTest {
    private final Pieces pieces = new Pieces();
    private final RecordInput input = new RecordInput(pieces, () -> 1 << 14);

    @Test
    void small_records_in_a_row_take_one_read_each() throws IOException {
        for (int i = 0; i < 8; i++) {
            pieces.add(record(1_000));
            expect(1_000);
        }
        int before = pieces.reads;
        pieces.add(record(1_000));
        expect(1_000);
        assertThat(pieces.reads - before).isEqualTo(1);
    }

    @Test
    void a_large_record_among_small_ones_arrives_whole() throws IOException {
        for (int i = 0; i < 10; i++) {
            pieces.add(record(100));
            expect(100);
        }
        pieces.add(record(16_000));
        expect(16_000);
        pieces.add(record(100));
        expect(100);
    }

    @Test
    void records_in_pieces_of_any_size_arrive_whole_and_in_order() throws IOException {
        long seed = new Random().nextLong();
        System.err.println("RecordInputTest seed " + seed);
        var random = new Random(seed);
        var stream = new ByteArrayOutputStream();
        int[] lengths = random.ints(2_000, 0, 3_000).toArray();
        for (int i = 0; i < lengths.length; i++) {
            // Many small records, then many of mixed sizes.
            lengths[i] = i / 100 % 2 == 0 ? lengths[i] % 200 : lengths[i];
            stream.writeBytes(record(lengths[i]));
        }
        byte[] all = stream.toByteArray();
        for (int at = 0; at < all.length; ) {
            int n = Math.min(all.length - at, 1 + random.nextInt(random.nextBoolean() ? 10 : 4_000));
            pieces.add(Arrays.copyOfRange(all, at, at + n));
            at += n;
        }
        for (int length : lengths) {
            expect(length);
        }
        assertThat(input.fill(ReadDeadline.NONE)).isFalse();
    }

    @Test
    void a_read_that_gives_up_half_way_goes_on_later() throws IOException {
        for (int i = 0; i < 8; i++) {
            pieces.add(record(50));
            expect(50);
        }
        byte[] next = record(60);
        for (int at = 0; at < next.length; at++) {
            pieces.add(new byte[] {next[at]});
            if (at < next.length - 1) {
                pieces.late = true;
                assertThatThrownBy(() -> input.fill(ReadDeadline.NONE)).isInstanceOf(SocketTimeoutException.class);
                pieces.late = false;
            }
        }
        expect(60);
    }

    @Test
    void an_end_inside_a_small_record_is_a_failure() throws IOException {
        for (int i = 0; i < 8; i++) {
            pieces.add(record(50));
            expect(50);
        }
        pieces.add(Arrays.copyOf(record(50), 20));
        assertThatThrownBy(() -> input.fill(ReadDeadline.NONE))
                .isInstanceOf(TlsFailure.class)
                .hasMessageContaining("the connection ended inside a record, after 20 bytes of it");
    }

    @Test
    void a_bad_header_behind_a_record_is_refused_without_waiting_for_more() throws IOException {
        byte[] record = record(50);
        byte[] both = Arrays.copyOf(record, record.length + 6);
        Arrays.fill(both, record.length, both.length, (byte) 0xff);
        pieces.add(both);
        expect(50);
        int before = pieces.reads;

        assertThatThrownBy(() -> input.fill(ReadDeadline.NONE))
                .isInstanceOf(TlsFailure.class)
                .hasMessage(
                        "record: the peer sent a record of type 255 and version 255.255, types 20 to 23 of version 3 are allowed");
        assertThat(pieces.reads).isEqualTo(before);
    }

    /** A peer that announces a long record and sends no more of it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 5, 6, 100, 3000})
    void a_wait_for_a_record_holds_no_borrowed_buffer(int arrived) throws IOException {
        long lent = BufferPool.lent();
        pieces.late = true;
        pieces.add(record(100));
        expect(100);
        byte[] record = record(1 << 14);
        pieces.add(Arrays.copyOf(record, arrived));

        assertThatThrownBy(() -> input.fill(ReadDeadline.NONE)).isInstanceOf(SocketTimeoutException.class);

        assertThat(BufferPool.lent()).isEqualTo(lent);
        assertThat(arrived <= RecordCipher.HEADER || input.buffer().length <= Math.max(2048, 4 * arrived))
                .isTrue();
        pieces.add(Arrays.copyOfRange(record, arrived, record.length));
        expect(1 << 14);
        assertThat(BufferPool.lent()).isEqualTo(lent);
    }

    @Test
    void of_a_transport_that_goes_on_after_tls_nothing_is_read_ahead() throws IOException {
        pieces.shared = true;
        for (int i = 0; i < 10; i++) {
            pieces.add(record(50));
            expect(50);
        }
        byte[] record = record(50);
        byte[] more = Arrays.copyOf(record, record.length + 30);
        pieces.add(more);
        expect(50);
        assertThat(pieces.left()).isEqualTo(30);
    }

    private void expect(int body) throws IOException {
        assertThat(input.fill(ReadDeadline.NONE)).isTrue();
        byte[] bytes = Arrays.copyOfRange(input.buffer(), input.start(), input.start() + input.length());
        assertThat(bytes).isEqualTo(record(body));
        input.consume();
    }

    private static byte[] record(int body) {
        byte[] record = new byte[5 + body];
        record[0] = 23;
        record[1] = 3;
        record[2] = 3;
        record[3] = (byte) (body >> 8);
        record[4] = (byte) body;
        for (int i = 0; i < body; i++) {
            record[5 + i] = (byte) (body + i);
        }
        return record;
    }

    /** A transport that gives its bytes piece by piece. */
    private static final class Pieces implements Transport {
        private final Deque<byte[]> pieces = new ArrayDeque<>();
        private int reads;
        private boolean late;
        private boolean shared;

        void add(byte[] piece) {
            pieces.add(piece);
        }

        int left() {
            return pieces.stream().mapToInt(each -> each.length).sum();
        }

        @Override
        public int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException {
            reads++;
            byte[] piece = pieces.poll();
            if (piece == null) {
                if (late) {
                    throw new SocketTimeoutException("late");
                }
                return -1;
            }
            int n = Math.min(length, piece.length);
            System.arraycopy(piece, 0, into, offset, n);
            if (n < piece.length) {
                pieces.addFirst(Arrays.copyOfRange(piece, n, piece.length));
            }
            return n;
        }

        @Override
        public int available() {
            return left();
        }

        @Override
        public boolean endsWithTls() {
            return !shared;
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            throw new AssertionError("nothing is written here");
        }

        @Override
        public void shutdownInput() {}

        @Override
        public void shutdownOutput() {}

        @Override
        public void close() {}
    }
}
