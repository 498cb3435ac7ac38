package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.SecurePair;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.interop.Servers.Kind;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secure pairs with openssl; their ciphertext is carried over TCP. */
@SuppressWarnings("deprecation")
@Tag("interop")
class SecurePairInteropTest {
    @TempDir
    private Path folder;

    private static void carry(SecurePair pair, Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        Thread.ofVirtual().start(() -> {
            try (out) {
                pair.encrypted().getInputStream().transferTo(out);
            } catch (IOException e) {
                // The other side has closed.
            }
        });
        Thread.ofVirtual().start(() -> {
            try (OutputStream into = pair.encrypted().getOutputStream()) {
                in.transferTo(into);
            } catch (IOException e) {
                // The other side has closed.
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void s_client_talks_to_a_servers_pair(String version) throws Exception {
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningProgram client =
                        Openssl.client(listening.getLocalPort(), version, "-CAfile", new PemFiles(folder).ca());
                Socket accepted = listening.accept();
                SecurePair pair = Tls.createSecurePair(ServerOptions.of(Servers.context(Kind.RSA)))) {
            carry(pair, accepted);
            client.send("hello\n");
            assertThat(pair.cleartext().getInputStream().readNBytes(6))
                    .asString(UTF_8)
                    .isEqualTo("hello\n");
            pair.cleartext().getOutputStream().write("and back\n".getBytes(UTF_8));
            client.await("and back");
            assertThat(client.output()).contains("Verify return code: 0 (ok)");
            client.closeInput();
            assertThat(pair.cleartext().getInputStream().read()).isEqualTo(-1);
            client.awaitEnd();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_clients_pair_talks_to_s_server(TlsVersion version) throws Exception {
        var identity = new PemFiles(folder).write("server", Kind.P256.identity());
        try (SServer server = SServer.start(identity)) {
            ConnectOptions options = server.client(version).build();
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                    SecurePair pair = Tls.createSecurePair(options)) {
                carry(pair, socket);
                server.converse(pair.cleartext());
                assertThat(pair.cleartext().authorized()).isTrue();
                assertThat(pair.cleartext().getProtocol()).isEqualTo(version.protocol());
                pair.cleartext().close();
                server.program().awaitNext("DONE");
            }
        }
    }
}
