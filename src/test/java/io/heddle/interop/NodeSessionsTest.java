package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import io.heddle.interop.Servers.Kind;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionFormat;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Heddle clients and clients of each Node.js release exchange their sessions, with servers of both. The tests choose
 * the release themselves, so that they need no second run with another.
 */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
class NodeSessionsTest {
    /** Reports for each connection whether it resumed, and answers a line with it in upper case. */
    private static final String SERVER = """
            const tls = require('tls'), fs = require('fs');
            const [,, cert, key] = process.argv;
            const server = tls.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, (socket) => {
                console.log('reused=' + socket.isSessionReused());
                socket.on('error', () => {});
                socket.on('data', (data) => socket.write('echo: ' + data));
            });
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    /**
     * Connects once, with a session in hexadecimal if there is one, and prints whether it resumed and its own
     * newest session.
     */
    private static final String CLIENT = """
            const tls = require('tls'), fs = require('fs');
            const [,, port, ca, extra, hex] = process.argv;
            const options = { port, ca: fs.readFileSync(ca), ...JSON.parse(extra) };
            if (hex) options.session = Buffer.from(hex, 'hex');
            const socket = tls.connect(options);
            let session;
            socket.on('session', (data) => { session = data; });
            socket.on('error', (error) => console.log('error ' + error.code));
            socket.on('secureConnect', () => {
                console.log('reused=' + socket.isSessionReused());
                socket.write('hello\\n');
            });
            socket.on('data', () => socket.end());
            socket.on('close', () => console.log('session=' + (session ? session.toString('hex') : '')));
            """;

    @TempDir
    private Path folder;

    static Stream<Arguments> releases() {
        return NodeRelease.all().stream()
                .flatMap(release -> Stream.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)
                        .map(version -> Arguments.of(release, version)));
    }

    private String ca() {
        return new PemFiles(folder).ca();
    }

    private RunningServer server(NodeRelease node) {
        PemFiles.Pair pair = new PemFiles(folder).write("server", identity());
        return node.server(SERVER, pair.cert(), pair.key());
    }

    private static EchoServer heddle() {
        return EchoServer.start(
                io.heddle.SecureContext.builder().identity(identity()).build());
    }

    private static Identity identity() {
        return TestPki.certificate("CN=" + Kind.P256)
                .key(Kind.P256.key(), 1)
                .server("localhost", "other.test")
                .issuedBy(TestPki.ca());
    }

    /** The output of a Node client. */
    private record Printed(boolean reused, byte[] session) {}

    /** Connects with Node to {@code localhost}, unless the options name another host. */
    private Printed node(NodeRelease node, int port, TlsVersion version, String options, byte[] session) {
        String extra =
                "{\"host\":\"127.0.0.1\",\"servername\":\"localhost\",\"minVersion\":\"%1$s\",\"maxVersion\":\"%1$s\"%2$s}"
                        .formatted(version.protocol(), options);
        List<String> lines = node.run(
                        CLIENT,
                        Integer.toString(port),
                        ca(),
                        extra,
                        HexFormat.of().formatHex(session))
                .succeeded()
                .out()
                .lines()
                .toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).matches("reused=(true|false)");
        return new Printed(
                lines.getFirst().equals("reused=true"),
                HexFormat.of().parseHex(lines.getLast().substring("session=".length())));
    }

    private Printed node(NodeRelease node, int port, TlsVersion version) {
        return node(node, port, version, "", new byte[0]);
    }

    private static ConnectOptions.Builder client(int port, TlsVersion version) {
        return ConnectOptions.builder()
                .host("localhost")
                .port(port)
                .ca(TestPki.ca().chain())
                .minVersion(version)
                .maxVersion(version);
    }

    /** Connects with Heddle, exchanges a line, and returns the session. */
    private static byte[] exchange(ConnectOptions options, boolean reused, SessionFormat format) throws IOException {
        try (TlsSocket socket = Tls.connect(options)) {
            socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
            assertThat(socket.isSessionReused()).isEqualTo(reused);
            assertThat(socket.authorized()).isTrue();
            socket.getOutputStream().write("hello\n".getBytes(UTF_8));
            assertThat(socket.getInputStream().readNBytes(12)).asString(UTF_8).isEqualTo("echo: hello\n");
            if (!reused) {
                socket.awaitSession(Duration.ofSeconds(10));
            }
            return socket.getSessionData(format).orElseThrow();
        }
    }

    private static SessionFormat formatOf(NodeRelease node) {
        return node.bindsSessions() ? SessionFormat.NODE : SessionFormat.OPENSSL;
    }

    @ParameterizedTest
    @MethodSource("releases")
    void a_node_session_resumes_in_heddle_with_a_node_server(NodeRelease node, TlsVersion version) throws IOException {
        try (RunningServer server = server(node)) {
            byte[] session = node(node, server.port(), version).session();
            server.program().awaitNextLine("^reused=false");
            exchange(client(server.port(), version).session(session).build(), true, SessionFormat.OPENSSL);
            server.program().awaitNextLine("^reused=true");
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void a_node_session_resumes_in_heddle_with_a_heddle_server(NodeRelease node, TlsVersion version) throws Exception {
        try (EchoServer server = heddle()) {
            byte[] session = node(node, server.port(), version).session();
            assertThat(server.next().isSessionReused()).isFalse();
            exchange(client(server.port(), version).session(session).build(), true, SessionFormat.OPENSSL);
            assertThat(server.next().isSessionReused()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void a_heddle_session_resumes_in_node_with_a_node_server(NodeRelease node, TlsVersion version) throws IOException {
        try (RunningServer server = server(node)) {
            byte[] session = exchange(client(server.port(), version).build(), false, formatOf(node));
            server.program().awaitNextLine("^reused=false");
            assertThat(node(node, server.port(), version, "", session).reused()).isTrue();
            server.program().awaitNextLine("^reused=true");
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void a_heddle_session_resumes_in_node_with_a_heddle_server(NodeRelease node, TlsVersion version) throws Exception {
        try (EchoServer server = heddle()) {
            byte[] session = exchange(client(server.port(), version).build(), false, formatOf(node));
            assertThat(server.next().isSessionReused()).isFalse();
            assertThat(node(node, server.port(), version, "", session).reused()).isTrue();
            assertThat(server.next().isSessionReused()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void a_session_goes_from_heddle_to_node_and_back(NodeRelease node, TlsVersion version) throws IOException {
        try (EchoServer server = heddle()) {
            byte[] first = exchange(client(server.port(), version).build(), false, formatOf(node));
            Printed second = node(node, server.port(), version, "", first);
            assertThat(second.reused()).isTrue();
            // A server does not renew the ticket of TLS 1.2, and Node emits only new ones.
            byte[] newest = second.session().length == 0 ? first : second.session();
            byte[] third = exchange(client(server.port(), version).session(newest).build(), true, formatOf(node));
            assertThat(node(node, server.port(), version, "", third).reused()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void node_binds_a_session_to_the_server_name_or_else_to_the_host(NodeRelease node, TlsVersion version)
            throws IOException {
        try (EchoServer server = heddle()) {
            assertThat(boundTo(node(node, server.port(), version)))
                    .isEqualTo(node.bindsSessions() ? "localhost" : "nothing");
            String address = ",\"servername\":\"\",\"rejectUnauthorized\":false";
            byte[] session =
                    node(node, server.port(), version, address, new byte[0]).session();
            assertThat(SessionState.fromBytes(session).boundTo().orElse("nothing"))
                    .isEqualTo(node.bindsSessions() ? "127.0.0.1" : "nothing");
            // The certificate is not valid for the address, so that only a client without verification resumes.
            ConnectOptions.Builder any = ConnectOptions.builder()
                    .host("127.0.0.1")
                    .port(server.port())
                    .rejectUnauthorized(false)
                    .minVersion(version)
                    .maxVersion(version);
            try (TlsSocket socket = Tls.connect(any.session(session).build())) {
                assertThat(socket.isSessionReused()).isTrue();
                assertThat(SessionState.fromBytes(socket.getSessionData(SessionFormat.NODE)
                                        .orElseThrow())
                                .boundTo())
                        .contains("127.0.0.1");
            }
        }
    }

    private static String boundTo(Printed printed) throws IOException {
        return SessionState.fromBytes(printed.session()).boundTo().orElse("nothing");
    }

    @ParameterizedTest
    @MethodSource("releases")
    void a_session_that_node_bound_to_another_name_is_refused(NodeRelease node, TlsVersion version) throws IOException {
        try (EchoServer server = heddle()) {
            byte[] session = node(node, server.port(), version, ",\"servername\":\"other.test\"", new byte[0])
                    .session();
            ConnectOptions.Builder options = client(server.port(), version).session(session);
            if (node.bindsSessions()) {
                assertThatThrownBy(options::build)
                        .isInstanceOfSatisfying(
                                InvalidOption.class,
                                refused -> assertThat(refused.code()).isEqualTo("ERR_INVALID_ARG_VALUE"))
                        .hasMessage(
                                "session: it is bound to \"other.test\", and the connection asks for \"localhost\"");
            } else {
                options.build();
            }
            exchange(options.servername("other.test").build(), true, SessionFormat.OPENSSL);
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void node_ignores_a_session_that_heddle_bound_to_another_name(NodeRelease node, TlsVersion version)
            throws IOException {
        try (EchoServer server = heddle()) {
            byte[] session =
                    exchange(client(server.port(), version).servername("other.test").build(), false, SessionFormat.NODE);
            assertThat(node(node, server.port(), version, "", session).reused()).isFalse();
            assertThat(node(node, server.port(), version, ",\"servername\":\"other.test\"", session)
                            .reused())
                    .isEqualTo(node.bindsSessions());
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void node_accepts_heddles_plain_der_where_it_binds_no_sessions_or_verifies_no_server(
            NodeRelease node, TlsVersion version) throws IOException {
        try (EchoServer server = heddle()) {
            byte[] session = exchange(client(server.port(), version).build(), false, SessionFormat.OPENSSL);
            assertThat(node(node, server.port(), version, "", session).reused()).isEqualTo(!node.bindsSessions());
            assertThat(node(node, server.port(), version, ",\"rejectUnauthorized\":false", session)
                            .reused())
                    .isTrue();
        }
    }

    @Test
    void the_releases_are_the_oldest_supported_and_the_current_ones() {
        assertThat(NodeRelease.all().stream().map(NodeRelease::major)).containsExactly(20, 22, 24, 26);
    }
}
