package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.ConnectOptions;
import io.heddle.RenegotiateOptions;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import io.heddle.protocol.TlsVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Renegotiation with openssl and Node, initiated by each side. */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
class RenegotiationInteropTest {
    private static final RenegotiateOptions CERTIFICATE =
            RenegotiateOptions.builder().requestCert(true).build();

    @TempDir
    private Path folder;

    // A Heddle server

    private static ServerOptions.Builder options() {
        return ServerOptions.builder(
                Servers.context(Kind.P256, context -> context.ca(TestPki.ca().chain())));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void s_client_renegotiates_up_to_the_limit(int limit) throws Exception {
        EchoServer server = EchoServer.start(options().renegotiationLimit(limit).build());
        try (RunningProgram client = Openssl.client(server.port(), "-tls1_2")) {
            for (int i = 1; i <= limit; i++) {
                client.sendLine("R");
                client.awaitNext("RENEGOTIATING");
                client.sendLine(i + " after");
                client.awaitNext("echo: " + i + " after");
            }
            client.sendLine("R");
            client.awaitNext("RENEGOTIATING");
            assertThat(client.awaitEnd().output()).contains("alert handshake failure");
            assertThat(server.nextError())
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.ERR_TLS_SESSION_ATTACK));
        } finally {
            server.server().close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-no_ticket"})
    void s_client_renegotiates_on_a_resumed_connection(String option) throws Exception {
        Path session = folder.resolve("session.pem");
        ServerOptions options = options()
                .sessionStore(io.heddle.session.CaffeineSessionStore.builder().build())
                .build();
        String[] more = option.isEmpty() ? new String[0] : new String[] {option};
        try (EchoServer server = EchoServer.start(options)) {
            server.openssl(with(more, "-tls1_2", "-sess_out", session.toString()))
                    .succeeded();
            try (RunningProgram client =
                    Openssl.client(server.port(), with(more, "-tls1_2", "-sess_in", session.toString()))) {
                client.awaitNext("Reused, TLSv1.2");
                for (int i = 0; i < 2; i++) {
                    client.sendLine("R");
                    client.awaitNext("RENEGOTIATING");
                    client.sendLine(i + " after");
                    client.awaitNext("echo: " + i + " after");
                }
                client.sendLine("Q");
                client.awaitEnd();
            }
        }
    }

    private static String[] with(String[] more, String... args) {
        return java.util.stream.Stream.of(args, more)
                .flatMap(java.util.stream.Stream::of)
                .toArray(String[]::new);
    }

    @Test
    void s_client_presents_its_certificate_when_it_is_requested_later() throws Exception {
        Identity identity = TestPki.client("client one");
        PemFiles.Pair files = new PemFiles(folder).write("client", identity);
        try (EchoServer server = EchoServer.start(options().build(), RenegotiationInteropTest::askFirst);
                RunningProgram client =
                        Openssl.client(server.port(), "-tls1_2", "-cert", files.cert(), "-key", files.key())) {
            client.sendLine("who am I");
            client.awaitNext("you are CN=client one");
            client.sendLine("Q");
            client.awaitEnd();
            assertThat(server.next().authorized()).isTrue();
        }
    }

    @ParameterizedTest
    @Tag("node")
    @CsvSource({"true, you are CN=client one", "false, ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE"})
    void node_presents_its_certificate_when_it_is_requested_later(boolean has, String expected) throws Exception {
        PemFiles files = new PemFiles(folder);
        PemFiles.Pair pair = files.write("client", TestPki.client("client one"));
        EchoServer server = EchoServer.start(options().build(), RenegotiationInteropTest::askFirst);
        try {
            var output = Node.run(
                    """
                    const tls = require('tls'), fs = require('fs');
                    const [,, port, ca, cert, key] = process.argv;
                    const socket = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', maxVersion: 'TLSv1.2',
                        ca: fs.readFileSync(ca), ...(cert && { cert: fs.readFileSync(cert), key: fs.readFileSync(key) }) });
                    socket.on('secureConnect', () => socket.write('who am I\\n'));
                    socket.on('error', (error) => console.log('error ' + error.code));
                    socket.on('data', (data) => { console.log(data.toString().trim()); socket.end(); });
                    """,
                    has
                            ? new String[] {Integer.toString(server.port()), files.ca(), pair.cert(), pair.key()}
                            : new String[] {Integer.toString(server.port()), files.ca()});
            if (has) {
                assertThat(output.succeeded().out()).contains(expected);
            } else {
                assertThat(Node.codes(output.out())).contains("error ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE");
                assertThat(server.nextError())
                        .isInstanceOfSatisfying(
                                TlsFailure.class,
                                failure -> assertThat(failure.code().name()).isEqualTo(expected));
            }
        } finally {
            server.server().close();
        }
    }

    private static void askFirst(TlsSocket socket) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        lines.readLine();
        socket.renegotiate(CERTIFICATE);
        String subject =
                socket.peerCertificates().getFirst().getSubjectX500Principal().getName();
        socket.getOutputStream().write(("you are " + subject + "\n").getBytes(UTF_8));
        socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    }

    @Test
    @Tag("node")
    void node_renegotiates_and_continues() throws Exception {
        try (EchoServer server = EchoServer.start(options().build())) {
            String output = Node.run("""
                    const tls = require('tls'), fs = require('fs');
                    const [,, port, ca] = process.argv;
                    const socket = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', maxVersion: 'TLSv1.2',
                        ca: fs.readFileSync(ca) });
                    let left = 3;
                    socket.setEncoding('utf8');
                    socket.once('secureConnect', () => socket.write('first\\n'));
                    socket.on('data', (data) => {
                        console.log(data.trim());
                        if (left-- === 0) { socket.end(); return; }
                        socket.renegotiate({}, (error) => {
                            console.log('renegotiated ' + (error ? error.code : 'well'));
                            socket.write(left + '\\n');
                        });
                    });
                    """, Integer.toString(server.port()), new PemFiles(folder).ca())
                    .succeeded()
                    .out();
            assertThat(output.lines())
                    .containsExactly(
                            "echo: first",
                            "renegotiated well",
                            "echo: 2",
                            "renegotiated well",
                            "echo: 1",
                            "renegotiated well",
                            "echo: 0");
        }
    }

    // A Heddle client

    @Test
    void s_server_initiates_and_responds() throws Exception {
        try (SServer server = SServer.start(
                        new PemFiles(folder).write("server", Kind.P256.identity()), "-client_renegotiation");
                TlsSocket socket = Tls.connect(server.client(TlsVersion.TLS_1_2).build())) {
            socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
            server.converse(socket);
            for (int i = 0; i < 3; i++) {
                socket.renegotiate();
                server.converse(socket);
            }
            for (int i = 0; i < 3; i++) {
                CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> line(socket));
                server.program().sendLine("r");
                server.program().awaitNext("SSL_do_handshake -> 1");
                server.program().sendLine("0123456789");
                assertThat(read.get(20, TimeUnit.SECONDS)).asString(UTF_8).isEqualTo("0123456789\n");
                server.converse(socket);
            }
        }
    }

    private static byte[] line(TlsSocket socket) {
        try {
            return socket.getInputStream().readNBytes(11);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void s_server_without_renegotiation_refuses_the_client() throws Exception {
        try (SServer server = SServer.start(new PemFiles(folder).write("server", Kind.P256.identity()));
                TlsSocket socket = Tls.connect(server.client(TlsVersion.TLS_1_2).build())) {
            server.converse(socket);
            assertThatThrownBy(socket::renegotiate)
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.ERR_SSL_NO_RENEGOTIATION));
        }
    }

    @ParameterizedTest
    @Tag("node")
    @EnumSource(names = {"P256", "RSA"})
    void node_requests_a_certificate_later_and_accepts_a_renegotiation_of_the_client(Kind kind) throws Exception {
        PemFiles files = new PemFiles(folder);
        PemFiles.Pair pair = files.write("server", kind.identity());
        try (RunningServer node = Node.server("""
                        const tls = require('tls'), fs = require('fs'), constants = require('constants');
                        const [,, cert, key, ca] = process.argv;
                        const server = tls.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key),
                            ca: fs.readFileSync(ca), maxVersion: 'TLSv1.2',
                            secureOptions: constants.SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION }, (socket) => {
                            socket.on('error', (error) => console.log('error ' + error.code));
                            socket.setEncoding('utf8');
                            socket.on('data', (data) => {
                                if (!data.startsWith('ask')) { socket.write('you said ' + data); return; }
                                socket.renegotiate({ requestCert: true, rejectUnauthorized: true }, (error) => {
                                    if (error) { console.log('error ' + error.code); return; }
                                    socket.write('you are ' + (socket.getPeerCertificate().subject || {}).CN + '\\n');
                                });
                            });
                        });
                        server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
                        """, pair.cert(), pair.key(), files.ca());
                TlsSocket socket = Tls.connect(ConnectOptions.builder()
                        .host("localhost")
                        .port(node.port())
                        .ca(TestPki.ca().chain())
                        .identity(TestPki.client("client one"))
                        .build())) {
            socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
            assertThat(converse(socket, "ask")).isEqualTo("you are client one");
            socket.renegotiate();
            assertThat(converse(socket, "hello")).isEqualTo("you said hello");
        }
    }

    private static String converse(TlsSocket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
    }
}
