package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT1;
import static io.heddle.parity.Agents.AGENT2;
import static io.heddle.parity.Agents.AGENT3;
import static io.heddle.parity.Agents.CA1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.ConnectOptions;
import io.heddle.RenegotiateOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the area renegotiation, and of client certificates that are requested later. */
class RenegotiationRowsTest {
    private final BlockingQueue<Throwable> errors = new LinkedBlockingQueue<>();

    private static SecureContext.Builder tls12() {
        return SecureContext.builder().identity(AGENT1).maxVersion(TlsVersion.TLS_1_2);
    }

    private TlsServer echo(ServerOptions options) throws IOException {
        return Tls.createServer(options, socket -> socket.getInputStream().transferTo(socket.getOutputStream()))
                .onError(errors::add)
                .listen("127.0.0.1", 0);
    }

    private static TlsSocket connect(TlsServer server) throws IOException {
        return Tls.connect(ConnectOptions.builder()
                .port(server.port())
                .rejectUnauthorized(false)
                .build());
    }

    private TlsFailure nextError() throws InterruptedException {
        Throwable error = errors.poll(20, TimeUnit.SECONDS);
        assertThat(error).isInstanceOf(TlsFailure.class);
        return (TlsFailure) error;
    }

    @DisplayName("REN-01: TLS 1.3 has no renegotiation")
    @Test
    void refuses_to_renegotiate_in_tls_1_3() throws Exception {
        try (TlsServer server = echo(ServerOptions.of(
                        SecureContext.builder().identity(AGENT1).build()));
                TlsSocket client = connect(server)) {
            assertThatThrownBy(client::renegotiate)
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.ERR_SSL_WRONG_SSL_VERSION));
        }
    }

    @DisplayName(
            "REN-02, REN-04, REN-05, REN-06: a client renegotiates up to the limit, and one more ends the connection")
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 10, 16})
    void ends_a_client_that_renegotiates_too_often(int limit) throws Exception {
        try (TlsServer server = echo(ServerOptions.builder(tls12().build())
                        .renegotiationLimit(limit)
                        .build());
                TlsSocket client = connect(server)) {
            for (int i = 0; i < limit; i++) {
                client.renegotiate();
                client.getOutputStream().write(i);
                assertThat(client.getInputStream().read()).isEqualTo(i);
            }
            assertThatThrownBy(client::renegotiate).isInstanceOf(TlsFailure.class);
            assertThat(nextError().code()).isEqualTo(Code.ERR_TLS_SESSION_ATTACK);
            assertThat(errors).isEmpty();
        }
    }

    @DisplayName("REN-03: the first renegotiation is accepted, the second not, because the server has disabled it")
    @Test
    void ends_a_client_that_renegotiates_when_it_is_disabled() throws Exception {
        try (TlsServer server = Tls.createServer(ServerOptions.of(tls12().build()), socket -> {
                            socket.getOutputStream()
                                    .write(socket.getInputStream().read());
                            socket.disableRenegotiation();
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        })
                        .onError(errors::add)
                        .listen("127.0.0.1", 0);
                TlsSocket client = connect(server)) {
            client.renegotiate();
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
            client.getOutputStream().write(2);
            assertThat(client.getInputStream().read()).isEqualTo(2);
            assertThatThrownBy(client::renegotiate).isInstanceOf(TlsFailure.class);
            assertThat(nextError().code()).isEqualTo(Code.ERR_TLS_RENEGOTIATION_DISABLED);
        }
    }

    @DisplayName("CC-02: no certificate is requested at first; after a later request only trusted clients are authorized, and all stay connected")
    @ParameterizedTest
    @CsvSource({"agent1, true", "agent2, false", "agent3, false", "none, false"})
    void requests_a_certificate_later(String agent, boolean authorized) throws Exception {
        var verdicts = new LinkedBlockingQueue<List<Boolean>>();
        var asking = RenegotiateOptions.builder()
                .requestCert(true)
                .rejectUnauthorized(false)
                .build();
        try (TlsServer server = Tls.createServer(
                                ServerOptions.of(tls12().ca(Agents.leaves(CA1)).build()), socket -> {
                                    boolean before = socket.authorized();
                                    socket.renegotiate(asking);
                                    verdicts.add(List.of(before, socket.authorized()));
                                    socket.getOutputStream().write(1);
                                })
                        .onError(errors::add)
                        .listen("127.0.0.1", 0);
                TlsSocket client =
                        Tls.connect(identity(agent).port(server.port()).build())) {
            assertThat(client.getInputStream().read()).isEqualTo(1);
            assertThat(verdicts.poll(20, TimeUnit.SECONDS)).containsExactly(false, authorized);
            assertThat(errors).isEmpty();
        }
    }

    private static ConnectOptions.Builder identity(String agent) {
        var options = ConnectOptions.builder().rejectUnauthorized(false);
        Optional.ofNullable(
                        switch (agent) {
                            case "agent1" -> AGENT1;
                            case "agent2" -> AGENT2;
                            case "agent3" -> AGENT3;
                            default -> null;
                        })
                .ifPresent(options::identity);
        return options;
    }
}
