package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.interop.Servers.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * X25519MLKEM768 between two Heddle endpoints, and with a client that lacks it: OpenSSL before 3.5 does not have the
 * group, and its handshake must not be disturbed by it. {@link HybridPeersTest} has the peers that support it.
 */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
@Tag("provider")
class HybridGroupTest {
    @ParameterizedTest
    @CsvSource({
        "X25519MLKEM768:X25519, X25519MLKEM768:X25519, X25519MLKEM768",
        "X25519:X25519MLKEM768, X25519MLKEM768, X25519MLKEM768",
        "X25519MLKEM768:X25519, X25519, X25519"
    })
    void is_negotiated_and_resumed(String clients, String servers, String selected) throws Exception {
        try (EchoServer server = EchoServer.start(Servers.context(Kind.P256, options -> options.ecdhCurve(servers)))) {
            ConnectOptions.Builder client = ConnectOptions.builder()
                    .host("localhost")
                    .port(server.port())
                    .ca(TestPki.ca().chain())
                    .ecdhCurve(clients);
            for (int i = 0; i < 2; i++) {
                try (TlsSocket socket = Tls.connect(client.build())) {
                    assertThat(socket.getEphemeralKeyInfo().orElseThrow().name())
                            .isEqualTo(selected);
                    assertThat(socket.isSessionReused()).isEqualTo(i > 0);
                    client.session(socket.awaitSession(Duration.ofSeconds(10)).orElseThrow());
                }
                assertThat(server.next().getEphemeralKeyInfo().orElseThrow().name())
                        .isEqualTo(selected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2", "-tls1_3"})
    void is_ignored_by_a_client_that_does_not_support_it(String version) throws Exception {
        try (EchoServer server =
                EchoServer.start(Servers.context(Kind.P256, options -> options.ecdhCurve("X25519MLKEM768:X25519")))) {
            assertThat(OpensslReport.of(server.openssl(version, "-groups", "X25519:P-256"))
                            .group())
                    .isEqualTo("X25519");
            assertThat(server.next().getEphemeralKeyInfo().orElseThrow().name()).isEqualTo("X25519");
        }
    }
}
