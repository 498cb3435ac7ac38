package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.RefusedPort;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.TlsTransport;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows of the area errors: the failures on both sides when the peer does not use TLS, disconnects, or
 * violates the protocol.
 */
class ErrorRowsTest {
    private static Socket raw(Loopback server) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    @DisplayName("ERR-01: garbage on one secure connection, and another one that continues undisturbed")
    @Test
    void garbage_ends_its_own_connection_only() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT1));
                TlsSocket first =
                        Tls.connect(server.client().rejectUnauthorized(false).build());
                var below = raw(server);
                TlsSocket second = Tls.connect(server.client()
                        .transport(TlsTransport.of(below))
                        .rejectUnauthorized(false)
                        .build())) {
            second.setSoTimeout(20_000);
            for (int i = 0; i < 20; i++) {
                if (i == 3) {
                    byte[] garbage = new byte[6];
                    Arrays.fill(garbage, (byte) 0xff);
                    below.getOutputStream().write(garbage);
                    assertThatExceptionOfType(TlsFailure.class)
                            .isThrownBy(() -> second.getInputStream().read())
                            .satisfies(e -> assertThat(e.code().blame()).isEqualTo(TlsFailure.Blame.PEER_ALERT));
                }
                first.getOutputStream().write(i);
                assertThat(first.getInputStream().read()).isEqualTo(i);
            }
            assertThat(server.serverSide().serverError()).isNull();
            assertThat(server.serverSide().serverError()).isNull();
            assertThat(server.quiet()).as("no failure of a handshake").isTrue();
        }
    }

    @DisplayName("ERR-02: a client that connects and disconnects")
    @Test
    void a_client_that_disconnects() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT1))) {
            raw(server).close();

            server.serverSide().serverFailed(Code.ECONNRESET);
        }
    }

    @DisplayName("ERR-03, ERR-04: a server that hangs up")
    @Test
    void a_server_that_disconnects() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try {
                    server.accept().close();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThatExceptionOfType(TlsFailure.class)
                    .isThrownBy(() -> Tls.connect("127.0.0.1", server.getLocalPort()))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(Code.ECONNRESET));
        }
    }

    @DisplayName("ERR-05, ERR-18: a path without a listener")
    @Test
    void no_listener_on_the_path(@TempDir Path directory) {
        assertThatIOException()
                .isThrownBy(() -> Tls.connect(io.heddle.ConnectOptions.builder()
                        .path(directory.resolve("cause-error"))
                        .build()));
    }

    @DisplayName("ERR-07, ERR-09, ERR-10, ERR-12: a client that uses another protocol")
    @Test
    void junk_is_reported_as_the_wrong_version() throws Exception {
        for (byte[] junk :
                List.of("blah\nblah\nblah\n".getBytes(StandardCharsets.US_ASCII), stars(1024), stars(1 << 20))) {
            try (var server = Loopback.serve(Agents.identity(AGENT1));
                    var client = raw(server)) {
                try {
                    client.getOutputStream().write(junk);
                    byte[] answer = client.getInputStream().readAllBytes();
                    assertThat(answer.length == 0 || answer[0] == 21)
                            .as("nothing, or an alert")
                            .isTrue();
                } catch (IOException reset) {
                    assertThat(reset).isNotInstanceOf(java.net.SocketTimeoutException.class);
                }
                server.serverSide().serverFailed(Code.ERR_SSL_WRONG_VERSION_NUMBER);
                assertThat(server.quiet()).isTrue();
                server.exchange(o -> o.rejectUnauthorized(false)).worked();
            }
        }
    }

    private static byte[] stars(int count) {
        byte[] stars = new byte[count];
        Arrays.fill(stars, (byte) '*');
        return stars;
    }

    @DisplayName(
            "ERR-16, SRV-06: an exception of the handler is passed to the error listener, and the server continues")
    @Test
    void an_exception_of_a_handler_is_reported() throws Exception {
        var failures = new java.util.concurrent.LinkedBlockingQueue<Throwable>();
        var context = Tls.createSecureContext(Agents.identity(AGENT1));
        try (var server = Tls.createServer(context, socket -> {
            throw new IllegalStateException("eyecatcher");
        })) {
            server.onError(failures::add).listen("127.0.0.1", 0);
            for (int i = 0; i < 2; i++) {
                try (TlsSocket client = Tls.connect(io.heddle.ConnectOptions.builder()
                        .host("127.0.0.1")
                        .port(server.port())
                        .rejectUnauthorized(false)
                        .build())) {
                    assertThatThrownBy(() -> client.getInputStream().read())
                            .hasMessage("alert: the peer ended the connection with internal_error (80)");
                }
                assertThat(failures.poll(20, java.util.concurrent.TimeUnit.SECONDS))
                        .hasMessage("eyecatcher");
            }
        }
    }

    @DisplayName("ERR-17: a port without a listener")
    @Test
    void no_listener_on_the_port() throws Exception {
        try (var refused = new RefusedPort()) {
            assertThatIOException()
                    .isThrownBy(() -> Tls.connect("127.0.0.1", refused.port()))
                    .isInstanceOf(ConnectException.class);
        }
    }

    @DisplayName("ERR-19: a client with a plain HTTP server")
    @Test
    void a_plain_http_server() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket accepted = server.accept()) {
                    accepted.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    accepted.getInputStream().readAllBytes();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThatExceptionOfType(TlsFailure.class)
                    .isThrownBy(() -> Tls.connect("127.0.0.1", server.getLocalPort()))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(Code.ERR_SSL_WRONG_VERSION_NUMBER));
        }
    }

    @DisplayName("ERR-20: a server without a certificate; the listener can still read the client's address")
    @Test
    void the_socket_of_a_failure_still_has_its_addresses() throws Exception {
        try (var server = Loopback.serve(o -> {})) {
            ConnectionResult result = server.exchange(o -> {})
                    .clientFailed(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE)
                    .serverFailed(Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM);

            assertThat(result.server().getRemoteSocketAddress()).isNotNull();
            assertThat(result.server().getPort()).isPositive();
            assertThat(result.server().getLocalPort()).isEqualTo(server.server.port());
            assertThat(result.server().getInetAddress()).isNotNull();
        }
    }
}
