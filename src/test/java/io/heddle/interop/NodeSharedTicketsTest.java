package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ServerOptions;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.interop.Servers.Kind;
import io.heddle.session.TicketKey;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A Heddle server and a Node server that share ticket keys and session id context resume each other's sessions. The
 * client is {@code openssl s_client}, which has no part in the sharing.
 */
@Tag("interop")
@Tag("node")
@ExtendWith(CombinationCounter.class)
class NodeSharedTicketsTest {
    private static final String SERVER = """
            const tls = require('tls'), fs = require('fs');
            const [,, cert, key, ca, ticketKeys, requestCert] = process.argv;
            const server = tls.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key), ca: fs.readFileSync(ca),
                ticketKeys: Buffer.from(ticketKeys, 'hex'), sessionIdContext: 'fleet',
                requestCert: requestCert === 'true', rejectUnauthorized: requestCert === 'true' }, (socket) => {
                socket.on('error', () => {});
                socket.on('data', (data) => {
                    console.log('reused=' + socket.isSessionReused() + ' cn=' + (socket.getPeerCertificate().subject || {}).CN);
                    socket.write('echo: ' + data);
                });
            });
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    @TempDir
    private Path folder;

    private final TicketKey key = TicketKey.random(new SecureRandom());

    private RunningServer node(TicketKey with, boolean requestCert) {
        var files = new PemFiles(folder);
        PemFiles.Pair pair = files.write("server", Kind.P256.identity());
        String keys = HexFormat.of().formatHex(with.toBytes());
        return Node.server(SERVER, pair.cert(), pair.key(), files.ca(), keys, Boolean.toString(requestCert));
    }

    private EchoServer heddle(boolean requestCert) {
        return EchoServer.start(ServerOptions.builder(Servers.context(
                        Kind.P256, options -> options.ca(TestPki.ca().chain())))
                .ticketKeys(TicketKeyManager.of(TicketKeys.of(List.of(key))))
                .sessionIdContext("fleet")
                .requestCert(requestCert)
                .build());
    }

    private OpensslReport connect(int port, String option, String... more) {
        String[] args = new String[more.length + 4];
        args[0] = option;
        args[1] = folder.resolve("session.pem").toString();
        args[2] = "-servername";
        args[3] = "localhost";
        System.arraycopy(more, 0, args, 4, more.length);
        return OpensslReport.of(
                Openssl.exchange(port, "hello\n", "echo: hello", args).succeeded());
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, ticket", "-tls1_3, psk"})
    void heddle_resumes_a_session_of_node(String version, String how) throws Exception {
        try (RunningServer node = node(key, false);
                EchoServer heddle = heddle(false)) {
            assertThat(connect(node.port(), "-sess_out", version).resumed()).isFalse();
            node.program().awaitNextLine("^reused=false");
            assertThat(connect(heddle.port(), "-sess_in", version).resumed()).isTrue();
            TlsSocket accepted = heddle.next();
            assertThat(accepted.resumption()).contains(how);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void node_resumes_a_session_of_heddle(String version) throws Exception {
        try (RunningServer node = node(key, false);
                EchoServer heddle = heddle(false)) {
            assertThat(connect(heddle.port(), "-sess_out", version).resumed()).isFalse();
            assertThat(heddle.next().isSessionReused()).isFalse();
            assertThat(connect(node.port(), "-sess_in", version).resumed()).isTrue();
            node.program().awaitNextLine("^reused=true");
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, ticket", "-tls1_3, psk"})
    void a_verified_client_stays_verified_in_both_directions(String version, String how) throws Exception {
        PemFiles.Pair client = new PemFiles(folder).write("client", Clients.good(Kind.P256));
        String[] certificate = {version, "-cert", client.cert(), "-key", client.key()};
        try (RunningServer node = node(key, true);
                EchoServer heddle = heddle(true)) {
            connect(node.port(), "-sess_out", certificate);
            node.program().awaitNextLine("^reused=false cn=client P256");
            assertThat(connect(heddle.port(), "-sess_in", version).resumed()).isTrue();
            TlsSocket accepted = heddle.next();
            assertThat(accepted.resumption()).contains(how);
            assertThat(accepted.authorized()).isTrue();
            assertThat(accepted.peerCertificates().getFirst().getSubjectX500Principal())
                    .hasToString("CN=client P256");

            connect(heddle.port(), "-sess_out", certificate);
            assertThat(heddle.next().authorized()).isTrue();
            assertThat(connect(node.port(), "-sess_in", version).resumed()).isTrue();
            node.program().awaitNextLine("^reused=true cn=client P256");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void neither_resumes_with_other_keys(String version) throws Exception {
        try (RunningServer node = node(TicketKey.random(new SecureRandom()), false);
                EchoServer heddle = heddle(false)) {
            assertThat(connect(node.port(), "-sess_out", version).resumed()).isFalse();
            assertThat(connect(heddle.port(), "-sess_in", version).resumed()).isFalse();
            assertThat(heddle.next().isSessionReused()).isFalse();
            assertThat(connect(heddle.port(), "-sess_out", version).resumed()).isFalse();
            assertThat(connect(node.port(), "-sess_in", version).resumed()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void a_node_session_without_a_certificate_does_not_resume_where_heddle_requires_one(String version)
            throws Exception {
        PemFiles.Pair client = new PemFiles(folder).write("client", Clients.good(Kind.P256));
        try (RunningServer node = node(key, false);
                EchoServer heddle = heddle(true)) {
            connect(node.port(), "-sess_out", version);
            assertThat(connect(heddle.port(), "-sess_in", version, "-cert", client.cert(), "-key", client.key())
                            .resumed())
                    .isFalse();
            TlsSocket accepted = heddle.next();
            assertThat(accepted.isSessionReused()).isFalse();
            assertThat(accepted.authorized()).isTrue();
        }
    }
}
