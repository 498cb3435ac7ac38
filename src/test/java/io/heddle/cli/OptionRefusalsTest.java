package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionRefusalsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve --ticket-secret 00",
                "serve --ticket-rotation 1h",
            })
    void an_option_whose_work_is_not_done_yet_is_refused_by_name(String line) {
        CommandRun run = heddle(line.split(" "));
        String option = Stream.of(line.split("[ =]"))
                .filter(word -> word.startsWith("--"))
                .findFirst()
                .orElseThrow();
        assertThat(run.err())
                .startsWith("heddle: " + option + ": not available yet")
                .hasLineCount(1);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"serve --cert c --key k --store redis://127.0.0.1:1, --store redis"})
    void so_is_a_value(String line, String option) {
        CommandRun run = heddle(line.split(" "));
        assertThat(run.err())
                .startsWith("heddle: " + option + ": not available yet")
                .hasLineCount(1);
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "serve | a certificate is needed: --cert with --key, --pfx, or --sni; or --psk",
                "serve --psk-hint x | a certificate is needed: --cert with --key, --pfx, or --sni; or --psk",
                "serve --cert c --key k --psk-hint x | --psk-hint: it is for --psk, which was not given",
                "serve --psk a:00 --ciphers x | ERR_SSL_NO_CIPHER_MATCH: cipher list: \"x\"",
                "serve --cert c --key k --unix u --port 1 | --unix excludes --host and --port",
                "serve --cert c --key k --port 65536 | --port: 65536 was given, 0 to 65535 are allowed",
                "serve --cert c --key k --store file | --store: 'file' was given, memory and none are allowed",
                "serve --sni a=b | Invalid value for option '--sni' (HOST=CERT,KEY): 'a=b' is not of the form",
                "serve --sni =b,c | Invalid value for option '--sni' (HOST=CERT,KEY): '=b,c' is not of the form",
                "serve --mode x | Invalid value for option '--mode': expected one of [ECHO, HTTP, DISCARD, SOURCE]",
                "serve --drain x | Invalid value for option '--drain': 'x' is no duration",
                "serve --cert /no/file --key k | ENOENT: ",
                "serve --cert c --key k --renegotiation-limit -1 | --renegotiation-limit: -1 was given, 0 or more are allowed",
                "serve --cert c --key k --max-connections -1 | --max-connections: -1 was given, 0 or more are allowed",
                "serve --sni a=b,c --ocsp-response d | --ocsp-response: goes with --cert or --pfx, which are not there",
                "serve --cert c --key k --no-verify-ocsp | --no-verify-ocsp: it is for --ocsp-response, which was not given",
                "connect h:1 --require-status --reconnect 1 | --require-status: excludes --session-in and --reconnect",
                "connect | either HOST:PORT or --unix is needed",
                "connect h:1 --unix u | either HOST:PORT or --unix is needed",
                "connect h:1 --reconnect -1 | --reconnect: -1 was given, 0 or more are allowed",
                "connect h | ERR_INVALID_ARG_VALUE: \"h\": HOST:PORT is needed",
                "connect h:1 --min-version TLSv9 | ERR_TLS_INVALID_PROTOCOL_VERSION: --min-version: \"TLSv9\"",
                "connect h:1 --session-in /no/file | ENOENT: /no/file: no such file",
                "connect h:1 --session-format node | --session-format: it is for --session-out, which was not given",
                "connect h:1 --session-out s --session-format pem | Invalid value for option '--session-format': expected one of [OPENSSL, NODE]",
                "connect h:1 --servername 127.0.0.1 | ERR_INVALID_ARG_VALUE: servername: \"127.0.0.1\" is an IP address",
                "run --connections 0 | --connections: 0 was given, 1 to 100000 are allowed"
            })
    void what_cannot_work_is_refused_in_one_line_before_anything_happens(String line, String sentence) {
        CommandRun run = heddle(line.split(" "));
        assertThat(run.err()).startsWith("heddle: " + sentence).hasLineCount(1);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"c0ffee", "zz"})
    void a_ticket_key_that_is_refused_is_not_repeated(String part) {
        CommandRun run =
                heddle("serve", "--ticket-keys", part.repeat(96 / part.length()).substring(0, 95) + "x");
        assertThat(run.err())
                .startsWith("heddle: Invalid value for option '--ticket-keys' (HEX96): 96 hex digits are needed")
                .doesNotContain(part + part);
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "c0ffee, there is no colon",
        "a:c0ffe, what follows the last colon is no even number of hex digits",
        "a:coffee, what follows the last colon is no even number of hex digits",
        "a:b:, 'psk: it has 0 bytes, 1 to 512 are allowed'",
        ":c0ffee, 'identity: it has 0 bytes, 1 to 256 are allowed'"
    })
    void a_pre_shared_key_that_is_refused_is_not_repeated(String text, String reason) {
        for (String[] command : new String[][] {{"serve"}, {"connect", "h:1"}}) {
            List<String> line = new ArrayList<>(List.of(command));
            line.addAll(List.of("--psk", text));
            CommandRun run = heddle(line.toArray(String[]::new));
            assertThat(run.err())
                    .startsWith("heddle: Invalid value for option '--psk'")
                    .contains(": IDENTITY:HEX is needed, " + reason)
                    .hasLineCount(1)
                    .doesNotContain("ffe");
            assertThat(run.exitCode()).isEqualTo(2);
        }
    }

    @Test
    void a_hint_that_is_too_long_is_refused() {
        CommandRun run = heddle("serve", "--psk", "a:00", "--psk-hint", "x".repeat(257));
        assertThat(run.err())
                .startsWith("heddle: ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED: pskIdentityHint: it has 257 bytes")
                .hasLineCount(1);
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @Test
    void a_connection_that_is_refused_is_no_wrong_usage() throws Exception {
        // A port that was free a moment ago, and nobody listens on.
        int port;
        try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        CommandRun run = heddle("connect", "127.0.0.1:" + port, "--json");
        // The JDK of version 21 says more: "Connection refused (connect failed)".
        assertThat(run.err())
                .startsWith("heddle: ECONNREFUSED: 127.0.0.1:%d: Connection refused".formatted(port))
                .hasLineCount(1);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("\"error\":{\"code\":\"ECONNREFUSED\"").hasLineCount(1);
    }
}
