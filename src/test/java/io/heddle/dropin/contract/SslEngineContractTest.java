package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static io.heddle.dropin.contract.Jsse.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The life cycle of an {@link SSLEngine}: its initial state, and its handshakes, the first and later ones. */
class SslEngineContractTest {
    // Initial state

    @OnEach
    void new_engine_is_not_in_a_handshake_and_not_closed(Jsse jsse) {
        SSLEngine engine = jsse.context().createSSLEngine();
        assertThat(engine.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
        assertThat(engine.isInboundDone()).isFalse();
        assertThat(engine.isOutboundDone()).isFalse();
        assertThat(engine.getDelegatedTask()).isNull();
        assertThat(engine.getHandshakeSession()).isNull();
        assertThat(engine.getApplicationProtocol()).isNull();
        assertThat(engine.getHandshakeApplicationProtocol()).isNull();
    }

    @OnEach
    void peer_is_that_of_the_constructor(Jsse jsse) {
        SSLEngine advised = jsse.context().createSSLEngine("localhost", 443);
        assertThat(advised.getPeerHost()).isEqualTo("localhost");
        assertThat(advised.getPeerPort()).isEqualTo(443);
        SSLEngine unadvised = jsse.context().createSSLEngine();
        assertThat(unadvised.getPeerHost()).isNull();
        assertThat(unadvised.getPeerPort()).isEqualTo(-1);
    }

    @OnEach
    void session_before_the_handshake_is_the_null_session_with_room_for_a_record(Jsse jsse) {
        SSLSession session = jsse.context().createSSLEngine("localhost", 443).getSession();
        assertThat(session.getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
        assertThat(session.getProtocol()).isEqualTo("NONE");
        assertThat(session.getId()).isEmpty();
        assertThat(session.isValid()).isFalse();
        assertThat(session.getLocalCertificates()).isNull();
        assertThat(session.getLocalPrincipal()).isNull();
        assertThatThrownBy(session::getPeerCertificates).isInstanceOf(SSLPeerUnverifiedException.class);
        assertThatThrownBy(session::getPeerPrincipal).isInstanceOf(SSLPeerUnverifiedException.class);
        assertThat(session.getApplicationBufferSize()).isGreaterThanOrEqualTo(16_384);
        assertThat(session.getPacketBufferSize()).isGreaterThanOrEqualTo(5 + 16_384 + 256);
    }

    @OnEach
    void side_has_to_be_chosen_before_the_handshake(Jsse jsse) {
        SSLEngine engine = jsse.context().createSSLEngine();
        ByteBuffer buffer = ByteBuffer.allocate(20_000);
        assertThatIllegalStateException().isThrownBy(engine::beginHandshake);
        assertThatIllegalStateException().isThrownBy(() -> engine.wrap(ByteBuffer.allocate(0), buffer));
        assertThatIllegalStateException().isThrownBy(() -> engine.unwrap(ByteBuffer.allocate(5), buffer));
    }

    @OnEach
    void side_cannot_change_once_the_handshake_has_begun(Jsse jsse) throws Exception {
        SSLEngine engine = jsse.context().createSSLEngine();
        engine.setUseClientMode(true);
        assertThat(engine.getUseClientMode()).isTrue();
        engine.setUseClientMode(false);
        assertThat(engine.getUseClientMode()).isFalse();
        engine.beginHandshake();
        assertThatIllegalArgumentException().isThrownBy(() -> engine.setUseClientMode(true));
        assertThat(engine.getUseClientMode()).isFalse();
    }

    // The first handshake

    @OnEachVersion
    void begin_handshake_determines_the_side_that_sends_first(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        pair.client().engine().beginHandshake();
        assertThat(pair.client().engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        pair.server().engine().beginHandshake();
        assertThat(pair.server().engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
    }

    @OnEachVersion
    void begin_handshake_in_a_handshake_changes_nothing(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        pair.client().engine().beginHandshake();
        pair.client().engine().beginHandshake();
        pair.client().wrap();
        pair.client().engine().beginHandshake();
        assertThat(pair.client().engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
        pair.settle();
        pair.assertCarries();
    }

    @OnEachVersion
    void first_wrap_of_a_client_begins_and_consumes_no_data(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        ByteBuffer data = ByteBuffer.wrap(new byte[] {1, 2, 3});
        SSLEngineResult result = pair.client().wrap(data);
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
        assertThat(result.bytesConsumed()).isZero();
        assertThat(result.bytesProduced()).isPositive();
    }

    @OnEachVersion
    void first_unwrap_of_a_client_requires_a_wrap(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        SSLEngineResult result = pair.client().unwrap();
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        assertThat(result.bytesConsumed()).isZero();
        assertThat(pair.client().engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
    }

    @OnEachVersion
    void first_wrap_of_a_server_requires_an_unwrap(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        SSLEngineResult result = pair.server().wrap();
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
        assertThat(result.bytesProduced()).isZero();
    }

    @OnEachVersion
    void first_unwrap_of_a_server_begins(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        pair.client().wrap();
        SSLEngineResult result = pair.server().unwrap();
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.bytesConsumed()).isPositive();
        assertThat(result.bytesProduced()).isZero();
        assertThat(result.getHandshakeStatus()).isIn(HandshakeStatus.NEED_TASK, HandshakeStatus.NEED_WRAP);
    }

    @OnEachVersion
    void wrap_and_unwrap_do_nothing_while_a_task_is_pending(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        pair.client().wrap();
        pair.server().unwrap();
        SSLEngine server = pair.server().engine();
        assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_TASK);
        for (SSLEngineResult result :
                List.of(pair.server().wrap(), pair.server().unwrap(ByteBuffer.allocate(1), ByteBuffer.allocate(1)))) {
            assertThat(result.getStatus()).isEqualTo(Status.OK);
            assertThat(result.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_TASK);
            assertThat(result.bytesConsumed() + result.bytesProduced()).isZero();
        }
        Runnable task = server.getDelegatedTask();
        assertThat(server.getDelegatedTask()).isNull();
        assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_TASK);
        task.run();
        assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        pair.settle();
        pair.assertCarries();
    }

    @OnEachVersion
    void tasks_run_on_other_threads(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).begin();
        for (int i = 0; i < 200; i++) {
            for (EngineEnd end : List.of(pair.client(), pair.server())) {
                for (Runnable task = end.engine().getDelegatedTask();
                        task != null;
                        task = end.engine().getDelegatedTask()) {
                    var elsewhere = new FutureTask<>(task, "done");
                    Thread.ofVirtual().start(elsewhere);
                    assertThat(elsewhere.get(30, TimeUnit.SECONDS)).isEqualTo("done");
                }
                end.step();
            }
        }
        pair.assertCarries();
    }

    @BetweenEach
    void finished_is_reported_once_per_side_and_only_in_a_result(Jsse client, Jsse server, String version)
            throws Exception {
        EnginePair pair = EnginePair.of(client, server, version).begin();
        var statuses = new ArrayList<HandshakeStatus>();
        for (int i = 0; i < 200; i++) {
            for (EngineEnd end : List.of(pair.client(), pair.server())) {
                end.step();
                statuses.add(end.engine().getHandshakeStatus());
            }
        }
        pair.assertCarries();
        // The JDK's client reports it again with each ticket of TLS 1.3.
        boolean withTickets = client == Jsse.SUN_JSSE && version.equals(TLS_1_3);
        assertThat(pair.client().finished()).isBetween(1L, withTickets ? 3L : 1L);
        assertThat(pair.server().finished()).isEqualTo(1);
        assertThat(statuses).doesNotContain(HandshakeStatus.FINISHED);
    }

    @OnEachVersion
    void results_of_a_handshake_are_the_status_of_the_engine(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).begin();
        for (int i = 0; i < 200; i++) {
            for (EngineEnd end : List.of(pair.client(), pair.server())) {
                int before = end.results().size();
                end.step();
                if (end.results().size() > before) {
                    HandshakeStatus reported = end.results().getLast().getHandshakeStatus();
                    HandshakeStatus is = end.engine().getHandshakeStatus();
                    if (reported != HandshakeStatus.FINISHED) {
                        assertThat(is).isEqualTo(reported);
                    }
                }
            }
        }
    }

    @OnEachVersion
    void no_data_is_consumed_before_the_handshake_completes(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        ByteBuffer data = ByteBuffer.wrap(new byte[100]);
        for (int i = 0; i < 200 && pair.client().finished() == 0; i++) {
            pair.server().step();
            if (pair.client().engine().getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                    || pair.client().engine().getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
                assertThat(pair.client().wrap(data).bytesConsumed()).isZero();
            } else {
                pair.client().step();
            }
        }
        assertThat(pair.client().finished()).isEqualTo(1);
        assertThat(data.remaining()).isEqualTo(100);
    }

    @OnEachVersion
    void session_after_the_handshake_is_that_of_the_connection(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        SSLSession session = pair.client().engine().getSession();
        assertThat(session.getProtocol()).isEqualTo(version);
        assertThat(session.isValid()).isTrue();
        assertThat(session.getCipherSuite())
                .isEqualTo(pair.server().engine().getSession().getCipherSuite())
                .isNotEqualTo("SSL_NULL_WITH_NULL_NULL");
        assertThat(session.getPeerCertificates()).containsExactlyElementsOf(Jsse.SERVER.chain());
        assertThat(session.getPeerHost()).isEqualTo("localhost");
        assertThat(session.getPeerPort()).isEqualTo(443);
        assertThat(pair.client().engine().getHandshakeSession()).isNull();
        assertThat(pair.server().engine().getSession().getLocalCertificates())
                .containsExactlyElementsOf(Jsse.SERVER.chain());
        assertThat(pair.client().engine().getApplicationProtocol()).isEmpty();
        assertThat(pair.server().engine().getApplicationProtocol()).isEmpty();
    }

    @OnEachVersion
    void settings_after_the_handshake_are_accepted_without_immediate_effect(Jsse jsse, String version)
            throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        SSLEngine server = pair.server().engine();
        assertThatCode(() -> {
                    server.setEnabledProtocols(new String[] {TLS_1_2});
                    server.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
                    server.setNeedClientAuth(true);
                    server.setEnableSessionCreation(false);
                    server.setSSLParameters(server.getSSLParameters());
                })
                .doesNotThrowAnyException();
        assertThat(server.getSession().getProtocol()).isEqualTo(version);
        pair.assertCarries();
    }

    // The next handshake

    @OnEach
    void client_renegotiates_in_tls_1_2(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_2).handshake();
        pair.client().engine().beginHandshake();
        assertThat(pair.client().engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        pair.settle();
        assertThat(pair.client().finished()).isEqualTo(2);
        assertThat(pair.server().finished()).isEqualTo(2);
        pair.assertCarries();
    }

    @OnEach
    void server_renegotiates_in_tls_1_2_and_can_then_request_a_certificate(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse.context(Jsse.CLIENT), jsse.context());
        pair.client().engine().setEnabledProtocols(new String[] {TLS_1_2});
        pair.handshake();
        SSLEngine server = pair.server().engine();
        SSLSession first = server.getSession();
        assertThatThrownBy(first::getPeerCertificates).isInstanceOf(SSLPeerUnverifiedException.class);
        server.setNeedClientAuth(true);
        first.invalidate();
        server.beginHandshake();
        assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        pair.settle();
        assertThat(pair.server().finished()).isEqualTo(2);
        assertThat(server.getSession().getPeerCertificates()).containsExactlyElementsOf(Jsse.CLIENT.chain());
        pair.assertCarries();
    }

    @OnEach
    void number_of_renegotiations_of_a_client_is_bounded_by_some_providers(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_2).handshake();
        for (int i = 0; i < 3; i++) {
            pair.client().engine().beginHandshake();
            pair.settle();
        }
        pair.assertCarries();
        pair.client().engine().beginHandshake();
        if (jsse == Jsse.SUN_JSSE) {
            pair.settle();
            pair.assertCarries();
        } else {
            assertThat(pair.failsFirst(pair.server())).isInstanceOf(SSLException.class);
        }
    }

    @OnEach
    void begin_handshake_updates_the_keys_in_tls_1_3(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_3).handshake();
        for (EngineEnd end : List.of(pair.client(), pair.server())) {
            byte[] id = end.engine().getSession().getId();
            end.engine().beginHandshake();
            assertThat(end.engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
            pair.settle();
            pair.assertCarries();
            assertThat(end.engine().getSession().getId()).isEqualTo(id);
        }
    }

    @ParameterizedTest
    @MethodSource("io.heddle.dropin.contract.Jsse#withVersions")
    void begin_handshake_after_the_end_is_refused(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().engine().closeOutbound();
        pair.client().wrap();
        assertThatThrownBy(pair.client().engine()::beginHandshake).isInstanceOf(SSLException.class);
    }
}
