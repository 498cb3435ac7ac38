package io.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.interop.Openssl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions between Heddle and the {@code openssl} command: each reads what the other writes. */
@Tag("interop")
class OpensslSessionTest {
    @TempDir
    Path directory;

    private static SessionState.Builder session(int protocol) {
        return SessionState.builder()
                .protocol(protocol)
                .cipherSuite(protocol == SessionState.TLS13 ? 0x1302 : 0xC02B)
                .sessionId(TestSessions.filled(32, 0xAB))
                .masterSecret(TestSessions.filled(48, 0xCD))
                .time(TestSessions.NOW)
                .timeout(Duration.ofMinutes(10))
                .sessionIdContext(SessionIdContext.of("shop").bytes())
                .hostName("shop.example")
                .verifyResult(18)
                .ticketLifetimeHint(Duration.ofMinutes(5))
                .ticket(TestSessions.filled(160, 0xEF))
                .alpnProtocol("h2")
                .extendedMasterSecret(protocol == SessionState.TLS12)
                .ticketAgeAdd(protocol == SessionState.TLS13 ? 0xFEDC_BA98L : 0)
                .extras(SessionExtras.of(TestSessions.NOW, ClientCertificatePolicy.REQUEST, List.of()));
    }

    @Test
    void openssl_shows_the_elements_of_a_tls12_session() throws Exception {
        assertThat(show(session(SessionState.TLS12).build()))
                .contains(
                        "Protocol  : TLSv1.2",
                        "Cipher    : ECDHE-ECDSA-AES128-GCM-SHA256",
                        "Session-ID: " + "AB".repeat(32),
                        "Session-ID-ctx: 73686F70",
                        "Master-Key: " + "CD".repeat(48),
                        "TLS session ticket lifetime hint: 300 (seconds)",
                        "Start Time: 1795418760",
                        "Timeout   : 600 (sec)",
                        "Verify return code: 18 (self-signed certificate)",
                        "Extended master secret: yes");
    }

    @Test
    void openssl_shows_the_elements_of_a_tls13_session() throws Exception {
        assertThat(show(session(SessionState.TLS13).build()))
                .contains(
                        "Protocol  : TLSv1.3",
                        "Cipher    : TLS_AES_256_GCM_SHA384",
                        "Session-ID-ctx: 73686F70",
                        "Resumption PSK: " + "CD".repeat(48),
                        "Start Time: 1795418760",
                        "Timeout   : 600 (sec)",
                        "Extended master secret: no");
    }

    @Test
    void openssl_writes_heddles_session_as_heddle_does() throws Exception {
        for (int protocol : new int[] {SessionState.TLS12, SessionState.TLS13}) {
            SessionState session = session(protocol).build();
            Path der = directory.resolve("session.der");
            Files.write(der, session.toDer());
            String pem = Openssl.run("sess_id", "-inform", "DER", "-in", der.toString())
                    .succeeded()
                    .out();

            // OpenSSL 3 adds the key-exchange group [19] even when it does not know it.
            SessionState read = SessionState.fromPem(pem);
            assertThat(read.group()).contains(0);
            assertThat(read.toBuilder().build().toDer()).isEqualTo(session.toDer());
            assertThat(read.extras().orElseThrow().clientCertificatePolicy())
                    .isEqualTo(ClientCertificatePolicy.REQUEST);
            assertThat(read.toPem()).isEqualTo(pem);
        }
    }

    private String show(SessionState session) throws IOException {
        Path pem = directory.resolve("session.pem");
        Files.writeString(pem, session.toPem());
        return Openssl.run("sess_id", "-in", pem.toString(), "-noout", "-text")
                .succeeded()
                .out();
    }
}
