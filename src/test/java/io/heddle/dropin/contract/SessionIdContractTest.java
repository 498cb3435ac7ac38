package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static io.heddle.dropin.contract.Jsse.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The ids of sessions, in which SunJSSE of 21 and of 25 agree. In TLS 1.2 a session has one id on both sides, whether
 * it resumes by id or by ticket. TLS 1.3 has no session ids: SunJSSE generates a new one for each connection and side,
 * Heddle keeps that of the full handshake.
 */
class SessionIdContractTest {
    private static final int CONNECTIONS = 3;

    /** The resumption mechanism of the two contexts in TLS 1.2. */
    enum Kept {
        BY_TICKET {
            @Override
            SSLContext server(Jsse jsse) {
                return jsse.context();
            }
        },
        BY_ID {
            @Override
            SSLContext server(Jsse jsse) {
                return jsse.contextWithoutTickets();
            }
        };

        abstract SSLContext server(Jsse jsse);
    }

    static Stream<Arguments> kept() {
        return Arrays.stream(Jsse.values())
                .flatMap(client -> Arrays.stream(Jsse.values())
                        .flatMap(server -> Arrays.stream(Kept.values()).map(how -> Arguments.of(client, server, how))));
    }

    /** The ids that both sides of some connections had, in order. */
    private record Ids(List<String> client, List<String> server) {
        static Ids none() {
            return new Ids(new ArrayList<>(), new ArrayList<>());
        }

        void add(SSLSession ofClient, SSLSession ofServer) {
            client.add(text(ofClient));
            server.add(text(ofServer));
        }

        private static String text(SSLSession session) {
            assertThat(session.getId()).hasSize(32);
            return HexFormat.of().formatHex(session.getId());
        }
    }

    private static EnginePair connected(SSLContext client, SSLContext server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server);
        pair.client().engine().setEnabledProtocols(new String[] {version});
        pair.handshake().assertCarries();
        pair.client().engine().closeOutbound();
        pair.server().engine().closeOutbound();
        pair.settle();
        return pair;
    }

    private static Ids ofEngines(SSLContext client, SSLContext server, String version) throws Exception {
        Ids ids = Ids.none();
        @Nullable SSLSession first = null;
        for (int i = 0; i < CONNECTIONS; i++) {
            EnginePair pair = connected(client, server, version);
            SSLSession session = pair.client().engine().getSession();
            first = first == null ? session : first;
            assertResumed(session, first);
            ids.add(session, pair.server().engine().getSession());
        }
        return ids;
    }

    /**
     * JSSE shows resumption only by the creation time, that of the full handshake; Heddle's sessions store it
     * in seconds.
     */
    private static void assertResumed(SSLSession session, SSLSession first) {
        assertThat(session.getCreationTime()).isBetween(first.getCreationTime() / 1000 * 1000, first.getCreationTime());
    }

    private static Ids ofSockets(SSLContext client, SSLContext server, String version) throws Exception {
        Ids ids = Ids.none();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                ServerSocket listener = server.getServerSocketFactory()
                        .createServerSocket(0, CONNECTIONS, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < CONNECTIONS; i++) {
                Future<SSLSession> accepted = threads.submit(() -> echo(listener));
                try (var socket =
                        (SSLSocket) client.getSocketFactory().createSocket("localhost", listener.getLocalPort())) {
                    socket.setEnabledProtocols(new String[] {version});
                    socket.getOutputStream().write('a');
                    assertThat(socket.getInputStream().read()).isEqualTo('a');
                    ids.add(socket.getSession(), TlsEnds.await(accepted));
                }
            }
        }
        return ids;
    }

    private static SSLSession echo(ServerSocket listener) throws IOException {
        try (var socket = (SSLSocket) listener.accept()) {
            socket.getOutputStream().write(socket.getInputStream().read());
            return socket.getSession();
        }
    }

    @ParameterizedTest
    @MethodSource("kept")
    void engines_have_one_id_on_both_sides_and_keep_it(Jsse client, Jsse server, Kept how) throws Exception {
        assertTls12(client, server, how, ofEngines(client.withoutKey(), how.server(server), TLS_1_2));
    }

    @ParameterizedTest
    @MethodSource("kept")
    void sockets_have_one_id_on_both_sides_and_keep_it(Jsse client, Jsse server, Kept how) throws Exception {
        assertTls12(client, server, how, ofSockets(client.withoutKey(), how.server(server), TLS_1_2));
    }

    /**
     * Heddle's server leaves the id empty where a ticket follows, as RFC 5077 3.4 recommends and OpenSSL and Node do.
     * SunJSSE's client then generates one, Heddle's uses the same as the server.
     */
    private static void assertTls12(Jsse client, Jsse server, Kept how, Ids ids) {
        assertThat(new HashSet<>(ids.client())).hasSize(1);
        assertThat(new HashSet<>(ids.server())).hasSize(1);
        if (client == Jsse.SUN_JSSE && server == Jsse.HEDDLE && how == Kept.BY_TICKET) {
            assertThat(ids.server()).isNotEqualTo(ids.client());
        } else {
            assertThat(ids.server()).isEqualTo(ids.client());
        }
    }

    /** Returns the number of ids that a provider has for the connections of one session in TLS 1.3. */
    private static int idsInTls13(Jsse jsse) {
        return jsse == Jsse.SUN_JSSE ? CONNECTIONS : 1;
    }

    @BetweenBoth
    void engines_keep_the_id_in_tls_1_3_or_generate_a_new_one(Jsse client, Jsse server) throws Exception {
        assertTls13(client, server, ofEngines(client.withoutKey(), server.context(), TLS_1_3));
    }

    @BetweenBoth
    void sockets_keep_the_id_in_tls_1_3_or_generate_a_new_one(Jsse client, Jsse server) throws Exception {
        assertTls13(client, server, ofSockets(client.withoutKey(), server.context(), TLS_1_3));
    }

    @BetweenBoth
    void without_tickets_the_id_is_also_kept_in_tls_1_3_or_generated_again(Jsse client, Jsse server) throws Exception {
        assertTls13(client, server, ofEngines(client.withoutKey(), server.contextWithoutTickets(), TLS_1_3));
    }

    private static void assertTls13(Jsse client, Jsse server, Ids ids) {
        assertThat(new HashSet<>(ids.client())).hasSize(idsInTls13(client));
        assertThat(new HashSet<>(ids.server())).hasSize(idsInTls13(server));
        if (client == Jsse.HEDDLE && server == Jsse.HEDDLE) {
            assertThat(ids.server()).isEqualTo(ids.client());
        } else {
            assertThat(ids.server()).doesNotContainAnyElementsOf(ids.client());
        }
    }

    @BetweenEach
    void full_handshakes_have_different_ids(Jsse client, Jsse server, String version) throws Exception {
        SSLContext serving = server.context();
        Ids ids = Ids.none();
        for (int i = 0; i < 2; i++) {
            EnginePair pair = connected(client.withoutKey(), serving, version);
            ids.add(pair.client().engine().getSession(), pair.server().engine().getSession());
        }
        assertThat(new HashSet<>(ids.client())).hasSize(2);
        assertThat(new HashSet<>(ids.server())).hasSize(2);
    }

    @OnEach
    void renegotiation_creates_another_session(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_2).handshake();
        SSLEngine client = pair.client().engine();
        SSLEngine server = pair.server().engine();
        byte[] first = client.getSession().getId();
        client.getSession().invalidate();
        server.getSession().invalidate();
        client.beginHandshake();
        pair.settle();
        assertThat(client.getSession().getId()).isNotEqualTo(first);
        assertThat(server.getSession().getId()).isEqualTo(client.getSession().getId());
    }

    // The session contexts

    @ParameterizedTest
    @MethodSource("kept")
    void client_finds_the_session_of_a_resumed_connection_by_its_id(Jsse client, Jsse server, Kept how)
            throws Exception {
        SSLContext asking = client.withoutKey();
        SSLContext serving = how.server(server);
        connected(asking, serving, TLS_1_2);
        byte[] id = connected(asking, serving, TLS_1_2)
                .client()
                .engine()
                .getSession()
                .getId();
        assertThat(Collections.list(asking.getClientSessionContext().getIds())).containsExactly(id);
        assertThat(asking.getClientSessionContext().getSession(id).getId()).isEqualTo(id);
    }

    @ParameterizedTest
    @MethodSource("kept")
    void server_finds_a_session_by_its_id_unless_it_travels_as_a_ticket(Jsse client, Jsse server, Kept how)
            throws Exception {
        SSLContext serving = how.server(server);
        byte[] id = connected(client.withoutKey(), serving, TLS_1_2)
                .server()
                .engine()
                .getSession()
                .getId();
        if (how == Kept.BY_ID) {
            assertThat(Collections.list(serving.getServerSessionContext().getIds()))
                    .containsExactly(id);
            assertThat(serving.getServerSessionContext().getSession(id).getId()).isEqualTo(id);
        } else {
            assertThat(Collections.list(serving.getServerSessionContext().getIds()))
                    .isEmpty();
        }
    }
}
