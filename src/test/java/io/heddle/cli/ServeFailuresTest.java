package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heddle.RawRecord;
import io.heddle.engine.ScriptedClient;
import io.heddle.interop.HeddleCommand;
import io.heddle.interop.Openssl;
import io.heddle.interop.RunningProgram;
import io.heddle.interop.RunningServer;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code heddle serve} reports connections that fail after their handshake. */
@Tag("interop")
class ServeFailuresTest {
    @TempDir
    static Path certs;

    @BeforeAll
    static void make_certificates() {
        assertThat(heddle("certs", certs.toString()).exitCode()).isZero();
    }

    private static RunningServer serve(String... further) {
        return HeddleCommand.serve(Stream.concat(
                        Stream.of(
                                "--cert",
                                certs.resolve("server-ec.pem").toString(),
                                "--key",
                                certs.resolve("server-ec-key.pem").toString()),
                        Stream.of(further))
                .toArray(String[]::new));
    }

    private static JsonObject event(RunningServer server, String name) {
        String line = server.program()
                .awaitNextLine("^(\\{\"event\":\"" + name + "\".*\\})$")
                .group(1);
        return JsonParser.parseString(line).getAsJsonObject();
    }

    /** What a client does after its handshake, and how it is reported. */
    enum Breach {
        BAD_RECORD("ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "bad_record_mac", "peer_misbehaved") {
            @Override
            void commit(ScriptedClient client) throws IOException {
                client.sendRaw(
                        RawRecord.of(RawRecord.APPLICATION_DATA, new byte[64]).toBytes());
            }
        },
        UNEXPECTED_MESSAGE("ERR_SSL_UNEXPECTED_MESSAGE", "unexpected_message", "peer_misbehaved") {
            @Override
            void commit(ScriptedClient client) throws IOException {
                // A ServerHello.
                client.sendSealed(RawRecord.HANDSHAKE, new byte[] {2, 0, 0, 0});
            }
        },
        ALERT("ERR_SSL_TLSV1_ALERT_ACCESS_DENIED", "access_denied", "peer_alert") {
            @Override
            void commit(ScriptedClient client) throws IOException {
                client.sendSealed(RawRecord.ALERT, new byte[] {2, 49});
            }
        },
        RESET("ECONNRESET", null, "transport") {
            @Override
            void commit(ScriptedClient client) throws IOException {
                client.reset();
            }
        };

        private final String code;
        private final @Nullable String alert;
        private final String blame;

        Breach(String code, @Nullable String alert, String blame) {
            this.code = code;
            this.alert = alert;
            this.blame = blame;
        }

        abstract void commit(ScriptedClient client) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(Breach.class)
    void an_error_event_names_code_alert_blame_and_client(Breach breach) throws IOException {
        for (TlsVersion version : new TlsVersion[] {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}) {
            try (RunningServer server = serve("--json");
                    ScriptedClient client = ScriptedClient.connect(server.port(), version)) {
                client.exchange((byte) 1, (byte) 2);
                breach.commit(client);
                JsonObject error = event(server, "error");
                assertThat(error.keySet())
                        .containsExactly("event", "time", "code", "message", "alert", "blame", "remote");
                assertThat(error.get("code").getAsString()).isEqualTo(breach.code);
                assertThat(error.get("message").getAsString()).isNotEmpty().hasSizeLessThanOrEqualTo(300);
                assertThat(
                                error.get("alert").isJsonNull()
                                        ? null
                                        : error.get("alert").getAsString())
                        .isEqualTo(breach.alert);
                assertThat(error.get("blame").getAsString()).isEqualTo(breach.blame);
                assertThat(error.get("remote").getAsString()).isEqualTo(client.address());
                JsonObject close = event(server, "close");
                assertThat(close.get("bytesIn").getAsLong()).isEqualTo(2);
                assertThat(close.has("error")).isEqualTo(breach != Breach.RESET);
                assertThat(server.program().output()).doesNotContain("heddle: ");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Breach.class)
    void without_json_a_line_on_the_standard_error_names_them(Breach breach) throws IOException {
        try (RunningServer server = serve();
                ScriptedClient client = ScriptedClient.connect(server.port(), TlsVersion.TLS_1_3)) {
            client.exchange((byte) 1);
            breach.commit(client);
            server.program().awaitNextLine("^heddle: " + breach.code + ": " + client.address() + ": \\S.{3,300}$");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "discard", "source"})
    void each_mode_reports_a_broken_record(String mode) throws IOException {
        try (RunningServer server = serve("--json", "--mode", mode);
                ScriptedClient client = ScriptedClient.connect(server.port(), TlsVersion.TLS_1_3)) {
            Breach.BAD_RECORD.commit(client);
            assertThat(event(server, "error").get("code").getAsString()).isEqualTo(Breach.BAD_RECORD.code);
        }
    }

    @Test
    void a_connection_that_ends_well_is_no_error() throws IOException {
        for (String mode : new String[] {"echo", "source"}) {
            try (RunningServer server = serve("--json", "--mode", mode);
                    RunningProgram client = Openssl.client(server.port(), "-quiet", "-no_ign_eof")) {
                if (mode.equals("source")) {
                    client.await("\0".repeat(200_000));
                } else {
                    client.sendLine("hello");
                    client.await("hello");
                }
                client.close();
                event(server, "close");
                assertThat(server.program().output()).doesNotContain("\"error\"");
            }
        }
    }
}
