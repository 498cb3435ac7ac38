package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.interop.HeddleCommand;
import io.heddle.interop.NodeRelease;
import io.heddle.interop.PemFiles;
import io.heddle.interop.RunningServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of {@code --session-in} and {@code --session-out}, exchanged with each release of Node.js. */
@Tag("interop")
class SessionFormatInteropTest {
    /** Connects with the session of a file, where one is named first, and writes its own into another, where one is named. */
    private static final String CLIENT = """
            const tls = require('tls'), fs = require('fs');
            const [,, port, ca, version, read, write] = process.argv;
            const options = { host: 'localhost', servername: 'localhost', port, ca: fs.readFileSync(ca),
                minVersion: version, maxVersion: version };
            if (read !== '-') {
                options.session = fs.readFileSync(read);
                if (options.session[0] === 45) {
                    const lines = options.session.toString().split('\\n').filter((line) => line && line[0] !== '-');
                    options.session = Buffer.from(lines.join(''), 'base64');
                }
            }
            const socket = tls.connect(options, () => {
                console.log('reused=' + socket.isSessionReused());
                socket.write('x');
            });
            socket.on('session', (session) => { if (write !== '-') fs.writeFileSync(write, session); });
            socket.on('data', () => socket.end());
            """;

    @TempDir
    Path folder;

    static Stream<Arguments> releases() {
        return NodeRelease.all().stream()
                .flatMap(node -> Stream.of("TLSv1.2", "TLSv1.3").map(version -> Arguments.of(node, version)));
    }

    private String ca() {
        return new PemFiles(folder).ca();
    }

    private RunningServer echoing() {
        PemFiles.Pair pair = new PemFiles(folder).write("server", TestPki.server("localhost"));
        return HeddleCommand.serve("--cert", pair.cert(), "--key", pair.key());
    }

    private CommandRun connect(RunningServer server, String... further) {
        return heddle(Stream.concat(
                        Stream.of("connect", "localhost:" + server.port(), "--ca", ca(), "--send", "x"),
                        Stream.of(further))
                .toArray(String[]::new));
    }

    private String node(NodeRelease node, RunningServer server, String version, String read, String write) {
        return node.run(CLIENT, Integer.toString(server.port()), ca(), version, read, write)
                .succeeded()
                .out()
                .strip();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void node_resumes_the_session_that_it_writes(NodeRelease node, String version) throws Exception {
        Path session = folder.resolve("session");
        String format = node.bindsSessions() ? "node" : "openssl";
        try (RunningServer server = echoing()) {
            CommandRun run = connect(
                    server, "--max-version", version, "--session-out", session.toString(), "--session-format", format);
            assertThat(run).isEqualTo(new CommandRun(0, "x", ""));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(session)))
                    .isEqualTo("rw-------");
            assertThat(node(node, server, version, session.toString(), "-")).isEqualTo("reused=true");
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void it_resumes_the_session_that_node_writes(NodeRelease node, String version) {
        String session = folder.resolve("session").toString();
        try (RunningServer server = echoing()) {
            assertThat(node(node, server, version, "-", session)).isEqualTo("reused=false");
            CommandRun run = connect(server, "--max-version", version, "--session-in", session, "--json");
            assertThat(run.err()).isEmpty();
            assertThat(run.out()).contains("\"resumed\":true").contains("\"received\":\"x\"");
        }
    }

    @Test
    void it_reads_what_it_writes_in_either_format_and_refuses_another_name() {
        String session = folder.resolve("session").toString();
        try (RunningServer server = echoing()) {
            for (String format : new String[] {"node", "openssl", "NODE"}) {
                connect(server, "--session-out", session, "--session-format", format);
                assertThat(connect(server, "--session-in", session, "--json").out())
                        .contains("\"resumed\":true");
            }
            CommandRun other = connect(server, "--session-in", session, "--servername", "www.example.com");
            assertThat(other.err())
                    .isEqualTo("heddle: ERR_INVALID_ARG_VALUE: session: it is bound to \"localhost\", "
                            + "and the connection asks for \"www.example.com\"\n");
            assertThat(other.exitCode()).isEqualTo(2);
            assertThat(other.out()).isEmpty();
        }
    }

    @Test
    void a_file_that_begins_like_one_of_node_is_refused_by_what_is_wrong() throws Exception {
        Path session = Files.write(folder.resolve("session"), new byte[30]);
        CommandRun run = heddle("connect", "localhost:1", "--session-in", session.toString());
        assertThat(run.err())
                .isEqualTo(
                        "heddle: ERR_INVALID_ARG_VALUE: --session-in: %s: session: the prefix is not that of Node's form, "
                                        .formatted(session)
                                + "\\0nodejs:tls:session:1\\0 and two bytes\n");
        assertThat(run.exitCode()).isEqualTo(2);
    }
}
