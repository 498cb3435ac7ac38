package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import io.heddle.ConnectOptions;
import io.heddle.certificate.TestPki;
import io.heddle.load.Load;
import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadOptions;
import io.heddle.load.LoadOptions.StartTls;
import io.heddle.load.LoadResult;
import io.heddle.protocol.TlsVersion;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;
import org.subethamail.smtp.server.SessionHandler;

/**
 * Load on servers that begin in plain text and upgrade by their own protocol: the LDAP server of UnboundID,
 * and SubEthaSMTP.
 */
@Tag("interop")
@ExtendWith(LeakCheck.class)
class StartTlsLoadTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private static LoadResult load(Combination combination, StartTls protocol, int port, double resume)
            throws Exception {
        return Load.run(LoadOptions.builder(ConnectOptions.builder()
                        .host("localhost")
                        .port(port)
                        .ca(List.of(TestPki.ca().leaf()))
                        .minVersion(combination.version())
                        .maxVersion(combination.version())
                        .timeout(Duration.ofSeconds(10))
                        .build())
                .startTls(protocol)
                .connections(4)
                .handshakes(60)
                .resume(resume)
                .build());
    }

    /** Asserts that half of the handshakes, or none, were meant to resume, and that all of those did. */
    private static void assertDone(LoadResult result, int resumed) {
        assertThat(result.total().failures()).isEmpty();
        assertThat(result.total().handshakes()).isEqualTo(new HandshakeCounts(60 - resumed, resumed, 0, resumed, 0, 0));
    }

    /** The lines of a server's log. */
    private static final class Lines extends Handler {
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        long with(String text) {
            return lines.stream().filter(line -> line.contains(text)).count();
        }

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, 0", "TLS_1_2, 30", "TLS_1_3, 0", "TLS_1_3, 30"})
    void ldap(TlsVersion version, int resumed) throws Exception {
        var combination = new Combination(version, TestPki.Key.P256, "PKIX");
        SSLContext context = combination.server();
        var log = new Lines();
        var config = new InMemoryDirectoryServerConfig("dc=example,dc=com");
        config.setListenerConfigs(InMemoryListenerConfig.createLDAPConfig("ldap", HERE, 0, context.getSocketFactory()));
        config.setAccessLogHandler(log);
        try (var handshakes = new Handshakes();
                var server = new InMemoryDirectoryServer(config)) {
            server.startListening();
            LoadResult result = load(combination, StartTls.LDAP, server.getListenPort(), resumed / 60.0);
            assertDone(result, resumed);
            HandshakeCounts all = result.allHandshakes();
            handshakes.assertServed(combination, all.full(), all.resumed());
            await().untilAsserted(() -> assertThat(log.with(" DISCONNECT ")).isEqualTo(all.total()));
            assertThat(log.with(" UNBIND ")).isEqualTo(all.total());
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, 0", "TLS_1_2, 30", "TLS_1_3, 0", "TLS_1_3, 30"})
    void smtp(TlsVersion version, int resumed) throws Exception {
        var combination = new Combination(version, TestPki.Key.P256, "PKIX");
        var begun = new AtomicInteger();
        var ended = new AtomicInteger();
        SMTPServer server = SMTPServer.port(0)
                .bindAddress(HERE)
                .enableTLS()
                .startTlsSocketFactory(combination.server())
                .sessionHandler(new SessionHandler() {
                    @Override
                    public SessionAcceptance accept(Session session) {
                        begun.incrementAndGet();
                        return SessionAcceptance.success();
                    }

                    @Override
                    public void onSessionEnd(Session session) {
                        ended.incrementAndGet();
                    }
                })
                .build();
        try (var handshakes = new Handshakes()) {
            server.start();
            LoadResult result = load(combination, StartTls.SMTP, server.getPortAllocated(), resumed / 60.0);
            assertDone(result, resumed);
            HandshakeCounts all = result.allHandshakes();
            handshakes.assertServed(combination, all.full(), all.resumed());
            await().untilAsserted(() -> assertThat(ended.get()).isEqualTo(all.total()));
            assertThat(begun.get()).isEqualTo((int) all.total());
        } finally {
            server.stop();
        }
    }

    @Test
    void an_smtp_server_without_tls_refuses() throws Exception {
        var combination = new Combination(TlsVersion.TLS_1_3, TestPki.Key.P256, "PKIX");
        SMTPServer server = SMTPServer.port(0).bindAddress(HERE).build();
        try {
            server.start();
            LoadResult result = load(combination, StartTls.SMTP, server.getPortAllocated(), 0);
            assertThat(result.total().failed("ERR_STARTTLS_REFUSED")).isEqualTo(60);
        } finally {
            server.stop();
        }
    }
}
