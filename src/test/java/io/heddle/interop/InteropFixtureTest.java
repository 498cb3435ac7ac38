package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fixtures alone: the other programs with each other, without Heddle. */
@Tag("interop")
@Tag("node")
class InteropFixtureTest {
    private static final String ECHO_SERVER = """
            const tls = require('tls'), fs = require('fs');
            const [,, cert, key] = process.argv;
            const server = tls.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, (socket) => {
                console.log('connected ' + socket.getProtocol());
                socket.on('error', () => {});
                socket.on('data', (data) => socket.write('echo: ' + data));
            });
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    @TempDir
    private static Path folder;

    private static String cert = "";
    private static String key = "";

    @BeforeAll
    static void makeCertificate() {
        cert = folder.resolve("cert.pem").toString();
        key = folder.resolve("key.pem").toString();
        Openssl.run(
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-subj",
                        "/CN=localhost",
                        "-days",
                        "2",
                        "-keyout",
                        key,
                        "-out",
                        cert)
                .succeeded();
    }

    @Test
    void openssl_talks_to_openssl_line_by_line_in_both_directions() {
        try (RunningServer server = Openssl.server("-cert", cert, "-key", key);
                RunningProgram client = Openssl.client(server.port(), "-CAfile", cert, "-tls1_3")) {
            client.await("Verify return code: 0 (ok)");
            client.sendLine("hello from the client");
            server.program().awaitNext("hello from the client");
            server.program().sendLine("hello from the server");
            client.awaitNextLine("^hello from the server$");
            client.sendLine("K");
            client.awaitNext("KEYUPDATE");
            client.sendLine("after the update");
            server.program().awaitNext("after the update");
            client.sendLine("Q");
            assertThat(client.awaitEnd().exitCode()).isZero();
        }
    }

    @Test
    void openssl_talks_to_a_node_server() {
        try (RunningServer server = Node.server(ECHO_SERVER, cert, key)) {
            ProgramResult client = Openssl.exchange(server.port(), "one\n", "echo: one", "-CAfile", cert, "-tls1_2");
            assertThat(client.out()).contains("Protocol  : TLSv1.2").contains("echo: one");
            assertThat(server.program().awaitNextLine("^connected (.*)$").group(1))
                    .isEqualTo("TLSv1.2");
            assertThat(Openssl.exchange(server.port(), "two\n", "echo: two").exitCode())
                    .isZero();
            assertThat(server.program().awaitNextLine("^connected (.*)$").group(1))
                    .isEqualTo("TLSv1.3");
        }
    }

    @Test
    void node_talks_to_an_openssl_server() {
        var script = """
                const tls = require('tls'), fs = require('fs');
                const [,, port, ca] = process.argv;
                const socket = tls.connect({ host: '127.0.0.1', port, ca: fs.readFileSync(ca), servername: 'localhost' }, () => {
                    console.log(socket.authorized, socket.getProtocol());
                    socket.end();
                });
                """;
        try (RunningServer server = Openssl.server("-cert", cert, "-key", key)) {
            ProgramResult node =
                    Node.run(script, Integer.toString(server.port()), cert).succeeded();
            assertThat(node.out()).isEqualTo("true TLSv1.3\n");
        }
    }

    @Test
    void output_bytes_are_exact() {
        try (RunningProgram node = Node.start("process.stdout.write(Buffer.from([0, 255, 10, 13, 128]))")) {
            node.awaitEnd();
            assertThat(node.stdout()).containsExactly(0, 255, 10, 13, 128);
        }
    }

    @Test
    void input_longer_than_any_pipe_arrives_complete() {
        var script =
                "let n = 0; process.stdin.on('data', (d) => n += d.length).on('end', () => console.log('got ' + n));";
        try (RunningProgram node = Node.start(script)) {
            node.send("x".repeat(1 << 20));
            node.closeInput();
            assertThat(node.awaitEnd().succeeded().out()).isEqualTo("got 1048576\n");
        }
    }

    @Test
    void a_wait_that_times_out_shows_the_output() {
        try (RunningProgram node = Node.start("console.log('so far'); setInterval(() => {}, 1000);")) {
            node.await("so far");
            assertThatThrownBy(() -> node.awaitEnd(Duration.ofMillis(50)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("node ")
                    .hasMessageEndingWith(": waited 50 ms in vain for its end; its output so far:\nso far\n");
        }
    }

    @Test
    void waiting_for_output_that_an_exited_program_did_not_print_fails_immediately() {
        try (RunningProgram node = Node.start("console.error('broken'); process.exitCode = 3;")) {
            assertThatThrownBy(() -> node.await("fine"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageEndingWith(": ended without \"fine\"; its output so far:\nbroken\n");
            ProgramResult finished = node.awaitEnd();
            assertThat(finished).isEqualTo(new ProgramResult(3, "", "broken\n"));
            assertThatThrownBy(finished::succeeded).hasMessageStartingWith("ended with exit code 3, not 0");
        }
    }

    @Test
    void a_server_that_cannot_start_fails_with_its_reason() {
        assertThatThrownBy(() ->
                        Openssl.server("-cert", folder.resolve("missing.pem").toString()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("ended without a line with")
                .hasMessageContaining("missing.pem");
    }

    @Test
    void close_ends_the_program_and_its_children() {
        var script = """
                const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
                process.on('SIGTERM', () => {});
                console.log('child ' + child.pid);
                """;
        RunningProgram node = Node.start(script);
        long child = Long.parseLong(node.awaitNextLine("^child (\\d+)$").group(1));
        List<Long> both = List.of(node.pid(), child);
        assertThat(both).allMatch(pid -> ProcessHandle.of(pid).isPresent());
        node.close();
        assertThat(node.isAlive()).isFalse();
        assertThat(both)
                .noneMatch(
                        pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
        node.close();
    }

    @Test
    void versions_are_those_of_installed_programs() {
        assertThat(Openssl.version()).startsWith("OpenSSL ");
        assertThat(Node.version()).startsWith("v");
    }
}
