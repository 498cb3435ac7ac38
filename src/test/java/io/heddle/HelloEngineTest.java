package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.protocol.TlsVersion;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** The rules of a ClientHello and of its answer where an {@link SSLEngine} drives the handshake. */
class HelloEngineTest {
    private static final int LONGEST_HELLO = 2 + 32 + 33 + 65_536 + 2 + 65_537;
    private static final int UNKNOWN_EXTENSION = 0xfafa;

    private static SSLEngine engine(boolean client) throws SSLException {
        SecureContext context = Tls.createSecureContext(own ->
                own.identity(TestPki.server("localhost")).ca(TestPki.trust().certificates()));
        SSLEngine engine = SslContexts.of(context).createSSLEngine("localhost", 443);
        engine.setUseClientMode(client);
        engine.beginHandshake();
        return engine;
    }

    /** Unwraps the received records, and runs the resulting tasks. */
    private static void receive(SSLEngine engine, byte[] bytes) throws SSLException {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        ByteBuffer nothing = ByteBuffer.allocate(1 << 15);
        for (int steps = 0; steps < 100 && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP; steps++) {
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    task.run();
                }
            } else if (from.hasRemaining()) {
                engine.unwrap(from, nothing);
            } else {
                return;
            }
        }
    }

    /** Returns all records the engine has to send. */
    private static List<RawRecord> send(SSLEngine engine) throws SSLException {
        ByteBuffer to = ByteBuffer.allocate(1 << 18);
        for (int steps = 0; steps < 100 && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; steps++) {
            SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), to);
            if (result.bytesProduced() == 0) {
                break;
            }
        }
        byte[] sent = new byte[to.flip().remaining()];
        to.get(sent);
        return RawRecord.all(sent);
    }

    private static HelloParts hello(TlsVersion version) throws Exception {
        try (TlsPair pair = TlsPair.of(version)) {
            return HelloParts.client(pair.clientHello());
        }
    }

    @Test
    void the_longest_client_hello_is_answered() throws Exception {
        HelloParts hello = hello(TlsVersion.TLS_1_3);
        int[] suites = new int[32_767];
        suites[0] = 0x1301;
        hello.suites(suites);
        hello.another(UNKNOWN_EXTENSION, new byte[LONGEST_HELLO - (hello.message().length - 4) - 4]);
        SSLEngine server = engine(false);
        receive(server, hello.toBytes());
        assertThat(HelloBytes.messageTypes(send(server).getFirst())).first().isEqualTo(2);
    }

    @Test
    void a_version_above_tls_1_2_is_answered() throws Exception {
        SSLEngine server = engine(false);
        receive(server, hello(TlsVersion.TLS_1_2).version(0x0401).toBytes());
        assertThat(HelloBytes.messageTypes(send(server).getFirst())).first().isEqualTo(2);
    }

    @Test
    void compression_in_tls_1_3_is_refused() throws Exception {
        SSLEngine server = engine(false);
        byte[] hello = hello(TlsVersion.TLS_1_3).compression(0, 1).toBytes();
        SSLException failure = catchThrowableOfType(SSLHandshakeException.class, () -> {
            receive(server, hello);
            send(server);
        });
        assertThat(failure).hasMessageStartingWith("compression: the client offered [0, 1] with TLS 1.3");
        assertThat(send(server).getLast().body()).containsExactly(2, Alert.ILLEGAL_PARAMETER.number());
    }

    @Test
    void a_cookie_alone_is_answered_with_the_same_key() throws Exception {
        SSLEngine client = engine(true);
        RawRecord first = send(client).getFirst();
        byte[] retry = HelloParts.retry(first, 0x1301)
                .extension(HelloParts.COOKIE, 0, 1, 7)
                .toBytes();
        receive(client, retry);
        HelloParts second = HelloParts.client(send(client).getLast());
        assertThat(second.extension(HelloParts.COOKIE)).contains(new byte[] {0, 1, 7});
        assertThat(second.extension(HelloParts.KEY_SHARE).orElseThrow())
                .isEqualTo(
                        HelloParts.client(first).extension(HelloParts.KEY_SHARE).orElseThrow());
    }

    @Test
    void an_unsolicited_extension_of_a_server_hello_is_refused() throws Exception {
        SSLEngine client = engine(true);
        RawRecord first = send(client).getFirst();
        byte[] answer = HelloParts.answer(first, 0x1301)
                .extension(HelloParts.SUPPORTED_VERSIONS, 3, 4)
                .another(UNKNOWN_EXTENSION)
                .toBytes();
        SSLException failure = catchThrowableOfType(SSLHandshakeException.class, () -> {
            receive(client, answer);
            send(client);
        });
        assertThat(failure)
                .hasMessageMatching("handshake: the server sent the extension .*\\(64250\\) in ServerHello, which .*");
        assertThat(send(client).getLast().body()).containsExactly(2, Alert.UNSUPPORTED_EXTENSION.number());
    }
}
