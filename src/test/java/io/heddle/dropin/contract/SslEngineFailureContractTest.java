package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static io.heddle.dropin.contract.Jsse.TLS_1_3;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;

/**
 * The failures of engines: the side that throws, the alert that the peer receives, and the state of the
 * engine afterwards.
 */
class SslEngineFailureContractTest {
    private static final byte DECODE_ERROR = 50;
    private static final byte INTERNAL_ERROR = 80;

    @OnEachVersion
    void client_that_does_not_trust_the_server_fails_and_sends_an_alert(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse.trustingOthers(), jsse.context());
        pair.server().engine().setEnabledProtocols(new String[] {version});
        pair.begin();
        assertThat(pair.failsFirst(pair.client())).isInstanceOf(SSLHandshakeException.class);
        assertAlertLeaves(pair.client());
        assertThat(failure(pair.server())).isInstanceOf(SSLHandshakeException.class);
        assertThat(pair.client().finished()).isZero();
        assertThat(pair.server().finished()).isZero();
    }

    @OnEachVersion
    void server_without_the_certificate_that_it_needs_fails_and_sends_an_alert(Jsse jsse, String version)
            throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        pair.server().engine().setNeedClientAuth(true);
        pair.begin();
        SSLException failure = pair.failsFirst(pair.server());
        assertThat(failure).isInstanceOf(SSLHandshakeException.class);
        assertAlertLeaves(pair.server());
        assertThat(failure(pair.client())).isInstanceOf(SSLHandshakeException.class);
    }

    @OnEachVersion
    void client_that_expects_another_name_fails(Jsse jsse, String version) throws Exception {
        EnginePair pair = new EnginePair(
                new EngineEnd(jsse.withoutKey().createSSLEngine("elsewhere.test", 443)),
                new EngineEnd(jsse.context().createSSLEngine()));
        pair.client().engine().setUseClientMode(true);
        pair.server().engine().setUseClientMode(false);
        SSLParameters parameters = pair.client().engine().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {version});
        pair.client().engine().setSSLParameters(parameters);
        pair.begin();
        assertThat(pair.failsFirst(pair.client())).isInstanceOf(SSLHandshakeException.class);
        assertAlertLeaves(pair.client());
    }

    @OnEach
    void sides_without_a_common_version_fail(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_2);
        pair.server().engine().setEnabledProtocols(new String[] {TLS_1_3});
        pair.begin();
        assertThat(pair.failsFirst(pair.server())).isInstanceOf(SSLHandshakeException.class);
        assertAlertLeaves(pair.server());
        assertThat(failure(pair.client())).isInstanceOf(SSLHandshakeException.class);
    }

    @OnEach
    void sides_without_a_common_suite_fail(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_2);
        pair.client().engine().setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
        pair.server().engine().setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"});
        pair.begin();
        assertThat(pair.failsFirst(pair.server())).isInstanceOf(SSLHandshakeException.class);
        assertAlertLeaves(pair.server());
    }

    @OnEach
    void server_without_a_key_fails(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse.withoutKey(), jsse.withoutKey()).begin();
        assertThat(pair.failsFirst(pair.server())).isInstanceOf(SSLHandshakeException.class);
        assertAlertLeaves(pair.server());
    }

    @OnEachVersion
    void plain_text_instead_of_a_handshake_is_refused(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).begin();
        byte[] request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII);
        assertThatThrownBy(() -> pair.server().unwrap(ByteBuffer.wrap(request), ByteBuffer.allocate(20_000)))
                .isInstanceOf(SSLException.class);
        assertThat(pair.server().finished()).isZero();
    }

    @OnEachVersion
    void plain_text_as_an_answer_is_refused(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        pair.client().wrap();
        byte[] answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".getBytes(US_ASCII);
        assertThatThrownBy(() -> pair.client().unwrap(ByteBuffer.wrap(answer), ByteBuffer.allocate(20_000)))
                .isInstanceOf(SSLException.class);
    }

    @OnEach
    void client_hello_with_an_excessive_length_is_refused(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_3);
        pair.client().wrap();
        ByteBuffer hello = pair.server().incoming();
        // The length of the first key share, after the numbers and lengths of the extension, its list and the group.
        int keyShare = keyShare(hello);
        hello.putShort(keyShare + 8, (short) 0xffff);
        pair.server().receive(hello);
        pair.server().engine().beginHandshake();
        if (jsse.keepsExceptionsOfTasks()) {
            assertThat(pair.failsWhenAskedAgain(pair.server())).isInstanceOf(SSLException.class);
            return;
        }
        assertThat(failure(pair.server())).isInstanceOf(SSLException.class);
        ByteBuffer out = ByteBuffer.allocate(20_000);
        pair.server().wrap(ByteBuffer.allocate(0), out);
        assertThat(out.get(0)).isEqualTo((byte) 21);
        assertThat(out.get(6)).isEqualTo(jsse == Jsse.SUN_JSSE ? INTERNAL_ERROR : DECODE_ERROR);
    }

    private static int keyShare(ByteBuffer hello) {
        for (int i = 5; i + 10 < hello.limit(); i++) {
            boolean extension = hello.getShort(i) == 0x33;
            if (extension && hello.getShort(i + 2) == hello.getShort(i + 4) + 2 && hello.getShort(i + 2) > 30) {
                return i;
            }
        }
        throw new AssertionError("no key share");
    }

    @OnEachVersion
    void modified_record_ends_the_connection(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().send(ByteBuffer.wrap(new byte[100]));
        ByteBuffer record = pair.server().incoming();
        record.put(20, (byte) ~record.get(20));
        ByteBuffer out = ByteBuffer.allocate(20_000);
        assertThatThrownBy(() -> pair.server().unwrap(record, out)).isInstanceOf(SSLException.class);
        assertThat(out.position()).isZero();
        assertThat(pair.server().engine().isInboundDone()).isTrue();
        assertThat(pair.server().engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        SSLEngineResult last = pair.server().wrap(ByteBuffer.wrap(new byte[10]));
        assertThat(last.getStatus()).isEqualTo(Status.CLOSED);
        assertThat(last.bytesConsumed()).isZero();
        assertThat(last.bytesProduced()).isPositive();
        assertThat(pair.server().engine().isOutboundDone()).isTrue();
        assertThat(failure(pair.client())).isInstanceOf(SSLException.class);
        assertThat(pair.client().engine().isInboundDone()).isTrue();
        assertThat(pair.client().engine().isOutboundDone()).isTrue();
    }

    @OnEachVersion
    void record_longer_than_the_maximum_is_refused(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        ByteBuffer tooLong = ByteBuffer.allocate(70_000);
        tooLong.put(new byte[] {23, 3, 3, (byte) 0xff, (byte) 0xff}).position(0);
        assertThatThrownBy(() -> pair.server().unwrap(tooLong, ByteBuffer.allocate(70_000)))
                .isInstanceOf(SSLException.class);
    }

    @OnEachVersion
    void failure_of_a_task_is_thrown_by_the_next_call(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse.withoutKey(), jsse.withoutKey());
        pair.server().engine().setEnabledProtocols(new String[] {version});
        pair.begin();
        pair.client().wrap();
        SSLEngine server = pair.server().engine();
        pair.server().unwrap();
        pair.server().runTasks();
        assertThatThrownBy(pair.server()::wrap).isInstanceOf(SSLHandshakeException.class);
        assertThat(server.isOutboundDone()).isFalse();
        assertAlertLeaves(pair.server());
    }

    @OnEachVersion
    void engine_is_closed_after_a_failure(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse.trustingOthers(), jsse.context());
        pair.server().engine().setEnabledProtocols(new String[] {version});
        pair.begin();
        pair.failsFirst(pair.client());
        assertAlertLeaves(pair.client());
        SSLEngine client = pair.client().engine();
        assertThat(client.isInboundDone()).isTrue();
        assertThat(client.isOutboundDone()).isTrue();
        assertThat(client.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
        assertThat(client.getSession().getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
        assertThat(pair.client().wrap(ByteBuffer.wrap(new byte[1])).getStatus()).isEqualTo(Status.CLOSED);
        assertThat(pair.client().unwrap().getStatus()).isEqualTo(Status.CLOSED);
    }

    /** Asserts that the alert of a failure is the last output of an engine, and passes it to the peer. */
    private static void assertAlertLeaves(EngineEnd end) throws SSLException {
        assertThat(end.engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        ByteBuffer out = ByteBuffer.allocate(3 * end.engine().getSession().getPacketBufferSize());
        SSLEngineResult result = end.wrap(ByteBuffer.wrap(new byte[10]), out);
        while (result.getStatus() == Status.OK && result.bytesProduced() > 0) {
            result = end.wrap(ByteBuffer.wrap(new byte[10]), out);
        }
        assertThat(result.getStatus()).isEqualTo(Status.CLOSED);
        assertThat(result.bytesConsumed()).isZero();
        assertThat(out.flip().remaining()).isPositive();
        end.sendToPeer(out);
        assertThat(end.engine().isOutboundDone()).isTrue();
    }

    /** Returns the exception of this side on its received bytes. */
    private static SSLException failure(EngineEnd end) {
        for (int i = 0; i < 20; i++) {
            SSLException failure = catchThrowableOfType(SSLException.class, end::step);
            if (failure != null) {
                return failure;
            }
        }
        throw new AssertionError("no failure");
    }
}
