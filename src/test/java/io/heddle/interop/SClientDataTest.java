package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ServerOptions;
import io.heddle.TlsSocket;
import io.heddle.interop.Servers.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code openssl s_client} with a Heddle server: data through key updates and in records of any size, and the
 * end of a connection.
 */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
class SClientDataTest {
    /** Text in which no line, wherever it is cut, begins with a letter that is a command of s_client. */
    private static final String LINE = "0123456789".repeat(100);

    private static final int LINES = 200;

    private static EchoServer echo() {
        return EchoServer.start(ServerOptions.of(Servers.context(Kind.P256)));
    }

    // KeyUpdate

    @ParameterizedTest
    @CsvSource({
        "TLS_AES_128_GCM_SHA256, K",
        "TLS_AES_256_GCM_SHA384, K",
        "TLS_CHACHA20_POLY1305_SHA256, K",
        "TLS_AES_128_GCM_SHA256, k",
        "TLS_AES_256_GCM_SHA384, k",
        "TLS_CHACHA20_POLY1305_SHA256, k"
    })
    void key_updates_of_the_client_leave_the_data_intact(String suite, String command) throws Exception {
        try (EchoServer server = echo();
                RunningProgram client = Openssl.client(server.port(), "-tls1_3", "-ciphersuites", suite, "-msg")) {
            client.sendLine("0 before");
            client.awaitNext("echo: 0 before");
            for (int i = 1; i <= 5; i++) {
                client.sendLine(command);
                client.awaitNext("KEYUPDATE");
                if (command.equals("K")) {
                    // The command requested an update of the server: it comes by itself, not with the next data.
                    client.awaitNextLine("<<< TLS 1.3, Handshake .*KeyUpdate");
                }
                client.sendLine(i + LINE);
                client.awaitNext("echo: " + i + LINE);
            }
            client.sendLine("Q");
            assertThat(client.awaitEnd().exitCode()).isZero();
            TlsSocket accepted = server.next();
            assertThat(accepted.getCipher().name()).isEqualTo(suite);
            assertThat(accepted.isSessionReused()).isFalse();
        }
    }

    @Test
    void key_updates_of_the_server_are_answered_and_leave_the_data_intact() throws Exception {
        ServerOptions options = ServerOptions.of(Servers.context(Kind.P256));
        try (EchoServer server = EchoServer.start(options, SClientDataTest::updateBeforeEachAnswer);
                RunningProgram client = Openssl.client(server.port(), "-tls1_3", "-msg")) {
            for (int i = 0; i < 5; i++) {
                client.sendLine(i + LINE);
                if (i > 0) {
                    // OpenSSL sends its update with its next data.
                    client.awaitNextLine(">>> TLS 1.3, Handshake .*KeyUpdate");
                }
                client.awaitNextLine("<<< TLS 1.3, Handshake .*KeyUpdate");
                client.awaitNext("updated: " + i + LINE);
            }
            client.sendLine("Q");
            assertThat(client.awaitEnd().exitCode()).isZero();
        }
    }

    private static void updateBeforeEachAnswer(TlsSocket socket) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            socket.updateKeys();
            socket.getOutputStream().write(("updated: " + line + "\n").getBytes(UTF_8));
        }
    }

    // Records

    @ParameterizedTest
    @CsvSource({
        "-tls1_2, -max_send_frag 512",
        "-tls1_2, -max_send_frag 1000",
        "-tls1_2, -split_send_frag 512 -max_pipelines 4",
        "-tls1_2, -cipher ECDHE-ECDSA-AES128-SHA -max_send_frag 512",
        "-tls1_2, -cipher ECDHE-ECDSA-CHACHA20-POLY1305 -max_send_frag 512",
        "-tls1_2, -cipher ECDHE-ECDSA-AES128-SHA",
        "-tls1_3, -max_send_frag 512",
        "-tls1_3, -max_send_frag 1000",
        "-tls1_3, -split_send_frag 512",
        "-tls1_3, -record_padding 1024",
        "-tls1_3, -max_send_frag 512 -record_padding 100",
        "-tls1_3, -ciphersuites TLS_CHACHA20_POLY1305_SHA256 -max_send_frag 512"
    })
    void data_in_records_of_any_size_arrives_complete(String version, String options) throws Exception {
        List<String> args = new ArrayList<>(List.of(version, "-nocommands"));
        args.addAll(List.of(options.split(" ", -1)));
        try (EchoServer server = echo()) {
            sendAndReceiveMuch(server, args);
            assertThat(server.next().bytesRead()).isEqualTo((LINE.length() + 5L) * LINES + 5);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-tls1_2, 512", "-tls1_2, 1024", "-tls1_2, 2048", "-tls1_2, 4096",
        "-tls1_3, 512", "-tls1_3, 1024", "-tls1_3, 2048", "-tls1_3, 4096"
    })
    void no_record_is_longer_than_the_client_allows(String version, int longest) throws Exception {
        try (EchoServer server = echo()) {
            var args = List.of(version, "-nocommands", "-maxfraglen", Integer.toString(longest), "-msg");
            String out = sendAndReceiveMuch(server, args);
            assertThat(recordLengths(out, "<<<")).isNotEmpty().allMatch(length -> length <= longest + 64);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void the_longest_sent_record_can_be_configured(String version) throws Exception {
        ServerOptions options = ServerOptions.of(Servers.context(Kind.P256));
        try (EchoServer server = EchoServer.start(options, socket -> {
            socket.setMaxSendFragment(700);
            socket.getInputStream().transferTo(socket.getOutputStream());
        })) {
            try (RunningProgram client = Openssl.client(server.port(), version, "-nocommands", "-msg")) {
                client.sendLine(LINE.repeat(20));
                client.sendLine("end");
                client.await("\nend");
                List<Integer> received = recordLengths(client.output(), "<<<");
                assertThat(received).filteredOn(length -> length >= 700).isNotEmpty();
                List<Integer> data = received.subList(received.size() - 10, received.size());
                assertThat(data).allMatch(length -> length <= 764);
                client.closeInput();
                client.awaitEnd();
            }
        }
    }

    /** Sends many numbered lines, waits for the answer to each, and returns the output of s_client. */
    private static String sendAndReceiveMuch(EchoServer server, List<String> args) {
        try (RunningProgram client = Openssl.client(server.port(), args.toArray(new String[0]))) {
            var much = new StringBuilder();
            for (int i = 0; i < LINES; i++) {
                much.append("%04d".formatted(i)).append(LINE).append('\n');
            }
            client.send(much + "done\n");
            client.await("echo: done");
            client.closeInput();
            String out = client.awaitEnd().succeeded().out();
            String data = out.contains("RecordHeader") ? withoutMessages(out) : out;
            for (int i = 0; i < LINES; i++) {
                assertThat(data).contains("echo: %04d".formatted(i) + LINE + "\n");
            }
            return out;
        }
    }

    /**
     * Removes the output of {@code -msg} between the data: a line that begins with the direction, and the
     * dump after it.
     */
    private static String withoutMessages(String out) {
        return out.replaceAll("(<<<|>>>) [^\n]*\n(    [0-9a-f ]{2,48}\n)+", "");
    }

    /** Returns the lengths in the headers of the application data in one direction. */
    private static List<Integer> recordLengths(String out, String direction) {
        List<Integer> lengths = new ArrayList<>();
        Matcher header = Pattern.compile(
                        direction + " TLS 1\\.[023], RecordHeader [^\n]*\n    17 03 03 ([0-9a-f]{2}) ([0-9a-f]{2})")
                .matcher(out);
        while (header.find()) {
            lengths.add(Integer.parseInt(header.group(1) + header.group(2), 16));
        }
        return lengths;
    }

    // The end

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void a_server_that_ended_its_output_still_receives_the_clients_end(String version) throws Exception {
        var received = new CompletableFuture<String>();
        ServerOptions options = ServerOptions.of(Servers.context(Kind.P256));
        try (EchoServer server = EchoServer.start(options, socket -> {
                    socket.getOutputStream().write("farewell\n".getBytes(UTF_8));
                    socket.shutdownOutput();
                    int end = socket.getInputStream().read();
                    received.complete(end + " " + socket.closeNotifyReceived());
                });
                RunningProgram client = Openssl.client(server.port(), version)) {
            client.await("farewell");
            ProgramResult finished = client.awaitEnd();
            assertThat(finished.exitCode()).isZero();
            assertThat(finished.err()).doesNotContain(":error:");
            assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo("-1 true");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void the_end_of_a_client_is_received_and_answered(String version) throws Exception {
        try (EchoServer server = echo();
                RunningProgram client = Openssl.client(server.port(), version, "-msg")) {
            client.sendLine("one");
            client.await("echo: one");
            client.sendLine("Q");
            assertThat(client.awaitEnd().out()).contains("Alert", "warning close_notify");
            TlsSocket accepted = server.next();
            assertThat(accepted.bytesRead()).isEqualTo(4);
            server.close();
            assertThat(accepted.closeNotifyReceived()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void over_a_unix_domain_socket(String version, @TempDir Path folder) throws Exception {
        var accepted = new CompletableFuture<String>();
        Path path = folder.resolve("s");
        try (var server = io.heddle.Tls.createServer(Servers.context(Kind.P256), socket -> {
                    accepted.complete(String.valueOf(socket.getProtocol()));
                    socket.getInputStream().transferTo(socket.getOutputStream());
                })
                .listen(path)) {
            try (RunningProgram client = Openssl.unixClient(path, version)) {
                client.sendLine("through a file");
                client.await("\nthrough a file");
                client.sendLine("Q");
                assertThat(client.awaitEnd().exitCode()).isZero();
            }
            assertThat(accepted.get(20, TimeUnit.SECONDS)).startsWith("TLSv1.");
            assertThat(server.connections()).isLessThanOrEqualTo(1);
        }
    }
}
