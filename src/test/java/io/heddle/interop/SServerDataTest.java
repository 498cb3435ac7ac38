package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.interop.Servers.Kind;
import io.heddle.protocol.TlsVersion;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Heddle clients with {@code openssl s_server}: data through key updates and in records of any size, and the
 * end of a connection.
 */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
class SServerDataTest {
    private static final String LINE = "0123456789".repeat(100);

    @TempDir
    private Path folder;

    private SServer server(String... args) {
        return SServer.start(new PemFiles(folder).write("server", Kind.P256.identity()), args);
    }

    private static TlsSocket connect(SServer server, TlsVersion version, String ciphers) throws Exception {
        TlsSocket socket = Tls.connect(server.client(version).ciphers(ciphers).build());
        socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
        return socket;
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_AES_128_GCM_SHA256, K",
        "TLS_AES_256_GCM_SHA384, K",
        "TLS_CHACHA20_POLY1305_SHA256, K",
        "TLS_AES_128_GCM_SHA256, k",
        "TLS_AES_256_GCM_SHA384, k",
        "TLS_CHACHA20_POLY1305_SHA256, k"
    })
    void key_updates_of_both_sides_leave_the_data_intact(String suite, String command) throws Exception {
        try (SServer server = server("-msg");
                TlsSocket socket = connect(server, TlsVersion.TLS_1_3, suite)) {
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            for (int i = 0; i < 5; i++) {
                server.program().sendLine(command);
                server.program().awaitNextLine(">>> TLS 1.3, Handshake .*KeyUpdate");
                server.program().sendLine(i + LINE);
                assertThat(lines.readLine()).isEqualTo(i + LINE);
                if (command.equals("K")) {
                    server.program().awaitNextLine("<<< TLS 1.3, Handshake .*KeyUpdate");
                }
                socket.updateKeys();
                server.program().awaitNextLine("<<< TLS 1.3, Handshake .*KeyUpdate");
                socket.getOutputStream().write((i + LINE + "\n").getBytes(UTF_8));
                server.program().awaitNext(i + LINE);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_1_2, ECDHE-ECDSA-AES128-GCM-SHA256, -max_send_frag 512",
        "TLS_1_2, ECDHE-ECDSA-CHACHA20-POLY1305, -max_send_frag 1000",
        "TLS_1_2, ECDHE-ECDSA-AES128-SHA, -max_send_frag 512",
        "TLS_1_2, ECDHE-ECDSA-AES128-SHA, -split_send_frag 512 -max_pipelines 4",
        "TLS_1_3, TLS_AES_128_GCM_SHA256, -max_send_frag 512",
        "TLS_1_3, TLS_AES_256_GCM_SHA384, -record_padding 1024",
        "TLS_1_3, TLS_CHACHA20_POLY1305_SHA256, -max_send_frag 700 -record_padding 64",
        "TLS_1_3, TLS_AES_128_CCM_SHA256, -max_send_frag 512"
    })
    void data_in_records_of_any_size_arrives_complete(TlsVersion version, String suite, String options)
            throws Exception {
        String[] suites = {
            "-cipher", "ALL", "-ciphersuites", suite.startsWith("TLS_") ? suite : "TLS_AES_128_GCM_SHA256"
        };
        String[] args = java.util.stream.Stream.of(List.of(suites), List.of(options.split(" ", -1)))
                .flatMap(List::stream)
                .toArray(String[]::new);
        try (SServer server = server(args);
                TlsSocket socket = connect(server, version, suite)) {
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            socket.setMaxSendFragment(600);
            for (int i = 0; i < 50; i++) {
                server.program().send(i + LINE.repeat(5) + "\n");
                socket.getOutputStream().write((i + LINE.repeat(5) + "\n").getBytes(UTF_8));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(lines.readLine()).isEqualTo(i + LINE.repeat(5));
                server.program().awaitNext(i + LINE.repeat(5) + "\n");
            }
            assertThat(socket.getCipher().name()).isEqualTo(suite);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_close_notify_is_distinguished_from_an_end_without_one(TlsVersion version) throws Exception {
        try (SServer server = server()) {
            try (TlsSocket socket = Tls.connect(server.client(version).build())) {
                server.converse(socket);
                socket.shutdownOutput();
                server.program().awaitNext("DONE");
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
                assertThat(socket.closeNotifyReceived()).isTrue();
            }
            try (TlsSocket socket = Tls.connect(server.client(version).build())) {
                server.converse(socket);
                server.program().sendLine("Q");
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
                // This command closes the transport without a close_notify.
                assertThat(socket.closeNotifyReceived()).isFalse();
                assertThat(socket.bytesRead()).isEqualTo(19);
            }
            assertThat(server.program().awaitEnd().exitCode()).isZero();
        }
    }
}
