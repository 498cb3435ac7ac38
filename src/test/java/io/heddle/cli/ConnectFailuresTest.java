package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heddle.RawRecord;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.TlsTransport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code heddle connect} at a server that breaks the connection after the handshake: exit code 1, and one line or an object. */
class ConnectFailuresTest {
    @TempDir
    static Path certs;

    private ServerSocket listener;

    @BeforeAll
    static void make_certificates() {
        assertThat(heddle("certs", certs.toString()).exitCode()).isZero();
    }

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
    }

    /** What the server does when it has read two bytes. */
    enum Breach {
        BAD_RECORD("ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "\"bad_record_mac\"") {
            @Override
            void commit(Socket tcp) throws IOException {
                tcp.getOutputStream()
                        .write(RawRecord.of(RawRecord.APPLICATION_DATA, new byte[64])
                                .toBytes());
            }
        },
        OTHER_PROTOCOL("ERR_SSL_UNEXPECTED_MESSAGE", "\"unexpected_message\"") {
            @Override
            void commit(Socket tcp) throws IOException {
                tcp.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        },
        RESET("ECONNRESET", "null") {
            @Override
            void commit(Socket tcp) throws IOException {
                tcp.setSoLinger(true, 0);
                tcp.close();
            }
        };

        private final String code;
        private final String alert;

        Breach(String code, String alert) {
            this.code = code;
            this.alert = alert;
        }

        abstract void commit(Socket tcp) throws IOException;
    }

    private void serveOne(Breach breach, int bytes) {
        SecureContext context = Tls.createSecureContext(
                options -> options.cert(certs.resolve("server-ec.pem")).key(certs.resolve("server-ec-key.pem")));
        Thread.ofVirtual().start(() -> {
            try (Socket tcp = listener.accept();
                    TlsSocket socket = Tls.accept(
                            TlsTransport.of(tcp),
                            ServerOptions.builder(context).tickets(false).build())) {
                socket.startHandshake();
                assertThat(socket.getInputStream().readNBytes(bytes)).hasSize(bytes);
                breach.commit(tcp);
                socket.getInputStream().readAllBytes();
            } catch (IOException e) {
                // The client has left.
            }
        });
    }

    private String target() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    private static String ca() {
        return certs.resolve("ca.pem").toString();
    }

    @ParameterizedTest
    @EnumSource(Breach.class)
    void a_text_that_is_sent(Breach breach) {
        serveOne(breach, 2);
        CommandRun run = heddle("connect", target(), "--ca", ca(), "--send", "hi");
        assertThat(run.err()).startsWith("heddle: " + breach.code + ": ").hasLineCount(1);
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Breach.class)
    void the_standard_input(Breach breach) {
        serveOne(breach, 2);
        var input = new ByteArrayInputStream("hi".getBytes(StandardCharsets.US_ASCII));
        CommandRun run = heddle(input, "connect", target(), "--ca", ca());
        assertThat(run.err()).startsWith("heddle: " + breach.code + ": ").hasLineCount(1);
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Breach.class)
    void a_text_and_an_object(Breach breach) {
        serveOne(breach, 2);
        assertReported(heddle("connect", target(), "--ca", ca(), "--send", "hi", "--json"), breach);
    }

    /** Without a text the client waits for a session, which does not come. */
    @ParameterizedTest
    @EnumSource(Breach.class)
    void an_object_alone(Breach breach) {
        serveOne(breach, 0);
        assertReported(heddle("connect", target(), "--ca", ca(), "--json"), breach);
    }

    private static void assertReported(CommandRun run, Breach breach) {
        JsonObject printed = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(printed.get("protocol").getAsString()).startsWith("TLSv1.");
        assertThat(printed.get("error").isJsonObject())
                .as("an error in %s", run.out())
                .isTrue();
        JsonObject error = printed.getAsJsonObject("error");
        assertThat(error.keySet()).containsExactly("code", "message", "alert");
        assertThat(error.get("code").getAsString()).isEqualTo(breach.code);
        assertThat(error.get("alert")).hasToString(breach.alert);
        assertThat(run.err()).startsWith("heddle: " + breach.code + ": ").hasLineCount(1);
        assertThat(run.exitCode()).isEqualTo(1);
    }
}
