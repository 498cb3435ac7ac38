package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.Status;
import org.jspecify.annotations.Nullable;

/** The buffers of wrap and unwrap: too small, too big, several, direct, read-only, half full. */
class SslEngineBufferContractTest {
    private static final byte[] HELLO = "hello, engine".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    // wrap

    @OnEachVersion
    void wrap_into_too_small_a_buffer_overflows_and_changes_nothing(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        for (int room : new int[] {0, 1, 5, HELLO.length}) {
            SSLEngineResult result = pair.client().wrap(ByteBuffer.wrap(HELLO), ByteBuffer.allocate(room));
            assertThat(result.getStatus()).isEqualTo(Status.BUFFER_OVERFLOW);
            assertThat(result.bytesConsumed()).isZero();
            assertThat(result.bytesProduced()).isZero();
        }
        pair.assertCarries();
    }

    @OnEachVersion
    void wrap_of_the_handshake_into_too_small_a_buffer_overflows(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        SSLEngineResult result = pair.client().wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(10));
        assertThat(result.getStatus()).isEqualTo(Status.BUFFER_OVERFLOW);
        assertThat(result.bytesProduced()).isZero();
        pair.settle();
        pair.assertCarries();
    }

    @OnEachVersion
    void a_packet_buffer_has_room_for_the_output_of_wrap(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        int packet = pair.client().engine().getSession().getPacketBufferSize();
        ByteBuffer big = ByteBuffer.allocate(100_000);
        SSLEngineResult result = pair.client().wrap(big, ByteBuffer.allocate(packet));
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.bytesConsumed()).isPositive().isLessThanOrEqualTo(16_384);
        assertThat(result.bytesProduced()).isGreaterThan(result.bytesConsumed());
    }

    @OnEachVersion
    void wrap_preserves_the_bytes_around_its_output(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        ByteBuffer source = ByteBuffer.allocate(100).position(7).limit(7 + HELLO.length);
        source.put(HELLO).position(7);
        ByteBuffer out = ByteBuffer.allocate(40_000).position(100);
        pair.client().wrap(source, out);
        assertThat(source.hasRemaining()).isFalse();
        assertThat(source.limit()).isEqualTo(7 + HELLO.length);
        assertThat(out.limit()).isEqualTo(40_000);
        pair.server().receive(out.flip().position(100));
        assertThat(pair.server().takeAll()).isEqualTo(HELLO);
    }

    @OnEachVersion
    void wrap_of_nothing_produces_nothing(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        SSLEngineResult result = pair.client().wrap();
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.bytesProduced()).isZero();
    }

    @OnEachVersion
    void wrap_gathers(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        ByteBuffer out = ByteBuffer.allocate(20_000);
        ByteBuffer[] parts = {
            ByteBuffer.wrap(new byte[] {9}),
            ByteBuffer.wrap(HELLO, 0, 3),
            ByteBuffer.allocate(0),
            ByteBuffer.allocateDirect(2).put(HELLO, 3, 2).flip(),
            ByteBuffer.wrap(HELLO).position(5).slice().asReadOnlyBuffer(),
            ByteBuffer.wrap(new byte[] {9})
        };
        SSLEngineResult result = pair.client().engine().wrap(parts, 1, 4, out);
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.bytesConsumed()).isEqualTo(HELLO.length);
        assertThat(parts[0].remaining()).isOne();
        assertThat(parts[5].remaining()).isOne();
        pair.server().receive(out.flip());
        assertThat(pair.server().takeAll()).isEqualTo(HELLO);
    }

    @OnEachVersion
    void direct_buffers_are_accepted_everywhere(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        ByteBuffer source =
                ByteBuffer.allocateDirect(HELLO.length).put(HELLO).flip().asReadOnlyBuffer();
        ByteBuffer net = ByteBuffer.allocateDirect(20_000);
        pair.client().wrap(source, net);
        ByteBuffer out = ByteBuffer.allocateDirect(20_000);
        pair.server().unwrap(net.flip(), out);
        assertThat(out.flip()).isEqualTo(ByteBuffer.wrap(HELLO));
    }

    // unwrap

    @OnEachVersion
    void less_than_a_record_underflows_and_changes_nothing(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().send(ByteBuffer.wrap(HELLO));
        ByteBuffer record = pair.server().incoming();
        int whole = record.limit();
        for (int part : new int[] {0, 1, 4, 5, 6, whole / 2, whole - 1}) {
            SSLEngineResult result = pair.server().unwrap(record.duplicate().limit(part), ByteBuffer.allocate(20_000));
            assertThat(result.getStatus()).isEqualTo(Status.BUFFER_UNDERFLOW);
            assertThat(result.bytesConsumed()).isZero();
            assertThat(result.bytesProduced()).isZero();
        }
        pair.server().receive(record);
        assertThat(pair.server().takeAll()).isEqualTo(HELLO);
    }

    @OnEachVersion
    void half_a_record_of_a_handshake_underflows_too(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        pair.client().wrap();
        ByteBuffer hello = pair.server().incoming();
        for (int part : new int[] {0, 4, 5, hello.limit() - 1}) {
            SSLEngineResult result = pair.server().unwrap(hello.duplicate().limit(part), ByteBuffer.allocate(20_000));
            assertThat(result.getStatus()).isEqualTo(Status.BUFFER_UNDERFLOW);
            assertThat(result.getHandshakeStatus()).isEqualTo(SSLEngineResult.HandshakeStatus.NEED_UNWRAP);
            assertThat(result.bytesConsumed()).isZero();
        }
        pair.server().receive(hello);
        pair.settle();
        pair.assertCarries();
    }

    @OnEachVersion
    void unwrap_into_too_small_a_buffer_overflows_and_changes_nothing(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().send(ByteBuffer.wrap(HELLO));
        for (int room : new int[] {0, 1, HELLO.length - 1}) {
            SSLEngineResult result = pair.server().unwrap(ByteBuffer.allocate(room));
            assertThat(result.getStatus()).isEqualTo(Status.BUFFER_OVERFLOW);
            assertThat(result.bytesConsumed()).isZero();
            assertThat(result.bytesProduced()).isZero();
        }
        assertThat(pair.server().takeAll()).isEqualTo(HELLO);
    }

    @OnEachVersion
    void one_call_unwraps_one_record(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        for (int i = 1; i <= 3; i++) {
            pair.client().send(ByteBuffer.wrap(HELLO, 0, i));
        }
        for (int i = 1; i <= 3; i++) {
            SSLEngineResult result = pair.server().unwrap();
            assertThat(result.getStatus()).isEqualTo(Status.OK);
            assertThat(result.bytesProduced()).isEqualTo(i);
        }
        assertThat(pair.server().hasIncoming()).isFalse();
    }

    @OnEachVersion
    void an_application_buffer_has_room_for_any_record(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().wrap(ByteBuffer.allocate(16_384));
        SSLEngineResult result = pair.server().unwrap();
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.bytesProduced()).isPositive();
    }

    @OnEachVersion
    void unwrap_scatters(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().send(ByteBuffer.wrap(HELLO));
        ByteBuffer[] parts = {
            ByteBuffer.allocate(10),
            ByteBuffer.allocate(3),
            ByteBuffer.allocate(0),
            ByteBuffer.allocateDirect(2),
            ByteBuffer.allocate(20_000),
            ByteBuffer.allocate(10)
        };
        SSLEngineResult result = pair.server().engine().unwrap(pair.server().incoming(), parts, 1, 4);
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.bytesProduced()).isEqualTo(HELLO.length);
        assertThat(parts[0].position()).isZero();
        assertThat(parts[1].flip()).isEqualTo(ByteBuffer.wrap(HELLO, 0, 3));
        assertThat(parts[3].flip()).isEqualTo(ByteBuffer.wrap(HELLO, 3, 2));
        assertThat(parts[4].flip()).isEqualTo(ByteBuffer.wrap(HELLO, 5, HELLO.length - 5));
        assertThat(parts[5].position()).isZero();
    }

    @OnEachVersion
    void unwrap_preserves_the_bytes_after_the_record(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().send(ByteBuffer.wrap(HELLO));
        ByteBuffer record = pair.server().incoming();
        int length = record.limit();
        ByteBuffer more = ByteBuffer.allocate(length + 3).put(record).position(0);
        SSLEngineResult result = pair.server().unwrap(more, ByteBuffer.allocate(20_000));
        assertThat(result.bytesConsumed()).isEqualTo(length);
        assertThat(more.remaining()).isEqualTo(3);
        assertThat(pair.server().unwrap(more, ByteBuffer.allocate(20_000)).getStatus())
                .isEqualTo(Status.BUFFER_UNDERFLOW);
    }

    @OnEachVersion
    void unwrap_accepts_a_read_only_source(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().send(ByteBuffer.wrap(HELLO));
        ByteBuffer out = ByteBuffer.allocate(20_000);
        pair.server().unwrap(pair.server().incoming().asReadOnlyBuffer(), out);
        assertThat(out.flip()).isEqualTo(ByteBuffer.wrap(HELLO));
    }

    @OnEachVersion
    void source_and_destination_may_overlap(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        byte[] data = new byte[3000];
        new Random(1).nextBytes(data);
        for (int shift : new int[] {0, 1, 5, 13, 100, 3000, -1, -13, -100}) {
            byte[] array = new byte[40_000];
            System.arraycopy(data, 0, array, 4000, data.length);
            ByteBuffer sealed = ByteBuffer.wrap(array, 4000 + shift, 30_000);
            pair.client().wrap(ByteBuffer.wrap(array, 4000, data.length), sealed);
            ByteBuffer record = ByteBuffer.wrap(array, 4000 + shift, sealed.position() - 4000 - shift);
            ByteBuffer opened = ByteBuffer.wrap(array, 4000, 30_000);
            SSLEngineResult result = pair.server().unwrap(record, opened);
            assertThat(result.bytesProduced()).as("shifted by %d", shift).isEqualTo(data.length);
            assertThat(opened.flip().position(4000)).isEqualTo(ByteBuffer.wrap(data));
        }
    }

    // Arguments

    @OnEach
    void read_only_destinations_are_refused(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_3).handshake();
        ByteBuffer readOnly = ByteBuffer.allocate(20_000).asReadOnlyBuffer();
        assertThatThrownBy(() -> pair.client().engine().wrap(ByteBuffer.wrap(HELLO), readOnly))
                .isInstanceOf(ReadOnlyBufferException.class);
        assertThatThrownBy(() -> pair.client().engine().unwrap(ByteBuffer.wrap(HELLO), readOnly))
                .isInstanceOf(ReadOnlyBufferException.class);
        pair.assertCarries();
    }

    @OnEach
    void missing_buffers_are_refused(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_3).handshake();
        SSLEngine engine = pair.client().engine();
        ByteBuffer some = ByteBuffer.allocate(20_000);
        @Nullable ByteBuffer[] none = new ByteBuffer[] {null};
        assertThatIllegalArgumentException().isThrownBy(() -> engine.wrap((ByteBuffer) null, some));
        assertThatIllegalArgumentException().isThrownBy(() -> engine.wrap(some, (ByteBuffer) null));
        assertThatIllegalArgumentException().isThrownBy(() -> engine.wrap(none, some));
        assertThatIllegalArgumentException().isThrownBy(() -> engine.wrap((ByteBuffer[]) null, some));
        assertThatIllegalArgumentException().isThrownBy(() -> engine.unwrap(null, some));
        assertThatIllegalArgumentException().isThrownBy(() -> engine.unwrap(some, (ByteBuffer) null));
        assertThatIllegalArgumentException().isThrownBy(() -> engine.unwrap(some, none));
        pair.assertCarries();
    }

    @OnEach
    void ranges_outside_the_array_are_refused(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_3).handshake();
        SSLEngine engine = pair.client().engine();
        ByteBuffer some = ByteBuffer.allocate(20_000);
        ByteBuffer[] two = {ByteBuffer.allocate(20_000), ByteBuffer.allocate(20_000)};
        int[][] outside = {{-1, 1}, {0, 3}, {2, 1}, {0, -1}};
        for (int[] range : outside) {
            assertThatThrownBy(() -> engine.wrap(two, range[0], range[1], some))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> engine.unwrap(some, two, range[0], range[1]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        pair.assertCarries();
    }
}
