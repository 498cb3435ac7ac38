package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.interop.SServer.Exchange;
import io.heddle.interop.Servers.Kind;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compression of certificates (RFC 8879) with other implementations: the newest Node.js, which has all three
 * algorithms, and the {@code openssl} of this machine, which has zlib from 3.2 on where it was built with it. With an
 * older one nothing is compressed.
 */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
class CompressionPeersTest {
    private static final String SENT = "Sent Message: CompressedCertificate, ";
    private static final String RECEIVED = "Received Message: CompressedCertificate, ";

    /** Connects the given number of times, each time with the newest session. */
    private static final String NODE_CLIENT = """
            const tls = require('tls'), fs = require('fs');
            const [,, port, ca, cert, key, extra, times] = process.argv;
            const options = { host: '127.0.0.1', port, servername: 'localhost',
                ca: fs.readFileSync(ca), cert: fs.readFileSync(cert), key: fs.readFileSync(key), ...JSON.parse(extra) };
            let session;
            function connect(left) {
                if (left === 0) return;
                const socket = tls.connect({ ...options, session });
                socket.on('session', (data) => { session = data; });
                socket.on('error', (error) => console.log('error ' + error.code));
                socket.on('secureConnect', () => {
                    console.log(socket.getProtocol(), socket.authorized, 'reused=' + socket.isSessionReused());
                    socket.write('hello\\n');
                });
                socket.on('data', (data) => { console.log(data.toString().trim()); socket.end(); });
                socket.on('close', () => connect(left - 1));
            }
            connect(Number(times));
            """;

    /** Answers each connection with what it has received. */
    private static final String NODE_SERVER = """
            const tls = require('tls'), fs = require('fs');
            const [,, ca, cert, key, extra] = process.argv;
            const options = { requestCert: true, rejectUnauthorized: true,
                ca: fs.readFileSync(ca), cert: fs.readFileSync(cert), key: fs.readFileSync(key), ...JSON.parse(extra) };
            tls.createServer(options, (socket) => {
                socket.on('error', (error) => console.log('error ' + error.code));
                const name = (socket.getPeerCertificate().subject || {}).CN;
                socket.end(name + ' ' + socket.authorized + ' reused=' + socket.isSessionReused() + '\\n');
            }).listen(0, '127.0.0.1', function () { console.log('listening ' + this.address().port); });
            """;

    @TempDir
    private Path folder;

    // The same in a test, since the lengths of signatures and so of certificates vary.
    private final Identity serverIdentity = Kind.RSA.identity();
    private final Identity clientIdentity = Clients.withIntermediate();

    private final BlockingQueue<String> trace = new LinkedBlockingQueue<>();

    private PemFiles pem() {
        return new PemFiles(folder);
    }

    private PemFiles.Pair clientFiles() {
        return pem().write("client", clientIdentity);
    }

    /** Returns whether the openssl of this machine compresses certificates with zlib. */
    private static boolean opensslCompresses() {
        return Openssl.release().compareTo(Version.parse("3.2")) >= 0
                && Openssl.run("version", "-a").succeeded().out().contains("-DZLIB");
    }

    /** Starts a Heddle server with these algorithms that demands a certificate. */
    private EchoServer server(String... algorithms) {
        return EchoServer.start(ServerOptions.builder()
                .identity(serverIdentity)
                .ca(TestPki.ca().chain())
                .certificateCompression(algorithms)
                .requestCert(true)
                .enableTrace((line, socket) -> trace.add(line))
                .build());
    }

    /** Checks how many certificates were compressed, and empties the trace. */
    private void assertCompressed(int sent, int received) {
        assertThat(trace).filteredOn(line -> line.startsWith(SENT)).hasSize(sent);
        assertThat(trace).filteredOn(line -> line.startsWith(RECEIVED)).hasSize(received);
        trace.clear();
    }

    private static void assertSeen(EchoServer server, boolean resumed) throws InterruptedException {
        TlsSocket accepted = server.next();
        assertThat(accepted.isSessionReused()).isEqualTo(resumed);
        assertThat(accepted.authorized()).isTrue();
        assertThat(accepted.peerCertificates()
                        .getFirst()
                        .getSubjectX500Principal()
                        .getName())
                .isEqualTo("CN=client of an intermediate");
    }

    private List<String> nodeClient(EchoServer server, String extra, int times) {
        PemFiles.Pair client = clientFiles();
        try (RunningProgram node = NodeRelease.newest()
                .start(
                        NODE_CLIENT,
                        Integer.toString(server.port()),
                        pem().ca(),
                        client.cert(),
                        client.key(),
                        extra,
                        Integer.toString(times))) {
            node.closeInput();
            return node.awaitEnd().succeeded().out().lines().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zlib", "brotli", "zstd"})
    void node_client_and_heddle_compress_both_certificates_and_resume(String algorithm) throws Exception {
        try (EchoServer server = server(algorithm)) {
            assertThat(nodeClient(server, "{\"certificateCompression\":[\"%s\"]}".formatted(algorithm), 2))
                    .containsExactly(
                            "TLSv1.3 true reused=false", "echo: hello", "TLSv1.3 true reused=true", "echo: hello");
            assertSeen(server, false);
            assertSeen(server, true);
            assertCompressed(1, 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"certificateCompression\":[\"zstd\"]}'",
        "'{\"maxVersion\":\"TLSv1.2\"}'",
    })
    void node_client_and_heddle_send_plain_certificates_without_a_common_algorithm(String extra) throws Exception {
        try (EchoServer server = server("zlib", "brotli")) {
            assertThat(nodeClient(server, extra, 1)).element(1).isEqualTo("echo: hello");
            assertSeen(server, false);
            assertCompressed(0, 0);
        }
    }

    @Test
    void node_client_without_the_option_compresses_where_it_is_asked_to() throws Exception {
        // Node's option does not limit what OpenSSL sends: a client's certificate is compressed for every server that
        // can read it.
        try (EchoServer server = server("zlib")) {
            assertThat(nodeClient(server, "{}", 1)).containsExactly("TLSv1.3 true reused=false", "echo: hello");
            assertSeen(server, false);
            assertCompressed(0, 1);
        }
    }

    @Test
    void heddle_server_without_the_option_sends_and_requests_plain_certificates() throws Exception {
        try (EchoServer server = server()) {
            assertThat(nodeClient(server, "{\"certificateCompression\":[\"zlib\",\"brotli\",\"zstd\"]}", 1))
                    .containsExactly("TLSv1.3 true reused=false", "echo: hello");
            assertSeen(server, false);
            assertCompressed(0, 0);
        }
    }

    private ConnectOptions.Builder client(int port, String... algorithms) {
        return ConnectOptions.builder()
                .host("localhost")
                .port(port)
                .ca(TestPki.ca().chain())
                .identity(clientIdentity)
                .certificateCompression(algorithms)
                .timeout(RunningProgram.LIMIT)
                .enableTrace(trace::add);
    }

    private RunningServer nodeServer(String extra) {
        PemFiles.Pair server = pem().write("server", serverIdentity);
        return NodeRelease.newest().server(NODE_SERVER, pem().ca(), server.cert(), server.key(), extra);
    }

    private static byte[] talk(ConnectOptions.Builder options, boolean resumed) throws IOException {
        try (TlsSocket socket = Tls.connect(options.build())) {
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("client of an intermediate true reused=" + resumed + "\n");
            assertThat(socket.isSessionReused()).isEqualTo(resumed);
            return socket.awaitSession(Duration.ofSeconds(10)).orElseThrow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zlib", "brotli", "zstd"})
    void node_server_and_heddle_compress_both_certificates_and_resume(String algorithm) throws Exception {
        try (RunningServer node = nodeServer("{\"certificateCompression\":[\"%s\"]}".formatted(algorithm))) {
            byte[] session = talk(client(node.port(), algorithm), false);
            assertCompressed(1, 1);
            talk(client(node.port(), algorithm).session(session), true);
            assertCompressed(0, 0);
        }
    }

    /** Returns the lengths of the messages that were sent and received, and empties the trace. */
    private List<String> lengths() {
        List<String> lengths = trace.stream()
                .filter(line -> line.startsWith(SENT) || line.startsWith(RECEIVED))
                .toList();
        trace.clear();
        return lengths;
    }

    /** As OpenSSL does, on both sides: the sender follows the order of the receiver. */
    @Test
    void the_order_of_the_receiver_decides() throws Exception {
        List<String> zlib;
        List<String> brotli;
        try (RunningServer node = nodeServer("{\"certificateCompression\":[\"zlib\",\"brotli\"]}")) {
            talk(client(node.port(), "zlib"), false);
            zlib = lengths();
            talk(client(node.port(), "brotli"), false);
            brotli = lengths();
            assertThat(brotli).hasSize(2).doesNotContainAnyElementsOf(zlib);
            talk(client(node.port(), "brotli", "zlib"), false);
            assertThat(lengths()).containsExactly(brotli.getFirst(), zlib.getLast());
        }
        try (RunningServer node = nodeServer("{\"certificateCompression\":[\"brotli\",\"zlib\"]}")) {
            talk(client(node.port(), "zlib", "brotli"), false);
            assertThat(lengths()).containsExactly(zlib.getFirst(), brotli.getLast());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'{}', true",
        "'{\"certificateCompression\":[\"zstd\"]}', true",
        "'{\"certificateCompression\":[\"zlib\"]}', false"
    })
    void node_server_sends_plain_certificates_without_a_common_algorithm(String extra, boolean compresses)
            throws Exception {
        try (RunningServer node = nodeServer(extra)) {
            talk(compresses ? client(node.port(), "zlib", "brotli") : client(node.port()), false);
            assertCompressed(0, 0);
        }
    }

    @Test
    void node_server_of_tls_1_2_ignores_the_offer() throws Exception {
        try (RunningServer node = nodeServer("{\"maxVersion\":\"TLSv1.2\"}")) {
            try (TlsSocket socket = Tls.connect(client(node.port(), "zlib").build())) {
                assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                        .isEqualTo("client of an intermediate true reused=false\n");
                assertThat(socket.getProtocol()).isEqualTo("TLSv1.2");
            }
            assertCompressed(0, 0);
        }
    }

    private ProgramResult openssl(EchoServer server, String... args) {
        PemFiles.Pair client = clientFiles();
        List<String> all = new ArrayList<>(List.of(
                "-servername", "localhost", "-CAfile", pem().ca(), "-cert", client.cert(), "-key", client.key()));
        all.addAll(List.of("-cert_chain", client.cert(), "-msg"));
        all.addAll(Arrays.asList(args));
        return server.openssl(all.toArray(new String[0])).succeeded();
    }

    private String session() {
        return folder.resolve("session.pem").toString();
    }

    @Test
    void s_client_and_heddle_compress_both_certificates_and_resume() throws Exception {
        int compressed = opensslCompresses() ? 1 : 0;
        try (EchoServer server = server("zlib")) {
            assertThat(openssl(server, "-sess_out", session()).out().split("], CompressedCertificate", -1))
                    .hasSize(1 + 2 * compressed);
            assertSeen(server, false);
            assertCompressed(compressed, compressed);
            assertThat(openssl(server, "-sess_in", session()).out()).doesNotContain("CompressedCertificate");
            assertSeen(server, true);
            assertCompressed(0, 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"-no_rx_cert_comp, 0, 1", "-no_tx_cert_comp, 1, 0"})
    void s_client_compresses_one_direction(String option, int sent, int received) throws Exception {
        boolean compresses = opensslCompresses();
        try (EchoServer server = server("zlib")) {
            if (compresses) {
                openssl(server, option);
            } else {
                openssl(server);
            }
            assertSeen(server, false);
            assertCompressed(compresses ? sent : 0, compresses ? received : 0);
        }
    }

    @Test
    void s_client_of_tls_1_2_gets_plain_certificates() throws Exception {
        try (EchoServer server = server("zlib")) {
            openssl(server, "-tls1_2");
            assertSeen(server, false);
            assertCompressed(0, 0);
        }
    }

    private SServer opensslServer(String... args) {
        List<String> all = new ArrayList<>(List.of("-Verify", "2", "-verify_return_error", "-CAfile", pem().ca()));
        all.addAll(Arrays.asList(args));
        return SServer.start(pem().write("server", serverIdentity), all.toArray(new String[0]));
    }

    /** Starts a server that compresses its certificate, which an {@code openssl} server does once and in advance. */
    private SServer compressingServer(String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        if (opensslCompresses()) {
            all.add("-cert_comp");
        }
        return opensslServer(all.toArray(new String[0]));
    }

    @Test
    void s_server_and_heddle_compress_both_certificates_and_resume() throws Exception {
        int compressed = opensslCompresses() ? 1 : 0;
        try (SServer server = compressingServer()) {
            Exchange first = server.exchange(client(server.port(), "zlib").build());
            assertThat(first.reused()).isFalse();
            assertThat(first.server()).contains("client of an intermediate");
            assertCompressed(compressed, compressed);
            Exchange second = server.exchange(
                    client(server.port(), "zlib").session(first.session()).build());
            assertThat(second.reused()).isTrue();
            assertCompressed(0, 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"-no_rx_cert_comp, 0, 1", "-no_tx_cert_comp, 1, 0"})
    void s_server_compresses_one_direction(String option, int sent, int received) throws Exception {
        boolean compresses = opensslCompresses();
        try (SServer server = compresses ? compressingServer(option) : opensslServer()) {
            assertThat(server.exchange(client(server.port(), "zlib").build()).server())
                    .contains("client of an intermediate");
            assertCompressed(compresses ? sent : 0, compresses ? received : 0);
        }
    }

    @Test
    void s_server_of_tls_1_2_ignores_the_offer() throws Exception {
        try (SServer server = opensslServer("-tls1_2")) {
            assertThat(server.exchange(client(server.port(), "zlib").build()).server())
                    .contains("client of an intermediate");
            assertCompressed(0, 0);
        }
    }
}
