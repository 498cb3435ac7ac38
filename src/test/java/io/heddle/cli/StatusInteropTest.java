package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heddle.interop.HeddleCommand;
import io.heddle.interop.Openssl;
import io.heddle.interop.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stapled OCSP responses from and to the command. */
@Tag("interop")
class StatusInteropTest {
    @TempDir
    static Path certs;

    @BeforeAll
    static void make_certificates() {
        assertThat(heddle("certs", certs.toString()).exitCode()).isZero();
    }

    private static String file(String name) {
        return certs.resolve(name).toString();
    }

    private static RunningServer serve(String... further) {
        return HeddleCommand.serve(Stream.concat(
                        Stream.of("--cert", file("server-ec.pem"), "--key", file("server-ec-key.pem"), "--json"),
                        Stream.of(further))
                .toArray(String[]::new));
    }

    private static String openssl(RunningServer server, String... args) {
        List<String> all = Stream.concat(Stream.of("-status", "-no_ign_eof"), Stream.of(args))
                .toList();
        return Openssl.exchange(server.port(), "hello\n", "hello", all.toArray(new String[0]))
                .output();
    }

    private static CommandRun connect(RunningServer server, String... further) {
        return heddle(Stream.concat(
                        Stream.of("connect", "localhost:" + server.port(), "--ca", file("ca.pem")), Stream.of(further))
                .toArray(String[]::new));
    }

    @Test
    void serves_a_file_with_its_certificate_to_clients_that_ask() throws IOException {
        String other = "other.example.test=" + file("server-rsa.pem") + "," + file("server-rsa-key.pem");
        try (RunningServer server = serve("--ocsp-response", file("server-ec-ocsp.der"), "--sni", other)) {
            for (String version : List.of("-tls1_2", "-tls1_3")) {
                assertThat(openssl(server, version)).contains("OCSP Response Status: successful", "Cert Status: good");
                assertThat(openssl(server, version, "-servername", "other.example.test"))
                        .contains("OCSP response: no response sent");
            }
            CommandRun run = connect(server, "--status", "--json", "--send", "x");
            assertThat(run.exitCode()).isZero();
            byte[] response = Files.readAllBytes(certs.resolve("server-ec-ocsp.der"));
            JsonObject staple =
                    JsonParser.parseString(run.out()).getAsJsonObject().getAsJsonObject("staple");
            assertThat(staple.get("bytes").getAsInt()).isEqualTo(response.length);
            assertThat(staple.get("base64").getAsString())
                    .isEqualTo(Base64.getEncoder().encodeToString(response));
            assertThat(staple.get("status").getAsString()).isEqualTo("good");
            assertThat(Instant.parse(staple.get("thisUpdate").getAsString()))
                    .isBefore(Instant.parse(staple.get("nextUpdate").getAsString()));
            assertThat(staple.get("problem").isJsonNull()).isTrue();
            assertThat(connect(server, "--json", "--send", "x").out()).contains("\"staple\":null");
        }
    }

    @Test
    void tells_on_the_standard_error_what_came() throws IOException {
        long size = Files.size(certs.resolve("server-ec-ocsp.der"));
        try (RunningServer server = Openssl.server(
                "-cert",
                file("server-ec-leaf.pem"),
                "-key",
                file("server-ec-key.pem"),
                "-cert_chain",
                file("intermediate.pem"),
                "-status_file",
                file("server-ec-ocsp.der"),
                "-rev")) {
            assertThat(connect(server, "--status", "--send", "abc\n"))
                    .isEqualTo(new CommandRun(0, "cba\n", "OCSP response: %d bytes, good\n".formatted(size)));
        }
        try (RunningServer server = serve()) {
            assertThat(connect(server, "--status", "--send", "abc\n"))
                    .isEqualTo(new CommandRun(0, "abc\n", "OCSP response: none\n"));
            assertThat(connect(server, "--status", "--send", "abc\n", "--reconnect", "1"))
                    .isEqualTo(new CommandRun(
                            0, "abc\nabc\n", "OCSP response: none\nOCSP response: none, the session was resumed\n"));
        }
    }

    @Test
    void a_bad_response_is_not_sent_and_reported() throws Exception {
        Path file = Files.write(certs.resolve("rubbish.der"), new byte[] {1, 2, 3});
        try (RunningServer server = serve("--ocsp-response", file.toString())) {
            assertThat(connect(server, "--status", "--send", "abc\n").err()).isEqualTo("OCSP response: none\n");
            server.program()
                    .awaitNextLine("\"event\":\"ocspProblem\".*\"status\":\"invalid\",\"code\":\"OCSP_RESP_INVALID\"");
        }
    }

    @Test
    void a_bad_response_ends_the_connection_and_none_does_where_one_is_required() throws Exception {
        Path file = Files.write(certs.resolve("rubbish.der"), new byte[] {1, 2, 3});
        try (RunningServer server = serve("--ocsp-response", file.toString(), "--no-verify-ocsp")) {
            CommandRun run = connect(server, "--status", "--send", "x");
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).startsWith("heddle: OCSP_RESP_INVALID: ocsp: the OCSP response of 3 bytes");
            assertThat(connect(server, "--status", "--insecure", "--send", "abc\n")
                            .err())
                    .startsWith("OCSP response: 3 bytes, invalid: the OCSP response of 3 bytes for ");
        }
        try (RunningServer server = serve()) {
            CommandRun run = connect(server, "--require-status", "--send", "x");
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).startsWith("heddle: OCSP_VERIFY_NEEDED: ocsp: requireOCSP is set");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65528})
    void a_file_that_cannot_be_stapled_is_refused(int size) throws IOException {
        Path file = certs.resolve("response-%d.der".formatted(size));
        if (size >= 0) {
            Files.write(file, new byte[size]);
        }
        CommandRun run = heddle(
                "serve",
                "--cert",
                file("server-ec.pem"),
                "--key",
                file("server-ec-key.pem"),
                "--ocsp-response",
                file.toString());
        assertThat(run)
                .isEqualTo(new CommandRun(
                        2,
                        "",
                        "heddle: "
                                + (size < 0 ? "ENOENT" : "ERR_INVALID_ARG_VALUE")
                                + ": --ocsp-response \"%s\": ".formatted(file)
                                + (size < 0
                                        ? "there is no such file\n"
                                        : "the file has %d bytes, 1 to 65527 are allowed\n".formatted(size))));
    }

    @Test
    void the_file_is_read_again_on_sighup_and_a_bad_one_changes_nothing() throws Exception {
        Path file = Files.write(certs.resolve("changing.der"), new byte[] {1, 2, 3});
        try (RunningServer server = serve("--ocsp-response", file.toString(), "--no-verify-ocsp")) {
            assertThat(connect(server, "--status", "--json", "--insecure", "--send", "x")
                            .out())
                    .contains("\"base64\":\"AQID\"", "\"authorizationError\":\"OCSP_RESP_INVALID\"");
            Files.write(file, new byte[] {4, 5, 6});
            reload(server, true);
            assertThat(connect(server, "--status", "--json", "--insecure", "--send", "x")
                            .out())
                    .contains("\"base64\":\"BAUG\"");
            Files.delete(file);
            reload(server, false);
            assertThat(connect(server, "--status", "--json", "--insecure", "--send", "x")
                            .out())
                    .contains("\"base64\":\"BAUG\"");
        }
    }

    private static void reload(RunningServer server, boolean succeeds) throws Exception {
        Process kill = new ProcessBuilder(
                        "kill", "-HUP", Long.toString(server.program().pid()))
                .start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        server.program().awaitNextLine("\"event\":\"reload\".*\"reloaded\":" + succeeds);
    }
}
