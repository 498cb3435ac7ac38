package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import io.heddle.interop.SunJsse.Server;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heddle clients with a server of the JDK's TLS. */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
@Tag("provider")
class SunJsseServerTest {
    private static ConnectOptions.Builder client(Server server, TlsVersion version) {
        return ConnectOptions.builder()
                .host("localhost")
                .port(server.port())
                .ca(TestPki.ca().chain())
                .minVersion(version)
                .maxVersion(version);
    }

    /** The state of a connection on both sides. */
    private record Exchange(TlsSocket client, byte[] session, SSLSession server) {}

    /** Connects and sends a line each way. */
    private static Exchange exchange(Server server, ConnectOptions options) throws Exception {
        CompletableFuture<SSLSession> served = server.serve(socket -> {
            echo(socket);
            return socket.getSession();
        });
        try (TlsSocket socket = Tls.connect(options)) {
            socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
            socket.getOutputStream().write("hello\n".getBytes(UTF_8));
            assertThat(socket.getInputStream().readNBytes(6)).asString(UTF_8).isEqualTo("hello\n");
            assertThat(socket.authorized()).isTrue();
            byte[] session = socket.awaitSession(Duration.ofSeconds(10)).orElseThrow();
            socket.shutdownOutput();
            return new Exchange(socket, session, SunJsse.of(served));
        }
    }

    private static void echo(SSLSocket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    static Stream<Arguments> keys() {
        return Stream.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)
                .flatMap(version -> Stream.of(Kind.values()).map(kind -> Arguments.of(version, kind)));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void connects_and_resumes_by_ticket_with_each_kind_of_key(TlsVersion version, Kind kind) throws Exception {
        try (Server server = new Server(SunJsse.context(kind.identity()))) {
            Exchange full = exchange(server, client(server, version).build());
            assertThat(full.client().isSessionReused()).isFalse();
            assertThat(full.server().getProtocol()).isEqualTo(version.protocol());
            assertThat(full.server().getCipherSuite())
                    .isEqualTo(full.client().getCipher().standardName());
            byte[] session = full.session();
            for (int i = 0; i < 3; i++) {
                Exchange exchange = exchange(
                        server, client(server, version).session(session).build());
                assertThat(exchange.client().resumption()).contains(version == TlsVersion.TLS_1_2 ? "ticket" : "psk");
                assertThat(exchange.server().getCreationTime())
                        .isEqualTo(full.server().getCreationTime());
                assertThat(exchange.client().peerCertificates())
                        .isEqualTo(full.client().peerCertificates());
                if (version == TlsVersion.TLS_1_2) {
                    // The JDK renews its ticket on every resumption.
                    assertThat(SessionState.fromDer(exchange.session()).ticket())
                            .isNotEqualTo(SessionState.fromDer(session).ticket());
                }
                session = exchange.session();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RSA", "P256"})
    void resumes_by_id_in_tls12(Kind kind) throws Exception {
        // The JDK reads this property when it creates a context: without tickets it keeps the sessions itself.
        String before = System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
        try (Server server = new Server(SunJsse.context(kind.identity()))) {
            Exchange full = exchange(server, client(server, TlsVersion.TLS_1_2).build());
            assertThat(SessionState.fromDer(full.session()).ticket()).isEmpty();
            Exchange again = exchange(
                    server,
                    client(server, TlsVersion.TLS_1_2).session(full.session()).build());
            assertThat(again.client().resumption()).contains("id");
            assertThat(again.server().getId()).isEqualTo(full.server().getId());
        } finally {
            if (before == null) {
                System.clearProperty("jdk.tls.server.enableSessionTicketExtension");
            } else {
                System.setProperty("jdk.tls.server.enableSessionTicketExtension", before);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_1_2, ECDHE-RSA-AES128-GCM-SHA256",
        "TLS_1_2, ECDHE-RSA-CHACHA20-POLY1305",
        "TLS_1_2, ECDHE-RSA-AES256-SHA",
        "TLS_1_3, TLS_AES_128_GCM_SHA256",
        "TLS_1_3, TLS_AES_256_GCM_SHA384",
        "TLS_1_3, TLS_CHACHA20_POLY1305_SHA256"
    })
    void suites(TlsVersion version, String suite) throws Exception {
        try (Server server = new Server(SunJsse.context(Kind.RSA.identity()))) {
            Exchange full =
                    exchange(server, client(server, version).ciphers(suite).build());
            assertThat(full.client().getCipher().name()).isEqualTo(suite);
            assertThat(full.server().getCipherSuite())
                    .isEqualTo(full.client().getCipher().standardName());
            Exchange again = exchange(
                    server,
                    client(server, version)
                            .ciphers(suite)
                            .session(full.session())
                            .build());
            assertThat(again.client().isSessionReused()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1", "x25519", "x448", "ffdhe2048"})
    void groups_through_a_hello_retry_request(String group) throws Exception {
        try (Server server = new Server(SunJsse.context(Kind.RSA.identity()))) {
            SSLParameters parameters = server.socket().getSSLParameters();
            parameters.setNamedGroups(new String[] {group});
            server.socket().setSSLParameters(parameters);
            String first = group.equals("secp384r1") ? "P-521" : "P-384";
            ConnectOptions.Builder client = client(server, TlsVersion.TLS_1_3).ecdhCurve(first + ":" + group);
            Exchange full = exchange(server, client.build());
            assertThat(full.client().isSessionReused()).isFalse();
            Exchange again = exchange(server, client.session(full.session()).build());
            assertThat(again.client().isSessionReused()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void application_protocols(TlsVersion version) throws Exception {
        try (Server server = new Server(SunJsse.context(Kind.P256.identity()))) {
            SSLParameters parameters = server.socket().getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            server.socket().setSSLParameters(parameters);
            CompletableFuture<String> served = server.serve(socket -> {
                echo(socket);
                return socket.getApplicationProtocol();
            });
            try (TlsSocket socket = Tls.connect(
                    client(server, version).alpnProtocols("http/1.1", "h2").build())) {
                assertThat(socket.alpnProtocol()).contains("h2");
            }
            assertThat(SunJsse.of(served)).isEqualTo("h2");

            CompletableFuture<String> refused = server.serve(socket -> {
                echo(socket);
                return socket.getApplicationProtocol();
            });
            TlsFailure failure = catchThrowableOfType(
                    TlsFailure.class,
                    () -> Tls.connect(
                                    client(server, version).alpnProtocols("h3").build())
                            .close());
            assertThat(failure.code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
            assertThatThrownBy(() -> SunJsse.of(refused)).rootCause().hasMessageContaining("no_application_protocol");
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void client_certificates_of_each_kind_of_key(TlsVersion version, Kind kind) throws Exception {
        try (Server server = new Server(SunJsse.context(Kind.P256.identity()))) {
            server.socket().setNeedClientAuth(true);
            ConnectOptions.Builder client = client(server, version).identity(Clients.good(kind));
            Exchange full = exchange(server, client.build());
            assertThat(full.server().getPeerPrincipal()).hasToString("CN=client " + kind);
            Exchange again = exchange(server, client.session(full.session()).build());
            assertThat(again.client().isSessionReused()).isTrue();
            assertThat(again.server().getPeerPrincipal()).hasToString("CN=client " + kind);
        }
    }

    @Test
    void a_client_without_a_certificate_is_refused_where_one_is_required() throws Exception {
        try (Server server = new Server(SunJsse.context(Kind.P256.identity()))) {
            server.socket().setNeedClientAuth(true);
            CompletableFuture<Boolean> served = server.serve(socket -> {
                echo(socket);
                return true;
            });
            TlsFailure failure = catchThrowableOfType(TlsFailure.class, () -> {
                try (TlsSocket socket =
                        Tls.connect(client(server, TlsVersion.TLS_1_3).build())) {
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                }
            });
            assertThat(failure.code().blame()).isEqualTo(TlsFailure.Blame.PEER_ALERT);
            assertThatThrownBy(() -> SunJsse.of(served)).rootCause().hasMessageContaining("client certificate");
        }
    }
}
