package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An Error in a handshake, such as a stack overflow in a verification, which fails that handshake and nothing else.
 */
class HandshakeErrorTest {
    private static final String INTERNAL = "internal: java.lang.StackOverflowError";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Queue<TlsFailure> clientErrors = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> otherErrors = new ConcurrentLinkedQueue<>();

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void ends_a_connection_of_a_server_whose_listeners_see_it(TlsVersion version) throws Exception {
        ServerOptions options = ServerOptions.builder(Stack.server(version))
                .sniCallback(name -> {
                    throw new StackOverflowError();
                })
                .build();
        try (TlsServer server = Tls.createServer(options, socket -> {})
                .onTlsClientError((failure, socket) -> clientErrors.add(failure))
                .onError(otherErrors::add)
                .listen("127.0.0.1", 0)) {
            Throwable thrown = catchThrowable(() ->
                    Tls.connect(Stack.options().port(server.port()).build()).close());

            assertThat(thrown)
                    .isInstanceOfSatisfying(
                            TlsFailure.class, e -> assertThat(e.alert()).contains(Alert.INTERNAL_ERROR));
            await().atMost(LIMIT).until(() -> !clientErrors.isEmpty());
            assertThat(clientErrors).singleElement().satisfies(HandshakeErrorTest::isInternal);
            assertThat(server.statistics().handshakes().failures()).containsEntry(Code.ERR_SSL_INTERNAL_ERROR, 1L);
            assertThat(otherErrors).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void is_what_a_client_throws(TlsVersion version) throws Exception {
        try (TlsServer server = Tls.createServer(
                        ServerOptions.builder(Stack.server(version)).build(), socket -> {})
                .onTlsClientError((failure, socket) -> clientErrors.add(failure))
                .listen("127.0.0.1", 0)) {
            Throwable thrown = catchThrowable(() -> Tls.connect(Stack.options()
                            .port(server.port())
                            .checkServerIdentity((name, certificate) -> {
                                throw new StackOverflowError();
                            })
                            .build())
                    .close());

            assertThat(thrown).isInstanceOfSatisfying(TlsFailure.class, HandshakeErrorTest::isInternal);
            await().atMost(LIMIT).until(() -> !clientErrors.isEmpty());
            assertThat(clientErrors)
                    .singleElement()
                    .satisfies(failure -> assertThat(failure.alert()).contains(Alert.INTERNAL_ERROR));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void of_a_trust_manager_is_an_exception_of_the_socket_on_both_sides(TlsVersion version) throws Exception {
        SSLContext server = context();
        SSLContext client = CallingManagers.context(TestPki.client("client"), () -> {}, () -> {});
        try (var listener = (SSLServerSocket)
                        server.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket tcp = new Socket(listener.getInetAddress(), listener.getLocalPort());
                var connecting = (SSLSocket) client.getSocketFactory().createSocket(tcp, "localhost", 1, true);
                var accepted = (SSLSocket) listener.accept()) {
            accepted.setNeedClientAuth(true);
            accepted.setEnabledProtocols(new String[] {version.toString()});
            var serving = new FutureTask<>(() -> catchThrowable(accepted::startHandshake));
            Thread.ofVirtual().start(serving);

            Throwable seen = catchThrowable(() -> {
                connecting.startHandshake();
                connecting.getInputStream().read();
            });

            assertThat(serving.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageStartingWith(INTERNAL)
                    .hasRootCauseInstanceOf(StackOverflowError.class);
            assertThat(seen).isInstanceOf(SSLException.class).hasMessageContaining("internal_error (80)");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void of_a_trust_manager_is_an_exception_of_the_engine_and_not_of_its_task(TlsVersion version) throws Exception {
        SSLEngine client = context().createSSLEngine("localhost", 1);
        client.setUseClientMode(true);
        client.setEnabledProtocols(new String[] {version.toString()});
        SSLEngine server = CallingManagers.context(TestPki.server("localhost"), () -> {}, () -> {})
                .createSSLEngine();
        server.setUseClientMode(false);

        Throwable thrown = catchThrowable(() -> exchange(client, server));

        assertThat(thrown)
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageStartingWith(INTERNAL)
                .hasRootCauseInstanceOf(StackOverflowError.class);
        ByteBuffer alert = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        client.wrap(ByteBuffer.allocate(0), alert);
        assertThat(alert.position()).isPositive();
        assertThat(client.isOutboundDone()).isTrue();
    }

    private static SSLContext context() throws Exception {
        return CallingManagers.context(TestPki.server("localhost"), () -> {}, () -> {
            throw new StackOverflowError();
        });
    }

    private static void isInternal(TlsFailure failure) {
        assertThat(failure)
                .hasMessageStartingWith(INTERNAL)
                .hasRootCauseInstanceOf(StackOverflowError.class)
                .returns(Code.ERR_SSL_INTERNAL_ERROR, TlsFailure::code);
    }

    /** Carries records between two engines until one of them throws; an exception of a task is thrown at once. */
    private static void exchange(SSLEngine one, SSLEngine other) throws SSLException {
        var toOther = new ConcurrentLinkedQueue<ByteBuffer>();
        var toOne = new ConcurrentLinkedQueue<ByteBuffer>();
        for (int turn = 0; turn < 100; turn++) {
            step(one, toOther, toOne);
            step(other, toOne, toOther);
        }
    }

    private static void step(SSLEngine engine, Queue<ByteBuffer> out, Queue<ByteBuffer> in) throws SSLException {
        ByteBuffer plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
        } else if (status == HandshakeStatus.NEED_UNWRAP && !in.isEmpty()) {
            ByteBuffer next = in.element();
            engine.unwrap(next, plain);
            if (!next.hasRemaining()) {
                in.remove();
            }
        } else if (status != HandshakeStatus.NEED_UNWRAP) {
            ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), record);
            if (result.bytesProduced() > 0) {
                out.add(record.flip());
            }
        }
    }
}
