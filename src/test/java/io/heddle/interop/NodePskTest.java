package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.ConnectOptions;
import io.heddle.PskKind;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.callback.PskIdentity;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pre-shared keys between Heddle and Node, in both roles, without certificates. */
@Tag("interop")
@Tag("node")
class NodePskTest {
    private static final String KEY = HexFormat.of().formatHex(PskKind.key());
    private static final String LIST = "PSK+HIGH:TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256";

    private static final String SERVER = """
            const tls = require('tls');
            const [,, version, identity, key, ciphers] = process.argv;
            const server = tls.createServer({ ciphers, minVersion: version, maxVersion: version, pskIdentityHint: 'which unit?',
                pskCallback: (socket, name) => { console.log('asked for ' + name); return name === identity ? Buffer.from(key, 'hex') : null; },
            }, (socket) => {
                console.log(['connected', socket.getProtocol(), socket.getCipher().name, 'authorized=' + socket.authorized].join(' '));
                socket.on('error', () => {});
                socket.on('data', (data) => socket.write(data.toString().toUpperCase()));
            });
            server.on('tlsClientError', (error) => console.log('failed ' + error.code));
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    private static final String CLIENT = """
            const tls = require('tls');
            const [,, port, version, identity, key, ciphers] = process.argv;
            const socket = tls.connect({ port, host: '127.0.0.1', ciphers, minVersion: version, maxVersion: version,
                checkServerIdentity: () => undefined,
                pskCallback: (hint) => { console.log('hint=' + hint); return { identity, psk: Buffer.from(key, 'hex') }; },
            }, () => {
                console.log(['connected', socket.getProtocol(), 'authorized=' + socket.authorized].join(' '));
                socket.write('hello\\n');
            });
            socket.on('session', () => console.log('session'));
            socket.on('data', (data) => { console.log(data.toString().trim()); socket.end(); });
            socket.on('error', (error) => console.log('failed ' + error.code));
            """;

    private static ConnectOptions.Builder client(RunningServer node, List<Optional<String>> hints, PskIdentity key) {
        return ConnectOptions.builder()
                .host("localhost")
                .port(node.port())
                .ciphers(LIST)
                .pskCallback(hint -> {
                    hints.add(hint);
                    return Optional.of(key);
                });
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, 2", "TLSv1.3, 1"})
    void a_heddle_client_connects_to_a_node_server(String version, int hintCount) throws IOException {
        List<Optional<String>> hints = new ArrayList<>();
        try (RunningServer node = Node.server(SERVER, version, PskKind.IDENTITY, KEY, LIST);
                TlsSocket socket = Tls.connect(
                        client(node, hints, PskKind.credential().orElseThrow()).build())) {
            socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
            socket.getOutputStream().write("hello\n".getBytes(UTF_8));
            assertThat(socket.getInputStream().readNBytes(6)).asString(UTF_8).isEqualTo("HELLO\n");
            assertThat(socket.getProtocol()).isEqualTo(version);
            assertThat(socket.pskIdentity()).contains(PskKind.IDENTITY);
            assertThat(socket.authorized()).isTrue();
            assertThat(socket.isSessionReused()).isFalse();
            assertThat(socket.getSessionData()).isEmpty();
            assertThat(hints).hasSize(hintCount).startsWith(Optional.empty());
            assertThat(hints.getLast()).isEqualTo(hintCount == 1 ? Optional.empty() : Optional.of("which unit?"));
            node.program().awaitNextLine("^asked for unit 7$");
            node.program().awaitNextLine("^connected " + version);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.2, unit 8, 01, ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY, ERR_SSL_PSK_IDENTITY_NOT_FOUND",
        "TLSv1.3, unit 8, 01, ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE, ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM",
        "TLSv1.2, unit 7, 01, ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC, ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
        "TLSv1.3, unit 7, 01, ERR_SSL_SSLV3_ALERT_ILLEGAL_PARAMETER, ERR_SSL_BINDER_DOES_NOT_VERIFY"
    })
    void node_refuses(String version, String identity, String key, Code code, String message) {
        var credential = new PskIdentity(identity, HexFormat.of().parseHex(key));
        try (RunningServer node = Node.server(SERVER, version, PskKind.IDENTITY, KEY, LIST)) {
            TlsFailure failure = catchThrowableOfType(
                    TlsFailure.class,
                    () -> Tls.connect(
                                    client(node, new ArrayList<>(), credential).build())
                            .close());
            // OpenSSL sends decrypt_error from 3.4 on.
            assertThat(failure.code()).isIn(code, Code.ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR);
            node.program().awaitNextLine("^failed " + message);
        }
    }

    private static EchoServer heddle() {
        SecureContext context = SecureContext.builder().ciphers(LIST).build();
        return EchoServer.start(ServerOptions.builder(context)
                .pskIdentityHint("which unit?")
                .pskCallback((socket, identity) ->
                        identity.equals(PskKind.IDENTITY) ? Optional.of(PskKind.key()) : Optional.empty())
                .build());
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, which unit?", "TLSv1.3, null"})
    void a_node_client_connects_to_a_heddle_server(String version, String hint) throws Exception {
        try (EchoServer server = heddle()) {
            ProgramResult node = Node.run(CLIENT, Integer.toString(server.port()), version, PskKind.IDENTITY, KEY, LIST);
            assertThat(node.out().lines())
                    .contains("hint=" + hint, "connected " + version + " authorized=true", "echo: hello")
                    .doesNotContain("session");
            TlsSocket socket = server.next();
            assertThat(socket.pskIdentity()).contains(PskKind.IDENTITY);
            assertThat(socket.authorized()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.2, unit 8, ERR_SSL_PSK_IDENTITY_NOT_FOUND, ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY",
        "TLSv1.3, unit 8, ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM, ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSv1.2, unit 7, ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC",
        "TLSv1.3, unit 7, ERR_SSL_BINDER_DOES_NOT_VERIFY, ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR"
    })
    void heddle_refuses(String version, String identity, Code code, String message) throws Exception {
        try (EchoServer server = heddle()) {
            ProgramResult node = Node.run(CLIENT, Integer.toString(server.port()), version, identity, "01", LIST);
            assertThat(server.nextFailure().code()).isEqualTo(code);
            assertThat(Node.codes(node.out()).lines().toList().getLast()).isEqualTo("failed " + message);
        }
    }
}
