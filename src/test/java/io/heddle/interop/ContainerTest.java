package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.interop.Container.Condition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The command in a container that lacks a resource. */
@Tag("interop")
class ContainerTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void every_command_works_without(Condition missing) throws Exception {
        var container = new Container(missing, folder);
        String certs = container.inside("certs");

        assertThat(container.run("certs", certs).succeeded().out()).contains("passphrase of the PKCS#12 files");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(container.file("certs").resolve("ca-key.pem"))))
                .isEqualTo("rw-------");

        // Where its certificates are missing the command creates them.
        ProgramResult run = container
                .run("run", "--connections", "5", "--certs", container.inside("made"))
                .succeeded();
        assertThat(run.out().lines().filter(line -> line.startsWith("TLS 1.")))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).matches("TLS 1\\.[23] (id|ticket) +5 +5 +0 .*"));

        try (RunningProgram server = container.start(
                "serve", "--port", "0", "--cert", certs + "/server-ec.pem", "--key", certs + "/server-ec-key.pem")) {
            String address = server.awaitNextLine("^listening on 127\\.0\\.0\\.1:(\\d+)$")
                    .group(1);
            assertThat(container
                            .run("connect", "localhost:" + address, "--ca", certs + "/ca.pem", "--send", "hello")
                            .succeeded()
                            .out())
                    .isEqualTo("hello");
            ProgramResult load = container.run(
                    "load",
                    "localhost:" + address,
                    "--ca",
                    certs + "/ca.pem",
                    "-c",
                    "2",
                    "--handshakes",
                    "20",
                    "--warmup",
                    "0s");
            assertThat(load.succeeded().out()).containsPattern("full handshakes +20 ");
        }
    }

    @Test
    void more_connections_than_file_descriptors_are_refused_immediately() throws Exception {
        var container = new Container(Condition.FILE_DESCRIPTORS, folder);
        ProgramResult run = container.run("run", "--certs", container.inside("certs"));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .matches("heddle: ERR_OUT_OF_RANGE: --connections: 1000 with both ends in this process need 2000 file "
                        + "descriptors, it may open 64, has \\d+ open and keeps 16 in reserve; .*\n");
        assertThat(container.file("certs")).doesNotExist();

        assertThat(container.run("certs", container.inside("certs")).succeeded().err())
                .isEmpty();
        ProgramResult load = container.run("load", "localhost:1", "--ca", container.inside("certs/ca.pem"), "-c", "60");
        assertThat(load.exitCode()).isEqualTo(2);
        assertThat(load.err())
                .matches(
                        "heddle: ERR_OUT_OF_RANGE: connections: 60 need as many file descriptors, this process may open 64, "
                                + "has \\d+ open and keeps 16 in reserve; .*\n");
    }

    @Test
    void folder_on_a_read_only_root_is_refused_with_the_systems_message() throws Exception {
        var container = new Container(Condition.WRITABLE_ROOT, folder);
        ProgramResult certs = container.run("certs", "/var/certs");
        assertThat(certs.exitCode()).isEqualTo(2);
        assertThat(certs.err()).isEqualTo("heddle: EROFS: /var/certs: Read-only file system\n");
    }
}
