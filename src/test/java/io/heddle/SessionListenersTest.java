package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions kept by the application: {@code onNewSession} and {@code onResumeSession}. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
@Tag("socket")
class SessionListenersTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final Duration LONG = Duration.ofSeconds(10);

    private final Map<String, byte[]> kept = new ConcurrentHashMap<>();
    private final Queue<byte[]> sought = new ConcurrentLinkedQueue<>();
    private final Queue<String> order = new ConcurrentLinkedQueue<>();
    private final Queue<TlsFailure> clientErrors = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

    private static ServerOptions.Builder options(TlsVersion version) {
        return ServerOptions.builder(Stack.server(version)).tickets(false);
    }

    /** Returns a server that sends a byte on each accepted connection. */
    private TlsServer server(ServerOptions options) throws IOException {
        return Tls.createServer(options, socket -> {
                    order.add("handler");
                    socket.getOutputStream().write('h');
                    socket.getInputStream().transferTo(socket.getOutputStream());
                })
                .onTlsClientError((failure, socket) -> clientErrors.add(failure))
                .onError(errors::add)
                .listen("127.0.0.1", 0);
    }

    private void keep(byte[] id, byte[] data) {
        order.add("newSession");
        kept.put(HEX.formatHex(id), data);
    }

    private Optional<byte[]> find(byte[] id) {
        order.add("resumeSession");
        sought.add(id);
        return Optional.ofNullable(kept.get(HEX.formatHex(id)));
    }

    private record Met(boolean resumed, byte[] session) {}

    /**
     * Begins a client whose highest version is the server's, so that it sends no session id for compatibility mode.
     */
    private static ConnectOptions.Builder client(TlsServer server) {
        List<TlsVersion> served = server.options().context().versions();
        return Stack.options()
                .port(server.port())
                .maxVersion(served.contains(TlsVersion.TLS_1_3) ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2);
    }

    /** Connects, reads from the handler, disconnects and returns the session. */
    private static Met connect(TlsServer server, byte @Nullable [] session) throws IOException {
        ConnectOptions.Builder options = client(server);
        if (session != null) {
            options.session(session);
        }
        try (TlsSocket socket = Tls.connect(options.build())) {
            assertThat(socket.getInputStream().read()).isEqualTo('h');
            return new Met(
                    socket.isSessionReused(),
                    socket.awaitSession(Duration.ofSeconds(5)).orElse(new byte[0]));
        }
    }

    @EachVersion
    void session_that_the_listener_kept_resumes(TlsVersion version) throws Exception {
        try (TlsServer server = server(options(version).build())) {
            server.onNewSession(this::keep).onResumeSession(this::find);
            server.onSecureConnection(socket -> order.add("secureConnection"));
            Met first = connect(server, null);
            assertThat(first.resumed()).isFalse();
            // TLS 1.3 sends two tickets, and each is a session of its own.
            int sessions = version == TlsVersion.TLS_1_3 ? 2 : 1;
            assertThat(kept).hasSize(sessions);
            assertThat(order).endsWith("newSession", "secureConnection", "handler");
            order.clear();
            sought.clear();

            assertThat(connect(server, first.session()).resumed()).isTrue();
            assertThat(sought).hasSize(1);
            assertThat(sought.element()).hasSize(32);
            assertThat(kept).containsKey(HEX.formatHex(sought.element()));
            // A resumed connection creates no new session in TLS 1.2, and one in TLS 1.3, so that no ticket is used
            // twice.
            assertThat(kept).hasSize(version == TlsVersion.TLS_1_3 ? 3 : 1);
            assertThat(order).startsWith("resumeSession").endsWith("secureConnection", "handler");
            assertThat(clientErrors).isEmpty();
        }
    }

    @EachVersion
    void listener_gets_an_id_of_32_bytes_and_the_session_of_it(TlsVersion version) throws Exception {
        try (TlsServer server = server(options(version).build())) {
            server.onNewSession(this::keep);
            connect(server, null);
            for (Map.Entry<String, byte[]> entry : kept.entrySet()) {
                assertThat(HEX.parseHex(entry.getKey())).hasSize(32);
                SessionState state = SessionState.fromDer(entry.getValue());
                assertThat(state.sessionId()).isEqualTo(HEX.parseHex(entry.getKey()));
                assertThat(state.hostName()).contains("localhost");
            }
        }
    }

    @EachVersion
    void tickets_leave_the_listeners_nothing(TlsVersion version) throws Exception {
        try (TlsServer server = server(options(version).tickets(true).build())) {
            server.onNewSession(this::keep).onResumeSession(this::find);
            Met first = connect(server, null);
            assertThat(connect(server, first.session()).resumed()).isTrue();
            assertThat(kept).isEmpty();
            assertThat(sought).isEmpty();
        }
    }

    @EachVersion
    void garbage_leads_to_a_full_handshake(TlsVersion version) throws Exception {
        var calls = new AtomicInteger();
        try (TlsServer server = server(options(version).build())) {
            server.onNewSession(this::keep).onResumeSession(id -> {
                // Bytes that are no session, and then the session of another id.
                return Optional.of(
                        calls.getAndIncrement() == 0
                                ? new byte[] {1, 2, 3}
                                : kept.entrySet().stream()
                                        .filter(entry -> !entry.getKey().equals(HEX.formatHex(id)))
                                        .findFirst()
                                        .orElseThrow()
                                        .getValue());
            });
            Met met = connect(server, null);
            for (int i = 0; i < 2; i++) {
                met = connect(server, met.session());
                assertThat(met.resumed()).isFalse();
            }
            assertThat(calls).hasValue(2);
            assertThat(clientErrors).isEmpty();
        }
    }

    @Test
    void without_any_keeper_there_is_no_session_by_id() throws Exception {
        try (TlsServer server = server(options(TlsVersion.TLS_1_3).build())) {
            server.onResumeSession(this::find);
            assertThat(connectSilently(server).getSessionData()).isEmpty();
            assertThat(sought).isEmpty();
        }
    }

    @Test
    void fresh_client_that_supports_tls_1_3_offers_an_unknown_id() throws Exception {
        try (TlsServer server = server(options(TlsVersion.TLS_1_2).build())) {
            server.onNewSession(this::keep).onResumeSession(this::find);
            try (TlsSocket socket =
                    Tls.connect(Stack.options().port(server.port()).build())) {
                assertThat(socket.getInputStream().read()).isEqualTo('h');
                assertThat(socket.isSessionReused()).isFalse();
            }
            assertThat(sought).hasSize(1);
            assertThat(order).containsExactly("resumeSession", "newSession", "handler");
        }
    }

    private static TlsSocket connectSilently(TlsServer server) throws IOException {
        try (TlsSocket socket = Tls.connect(client(server).build())) {
            assertThat(socket.getInputStream().read()).isEqualTo('h');
            return socket;
        }
    }

    @EachVersion
    void store_comes_first_and_the_listeners_beside_it(TlsVersion version) throws Exception {
        var store = CaffeineSessionStore.builder().build();
        try (TlsServer server = server(options(version).sessionStore(store).build())) {
            server.onNewSession(this::keep).onResumeSession(this::find);
            Met first = connect(server, null);
            assertThat(store.statistics().size()).isEqualTo(kept.size()).isPositive();
            Met second = connect(server, first.session());
            assertThat(second.resumed()).isTrue();
            assertThat(sought).isEmpty();

            // A listener may still have a session that the store has lost.
            kept.keySet().forEach(id -> store.remove(HEX.parseHex(id)));
            assertThat(connect(server, second.session()).resumed()).isTrue();
            assertThat(sought).hasSize(1);
        }
    }

    @Test
    void listeners_are_called_in_their_order_until_one_has_it() throws Exception {
        var calls = new ConcurrentLinkedQueue<String>();
        try (TlsServer server = server(options(TlsVersion.TLS_1_2).build())) {
            server.onNewSession(this::keep);
            server.onResumeSession(id -> {
                calls.add("first");
                id[0]++; // its own copy
                return Optional.empty();
            });
            server.onResumeSession(id -> {
                calls.add("second");
                return find(id);
            });
            server.onResumeSession(id -> {
                calls.add("third");
                return Optional.empty();
            });
            Met first = connect(server, null);
            assertThat(connect(server, first.session()).resumed()).isTrue();
            assertThat(calls).containsExactly("first", "second");
        }
    }

    @Test
    void listener_counts_for_connections_that_begin_after_it_was_added() throws Exception {
        try (TlsServer server = server(options(TlsVersion.TLS_1_2).build());
                var raw = new Socket("127.0.0.1", server.port())) {
            await().atMost(LONG).until(() -> server.connections() == 1);
            server.onNewSession(this::keep);
            try (TlsSocket early =
                    Tls.connect(client(server).transport(TlsTransport.of(raw)).build())) {
                assertThat(early.getInputStream().read()).isEqualTo('h');
            }
            assertThat(kept).isEmpty();
            connect(server, null);
            assertThat(kept).hasSize(1);
        }
    }

    @EachVersion
    void keeper_that_throws_ends_the_connection(TlsVersion version) throws Exception {
        try (TlsServer server = server(options(version).build())) {
            server.onNewSession((id, data) -> {
                throw new IOException("the disk is full");
            });
            assertThatThrownBy(() -> connectSilently(server))
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR));
            TlsFailure failure = onlyClientError();
            assertThat(failure.code()).isEqualTo(Code.ERR_TLS_CALLBACK);
            assertThat(failure)
                    .hasMessageStartingWith("newSession: the callback failed: java.io.IOException: the disk is full")
                    .hasRootCauseMessage("the disk is full");
            assertThat(order).doesNotContain("handler");
        }
    }

    @EachVersion
    void finder_that_throws_ends_the_connection(TlsVersion version) throws Exception {
        var thrown = new ConcurrentLinkedQueue<Exception>(List.of(
                new IllegalStateException("no database"),
                Code.ERR_SSL_HANDSHAKE_FAILURE.failure(Alert.ACCESS_DENIED, "session: this client is locked out")));
        try (TlsServer server = server(options(version).build())) {
            server.onNewSession(this::keep).onResumeSession(id -> {
                throw thrown.remove();
            });
            Met first = connect(server, null);
            assertThatThrownBy(() -> connect(server, first.session()))
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR));
            TlsFailure failure = onlyClientError();
            assertThat(failure.code()).isEqualTo(Code.ERR_TLS_CALLBACK);
            assertThat(failure)
                    .hasMessageStartingWith(
                            "resumeSession: the callback failed: java.lang.IllegalStateException: no database");
            clientErrors.clear();

            assertThatThrownBy(() -> connect(server, first.session()))
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            clientFailure ->
                                    assertThat(clientFailure.code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_ACCESS_DENIED));
            assertThat(onlyClientError()).hasMessageStartingWith("session: this client is locked out");
        }
    }

    @EachVersion
    void client_that_leaves_before_the_answer_costs_a_client_error_and_nothing_else(TlsVersion version)
            throws Exception {
        var calls = new CountDownLatch(1);
        var gone = new CountDownLatch(1);
        try (TlsServer server = server(options(version).build())) {
            server.onNewSession(this::keep);
            server.onSecureConnection(socket -> order.add("secureConnection"));
            Met first = connect(server, null);
            await().atMost(LONG).until(() -> server.connections() == 0);
            int sessions = kept.size();
            order.clear();
            server.onResumeSession(id -> {
                calls.countDown();
                gone.await();
                return find(id);
            });
            var raw = new Socket("127.0.0.1", server.port());
            Thread client = Thread.ofVirtual()
                    .start(() -> assertThatThrownBy(() -> Tls.connect(client(server)
                                    .transport(TlsTransport.of(raw))
                                    .session(first.session())
                                    .build()))
                            .isInstanceOf(IOException.class));
            calls.await();
            raw.setSoLinger(true, 0);
            raw.close();
            gone.countDown();
            assertThat(client.join(LONG)).isTrue();
            assertThat(onlyClientError().code()).isEqualTo(Code.ECONNRESET);
            await().atMost(LONG).until(() -> server.connections() == 0);
            assertThat(kept).hasSize(sessions);
            assertThat(order).containsExactly("resumeSession");
            assertThat(errors).isEmpty();
        }
    }

    @Test
    void listener_of_secure_connections_that_throws_ends_its_connection_only() throws Exception {
        var count = new AtomicInteger();
        try (TlsServer server = server(options(TlsVersion.TLS_1_3).build())) {
            server.onSecureConnection(socket -> {
                if (count.getAndIncrement() == 0) {
                    throw new IllegalStateException("not today");
                }
            });
            try (TlsSocket client = Tls.connect(client(server).build())) {
                assertThatThrownBy(() -> client.getInputStream().read())
                        .hasMessage("alert: the peer ended the connection with internal_error (80)");
            }
            await().atMost(LONG).until(() -> errors.size() == 1);
            assertThat(errors.element()).hasMessage("not today");
            assertThat(order).isEmpty();
            connect(server, null);
            assertThat(order).containsExactly("handler");
            assertThat(clientErrors).isEmpty();
        }
    }

    private TlsFailure onlyClientError() {
        await().atMost(LONG).until(() -> !clientErrors.isEmpty());
        await().during(Duration.ofMillis(30)).until(() -> clientErrors.size() == 1);
        return clientErrors.element();
    }
}
