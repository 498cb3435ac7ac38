package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionFormat;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parts of Node's {@code TLSSocket} without a test of their own. */
class NodeSurfaceTest {
    @Test
    void addresses_by_nodes_names() throws Exception {
        try (SocketPair pair = SocketPair.connected(TlsVersion.TLS_1_3)) {
            TlsSocket client = pair.heddleClient();
            TlsSocket server = pair.heddleServer();
            assertThat(client.encrypted()).isTrue();
            assertThat(client.remoteAddress()).contains("127.0.0.1").isEqualTo(client.localAddress());
            assertThat(client.remoteFamily()).contains("IPv4");
            assertThat(client.remotePort()).isEqualTo(server.localPort()).isPresent();
            assertThat(client.localPort()).isEqualTo(server.remotePort()).isPresent();
            assertThat(client.address()).contains(client.getLocalSocketAddress());

            client.close();
            assertThat(client.address()).isEmpty();
            assertThat(client.localAddress()).isEmpty();
            assertThat(client.localPort()).isEmpty();
            assertThat(client.remoteAddress()).contains("127.0.0.1");
            assertThat(client.remoteFamily()).contains("IPv4");
            assertThat(client.remotePort()).isPresent();
        }
    }

    @Test
    void over_streams_there_are_no_addresses() throws IOException {
        try (TlsPair pair = TlsPair.create()) {
            TlsSocket client = pair.handshake().client();
            assertThat(client.address()).isEmpty();
            assertThat(client.remoteAddress()).isEmpty();
            assertThat(client.remoteFamily()).isEmpty();
            assertThat(client.remotePort()).isEmpty();
        }
    }

    @EachVersion
    void all_that_the_handshake_gave_stays_readable_after_close(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)
                .client(options -> options.alpnProtocols("h2"))
                .server(options -> options.alpnProtocols("h2"))) {
            TlsPair.Connected both = pair.connect();
            both.exchange("hello");
            both.close();
            TlsSocket client = both.client();
            assertThat(client.isClosed()).isTrue();
            assertThat(client.authorized()).isTrue();
            assertThat(client.authorizationError()).isEmpty();
            assertThat(client.getProtocol()).isEqualTo(version.protocol());
            assertThat(client.getCipher().name()).isNotEmpty();
            assertThat(client.getEphemeralKeyInfo()).isPresent();
            assertThat(client.alpnProtocol()).contains("h2");
            assertThat(client.servername()).contains("localhost");
            assertThat(client.getPeerCertificate()).isPresent();
            assertThat(client.getPeerX509Certificate())
                    .isEqualTo(both.server().getX509Certificate())
                    .isPresent();
            assertThat(client.getX509Certificate()).isEmpty();
            assertThat(both.server().getPeerX509Certificate()).isEmpty();
            assertThat(both.server().getSharedSigalgs()).isNotEmpty();
            assertThat(client.getFinished()).isPresent();
            assertThat(client.getPeerFinished()).isPresent();
            assertThat(client.getSessionData()).isPresent();
            assertThat(client.getTLSTicket()).isPresent();
            assertThat(client.exportKeyingMaterial(1, "x")).hasSize(1);
            assertThat(client.bytesRead()).isEqualTo(5);
            assertThat(client.bytesWritten()).isEqualTo(5);
            assertThat(both.server().servername()).contains("localhost");
        }
    }

    // setServername

    @EachVersion
    void the_server_name_can_be_set_before_the_handshake(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)
                .client(options -> options.rejectUnauthorized(false))
                .clientSocket(socket -> socket.setServername("other.example"))) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.server().servername()).contains("other.example");
            assertThat(both.client().authorized()).isFalse();
        }
        try (TlsPair pair = TlsPair.of(version).clientSocket(socket -> socket.setServername(""))) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.server().servername()).isEmpty();
            assertThat(both.client().authorized()).isTrue();
        }
    }

    @Test
    void a_server_requests_no_name() throws IOException {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                TlsSocket server =
                        Tls.accept(TlsTransport.of(tcp.server()), ServerOptions.of(Stack.server(TlsVersion.TLS_1_3)))) {
            assertRefused(
                    () -> server.setServername("localhost"),
                    "ERR_TLS_SNI_FROM_SERVER",
                    "setServername: cannot issue SNI from a TLS server-side socket");
            assertThatThrownBy(() -> server.setSession(new byte[1]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("setSession: a server's socket resumes what its client asks for");
        }
    }

    @Test
    void what_is_no_name_is_refused() throws IOException {
        try (TlsPair pair = TlsPair.create().clientSocket(socket -> {
            assertRefused(
                    () -> socket.setServername("127.0.0.1"),
                    "ERR_INVALID_ARG_VALUE",
                    "servername: \"127.0.0.1\" is an IP address, RFC 6066 3 allows host names only");
            assertRefused(
                    () -> socket.setServername("a b"),
                    "ERR_INVALID_ARG_VALUE",
                    "servername: \"a b\" is not a host name");
        })) {
            TlsSocket client = pair.handshake().client();
            assertThatThrownBy(() -> client.setServername("localhost"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("setServername: the handshake has begun, it is too late");
        }
    }

    // setSession

    @EachVersion
    void a_session_can_be_set_before_the_handshake(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)) {
            pair.handshake();
            byte[] session = pair.session().toDer();
            pair.forgetSession().clientSocket(socket -> socket.setSession(session));
            TlsPair.Connected resumed = pair.handshake();
            assertThat(resumed.resumption()).contains(version == TlsVersion.TLS_1_3 ? "psk" : "ticket");
            assertThatThrownBy(() -> resumed.client().setSession(session)).isInstanceOf(IllegalStateException.class);
        }
    }

    @EachVersion
    void a_session_in_nodes_form_resumes_and_is_bound_to_the_server_name(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)) {
            byte[] session =
                    pair.handshake().client().getSessionData(SessionFormat.NODE).orElseThrow();
            assertThat(SessionState.fromBytes(session).boundTo()).contains("localhost");
            pair.forgetSession().clientSocket(socket -> socket.setSession(session));
            assertThat(pair.handshake().resumed()).isTrue();
        }
    }

    @EachVersion
    void a_session_is_bound_to_the_name_that_the_socket_was_given(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)
                .client(options -> options.rejectUnauthorized(false))
                .clientSocket(socket -> socket.setServername("other.example"))) {
            byte[] session =
                    pair.handshake().client().getSessionData(SessionFormat.NODE).orElseThrow();
            assertThat(SessionState.fromBytes(session).boundTo()).contains("other.example");
        }
    }

    @EachVersion
    void the_session_of_a_server_has_one_form(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)) {
            TlsSocket server = pair.handshake().server();
            assertThat(server.getSessionData(SessionFormat.NODE).orElseThrow())
                    .isEqualTo(server.getSessionData().orElseThrow());
        }
    }

    @EachVersion
    void a_session_that_is_bound_to_another_name_is_refused_before_anything_is_sent(TlsVersion version)
            throws IOException {
        try (TlsPair pair = TlsPair.of(version)) {
            pair.handshake();
            byte[] session = pair.session().toNode("old.example");
            pair.forgetSession().clientSocket(socket -> socket.setSession(session));
            try (RawPeer server = pair.rawServer()) {
                assertThat(server.failure())
                        .returns(TlsFailure.Code.ERR_INVALID_ARG_VALUE, TlsFailure::code)
                        .hasMessageEndingWith(
                                "session: it is bound to \"old.example\", and the connection asks for \"localhost\"");
                server.heddle().close();
                assertThat(server.readRecord()).isEmpty();
            }
        }
    }

    @Test
    void a_session_that_is_bound_to_another_name_is_refused_when_options_are_built() throws IOException {
        try (TlsPair pair = TlsPair.create()) {
            pair.handshake();
            byte[] session = pair.session().toNode("old.example");
            ConnectOptions.Builder options =
                    ConnectOptions.builder().host("shop.example").session(session);
            assertRefused(
                    options::build,
                    "ERR_INVALID_ARG_VALUE",
                    "session: it is bound to \"old.example\", and the connection asks for \"shop.example\"");
            ConnectOptions fitting = options.servername("old.example").build();
            assertRefused(
                    () -> fitting.toBuilder().servername("").build(),
                    "ERR_INVALID_ARG_VALUE",
                    "session: it is bound to \"old.example\", and the connection asks for \"shop.example\"");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Shop.Example, shop.example",
        "bücher.example, xn--bcher-kva.example",
        "shop.example., shop.example",
        "::1, 0:0:0:0:0:0:0:1",
        "127.0.0.1, 127.0.0.1"
    })
    void a_session_is_for_a_name_in_any_spelling(String bound, String requested) throws IOException {
        try (TlsPair pair = TlsPair.create()) {
            pair.handshake();
            byte[] session = pair.session().toNode(bound);
            assertThat(ConnectOptions.builder()
                            .host(requested)
                            .session(session)
                            .build()
                            .host())
                    .isEqualTo(requested);
        }
    }

    @Test
    void bytes_that_are_no_session_are_refused() throws IOException {
        try (TlsPair pair = TlsPair.create()
                .clientSocket(socket -> assertThatThrownBy(() -> socket.setSession(new byte[3]))
                        .isInstanceOf(InvalidOption.class)
                        .hasMessageStartingWith("session: the prefix is not that of Node's form"))) {
            assertThat(pair.handshake().resumption()).isEqualTo(Optional.empty());
        }
    }

    private static void assertRefused(ThrowingCallable call, String code, String message) {
        assertThatThrownBy(call)
                .hasMessage(message)
                .isInstanceOfSatisfying(
                        InvalidOption.class,
                        refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
