package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import io.heddle.session.CaffeineSessionStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Node clients with a Heddle server. */
@Tag("interop")
@Tag("node")
@ExtendWith(CombinationCounter.class)
@Tag("provider")
class NodeClientTest {
    /**
     * Connects the given number of times, each time with the newest session, and prints the negotiated parameters and
     * the answer.
     */
    private static final String CLIENT = """
            const tls = require('tls'), fs = require('fs');
            const [,, port, ca, times, extra] = process.argv;
            const options = { host: '127.0.0.1', port, ca: fs.readFileSync(ca), servername: 'localhost', ...JSON.parse(extra) };
            for (const file of ['cert', 'key']) if (options[file]) options[file] = fs.readFileSync(options[file]);
            let session;
            function connect(left) {
                if (left === 0) return;
                const socket = tls.connect({ ...options, session });
                socket.setEncoding('utf8');
                socket.on('session', (data) => { session = data; });
                socket.on('error', (error) => console.log('error ' + error.code));
                socket.on('secureConnect', () => {
                    console.log(['connected', socket.getProtocol(), socket.getCipher().name, socket.authorized,
                        'reused=' + socket.isSessionReused(), 'alpn=' + socket.alpnProtocol,
                        'cn=' + (socket.getPeerCertificate().subject || {}).CN].join(' '));
                    socket.write('hello\\n');
                });
                let all = '';
                socket.on('data', (data) => { all += data; if (all.endsWith('\\n')) { console.log(all.trim()); socket.end(); } });
                socket.on('close', () => connect(left - 1));
            }
            connect(Number(times));
            """;

    @TempDir
    private Path folder;

    private List<String> connect(EchoServer server, int times, String extra) {
        ProgramResult node = Node.run(
                        CLIENT,
                        Integer.toString(server.port()),
                        new PemFiles(folder).ca(),
                        Integer.toString(times),
                        extra)
                .succeeded();
        return Node.codes(node.out()).lines().toList();
    }

    private static String version(String version) {
        return "{\"minVersion\":\"%1$s\",\"maxVersion\":\"%1$s\"".formatted(version);
    }

    static Stream<Arguments> keys() {
        return Stream.of("TLSv1.2", "TLSv1.3")
                .flatMap(version -> Stream.of(Kind.values()).map(kind -> Arguments.of(version, kind)));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void connects_and_resumes_with_each_kind_of_key(String version, Kind kind) throws Exception {
        try (EchoServer server = EchoServer.start(Servers.context(kind))) {
            List<String> lines = connect(server, 3, version(version) + "}");
            assertThat(lines).hasSize(6);
            for (int i = 0; i < 3; i++) {
                TlsSocket accepted = server.next();
                assertThat(accepted.getProtocol()).isEqualTo(version);
                assertThat(accepted.isSessionReused()).isEqualTo(i > 0);
                assertThat(accepted.servername()).contains("localhost");
                String cipher = version.equals("TLSv1.3")
                        ? accepted.getCipher().standardName()
                        : accepted.getCipher().name();
                assertThat(lines.get(2 * i))
                        .startsWith("connected " + version + " " + cipher + " true reused=" + (i > 0) + " alpn=false")
                        // Node has no server certificate on a connection that resumed.
                        .endsWith(" cn=" + (i > 0 ? "undefined" : kind));
                assertThat(lines.get(2 * i + 1)).isEqualTo("echo: hello");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, id", "TLSv1.3, psk"})
    void resumes_through_the_store_with_tickets_off(String version, String how) throws Exception {
        ServerOptions options = ServerOptions.builder(Servers.context(Kind.P256))
                .tickets(false)
                .sessionStore(CaffeineSessionStore.builder().build())
                .build();
        try (EchoServer server = EchoServer.start(options)) {
            List<String> lines = connect(server, 2, version(version) + "}");
            assertThat(lines.get(0)).contains("reused=false");
            assertThat(lines.get(2)).contains("reused=true");
            assertThat(server.next().isSessionReused()).isFalse();
            assertThat(server.next().resumption()).contains(how);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.2, ECDHE-ECDSA-AES128-SHA",
        "TLSv1.2, ECDHE-ECDSA-CHACHA20-POLY1305",
        "TLSv1.3, TLS_AES_256_GCM_SHA384"
    })
    void suites(String version, String suite) throws Exception {
        try (EchoServer server = EchoServer.start(Servers.context(Kind.P256, options -> options.ciphers("ALL")))) {
            List<String> lines = connect(server, 1, version(version) + ",\"ciphers\":\"" + suite + "\"}");
            assertThat(lines.get(0)).startsWith("connected " + version + " " + suite + " true");
            assertThat(server.next().getCipher().name()).isEqualTo(suite);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void application_protocols(String version) throws Exception {
        ServerOptions options = ServerOptions.builder(Servers.context(Kind.P256))
                .alpnProtocols("h2", "http/1.1")
                .build();
        try (EchoServer server = EchoServer.start(options)) {
            assertThat(connect(server, 1, version(version) + ",\"ALPNProtocols\":[\"http/1.1\",\"h2\"]}")
                            .get(0))
                    .contains("alpn=h2");
            assertThat(server.next().alpnProtocol()).contains("h2");
            assertThat(connect(server, 1, version(version) + ",\"ALPNProtocols\":[\"h3\"]}"))
                    .containsExactly("error ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL");
            assertThat(server.nextFailure().alert()).contains(Alert.NO_APPLICATION_PROTOCOL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void server_names(String version) throws Exception {
        SecureContext other = SecureContext.builder()
                .identity(TestPki.server("www.other.example"))
                .build();
        try (EchoServer server = EchoServer.start(Servers.context(Kind.RSA))) {
            server.server().addContext("*.other.example", other);
            assertThat(connect(server, 1, version(version) + ",\"servername\":\"www.other.example\"}")
                            .get(0))
                    .contains(" true ")
                    .endsWith("cn=www.other.example");
            assertThat(server.next().servername()).contains("www.other.example");
            assertThat(connect(server, 1, version(version) + "}").get(0)).endsWith("cn=RSA");
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, ticket", "TLSv1.3, psk"})
    void client_certificates(String version, String how) throws Exception {
        PemFiles.Pair good = new PemFiles(folder).write("good", Clients.good(Kind.P256));
        PemFiles.Pair bad = new PemFiles(folder).write("bad", Clients.Bad.EXPIRED.identity());
        ServerOptions options = ServerOptions.builder(Servers.context(
                        Kind.P256, context -> context.ca(TestPki.ca().chain())))
                .requestCert(true)
                .build();
        try (EchoServer server = EchoServer.start(options)) {
            List<String> lines = connect(server, 2, version(version) + files(good));
            assertThat(lines).hasSize(4).contains("echo: hello");
            assertThat(server.next().authorized()).isTrue();
            TlsSocket again = server.next();
            assertThat(again.resumption()).contains(how);
            assertThat(again.authorized()).isTrue();
            assertThat(again.peerCertificates().getFirst().getSubjectX500Principal())
                    .hasToString("CN=client P256");

            assertThat(connect(server, 1, version(version) + files(bad)))
                    .contains("error ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED");
            assertThat(server.nextFailure().code()).isEqualTo(Code.CERT_HAS_EXPIRED);

            assertThat(connect(server, 1, version(version) + "}"))
                    .contains(
                            version.equals("TLSv1.3")
                                    ? "error ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"
                                    : "error ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE");
            assertThat(server.nextFailure().code()).isEqualTo(Code.ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE);
        }
    }

    private static String files(PemFiles.Pair pair) {
        return ",\"cert\":\"%s\",\"key\":\"%s\"}".formatted(pair.cert(), pair.key());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void a_node_client_that_ended_its_output_still_receives_data(String version) throws Exception {
        String script = """
                const tls = require('tls'), fs = require('fs');
                const [,, port, ca, version] = process.argv;
                const socket = tls.connect({ host: '127.0.0.1', port, ca: fs.readFileSync(ca), servername: 'localhost',
                    minVersion: version, maxVersion: version, allowHalfOpen: true }, () => socket.end('the question'));
                let all = '';
                socket.on('data', (data) => { all += data; });
                socket.on('end', () => console.log('end ' + all.length + ' ' + all.slice(0, 26)));
                socket.on('error', (error) => console.log('error ' + error.code));
                """;
        var read = new ArrayList<String>();
        ServerOptions options = ServerOptions.of(Servers.context(Kind.P256));
        try (EchoServer server = EchoServer.start(options, socket -> {
            read.add(new String(socket.getInputStream().readAllBytes(), UTF_8));
            assertThat(socket.closeNotifyReceived()).isTrue();
            byte[] answer = ("after your end: " + "0123456789".repeat(10_000)).getBytes(UTF_8);
            socket.getOutputStream().write(answer);
        })) {
            ProgramResult node = Node.run(script, Integer.toString(server.port()), new PemFiles(folder).ca(), version);
            assertThat(node.succeeded().out()).isEqualTo("end 100016 after your end: 0123456789\n");
            server.next();
        }
        assertThat(read).containsExactly("the question");
    }
}
