package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.engine.transport.TransportSource;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionStore;
import io.heddle.session.server.FailSoftStore;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Application callbacks that block, throw or never return: they affect their own connection only, and its deadline
 * holds.
 */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
@Tag("socket")
class BlockedCallbacksTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    /** The deadline of a handshake, its callbacks included. */
    private static final Duration DEADLINE = Duration.ofMillis(700);

    private static final String TOO_LATE = "handshake: not finished within 700 ms";

    private final Queue<TlsFailure> clientErrors = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

    /** The action of the next callback, once, instead of its answer. */
    private final AtomicReference<@Nullable Deed> armed = new AtomicReference<>();

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger interrupts = new AtomicInteger();
    private final AtomicReference<@Nullable Thread> inside = new AtomicReference<>();

    private interface Deed {
        void run() throws Exception;
    }

    /** The callbacks for which a handshake waits. */
    enum Callback {
        SNI,
        NEW_SESSION,
        RESUME_SESSION,
        STORE
    }

    /** The log gets a long entry when a store fails. */
    private static final Logger STORE_LOG = Logger.getLogger(FailSoftStore.class.getName());

    @BeforeEach
    void be_quiet() {
        STORE_LOG.setLevel(Level.OFF);
    }

    @AfterEach
    void let_everything_go() {
        STORE_LOG.setLevel(null);
        released.countDown();
    }

    private void called() throws Exception {
        Deed deed = armed.getAndSet(null);
        if (deed != null) {
            inside.set(Thread.currentThread());
            entered.countDown();
            deed.run();
        }
    }

    private void blocks() throws InterruptedException {
        try {
            released.await();
        } catch (InterruptedException e) {
            interrupts.incrementAndGet();
            throw e;
        }
    }

    private void blocksWhateverComes() {
        while (true) {
            try {
                released.await();
                return;
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
            }
        }
    }

    private TlsServer server(Callback which, Duration deadline) throws IOException {
        ServerOptions.Builder options = ServerOptions.builder(Stack.server(TlsVersion.TLS_1_2))
                .handshakeTimeout(deadline)
                .tickets(false);
        if (which == Callback.SNI) {
            options.sniCallback(name -> {
                called();
                return Optional.empty();
            });
        } else if (which == Callback.STORE) {
            options.sessionStore(new CallingStore());
        }
        TlsServer server = Tls.createServer(
                        options.build(), socket -> socket.getInputStream().transferTo(socket.getOutputStream()))
                .onTlsClientError((failure, socket) -> clientErrors.add(failure))
                .onError(errors::add);
        if (which == Callback.NEW_SESSION) {
            server.onNewSession((id, session) -> called());
        } else if (which == Callback.RESUME_SESSION) {
            server.onResumeSession(id -> {
                called();
                return Optional.empty();
            });
        }
        return server.listen("127.0.0.1", 0);
    }

    private final class CallingStore implements SessionStore {
        @Override
        public void put(byte[] id, byte[] session, Duration timeToLive) {
            try {
                called();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Optional<byte[]> get(byte[] id) {
            return Optional.empty();
        }

        @Override
        public void remove(byte[] id) {}
    }

    /** A client that supports TLS 1.3, so that it sends a session id and the server looks it up. */
    private static void exchange(TlsServer server) throws IOException {
        try (TlsSocket client = Tls.connect(Stack.options().port(server.port()).build())) {
            client.getOutputStream().write('a');
            assertThat(client.getInputStream().read()).isEqualTo('a');
        }
    }

    private static Thread begin(TlsServer server, AtomicReference<@Nullable Throwable> outcome) {
        return Thread.ofVirtual().start(() -> {
            try {
                exchange(server);
            } catch (Exception | AssertionError e) {
                outcome.set(e);
            }
        });
    }

    private TlsFailure onlyClientError() {
        await().atMost(LONG).until(() -> !clientErrors.isEmpty());
        await().during(Duration.ofMillis(50)).until(() -> clientErrors.size() == 1);
        return clientErrors.element();
    }

    private void assertNothingIsLeft(TlsServer server) throws Exception {
        await().atMost(LONG).until(() -> server.connections() == 0);
        Thread connection = Optional.ofNullable(inside.get()).orElseThrow();
        assertThat(connection.join(LONG)).isTrue();
        assertThat(errors).isEmpty();
        assertThat(clientErrors).hasSizeLessThan(2);
    }

    @ParameterizedTest
    @EnumSource
    void callback_that_blocks_is_interrupted_at_the_deadline_and_delays_no_other_connection(Callback which)
            throws Exception {
        try (TlsServer server = server(which, DEADLINE)) {
            var outcome = new AtomicReference<@Nullable Throwable>();
            armed.set(this::blocks);
            long began = System.nanoTime();
            Thread client = begin(server, outcome);
            entered.await();
            for (int i = 0; i < 3; i++) {
                exchange(server);
            }
            assertThat(clientErrors)
                    .as("the others are through before the deadline")
                    .isEmpty();
            TlsFailure failure = onlyClientError();
            assertThat(failure.code()).isEqualTo(Code.ERR_TLS_HANDSHAKE_TIMEOUT);
            assertThat(failure).hasMessageStartingWith(TOO_LATE);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(DEADLINE, Duration.ofSeconds(5));
            assertThat(client.join(LONG)).isTrue();
            assertThat(outcome.get()).isInstanceOf(IOException.class);
            assertNothingIsLeft(server);
            assertThat(interrupts).hasValue(1);
            assertThat(server.statistics().handshakes().failures())
                    .isEqualTo(Map.of(Code.ERR_TLS_HANDSHAKE_TIMEOUT, 1L));
        }
    }

    @ParameterizedTest
    @EnumSource
    void callback_that_never_returns_is_reported_at_the_deadline_all_the_same(Callback which) throws Exception {
        try (TlsServer server = server(which, DEADLINE)) {
            var outcome = new AtomicReference<@Nullable Throwable>();
            armed.set(this::blocksWhateverComes);
            Thread client = begin(server, outcome);
            entered.await();
            exchange(server);
            assertThat(onlyClientError().code()).isEqualTo(Code.ERR_TLS_HANDSHAKE_TIMEOUT);
            // For the client and in the server's count the connection has ended; the callback has not returned.
            assertThat(client.join(LONG)).isTrue();
            await().atMost(LONG).until(() -> server.connections() == 0);
            await().atMost(LONG).until(() -> interrupts.get() > 0);
            exchange(server);
            released.countDown();
            assertNothingIsLeft(server);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STORE")
    void callback_that_throws_is_reported_at_once(Callback which) throws Exception {
        try (TlsServer server = server(which, Duration.ofMinutes(1))) {
            armed.set(() -> {
                throw new IllegalStateException("broken");
            });
            assertThatThrownBy(() -> exchange(server))
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR));
            TlsFailure failure = onlyClientError();
            assertThat(failure.code()).isEqualTo(Code.ERR_TLS_CALLBACK);
            assertThat(failure).hasRootCauseMessage("broken");
            assertNothingIsLeft(server);
            exchange(server);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STORE")
    void error_of_a_callback_fails_the_handshake_and_the_peer_gets_an_alert(Callback which) throws Exception {
        try (TlsServer server = server(which, Duration.ofMinutes(1))) {
            var thrown = new AssertionError("impossible");
            armed.set(() -> {
                throw thrown;
            });
            assertThatThrownBy(() -> exchange(server))
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR));
            TlsFailure failure = onlyClientError();
            assertThat(failure.code()).isEqualTo(Code.ERR_SSL_INTERNAL_ERROR);
            assertThat(failure).hasRootCause(thrown);
            assertThat(errors).isEmpty();
            await().atMost(LONG).until(() -> server.connections() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closing_the_server_ends_a_callback_that_blocks(Callback which) throws Exception {
        TlsServer server = server(which, Duration.ofMinutes(1));
        var outcome = new AtomicReference<@Nullable Throwable>();
        armed.set(this::blocks);
        Thread client = begin(server, outcome);
        entered.await();
        long began = System.nanoTime();
        server.close(Duration.ofMillis(20));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
        assertThat(client.join(LONG)).isTrue();
        assertNothingIsLeft(server);
        assertThat(interrupts).hasValue(1);
    }

    @Test
    void listener_of_secure_connections_that_blocks_delays_no_other_connection_and_not_the_end() throws Exception {
        TlsServer server = server(Callback.SNI, DEADLINE);
        var first = new AtomicInteger();
        server.onSecureConnection(socket -> {
            if (first.getAndIncrement() == 0) {
                armed.set(this::blocksWhateverComes);
                called();
            }
        });
        var outcome = new AtomicReference<@Nullable Throwable>();
        Thread client = begin(server, outcome);
        entered.await();
        exchange(server);
        // The connection is secure, so the handshake deadline no longer applies.
        await().pollDelay(DEADLINE.plusMillis(100)).until(() -> server.connections() == 1);
        long began = System.nanoTime();
        server.close(Duration.ofMillis(20));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
        assertThat(client.join(LONG)).isTrue();
        assertThat(server.connections()).isZero();
        assertThat(clientErrors).isEmpty();
        released.countDown();
    }

    @Test
    void selector_of_application_protocols_that_blocks_is_interrupted_at_the_deadline() throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            ServerOptions options = ServerOptions.builder(Stack.SERVER)
                    .handshakeTimeout(DEADLINE)
                    .build();
            TlsSocket server = Tls.accept(TlsTransport.of(tcp.server()), options);
            server.setHandshakeApplicationProtocolSelector((socket, offered) -> {
                try {
                    armed.set(this::blocks);
                    called();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                return "h2";
            });
            Thread client = Thread.ofVirtual()
                    .start(() -> assertThatThrownBy(() -> Tls.connect(Stack.options()
                                    .transport(TlsTransport.of(tcp.client()))
                                    .alpnProtocols("h2")
                                    .build()))
                            .isInstanceOf(IOException.class));
            assertThatThrownBy(server::startHandshake)
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.ERR_TLS_HANDSHAKE_TIMEOUT));
            assertThat(interrupts).hasValue(1);
            assertThat(Thread.interrupted())
                    .as("the interrupt was ours to clear")
                    .isFalse();
            assertThat(client.join(LONG)).isTrue();
        }
    }

    @Test
    void own_interrupt_of_a_caller_stays() throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            TlsSocket server = Stack.server(new TransportSource.OverSocket(tcp.server(), null, true), DEADLINE);
            Thread.currentThread().interrupt();
            try {
                assertThatThrownBy(server::startHandshake).isInstanceOf(IOException.class);
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
        }
    }

    // Peers that block

    @Test
    void peers_that_do_not_read_or_never_answer_do_not_hold_up_the_end() throws Exception {
        TlsServer server = Tls.createServer(ServerOptions.of(Stack.SERVER), socket -> {
                    byte[] much = new byte[1 << 16];
                    while (true) {
                        socket.getOutputStream().write(much);
                    }
                })
                .onTlsClientError((failure, socket) -> clientErrors.add(failure))
                .onError(errors::add)
                .listen("127.0.0.1", 0);
        try (TlsSocket deaf = Tls.connect(Stack.options().port(server.port()).build());
                var mute = new Socket("127.0.0.1", server.port())) {
            await().atMost(LONG).until(() -> server.connections() == 2);
            await().pollDelay(Duration.ofMillis(200)).until(() -> true);
            long began = System.nanoTime();
            server.close(Duration.ofMillis(20));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
            assertThat(server.connections()).isZero();
            assertThat(mute.getInputStream().read()).isEqualTo(-1);
            assertThat(deaf.isClosed()).isFalse();
        }
    }
}
