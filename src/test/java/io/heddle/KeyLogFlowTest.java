package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The secrets of a connection in NSS' format, as its listeners receive them. */
@Tag("provider")
class KeyLogFlowTest {
    private final List<String> ofServer = new ArrayList<>();
    private final List<String> ofClient = new ArrayList<>();
    private final List<TlsSocket> sockets = new ArrayList<>();

    private TlsPair pair(TlsVersion version) {
        return TlsPair.of(version)
                .client(options -> options.onKeylog(ofClient::add))
                .server(options -> options.onKeylog((line, socket) -> {
                    ofServer.add(line);
                    sockets.add(socket);
                }));
    }

    private static List<String> labels(List<String> lines) {
        return lines.stream().map(line -> line.substring(0, line.indexOf(' '))).toList();
    }

    @Test
    void tls_1_3_has_five_lines_which_both_ends_agree_on() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3)) {
            TlsPair.Connected connected = pair.handshake();
            assertThat(labels(ofClient))
                    .containsExactly(
                            "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                            "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                            "SERVER_TRAFFIC_SECRET_0",
                            "CLIENT_TRAFFIC_SECRET_0",
                            "EXPORTER_SECRET");
            assertThat(ofClient)
                    .isEqualTo(ofServer)
                    .allMatch(line -> line.matches("[A-Z_0]+ [0-9a-f]{64} [0-9a-f]{64,96}\n"));
            assertThat(sockets).containsOnly(connected.server()).allMatch(TlsSocket::encrypted);
        }
    }

    @Test
    void tls_1_2_has_one_line_in_a_full_and_in_a_resumed_handshake() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_2)) {
            pair.handshake();
            assertThat(pair.handshake().resumption()).contains("ticket");
            assertThat(labels(ofClient)).containsExactly("CLIENT_RANDOM", "CLIENT_RANDOM");
            assertThat(ofClient)
                    .isEqualTo(ofServer)
                    .allMatch(line -> line.matches("CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n"));
            // The session's master secret under another random of the client.
            assertThat(ofClient.get(0).substring(79)).isEqualTo(ofClient.get(1).substring(79));
            assertThat(ofClient.get(0)).isNotEqualTo(ofClient.get(1));
        }
    }

    @Test
    void a_handshake_that_fails_in_tls_1_3_can_be_decrypted() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3).trustedByClient()) {
            assertThat(pair.attempt().clientFailure().code()).isEqualTo(Code.SELF_SIGNED_CERT_IN_CHAIN);
            assertThat(labels(ofClient))
                    .containsExactly("SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_HANDSHAKE_TRAFFIC_SECRET");
            assertThat(ofServer).startsWith(ofClient.toArray(String[]::new));
        }
    }

    @Test
    void every_listener_is_notified() throws IOException {
        List<String> more = new ArrayList<>();
        try (TlsPair pair = pair(TlsVersion.TLS_1_2)
                .serverSocket(socket -> socket.onKeylog(more::add))
                .clientSocket(socket -> socket.onKeylog(more::add))) {
            pair.handshake();
            assertThat(more).hasSize(2).containsOnly(ofClient.getFirst());
        }
    }

    @EachVersion
    void a_listener_that_throws_ends_the_connection(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)
                .server(options -> options.onKeylog((line, socket) -> {
                    throw new IllegalStateException("disk full");
                }))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith("keylog: the listener failed: java.lang.IllegalStateException: disk full")
                    .returns(Code.ERR_TLS_CALLBACK, TlsFailure::code);
            assertThat(outcome.clientFailure().alert()).contains(Alert.INTERNAL_ERROR);
        }
    }

    @Test
    void it_is_too_late_once_the_handshake_has_begun() throws IOException {
        try (TlsPair pair = TlsPair.create()) {
            assertThatThrownBy(() -> pair.handshake().client().onKeylog(ofClient::add))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("onKeylog: the handshake has begun, it is too late");
        }
    }
}
