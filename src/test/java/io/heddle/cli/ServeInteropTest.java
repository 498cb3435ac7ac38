package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heddle.interop.ProgramResult;
import io.heddle.interop.HeddleCommand;
import io.heddle.interop.Openssl;
import io.heddle.interop.OpensslReport;
import io.heddle.interop.RunningProgram;
import io.heddle.interop.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("interop")
class ServeInteropTest {
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
        List<String> args = Stream.concat(
                        Stream.of("--cert", file("server-ec.pem"), "--key", file("server-ec-key.pem"), "--json"),
                        Stream.of(further))
                .toList();
        return HeddleCommand.serve(args.toArray(new String[0]));
    }

    private static JsonObject event(RunningServer server, String name) {
        String line = server.program()
                .awaitNextLine("^(\\{\"event\":\"" + name + "\".*\\})$")
                .group(1);
        return JsonParser.parseString(line).getAsJsonObject();
    }

    private static void signal(RunningServer server, String name) throws Exception {
        Process kill = new ProcessBuilder(
                        "kill", "-" + name, Long.toString(server.program().pid()))
                .start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }

    @Test
    void tells_of_each_connection_what_was_negotiated() {
        try (RunningServer server = serve("--alpn", "h2,http/1.1", "--request-cert", "--ca", file("ca.pem"))) {
            Openssl.exchange(
                    server.port(),
                    "hello\n",
                    "hello",
                    "-quiet",
                    "-no_ign_eof",
                    "-servername",
                    "localhost",
                    "-alpn",
                    "http/1.1",
                    "-groups",
                    "P-256",
                    "-ciphersuites",
                    "TLS_AES_256_GCM_SHA384",
                    "-cert",
                    file("client.pem"),
                    "-key",
                    file("client-key.pem"),
                    "-cert_chain",
                    file("intermediate.pem"));
            JsonObject event = event(server, "secureConnection");
            assertThat(event.get("time").getAsString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
            assertThat(event.get("remote").getAsString()).matches("127\\.0\\.0\\.1:\\d+");
            event.remove("time");
            event.remove("remote");
            assertThat(event)
                    .hasToString("{\"event\":\"secureConnection\",\"protocol\":\"TLSv1.3\","
                            + "\"cipher\":\"TLS_AES_256_GCM_SHA384\",\"group\":\"prime256v1\",\"alpn\":\"http/1.1\","
                            + "\"servername\":\"localhost\",\"resumed\":false,\"resumption\":null,\"authorized\":true,"
                            + "\"authorizationError\":null,\"peerSubject\":\"CN=client,O=Heddle\"}");
            JsonObject close = event(server, "close");
            assertThat(close.get("bytesIn").getAsLong()).isEqualTo(6);
            assertThat(close.get("bytesOut").getAsLong()).isEqualTo(6);
        }
    }

    @Test
    void a_client_that_renegotiates_too_often_is_cut_off() {
        try (RunningServer server = serve("--renegotiation-limit", "1", "--renegotiation-window", "1h");
                RunningProgram client = Openssl.client(server.port(), "-tls1_2")) {
            client.sendLine("R");
            client.awaitNext("RENEGOTIATING");
            client.sendLine("still here");
            client.awaitNext("still here");
            client.sendLine("R");
            assertThat(client.awaitEnd().output()).contains("alert handshake failure");
            JsonObject close = event(server, "close");
            assertThat(close.get("bytesIn").getAsLong()).isEqualTo(11);
        }
    }

    @Test
    void tells_of_clients_that_fail_and_for_which_name_they_came() {
        try (RunningServer server = serve("--alpn", "h2")) {
            Openssl.run(
                    "",
                    RunningProgram.LIMIT,
                    "s_client",
                    "-connect",
                    "127.0.0.1:" + server.port(),
                    "-servername",
                    "shop.example.test",
                    "-alpn",
                    "http/1.1");
            JsonObject event = event(server, "tlsClientError");
            assertThat(event.get("code").getAsString()).isEqualTo("ERR_SSL_NO_APPLICATION_PROTOCOL");
            assertThat(event.get("alert").getAsString()).isEqualTo("no_application_protocol");
            assertThat(event.get("servername").getAsString()).isEqualTo("shop.example.test");
            assertThat(event.get("message").getAsString()).contains("http/1.1", "h2");
            assertThat(event.get("remote").getAsString()).startsWith("127.0.0.1:");
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, id", "-tls1_3, psk"})
    void without_tickets_the_store_is_told_of_and_asked_for_each_session(String version, String resumption)
            throws IOException {
        Path session = certs.resolve("served" + version + ".pem");
        try (RunningServer server = serve("--no-tickets")) {
            resume(server, session, version, "-sess_out");
            String id = event(server, "newSession").get("id").getAsString();
            assertThat(Files.readString(session)).contains("SSL SESSION PARAMETERS");
            ProgramResult again = resume(server, session, version, "-sess_in");
            assertThat(OpensslReport.of(again).resumed()).isTrue();
            JsonObject asked = event(server, "resumeSession");
            assertThat(asked.get("found").getAsBoolean()).isTrue();
            assertThat(asked.get("id").getAsString()).hasSize(64);
            if (version.equals("-tls1_2")) {
                assertThat(asked.get("id").getAsString()).isEqualTo(id);
            }
            JsonObject connection = event(server, "secureConnection");
            assertThat(connection.get("resumed").getAsBoolean()).isTrue();
            assertThat(connection.get("resumption").getAsString()).isEqualTo(resumption);
        }
    }

    private static ProgramResult resume(RunningServer server, Path session, String version, String how) {
        return Openssl.exchange(
                server.port(), "hello\n", "hello\n", version, "-servername", "localhost", how, session.toString());
    }

    @Test
    void servers_with_the_same_ticket_keys_take_each_others_tickets() {
        String keys = "0123456789abcdef".repeat(6);
        String old = "00".repeat(48);
        Path session = certs.resolve("shared.pem");
        try (RunningServer first = serve("--ticket-keys", old);
                RunningServer second = serve("--ticket-keys", keys, "--ticket-keys", old);
                RunningServer stranger = serve()) {
            resume(first, session, "-tls1_3", "-sess_out");
            assertThat(OpensslReport.of(resume(second, session, "-tls1_3", "-sess_in"))
                            .resumed())
                    .isTrue();
            assertThat(OpensslReport.of(resume(stranger, session, "-tls1_3", "-sess_in"))
                            .resumed())
                    .isFalse();
        }
    }

    @Test
    void chooses_the_certificate_by_name_and_by_what_the_client_can_verify() {
        String rsa = file("server-rsa.pem") + "," + file("server-rsa-key.pem");
        String ed25519 = file("server-ed25519.pem") + "," + file("server-ed25519-key.pem");
        try (RunningServer server = serve("--sni", "*.example.test=" + rsa, "--sni", "a.example.test=" + ed25519)) {
            assertThat(keyTypeFor(server, "localhost")).isEqualTo("ECDSA");
            assertThat(keyTypeFor(server, "b.example.test")).isEqualTo("RSA-PSS");
            assertThat(keyTypeFor(server, "a.example.test")).isEqualTo("ed25519");
        }
    }

    private static String keyTypeFor(RunningServer server, String name) {
        ProgramResult client = Openssl.exchange(server.port(), "x\n", "x\n", "-servername", name);
        return OpensslReport.of(client).signature().replaceAll("\\+SHA\\d+$", "");
    }

    @Test
    void answers_http_with_the_facts_of_the_connection() {
        try (RunningServer server = serve("--mode", "http")) {
            ProgramResult client = Openssl.exchange(
                    server.port(),
                    "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                    "remote: ",
                    "-quiet",
                    "-no_ign_eof",
                    "-servername",
                    "localhost");
            assertThat(client.out())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("protocol: TLSv1.3\n", "servername: localhost\n", "resumed: false\n", "alpn: none\n");
        }
    }

    @Test
    void sends_zeros_until_the_peer_leaves() {
        try (RunningServer server = serve("--mode", "source");
                RunningProgram client = Openssl.client(server.port(), "-quiet", "-no_ign_eof")) {
            client.await("\0".repeat(200_000));
            client.close();
            assertThat(event(server, "close").get("bytesOut").getAsLong()).isGreaterThan(200_000);
        }
    }

    @Test
    void listens_on_a_unix_socket_and_says_so_in_the_first_line(@TempDir Path folder) {
        Path socket = folder.resolve("s");
        try (RunningProgram server = HeddleCommand.start(
                "serve",
                "--unix",
                socket.toString(),
                "--cert",
                file("server-ec.pem"),
                "--key",
                file("server-ec-key.pem"))) {
            server.awaitNextLine("^listening on " + socket + "$");
            CommandRun run =
                    heddle("connect", "--unix", socket.toString(), "--ca", file("ca.pem"), "--send", "over a file");
            assertThat(run).isEqualTo(new CommandRun(0, "over a file", ""));
        }
    }

    @Test
    void a_port_that_is_taken_is_said_in_one_line() {
        try (RunningServer first = serve()) {
            CommandRun second = heddle(
                    "serve",
                    "--cert",
                    file("server-ec.pem"),
                    "--key",
                    file("server-ec-key.pem"),
                    "--port",
                    "" + first.port());
            assertThat(second.err()).startsWith("heddle: EADDRINUSE: ").hasLineCount(1);
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.out()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM", "INT"})
    void a_signal_lets_connections_finish_and_ends_with_0(String name) throws Exception {
        try (RunningServer server = serve("--drain", "15s");
                RunningProgram client = Openssl.client(server.port(), "-quiet", "-no_ign_eof")) {
            client.sendLine("before");
            client.await("before");
            signal(server, name);
            // No new ones, but this one goes on.
            awaitRefusal(server.port());
            client.sendLine("after");
            client.await("after");
            client.closeInput();
            assertThat(server.program().awaitEnd().exitCode()).isZero();
        }
    }

    @Test
    void connections_that_do_not_finish_are_closed_after_the_drain() throws Exception {
        try (RunningServer server = serve("--drain", "200ms");
                RunningProgram client = Openssl.client(server.port(), "-quiet", "-no_ign_eof")) {
            client.sendLine("before");
            client.await("before");
            signal(server, "TERM");
            assertThat(server.program().awaitEnd().exitCode()).isZero();
            client.awaitEnd();
            assertThat(server.program().output()).doesNotContain("\"error\"");
        }
    }

    @Test
    void connections_beyond_the_most_are_closed_and_told_of() throws Exception {
        try (RunningServer server = serve("--max-connections", "1");
                RunningProgram client = Openssl.client(server.port(), "-quiet", "-no_ign_eof")) {
            client.sendLine("one");
            client.await("one");
            try (var second = new java.net.Socket("127.0.0.1", server.port())) {
                assertThat(second.getInputStream().read()).isEqualTo(-1);
                assertThat(event(server, "drop").get("remote").getAsString())
                        .isEqualTo("127.0.0.1:" + second.getLocalPort());
            }
            client.sendLine("two");
            client.await("two");
        }
    }

    private static void awaitRefusal(int port) {
        org.awaitility.Awaitility.await().until(() -> {
            try (var ignored = new java.net.Socket("127.0.0.1", port)) {
                return false;
            } catch (IOException refused) {
                return true;
            }
        });
    }

    @Test
    void hanging_up_reads_certificates_again_and_a_bad_file_changes_nothing(@TempDir Path folder) throws Exception {
        Path cert = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        Path session = folder.resolve("session.pem");
        copy("server-ec", cert, key);
        try (RunningServer server = HeddleCommand.serve("--cert", cert.toString(), "--key", key.toString(), "--json");
                RunningProgram old = Openssl.client(server.port(), "-quiet", "-no_ign_eof")) {
            old.sendLine("one");
            old.await("one");
            resume(server, session, "-tls1_3", "-sess_out");

            copy("server-rsa", cert, key);
            signal(server, "HUP");
            assertThat(event(server, "reload").get("reloaded").getAsBoolean()).isTrue();
            assertThat(keyTypeFor(server, "localhost")).isEqualTo("RSA-PSS");

            Files.writeString(key, "no key");
            signal(server, "HUP");
            JsonObject refused = event(server, "reload");
            assertThat(refused.get("reloaded").getAsBoolean()).isFalse();
            assertThat(refused.getAsJsonObject("error").get("message").getAsString())
                    .contains(key.toString());
            assertThat(keyTypeFor(server, "localhost")).isEqualTo("RSA-PSS");
            assertThat(server.program().output()).contains("heddle: ERR_");

            // Who was connected before it all still is, and sessions go on.
            old.sendLine("two");
            old.await("two");
            assertThat(OpensslReport.of(resume(server, session, "-tls1_3", "-sess_in"))
                            .resumed())
                    .isTrue();
        }
    }

    private static void copy(String name, Path cert, Path key) throws IOException {
        Files.copy(certs.resolve(name + ".pem"), cert, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(certs.resolve(name + "-key.pem"), key, StandardCopyOption.REPLACE_EXISTING);
    }
}
