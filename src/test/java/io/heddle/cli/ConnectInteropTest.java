package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heddle.interop.ProgramResult;
import io.heddle.interop.HeddleCommand;
import io.heddle.interop.Openssl;
import io.heddle.interop.OpensslReport;
import io.heddle.interop.RunningProgram;
import io.heddle.interop.RunningServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("interop")
class ConnectInteropTest {
    @TempDir
    static Path certs;

    @BeforeAll
    static void make_certificates() {
        assertThat(heddle("certs", certs.toString()).exitCode()).isZero();
    }

    private static String file(String name) {
        return certs.resolve(name).toString();
    }

    /** An openssl server that sends back each line reversed. */
    private static RunningServer reversing(String... further) {
        return Openssl.server(Stream.concat(
                        Stream.of(
                                "-cert",
                                file("server-ec-leaf.pem"),
                                "-key",
                                file("server-ec-key.pem"),
                                "-cert_chain",
                                file("intermediate.pem"),
                                "-rev"),
                        Stream.of(further))
                .toArray(String[]::new));
    }

    private static RunningServer echoing(String... further) {
        return HeddleCommand.serve(Stream.concat(
                        Stream.of("--cert", file("server-ec.pem"), "--key", file("server-ec-key.pem")),
                        Stream.of(further))
                .toArray(String[]::new));
    }

    private static CommandRun connect(RunningServer server, String... further) {
        return heddle(Stream.concat(
                        Stream.of("connect", "localhost:" + server.port(), "--ca", file("ca.pem")), Stream.of(further))
                .toArray(String[]::new));
    }

    private static List<JsonObject> objects(CommandRun run) {
        return run.out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    @Test
    void sends_a_text_and_prints_what_comes_back() {
        try (RunningServer server = reversing()) {
            assertThat(connect(server, "--send", "abc\n")).isEqualTo(new CommandRun(0, "cba\n", ""));
        }
    }

    @Test
    void copies_the_standard_input_to_the_peer_and_the_peer_to_the_standard_output() {
        byte[] all = new byte[300_000];
        new java.util.Random(42).nextBytes(all);
        String text = new String(all, java.nio.charset.StandardCharsets.ISO_8859_1);
        try (RunningServer server = echoing()) {
            CommandRun run = heddle(
                    new ByteArrayInputStream(text.getBytes(UTF_8)),
                    "connect",
                    "localhost:" + server.port(),
                    "--ca",
                    file("ca.pem"));
            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).isEqualTo(text);
        }
    }

    @Test
    void tells_what_was_negotiated_as_json() {
        try (RunningServer server = reversing("-alpn", "h2", "-groups", "P-256")) {
            CommandRun run =
                    connect(server, "--json", "--send", "abc\n", "--alpn", "h2,http/1.1", "--max-version", "TLSv1.2");
            assertThat(run.err()).isEmpty();
            JsonObject object = objects(run).getFirst();
            assertThat(object.keySet())
                    .containsExactly(
                            "protocol",
                            "cipher",
                            "group",
                            "ephemeralKeyInfo",
                            "alpn",
                            "servername",
                            "resumed",
                            "authorized",
                            "authorizationError",
                            "peerCertificate",
                            "staple",
                            "received",
                            "error");
            assertThat(object.get("protocol").getAsString()).isEqualTo("TLSv1.2");
            assertThat(object.getAsJsonObject("cipher").keySet()).containsExactly("name", "standardName", "version");
            assertThat(object.getAsJsonObject("cipher").get("standardName").getAsString())
                    .startsWith("TLS_ECDHE_ECDSA_WITH_");
            assertThat(object.get("group").getAsString()).isEqualTo("prime256v1");
            assertThat(object.get("alpn").getAsString()).isEqualTo("h2");
            assertThat(object.get("servername").getAsString()).isEqualTo("localhost");
            assertThat(object.get("authorized").getAsBoolean()).isTrue();
            assertThat(object.get("authorizationError").isJsonNull()).isTrue();
            assertThat(object.get("received").getAsString()).isEqualTo("cba\n");
            assertThat(object.get("error").isJsonNull()).isTrue();
            JsonObject certificate = object.getAsJsonObject("peerCertificate");
            assertThat(certificate.getAsJsonObject("subject").get("CN").getAsString())
                    .isEqualTo("localhost");
            assertThat(certificate.get("fingerprint256").getAsString()).isEqualTo(fingerprint("server-ec-leaf.pem"));
        }
    }

    private static String fingerprint(String name) {
        String printed = Openssl.run("x509", "-in", file(name), "-noout", "-fingerprint", "-sha256")
                .succeeded()
                .out();
        return printed.substring(printed.indexOf('=') + 1).strip();
    }

    @Test
    void an_unauthorized_server_ends_it_with_1_and_the_code() {
        try (RunningServer server = reversing()) {
            CommandRun run = heddle("connect", "localhost:" + server.port(), "--json", "--send", "x\n");
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .startsWith("heddle: UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ")
                    .hasLineCount(1);
            JsonObject object = objects(run).getFirst();
            assertThat(object.get("authorized").getAsBoolean()).isFalse();
            assertThat(object.get("authorizationError").getAsString()).isEqualTo("UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
            assertThat(object.getAsJsonObject("error").get("code").getAsString())
                    .isEqualTo("UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
            assertThat(object.getAsJsonObject("error").get("alert").getAsString())
                    .isEqualTo("unknown_ca");
        }
    }

    @Test
    void insecure_connects_all_the_same_and_reports_the_code() {
        try (RunningServer server = reversing()) {
            CommandRun run = connect(server, "--insecure", "--servername", "other.invalid", "--json", "--send", "x\n");
            assertThat(run.exitCode()).isZero();
            JsonObject object = objects(run).getFirst();
            assertThat(object.get("authorized").getAsBoolean()).isFalse();
            assertThat(object.get("authorizationError").getAsString()).isEqualTo("ERR_TLS_CERT_ALTNAME_INVALID");
            assertThat(object.get("error").isJsonNull()).isTrue();
            assertThat(object.get("received").getAsString()).isEqualTo("x\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--send=x"})
    void a_server_that_refuses_the_client_after_the_handshake_is_heard(String send) {
        try (RunningServer server = Openssl.server(
                "-cert",
                file("server-ec.pem"),
                "-key",
                file("server-ec-key.pem"),
                "-Verify",
                "1",
                "-tls1_3",
                "-CAfile",
                file("ca.pem"),
                "-verify_return_error",
                "-cert_chain",
                file("intermediate.pem"))) {
            CommandRun run = send.isEmpty() ? connect(server, "--json") : connect(server, "--json", send);
            assertThat(run.err()).startsWith("heddle: ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: ");
            assertThat(run.exitCode()).isEqualTo(1);
            JsonObject object = objects(run).getFirst();
            assertThat(object.get("protocol").getAsString()).isEqualTo("TLSv1.3");
            assertThat(object.getAsJsonObject("error").get("alert").getAsString())
                    .isEqualTo("certificate_required");
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, -tls1_2", "TLSv1.3, -tls1_3"})
    void openssl_reads_and_resumes_the_session_that_it_writes(String version, String option) {
        Path session = certs.resolve("written-" + version + ".pem");
        try (RunningServer server = reversing()) {
            CommandRun run =
                    connect(server, "--max-version", version, "--session-out", session.toString(), "--send", "ab\n");
            assertThat(run).isEqualTo(new CommandRun(0, "ba\n", ""));
            assertThat(Openssl.run("sess_id", "-in", session.toString(), "-noout", "-text")
                            .succeeded()
                            .out())
                    .containsPattern("Protocol +: " + version);
            ProgramResult client = Openssl.exchange(
                    server.port(), "ab\n", "ba\n", option, "-servername", "localhost", "-sess_in", session.toString());
            assertThat(OpensslReport.of(client).resumed()).isTrue();
            assertThat(OpensslReport.of(client).protocol()).isEqualTo(version);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, -tls1_2", "TLSv1.3, -tls1_3"})
    void it_resumes_the_session_that_openssl_writes(String version, String option) {
        Path session = certs.resolve("read-" + version + ".pem");
        try (RunningServer server = reversing()) {
            Openssl.exchange(
                    server.port(),
                    "ab\n",
                    "ba\n",
                    option,
                    "-servername",
                    "localhost",
                    "-CAfile",
                    file("ca.pem"),
                    "-sess_out",
                    session.toString());
            CommandRun run = connect(
                    server, "--max-version", version, "--session-in", session.toString(), "--json", "--send", "ab\n");
            assertThat(run.err()).isEmpty();
            JsonObject object = objects(run).getFirst();
            assertThat(object.get("protocol").getAsString()).isEqualTo(version);
            assertThat(object.get("resumed").getAsBoolean()).isTrue();
            assertThat(object.get("authorized").getAsBoolean()).isTrue();
            assertThat(object.get("received").getAsString()).isEqualTo("ba\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void reconnects_with_the_session_of_the_connection_before(String version) {
        try (RunningServer server = echoing()) {
            CommandRun run = connect(server, "--max-version", version, "--reconnect", "2", "--json");
            assertThat(objects(run).stream().map(each -> each.get("resumed").getAsBoolean()))
                    .containsExactly(false, true, true);
            CommandRun text = connect(server, "--max-version", version, "--reconnect", "1", "--send", "x");
            assertThat(text).isEqualTo(new CommandRun(0, "xx", ""));
        }
    }

    @Test
    void a_session_that_is_not_sent_cannot_be_written() {
        Path session = certs.resolve("none.pem");
        try (RunningServer server = echoing("--no-tickets", "--store", "none")) {
            CommandRun run = connect(server, "--session-out", session.toString(), "--send", "x");
            assertThat(run.out()).isEqualTo("x");
            assertThat(run.err())
                    .startsWith("heddle: ERR_NO_SESSION: --session-out: localhost:")
                    .hasLineCount(1);
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(session).doesNotExist();
        }
    }

    @Test
    void a_server_that_never_says_hello_is_not_waited_for_forever() throws Exception {
        try (var mute = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            CommandRun run = heddle("connect", "127.0.0.1:" + mute.getLocalPort(), "--timeout", "300ms");
            assertThat(run.err()).startsWith("heddle: ERR_TLS_HANDSHAKE_TIMEOUT: ");
            assertThat(run.exitCode()).isEqualTo(1);
        }
    }

    @Test
    @Timeout(60)
    void it_ends_when_nobody_reads_its_output_any_more() {
        var gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        var err = new ByteArrayOutputStream();
        try (RunningServer server = echoing("--mode", "source")) {
            int exitCode = Heddle.run(
                    InputStream.nullInputStream(),
                    new PrintStream(gone, true, UTF_8),
                    new PrintStream(err, true, UTF_8),
                    "connect",
                    "localhost:" + server.port(),
                    "--ca",
                    file("ca.pem"));
            assertThat(err.toString(UTF_8)).isEqualTo("heddle: EPIPE: Broken pipe\n");
            assertThat(exitCode).isEqualTo(1);
        }
    }

    @Test
    void the_command_of_its_own_process_relays_lines_as_they_come() {
        try (RunningServer server = reversing();
                RunningProgram client =
                        HeddleCommand.start("connect", "localhost:" + server.port(), "--ca", file("ca.pem"))) {
            client.sendLine("abc");
            client.awaitNextLine("^cba$");
            client.sendLine("def");
            client.awaitNextLine("^fed$");
            client.closeInput();
            assertThat(client.awaitEnd().exitCode()).isZero();
        }
    }
}
