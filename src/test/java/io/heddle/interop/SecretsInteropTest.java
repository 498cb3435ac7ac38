package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.ConnectOptions;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Key log, exported keying material, Finished and session events: openssl and Node report the same values for
 * the same connection.
 */
@Tag("interop")
class SecretsInteropTest {
    private static final String LABEL = "EXPORTER-heddle-test";

    @TempDir
    private Path folder;

    private final List<String> logged = new CopyOnWriteArrayList<>();

    private List<String> linesOf(String file) throws IOException {
        return Files.readAllLines(folder.resolve(file)).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line + "\n")
                .toList();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static int lines(TlsVersion version) {
        return version == TlsVersion.TLS_1_3 ? 5 : 1;
    }

    private static String flag(TlsVersion version) {
        return version == TlsVersion.TLS_1_3 ? "-tls1_3" : "-tls1_2";
    }

    // openssl

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void openssl_client(TlsVersion version) throws Exception {
        try (EchoServer server = EchoServer.start(Servers.context(Kind.P256))) {
            server.server().onKeylog((line, socket) -> logged.add(line));
            ProgramResult output = server.openssl(
                    flag(version),
                    "-keylogfile",
                    folder.resolve("client.log").toString(),
                    "-keymatexport",
                    LABEL,
                    "-keymatexportlen",
                    "40");
            TlsSocket socket = server.next();
            assertThat(logged).hasSize(lines(version)).containsExactlyInAnyOrderElementsOf(linesOf("client.log"));
            assertThat(output.out())
                    .containsIgnoringCase("Keying material: " + hex(socket.exportKeyingMaterial(40, LABEL)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void openssl_server(TlsVersion version) throws Exception {
        PemFiles.Pair pair = new PemFiles(folder).write("server", Kind.P256.identity());
        try (SServer server = SServer.start(
                pair,
                "-keylogfile",
                folder.resolve("server.log").toString(),
                "-keymatexport",
                LABEL,
                "-keymatexportlen",
                "40")) {
            SServer.Exchange exchange =
                    server.exchange(server.client(version).onKeylog(logged::add).build());
            assertThat(logged).hasSize(lines(version)).containsExactlyInAnyOrderElementsOf(linesOf("server.log"));
            assertThat(exchange.server())
                    .containsIgnoringCase(
                            "Keying material: " + hex(exchange.socket().exportKeyingMaterial(40, LABEL)));
        }
    }

    private RunningProgram withoutExtendedMasterSecret(int port, String... options) {
        String config = new PemFiles(folder).write("no-ems.cnf", """
                openssl_conf = init
                [init]
                ssl_conf = ssl
                [ssl]
                system_default = defaults
                [defaults]
                Options = -ExtendedMasterSecret
                """);
        List<String> command = new ArrayList<>(List.of(
                "env",
                "OPENSSL_CONF=" + config,
                Programs.find("openssl"),
                "s_client",
                "-tls1_2",
                "-connect",
                "127.0.0.1:" + port));
        command.addAll(List.of(options));
        return RunningProgram.start(command);
    }

    /** RFC 7627 5.3: a session without it would never resume. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_openssl_client_without_extended_master_secret_gets_no_session_and_the_log_says_why(boolean tickets) {
        var files = new PemFiles(folder);
        PemFiles.Pair pair = files.write("server", Kind.P256.identity());
        List<String> options = new ArrayList<>(List.of("--cert", pair.cert(), "--key", pair.key(), "--json"));
        if (!tickets) {
            options.add("--no-tickets");
        }
        try (RunningServer server = HeddleCommand.serve(options.toArray(new String[0]));
                RunningProgram client = withoutExtendedMasterSecret(server.port())) {
            client.await("Extended master secret: no");
            assertThat(client.output()).doesNotContain("TLS session ticket:").containsPattern("Session-ID: *\n");
            server.program()
                    .awaitNextLine("^\\{\"event\":\"secureConnection\".*\"resumption\":null,"
                            + "\"resumptionRefusal\":\"extended_master_secret_missing\",\"authorized\":");
            assertThat(server.program().output()).doesNotContain("newSession");
        }
    }

    /** RFC 7627 5.4, which openssl does not follow: without an extended master secret two connections could share keys. */
    @Test
    void only_openssl_exports_without_an_extended_master_secret() throws Exception {
        try (EchoServer server = EchoServer.start(Servers.context(Kind.P256));
                RunningProgram client = withoutExtendedMasterSecret(server.port(), "-keymatexport", LABEL)) {
            client.await("Keying material: ");
            client.await("Extended master secret: no");
            TlsFailure refused =
                    catchThrowableOfType(TlsFailure.class, () -> server.next().exportKeyingMaterial(20, LABEL));
            assertThat(refused.code()).isEqualTo(Code.ERR_TLS_INVALID_STATE);
        }
    }

    // Node

    /** Prints the state of a socket, secrets in hexadecimal, and its key log as it comes. */
    private static final String COMMON = """
            const tls = require('tls'), fs = require('fs');
            const hex = (bytes) => bytes.toString('hex');
            function tell(socket) {
                console.log('none ' + hex(socket.exportKeyingMaterial(40, 'EXPORTER-heddle-test')));
                console.log('empty ' + hex(socket.exportKeyingMaterial(40, 'EXPORTER-heddle-test', Buffer.alloc(0))));
                console.log('some ' + hex(socket.exportKeyingMaterial(40, 'EXPORTER-heddle-test', Buffer.from('context'))));
                console.log('finished ' + hex(socket.getFinished()));
                console.log('peerFinished ' + hex(socket.getPeerFinished()));
                try {
                    console.log('reserved ' + hex(socket.exportKeyingMaterial(40, 'client finished')));
                } catch (error) {
                    console.log('reserved ' + error.code);
                }
            }
            """;

    private static final String SERVER = COMMON + """
            const [,, cert, key, extra] = process.argv;
            const options = { cert: fs.readFileSync(cert), key: fs.readFileSync(key), ...JSON.parse(extra) };
            const server = tls.createServer(options, (socket) => { tell(socket); socket.on('error', () => {}); socket.end('bye'); });
            server.on('keylog', (line) => process.stdout.write('keylog ' + line));
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    private static final String CLIENT = COMMON + """
            const [,, port, ca, extra] = process.argv;
            const options = { port, host: '127.0.0.1', servername: 'localhost', ca: fs.readFileSync(ca), ...JSON.parse(extra) };
            const socket = tls.connect(options, () => { tell(socket); });
            socket.on('keylog', (line) => process.stdout.write('keylog ' + line));
            socket.on('session', () => console.log('session'));
            socket.resume();
            socket.on('close', () => console.log('ticket ' + ticket));
            let ticket;
            socket.on('end', () => { ticket = (socket.getTLSTicket() || '').toString('hex'); });
            """;

    private static String only(TlsVersion version) {
        return "{\"minVersion\":\"%1$s\",\"maxVersion\":\"%1$s\"}".formatted(version.protocol());
    }

    private static void assertSame(TlsVersion version, List<String> output, TlsSocket socket) throws TlsFailure {
        assertThat(output)
                .contains("none " + hex(socket.exportKeyingMaterial(40, LABEL)))
                .contains("empty " + hex(socket.exportKeyingMaterial(40, LABEL, new byte[0])))
                .contains("some " + hex(socket.exportKeyingMaterial(40, LABEL, "context".getBytes(UTF_8))))
                .contains("finished " + hex(socket.getPeerFinished().orElseThrow()))
                .contains("peerFinished " + hex(socket.getFinished().orElseThrow()))
                .contains("reserved " + reserved(version, socket));
    }

    private static String reserved(TlsVersion version, TlsSocket socket) throws TlsFailure {
        if (version == TlsVersion.TLS_1_3) {
            return hex(socket.exportKeyingMaterial(40, "client finished"));
        }
        return catchThrowableOfType(TlsFailure.class, () -> socket.exportKeyingMaterial(40, "client finished"))
                .code()
                .name();
    }

    private void assertLogged(TlsVersion version, List<String> output) {
        assertThat(logged)
                .hasSize(lines(version))
                .containsExactlyInAnyOrderElementsOf(output.stream()
                        .filter(line -> line.startsWith("keylog "))
                        .map(line -> line.substring("keylog ".length()) + "\n")
                        .toList());
    }

    @ParameterizedTest
    @Tag("node")
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void node_server(TlsVersion version) throws Exception {
        PemFiles.Pair pair = new PemFiles(folder).write("server", Kind.P256.identity());
        try (RunningServer node = Node.server(SERVER, pair.cert(), pair.key(), only(version))) {
            ConnectOptions options = ConnectOptions.builder()
                    .host("localhost")
                    .port(node.port())
                    .ca(TestPki.ca().chain())
                    .onKeylog(logged::add)
                    .build();
            try (TlsSocket socket = Tls.connect(options)) {
                assertThat(socket.getInputStream().readAllBytes())
                        .asString(UTF_8)
                        .isEqualTo("bye");
                node.program().awaitNextLine("^reserved ");
                List<String> output = node.program().output().lines().toList();
                assertSame(version, output, socket);
                assertLogged(version, output);
            }
        }
    }

    @ParameterizedTest
    @Tag("node")
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void node_client(TlsVersion version) throws Exception {
        ServerOptions options = ServerOptions.builder(Servers.context(Kind.P256))
                .onKeylog((line, socket) -> logged.add(line))
                .build();
        try (EchoServer server =
                EchoServer.start(options, socket -> socket.getOutputStream().write("bye".getBytes(UTF_8)))) {
            List<String> output = Node.run(
                            CLIENT, Integer.toString(server.port()), new PemFiles(folder).ca(), only(version))
                    .succeeded()
                    .out()
                    .lines()
                    .toList();
            assertSame(version, output, server.next());
            assertLogged(version, output);
            // As many as a Heddle client reports: SessionEventFlowTest.
            assertThat(output.stream().filter(line -> line.equals("session")))
                    .hasSize(version == TlsVersion.TLS_1_3 ? 2 : 1);
        }
    }

    /** The session events of a client are those of Node: the same number, and the last session resumes. */
    @ParameterizedTest
    @Tag("node")
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void session_events_at_a_node_server(TlsVersion version) throws Exception {
        PemFiles.Pair pair = new PemFiles(folder).write("server", Kind.P256.identity());
        List<byte[]> sessions = new CopyOnWriteArrayList<>();
        try (RunningServer node = Node.server(SERVER, pair.cert(), pair.key(), only(version))) {
            ConnectOptions.Builder options = ConnectOptions.builder()
                    .host("localhost")
                    .port(node.port())
                    .ca(TestPki.ca().chain())
                    .onSession(sessions::add);
            try (TlsSocket socket = Tls.connect(options.build())) {
                assertThat(sessions).hasSize(version == TlsVersion.TLS_1_3 ? 0 : 1);
                assertThat(socket.getInputStream().readAllBytes())
                        .asString(UTF_8)
                        .isEqualTo("bye");
                assertThat(sessions).hasSize(version == TlsVersion.TLS_1_3 ? 2 : 1);
                assertThat(sessions.getLast()).isEqualTo(socket.getSessionData().orElseThrow());
            }
            try (TlsSocket socket =
                    Tls.connect(options.session(sessions.getLast()).build())) {
                assertThat(socket.getInputStream().readAllBytes())
                        .asString(UTF_8)
                        .isEqualTo("bye");
                assertThat(socket.isSessionReused()).isTrue();
                // Node renews no ticket.
                assertThat(sessions).hasSize(version == TlsVersion.TLS_1_3 ? 2 : 1);
            }
        }
    }
}
