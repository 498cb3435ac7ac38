package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.TlsServer;
import io.heddle.certificate.TestPki;
import io.heddle.interop.HeddleCommand;
import io.heddle.interop.RunningServer;
import io.heddle.load.LoadServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The option {@code --add-ca} of each command that has {@code --ca}. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AddCaTest {
    @TempDir
    private Path folder;

    private TlsServer server;

    @BeforeEach
    void serve() throws Exception {
        server = LoadServer.echo("localhost");
        write("ca.pem", TestPki.ca().chain());
        write("other.pem", TestPki.root("other", TestPki.Key.P256, 60).chain());
    }

    @AfterEach
    void stop() {
        server.close(Duration.ZERO);
    }

    private void write(String name, List<X509Certificate> certificates) throws Exception {
        Files.writeString(folder.resolve(name), TestPki.pem(certificates));
    }

    private CommandRun run(String command, int port, String further) {
        List<String> all = new ArrayList<>(List.of(command, "localhost:" + port));
        for (String name : further.split(" ", -1)) {
            all.add(name.endsWith(".pem") ? folder.resolve(name).toString() : name);
        }
        return heddle(all.toArray(new String[0]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--add-ca ca.pem",
                "--add-ca other.pem --add-ca ca.pem",
                "--ca other.pem --add-ca ca.pem",
                "--add-ca ca.pem --ca other.pem"
            })
    void a_client_trusts_the_file_as_well(String options) {
        assertThat(run("connect", server.port(), options + " --send hello")).isEqualTo(new CommandRun(0, "hello", ""));
        assertThat(run("load", server.port(), options + " --handshakes 1 -c 1 --warmup 0"))
                .returns(0, CommandRun::exitCode);
    }

    @Test
    void a_client_trusts_no_more_than_the_files() {
        assertThat(run("connect", server.port(), "--add-ca other.pem --send hello"))
                .returns(1, CommandRun::exitCode)
                .satisfies(run -> assertThat(run.err()).contains("UNABLE_TO_VERIFY_LEAF_SIGNATURE"));
    }

    @Test
    void the_help_has_it_beside_ca() {
        for (String command : List.of("connect", "serve", "load")) {
            assertThat(heddle(command, "--help").out()).as(command).contains("--add-ca=FILE");
        }
    }

    @Tag("interop")
    @Test
    void a_server_trusts_clients_of_the_file_as_well() throws Exception {
        write("server.pem", TestPki.server("localhost").chain());
        Files.writeString(
                folder.resolve("server-key.pem"),
                TestPki.pem(TestPki.server("localhost").key()));
        write("client.pem", TestPki.client("me").chain());
        Files.writeString(
                folder.resolve("client-key.pem"),
                TestPki.pem(TestPki.client("me").key()));
        try (RunningServer demanding = HeddleCommand.serve(
                "--cert",
                folder.resolve("server.pem").toString(),
                "--key",
                folder.resolve("server-key.pem").toString(),
                "--request-cert",
                "--ca",
                folder.resolve("other.pem").toString(),
                "--add-ca",
                folder.resolve("ca.pem").toString())) {
            assertThat(run(
                            "connect",
                            demanding.port(),
                            "--ca ca.pem --cert client.pem --key client-key.pem --send hello"))
                    .isEqualTo(new CommandRun(0, "hello", ""));
        }
    }
}
