package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Heddle clients with a Node server. */
@Tag("interop")
@Tag("node")
@ExtendWith(CombinationCounter.class)
@Tag("provider")
class NodeServerTest {
    /** Prints the negotiated parameters, answers in upper case, and ends its output when the client does. */
    private static final String SERVER = """
            const tls = require('tls'), fs = require('fs'), constants = require('constants');
            const [,, cert, key, ca, extra, stored] = process.argv;
            const options = { cert: fs.readFileSync(cert), key: fs.readFileSync(key), ca: fs.readFileSync(ca),
                allowHalfOpen: true, ...JSON.parse(extra) };
            if (stored) options.secureOptions = constants.SSL_OP_NO_TICKET;
            const sessions = {};
            const server = tls.createServer(options, (socket) => {
                console.log(['connected', socket.getProtocol(), socket.getCipher().name, 'reused=' + socket.isSessionReused(),
                    'alpn=' + socket.alpnProtocol, 'sni=' + socket.servername, 'authorized=' + socket.authorized,
                    'cn=' + (socket.getPeerCertificate().subject || {}).CN].join(' '));
                let all = '';
                socket.on('error', () => {});
                socket.on('data', (data) => { all += data; if (all.endsWith('\\n')) { socket.write(all.toUpperCase()); all = ''; } });
                socket.on('end', () => { console.log('ended'); socket.end(all && 'after your end: ' + all); });
            });
            server.on('tlsClientError', (error) => console.log('failed ' + error.code));
            if (stored) {
                server.on('newSession', (id, data, done) => { sessions[id.toString('hex')] = data; done(); });
                server.on('resumeSession', (id, done) => done(null, sessions[id.toString('hex')] || null));
            }
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    @TempDir
    private Path folder;

    private RunningServer start(Identity identity, String extra, String... stored) {
        var files = new PemFiles(folder);
        PemFiles.Pair pair = files.write("server", identity);
        return Node.server(
                SERVER,
                Stream.concat(Stream.of(pair.cert(), pair.key(), files.ca(), extra), Stream.of(stored))
                        .toArray(String[]::new));
    }

    private static ConnectOptions.Builder client(RunningServer server, TlsVersion version) {
        return ConnectOptions.builder()
                .host("localhost")
                .port(server.port())
                .ca(TestPki.ca().chain())
                .minVersion(version)
                .maxVersion(version);
    }

    /** Connects, exchanges a line, and returns the session; the server's output is still unread. */
    private static byte[] exchange(ConnectOptions options, boolean reused) throws IOException {
        try (TlsSocket socket = Tls.connect(options)) {
            socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
            assertThat(socket.isSessionReused()).isEqualTo(reused);
            socket.getOutputStream().write("hello\n".getBytes(UTF_8));
            assertThat(socket.getInputStream().readNBytes(6)).asString(UTF_8).isEqualTo("HELLO\n");
            // Node sends no ticket after a resumption, and the offered one stays usable.
            return (reused ? socket.getSessionData() : socket.awaitSession(Duration.ofSeconds(10))).orElseThrow();
        }
    }

    static Stream<Arguments> keys() {
        return Stream.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)
                .flatMap(version -> Stream.of(Kind.values()).map(kind -> Arguments.of(version, kind)));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void connects_and_resumes_with_each_kind_of_key(TlsVersion version, Kind kind) throws Exception {
        try (RunningServer node = start(kind.identity(), "{}")) {
            byte[] session = exchange(client(node, version).build(), false);
            node.program().awaitNextLine("^connected " + version + " \\S+ reused=false alpn=false sni=localhost");
            for (int i = 0; i < 2; i++) {
                session = exchange(client(node, version).session(session).build(), true);
                node.program().awaitNextLine("^connected " + version + " \\S+ reused=true ");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "TLS_1_2")
    void resumes_by_id_from_nodes_store(TlsVersion version) throws Exception {
        try (RunningServer node = start(Kind.P256.identity(), "{}", "stored")) {
            byte[] session = exchange(client(node, version).build(), false);
            node.program().awaitNextLine("reused=false");
            session = exchange(client(node, version).session(session).build(), true);
            node.program().awaitNextLine("reused=true");
            try (TlsSocket socket =
                    Tls.connect(client(node, version).session(session).build())) {
                assertThat(socket.resumption()).contains("id");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void through_a_hello_retry_request_or_another_curve(TlsVersion version) throws Exception {
        try (RunningServer node = start(Kind.P256.identity(), "{\"ecdhCurve\":\"P-256\"}")) {
            byte[] session =
                    exchange(client(node, version).ecdhCurve("X25519:P-256").build(), false);
            node.program().awaitNextLine("reused=false");
            exchange(
                    client(node, version)
                            .ecdhCurve("X25519:P-256")
                            .session(session)
                            .build(),
                    true);
            node.program().awaitNextLine("reused=true");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void application_protocols(TlsVersion version) throws Exception {
        try (RunningServer node = start(Kind.P256.identity(), "{\"ALPNProtocols\":[\"h2\",\"http/1.1\"]}")) {
            try (TlsSocket socket = Tls.connect(
                    client(node, version).alpnProtocols("http/1.1", "h2").build())) {
                assertThat(socket.alpnProtocol()).contains("h2");
                node.program().awaitNextLine("alpn=h2");
            }
            TlsFailure failure = catchThrowableOfType(
                    TlsFailure.class,
                    () -> Tls.connect(client(node, version).alpnProtocols("h3").build())
                            .close());
            assertThat(failure.code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
            node.program().awaitNextLine("^failed ERR_SSL_NO_APPLICATION_PROTOCOL");
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "TLS_1_3, ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"})
    void client_certificates(TlsVersion version, Code refusal) throws Exception {
        String required = "{\"requestCert\":true,\"rejectUnauthorized\":true,\"sessionIdContext\":\"x\"}";
        try (RunningServer node = start(Kind.P256.identity(), required)) {
            ConnectOptions.Builder good = client(node, version).identity(Clients.good(Kind.RSA));
            byte[] session = exchange(good.build(), false);
            node.program().awaitNextLine("reused=false .* authorized=true cn=client RSA$");
            exchange(good.session(session).build(), true);
            node.program().awaitNextLine("reused=true .* authorized=true cn=client RSA$");

            TlsFailure failure = catchThrowableOfType(TlsFailure.class, () -> {
                try (TlsSocket socket = Tls.connect(client(node, version).build())) {
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                }
            });
            assertThat(failure.code()).isEqualTo(refusal);
            node.program().awaitNextLine("^failed ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_bad_server_is_refused(TlsVersion version) throws Exception {
        try (RunningServer node = start(TestPki.selfSigned("localhost"), "{}")) {
            TlsFailure failure = catchThrowableOfType(
                    TlsFailure.class,
                    () -> Tls.connect(client(node, version).build()).close());
            assertThat(failure.code()).isEqualTo(Code.DEPTH_ZERO_SELF_SIGNED_CERT);
            node.program().awaitNextLine("^failed ERR_SSL_TLSV1_ALERT_UNKNOWN_CA");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_client_that_ended_its_output_still_receives_data(TlsVersion version) throws Exception {
        try (RunningServer node = start(Kind.P256.identity(), "{}");
                TlsSocket socket = Tls.connect(client(node, version).build())) {
            socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
            socket.getOutputStream().write("no line end".getBytes(UTF_8));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("after your end: no line end");
            assertThat(socket.closeNotifyReceived()).isTrue();
            node.program().awaitNextLine("^ended$");
        }
    }
}
