package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heddle.interop.HeddleCommand;
import io.heddle.interop.Openssl;
import io.heddle.interop.RunningServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --psk} of both commands, with openssl and with each other; without certificates. */
@Tag("interop")
class PskInteropTest {
    private static final String KEY = "00112233445566778899aabbccddeeff";

    private static JsonObject event(RunningServer server, String name) {
        String line = server.program()
                .awaitNextLine("^(\\{\"event\":\"" + name + "\".*\\})$")
                .group(1);
        return JsonParser.parseString(line).getAsJsonObject();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void openssl_connects_without_further_options(String version) {
        String tls = version.equals("TLSv1.2") ? "-tls1_2" : "-tls1_3";
        try (RunningServer server = HeddleCommand.serve(
                "--json",
                "--psk",
                "a:b:" + KEY,
                "--psk",
                "unit 7:" + KEY,
                "--psk-hint",
                "which unit?",
                "--max-version",
                version)) {
            Openssl.exchange(server.port(), "hello\n", "hello", tls, "-psk", KEY, "-psk_identity", "unit 7");
            JsonObject event = event(server, "secureConnection");
            assertThat(event.get("protocol").getAsString()).isEqualTo(version);
            assertThat(event.get("resumed").getAsBoolean()).isFalse();
            assertThat(event.get("authorized").getAsBoolean()).isTrue();
            Openssl.exchange(server.port(), "hello\n", "hello", tls, "-psk", KEY, "-psk_identity", "a:b");
            event(server, "secureConnection");
            Openssl.run("s_client", "-connect", "127.0.0.1:" + server.port(), tls, "-psk", KEY, "-psk_identity", "x");
            assertThat(event(server, "tlsClientError").get("code").getAsString())
                    .isEqualTo(
                            version.equals("TLSv1.2")
                                    ? "ERR_SSL_PSK_IDENTITY_NOT_FOUND"
                                    : "ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void connects_to_openssl(String version) {
        try (RunningServer server =
                Openssl.server("-rev", "-nocert", "-psk", KEY, "-psk_identity", "unit 7", "-psk_hint", "which unit?")) {
            String where = "localhost:" + server.port();
            CommandRun run =
                    heddle("connect", where, "--psk", "unit 7:" + KEY, "--max-version", version, "--send", "abc\n");
            assertThat(run).isEqualTo(new CommandRun(0, "cba\n", ""));
        }
    }

    @Test
    void serves_and_connects() {
        try (RunningServer server = HeddleCommand.serve("--psk", "unit 7:" + KEY)) {
            String where = "localhost:" + server.port();
            for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
                CommandRun run = heddle(
                        "connect",
                        where,
                        "--psk",
                        "unit 7:" + KEY,
                        "--max-version",
                        version,
                        "--json",
                        "--send",
                        "abc");
                assertThat(run.exitCode()).isZero();
                JsonObject made = JsonParser.parseString(run.out()).getAsJsonObject();
                assertThat(made.get("authorized").getAsBoolean()).isTrue();
                assertThat(made.get("received").getAsString()).isEqualTo("abc");
            }
            CommandRun wrong = heddle("connect", where, "--psk", "unit 7:00", "--json");
            assertThat(wrong.exitCode()).isEqualTo(1);
            assertThat(wrong.err()).startsWith("heddle: ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR: ");
        }
    }
}
