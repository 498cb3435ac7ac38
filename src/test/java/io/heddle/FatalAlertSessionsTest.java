package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.SessionStore;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Invalidation of the session of a connection that a fatal alert has ended (RFC 5246 7.2.2, RFC 8446 6.2). */
class FatalAlertSessionsTest {
    private final CaffeineSessionStore store = CaffeineSessionStore.builder().build();

    private TlsPair pair(Way way, SessionStore with) {
        return TlsPair.of(way.version()).server(server -> server.tickets(false).sessionStore(with));
    }

    private TlsPair pair(Way way) {
        return pair(way, store);
    }

    /** Sends a fatal alert from one end and reads it at the other. */
    private static void fail(TlsPair.Connected both, boolean byClient) throws IOException {
        TlsSocket from = byClient ? both.client() : both.server();
        TlsSocket to = byClient ? both.server() : both.client();
        from.closeWithAlert(() -> Code.ERR_SSL_INTERNAL_ERROR.failure("test: the application failed"));
        assertThat(TlsPair.Running.of(() -> to.getInputStream().read()).problem())
                .isPresent();
    }

    @ParameterizedTest
    @EnumSource(names = {"ID_1_2", "STORE_1_3"})
    void the_session_of_a_connection_that_the_client_ends_with_an_alert_is_removed(Way way) throws IOException {
        try (TlsPair pair = pair(way)) {
            TlsPair.Connected both = pair.connect();
            both.keepSession();
            assertThat(store.ids()).isNotEmpty();
            fail(both, true);
            assertThat(store.ids()).isEmpty();
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ID_1_2", "STORE_1_3"})
    void the_session_of_a_connection_that_the_server_ends_with_an_alert_is_removed(Way way) throws IOException {
        try (TlsPair pair = pair(way)) {
            TlsPair.Connected both = pair.connect();
            both.keepSession();
            fail(both, false);
            assertThat(store.ids()).isEmpty();
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ID_1_2", "STORE_1_3"})
    void the_session_that_was_resumed_is_removed_as_well(Way way) throws IOException {
        try (TlsPair pair = pair(way)) {
            pair.handshake();
            assertThat(store.ids()).isNotEmpty();
            TlsPair.Connected resumed = pair.connect();
            assertThat(resumed.resumed()).isTrue();
            int before = store.ids().size();
            fail(resumed, true);
            // In TLS 1.3 the session that the client used and the one that it was given; another of the first
            // connection stays.
            assertThat(store.ids()).hasSize(way == Way.ID_1_2 ? 0 : before - 2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ID_1_2", "STORE_1_3"})
    void the_session_of_a_connection_that_ends_in_order_stays(Way way) throws IOException {
        try (TlsPair pair = pair(way)) {
            pair.handshake();
            assertThat(store.ids()).isNotEmpty();
            assertThat(pair.handshake().resumed()).isTrue();
        }
    }

    /** The id is sent in the clear: an observer of the id must not be able to invalidate the session of its owner. */
    @ParameterizedTest
    @EnumSource(names = {"ID_1_2", "STORE_1_3"})
    void the_session_of_another_client_that_was_offered_without_its_secret_stays(Way way) throws IOException {
        try (TlsPair pair = pair(way)) {
            pair.handshake();
            var owned = pair.session();
            byte[] wrong = owned.masterSecret();
            wrong[0] ^= 1;
            pair.session(owned.toBuilder().masterSecret(wrong).build());
            assertThat(pair.attempt().serverProblem()).isPresent();
            pair.session(owned);
            assertThat(pair.handshake().resumed()).isTrue();
        }
    }

    /** A remote store that does not answer: closing does not wait for it. */
    @ParameterizedTest
    @EnumSource(names = {"ID_1_2", "STORE_1_3"})
    void a_store_that_blocks_does_not_block_closing(Way way) throws Exception {
        var goOn = new CountDownLatch(1);
        Queue<String> removed = new ConcurrentLinkedQueue<>();
        var blocking = new SessionStore() {
            @Override
            public void put(byte[] id, byte[] session, Duration timeToLive) {
                store.put(id, session, timeToLive);
            }

            @Override
            public Optional<byte[]> get(byte[] id) {
                return store.get(id);
            }

            @Override
            public void remove(byte[] id) {
                try {
                    assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                removed.add(HexFormat.of().formatHex(id));
                store.remove(id);
            }
        };
        try (TlsPair pair = pair(way, blocking)) {
            TlsPair.Connected both = pair.connect();
            both.keepSession();
            List<String> kept =
                    store.ids().stream().map(HexFormat.of()::formatHex).toList();
            fail(both, true);
            both.server().close();
            assertThat(both.server().isClosed()).isTrue();
            assertThat(removed).isEmpty();
            goOn.countDown();
            await().until(() -> removed.containsAll(kept));
            assertThat(store.ids()).isEmpty();
        }
    }

    private static ServerOptions.Builder withoutTickets(TlsVersion version) {
        SecureContext context = SecureContext.builder()
                .identity(TestPki.server("localhost"))
                .maxVersion(version)
                .build();
        return ServerOptions.builder(context).tickets(false);
    }

    /** Writes a byte, so that the client takes in its sessions, and waits for the client. */
    private static void greet(TlsSocket socket) throws IOException {
        socket.getOutputStream().write('x');
        socket.getInputStream().read();
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void listeners_that_keep_sessions_are_informed(TlsVersion version) throws Exception {
        Queue<String> kept = new ConcurrentLinkedQueue<>();
        Queue<String> removed = new ConcurrentLinkedQueue<>();
        Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
        try (TlsServer server = Tls.createServer(withoutTickets(version).build(), FatalAlertSessionsTest::greet)
                .onNewSession((id, data) -> kept.add(HexFormat.of().formatHex(id)))
                .onRemoveSession(id -> removed.add(HexFormat.of().formatHex(id)))
                .onRemoveSession(id -> {
                    throw new IOException("the listener failed");
                })
                .onError(errors::add)
                .listen("127.0.0.1", 0)) {
            try (TlsSocket client = Tls.connect(ConnectOptions.builder()
                    .host("localhost")
                    .port(server.port())
                    .ca(TestPki.ca().chain())
                    .build())) {
                assertThat(client.getInputStream().read()).isEqualTo('x');
                client.closeWithAlert(() -> Code.ERR_SSL_INTERNAL_ERROR.failure("test: the application failed"));
            }
            await().until(() -> !kept.isEmpty() && removed.containsAll(kept));
            await().until(() -> errors.stream().anyMatch(error -> "the listener failed".equals(error.getMessage())));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void the_session_of_a_connection_that_the_client_resets_is_kept(TlsVersion version) throws Exception {
        Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
        try (TlsServer server = Tls.createServer(
                        withoutTickets(version).sessionStore(store).build(), FatalAlertSessionsTest::greet)
                .onError(errors::add)
                .listen("127.0.0.1", 0)) {
            try (var tcp = new Socket("127.0.0.1", server.port())) {
                TlsSocket client = Tls.connect(ConnectOptions.builder()
                        .transport(TlsTransport.of(tcp))
                        .host("localhost")
                        .ca(TestPki.ca().chain())
                        .build());
                assertThat(client.getInputStream().read()).isEqualTo('x');
                tcp.setSoLinger(true, 0);
            }
            await().until(() -> server.connections() == 0);
            assertThat(errors).singleElement().isInstanceOf(SocketException.class);
            assertThat(store.ids()).isNotEmpty();
        }
    }
}
