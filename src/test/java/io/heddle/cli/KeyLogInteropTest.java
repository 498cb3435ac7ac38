package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.interop.HeddleCommand;
import io.heddle.interop.RunningServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --keylog} of both ends of a connection. */
@Tag("interop")
class KeyLogInteropTest {
    @TempDir
    static Path certs;

    @TempDir
    Path folder;

    @BeforeAll
    static void make_certificates() {
        assertThat(heddle("certs", certs.toString()).exitCode()).isZero();
    }

    private static String file(String name) {
        return certs.resolve(name).toString();
    }

    @Test
    void both_ends_append_the_same_lines_to_a_file_of_their_owners() throws Exception {
        Path ofServer = folder.resolve("server.log");
        Path ofClient = folder.resolve("client.log");
        try (RunningServer server = HeddleCommand.serve(
                "--cert", file("server-ec.pem"), "--key", file("server-ec-key.pem"), "--keylog", ofServer.toString())) {
            for (String version : List.of("TLSv1.3", "TLSv1.2")) {
                CommandRun run = heddle(
                        "connect",
                        "localhost:" + server.port(),
                        "--ca",
                        file("ca.pem"),
                        "--max-version",
                        version,
                        "--send",
                        "hello",
                        "--keylog",
                        ofClient.toString());
                assertThat(run.err()).isEmpty();
                assertThat(run.out()).isEqualTo("hello");
            }
            assertThat(Files.readAllLines(ofClient)).hasSize(6);
            assertThat(Files.readString(ofClient)).isEqualTo(Files.readString(ofServer));
            for (Path path : List.of(ofClient, ofServer)) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void a_file_that_cannot_be_written_is_wrong_usage() {
        Path missing = folder.resolve("missing/keys.log");
        CommandRun connect = heddle("connect", "localhost:1", "--keylog", missing.toString());
        assertThat(connect.exitCode()).isEqualTo(2);
        assertThat(connect.err().strip()).isEqualTo("heddle: ENOENT: %s: no such file".formatted(missing));
        CommandRun serve = heddle(
                "serve",
                "--port",
                "0",
                "--cert",
                file("server-ec.pem"),
                "--key",
                file("server-ec-key.pem"),
                "--keylog",
                folder.toString());
        assertThat(serve.exitCode()).isEqualTo(2);
        assertThat(serve.err()).contains(folder.toString());
        assertThat(serve.out()).isEmpty();
    }
}
