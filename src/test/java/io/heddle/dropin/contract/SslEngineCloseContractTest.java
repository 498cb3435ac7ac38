package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static io.heddle.dropin.contract.Jsse.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/** The end of engines: close_notify in both directions, and ends without it. */
class SslEngineCloseContractTest {
    @OnEachVersion
    void close_outbound_requires_a_wrap_which_is_the_last(Jsse jsse, String version) throws Exception {
        EngineEnd client = EnginePair.of(jsse, version).handshake().client();
        client.engine().closeOutbound();
        assertThat(client.engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        assertThat(client.engine().isOutboundDone()).isFalse();
        SSLEngineResult last = client.wrap(ByteBuffer.wrap(new byte[10]));
        assertThat(last.getStatus()).isEqualTo(Status.CLOSED);
        assertThat(last.bytesConsumed()).isZero();
        assertThat(last.bytesProduced()).isPositive();
        assertThat(client.engine().isOutboundDone()).isTrue();
        assertThat(client.engine().isInboundDone()).isFalse();
    }

    @OnEachVersion
    void wrap_after_the_last_produces_nothing(Jsse jsse, String version) throws Exception {
        EngineEnd client = EnginePair.of(jsse, version).handshake().client();
        client.engine().closeOutbound();
        client.wrap();
        for (int i = 0; i < 3; i++) {
            SSLEngineResult after = client.wrap(ByteBuffer.wrap(new byte[10]));
            assertThat(after.getStatus()).isEqualTo(Status.CLOSED);
            assertThat(after.bytesConsumed()).isZero();
            assertThat(after.bytesProduced()).isZero();
        }
        client.engine().closeOutbound();
        assertThat(client.engine().isOutboundDone()).isTrue();
    }

    @OnEachVersion
    void the_other_side_receives_the_end_and_stops_reading(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().engine().closeOutbound();
        pair.client().wrap();
        SSLEngineResult result = pair.server().unwrap();
        assertThat(result.getStatus()).isEqualTo(Status.CLOSED);
        assertThat(result.bytesConsumed()).isPositive();
        assertThat(result.bytesProduced()).isZero();
        assertThat(pair.server().engine().isInboundDone()).isTrue();
        assertThat(pair.server().engine().isOutboundDone()).isFalse();
        SSLEngineResult after = pair.server().unwrap(ByteBuffer.wrap(new byte[10]), ByteBuffer.allocate(20_000));
        assertThat(after.getStatus()).isEqualTo(Status.CLOSED);
        assertThat(after.bytesConsumed()).isZero();
        assertThatCode(pair.server().engine()::closeInbound).doesNotThrowAnyException();
    }

    @OnEachVersion
    void both_sides_close_in_turn(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().engine().closeOutbound();
        pair.client().wrap();
        pair.server().unwrap();
        pair.server().engine().closeOutbound();
        assertThat(pair.server().engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        assertThat(pair.server().wrap().getStatus()).isEqualTo(Status.CLOSED);
        assertThat(pair.server().engine().isOutboundDone()).isTrue();
        assertThat(pair.client().unwrap().getStatus()).isEqualTo(Status.CLOSED);
        for (EngineEnd end : java.util.List.of(pair.client(), pair.server())) {
            assertThat(end.engine().isInboundDone()).isTrue();
            assertThat(end.engine().isOutboundDone()).isTrue();
            assertThat(end.engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
            assertThatCode(end.engine()::closeInbound).doesNotThrowAnyException();
        }
    }

    @OnEachVersion
    void both_sides_close_at_once(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().engine().closeOutbound();
        pair.server().engine().closeOutbound();
        pair.client().wrap();
        pair.server().wrap();
        assertThat(pair.client().unwrap().getStatus()).isEqualTo(Status.CLOSED);
        assertThat(pair.server().unwrap().getStatus()).isEqualTo(Status.CLOSED);
        assertThat(pair.client().engine().isOutboundDone()).isTrue();
        assertThat(pair.server().engine().isOutboundDone()).isTrue();
    }

    @OnEachVersion
    void data_that_was_sent_before_the_close_arrives(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().send(ByteBuffer.wrap(new byte[] {1, 2}));
        pair.client().engine().closeOutbound();
        pair.client().wrap();
        assertThat(pair.server().takeAll()).isEqualTo(new byte[] {1, 2});
        assertThat(pair.server().engine().isInboundDone()).isTrue();
    }

    // In TLS 1.3 each direction closes separately; before it close_notify ends both.

    @OnEach
    void other_direction_stays_open_in_tls_1_3(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_3).handshake();
        pair.client().engine().closeOutbound();
        pair.client().wrap();
        pair.server().unwrap();
        assertThat(pair.server().engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
        pair.assertCarries(pair.server(), "still here");
    }

    @OnEach
    void close_is_answered_in_tls_1_2(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_2).handshake();
        pair.client().engine().closeOutbound();
        pair.client().wrap();
        pair.server().unwrap();
        assertThat(pair.server().engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        SSLEngineResult answer = pair.server().wrap(ByteBuffer.wrap(new byte[10]));
        assertThat(answer.getStatus()).isEqualTo(Status.CLOSED);
        assertThat(answer.bytesConsumed()).isZero();
        assertThat(answer.bytesProduced()).isPositive();
        assertThat(pair.client().unwrap().getStatus()).isEqualTo(Status.CLOSED);
    }

    // Without close_notify

    @OnEachVersion
    void close_inbound_without_close_notify_is_an_error(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        assertThatThrownBy(pair.client().engine()::closeInbound).isInstanceOf(SSLException.class);
        assertThat(pair.client().engine().isInboundDone()).isTrue();
        assertThat(pair.client().unwrap().getStatus()).isEqualTo(Status.CLOSED);
    }

    @OnEachVersion
    void close_inbound_before_the_handshake_is_no_error(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        assertThatCode(pair.client().engine()::closeInbound).doesNotThrowAnyException();
        assertThat(pair.client().engine().isInboundDone()).isTrue();
        assertThat(pair.client().unwrap().getStatus()).isEqualTo(Status.CLOSED);
    }

    @OnEachVersion
    void close_inbound_in_the_handshake_is_an_error(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        pair.client().wrap();
        assertThatThrownBy(pair.client().engine()::closeInbound).isInstanceOf(SSLException.class);
        assertThat(pair.client().engine().isInboundDone()).isTrue();
    }

    @OnEachVersion
    void close_outbound_before_the_handshake_sends_nothing_to_the_peer(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        pair.client().engine().closeOutbound();
        SSLEngineResult result = pair.client().wrap();
        assertThat(result.getStatus()).isEqualTo(Status.CLOSED);
        assertThat(result.bytesProduced()).isZero();
        assertThat(pair.client().engine().isOutboundDone()).isTrue();
    }

    @OnEachVersion
    void close_outbound_in_the_handshake_ends_it_for_both(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        pair.client().wrap();
        pair.client().engine().closeOutbound();
        for (int i = 0; i < 10 && !pair.client().engine().isOutboundDone(); i++) {
            pair.client().wrap();
        }
        assertThat(pair.client().engine().isOutboundDone()).isTrue();
        assertThatCode(() -> {
                    try {
                        pair.settle();
                    } catch (SSLException refused) {
                        // The server may send an alert that this does not end a handshake properly.
                    }
                })
                .doesNotThrowAnyException();
        assertThat(pair.server().engine().isInboundDone()).isTrue();
        assertThat(pair.server().finished()).isZero();
    }
}
