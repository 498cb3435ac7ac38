package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.interop.Servers.Kind;
import io.heddle.interop.SServer.Exchange;
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

/**
 * X25519MLKEM768 with other implementations: the newest Node.js, whose OpenSSL supports it and offers it first, and the
 * {@code openssl} of this machine, which supports it from 3.5 on. With an older one X25519 is negotiated.
 */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
class HybridPeersTest {
    private static final String HYBRID = "X25519MLKEM768";
    private static final String CLASSIC = "X25519";

    /**
     * Connects the given number of times, each time with the newest session; an empty list of groups keeps
     * Node's default.
     */
    private static final String NODE_CLIENT = """
            const tls = require('tls'), fs = require('fs');
            const [,, port, ca, cert, key, groups, times] = process.argv;
            const options = { host: '127.0.0.1', port, servername: 'localhost', minVersion: 'TLSv1.3',
                ca: fs.readFileSync(ca), cert: fs.readFileSync(cert), key: fs.readFileSync(key) };
            if (groups) options.ecdhCurve = groups;
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

    /** Answers each connection with the parameters that it negotiated. */
    private static final String NODE_SERVER = """
            const tls = require('tls'), fs = require('fs');
            const [,, ca, cert, key, groups] = process.argv;
            const options = { minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: true,
                ca: fs.readFileSync(ca), cert: fs.readFileSync(cert), key: fs.readFileSync(key) };
            if (groups) options.ecdhCurve = groups;
            tls.createServer(options, (socket) => {
                socket.on('error', (error) => console.log('error ' + error.code));
                const name = (socket.getPeerCertificate().subject || {}).CN;
                socket.end(name + ' ' + socket.authorized + ' reused=' + socket.isSessionReused() + '\\n');
            }).listen(0, '127.0.0.1', function () { console.log('listening ' + this.address().port); });
            """;

    @TempDir
    private Path folder;

    private final BlockingQueue<String> trace = new LinkedBlockingQueue<>();

    private PemFiles pem() {
        return new PemFiles(folder);
    }

    private PemFiles.Pair clientFiles() {
        return pem().write("client", Clients.good(Kind.P256));
    }

    /** Returns whether the openssl of this machine supports the group: 3.5 and later. */
    private static boolean opensslHasIt() {
        return Openssl.release().compareTo(Version.parse("3.5")) >= 0;
    }

    /** Starts a Heddle server with these groups that demands a certificate. */
    private EchoServer server(String groups) {
        return EchoServer.start(ServerOptions.builder(Servers.context(
                        Kind.P256,
                        options -> options.ecdhCurve(groups).ca(TestPki.ca().chain())))
                .requestCert(true)
                .enableTrace((line, socket) -> trace.add(line))
                .build());
    }

    private void assertClientHellos(String direction, int expected) {
        assertThat(trace)
                .filteredOn(line -> line.startsWith(direction + " Message: ClientHello"))
                .as("ClientHellos; a second one answers a HelloRetryRequest")
                .hasSize(expected);
    }

    private void assertSeen(EchoServer server, String group, boolean resumed) throws InterruptedException {
        TlsSocket accepted = server.next();
        assertThat(accepted.getProtocol()).isEqualTo("TLSv1.3");
        assertThat(accepted.getEphemeralKeyInfo().orElseThrow().name()).isEqualTo(group);
        assertThat(accepted.isSessionReused()).isEqualTo(resumed);
        assertThat(accepted.authorized()).isTrue();
        assertThat(accepted.peerCertificates().getFirst().getSubjectX500Principal().getName())
                .isEqualTo("CN=client P256");
    }

    private List<String> nodeClient(EchoServer server, String groups, int times) {
        PemFiles.Pair client = clientFiles();
        try (RunningProgram node = NodeRelease.newest()
                .start(
                        NODE_CLIENT,
                        Integer.toString(server.port()),
                        pem().ca(),
                        client.cert(),
                        client.key(),
                        groups,
                        Integer.toString(times))) {
            node.closeInput();
            return node.awaitEnd().succeeded().out().lines().toList();
        }
    }

    @Test
    void node_client_selects_it_by_default_resumes_and_presents_its_certificate() throws Exception {
        try (EchoServer server = server(HYBRID + ":" + CLASSIC)) {
            assertThat(nodeClient(server, "", 2))
                    .containsExactly(
                            "TLSv1.3 true reused=false", "echo: hello", "TLSv1.3 true reused=true", "echo: hello");
            assertSeen(server, HYBRID, false);
            assertSeen(server, HYBRID, true);
            assertClientHellos("Received", 2);
        }
    }

    @Test
    void node_client_sends_it_after_a_hello_retry_request() throws Exception {
        try (EchoServer server = server(HYBRID)) {
            assertThat(nodeClient(server, CLASSIC + ":" + HYBRID, 2))
                    .containsExactly(
                            "TLSv1.3 true reused=false", "echo: hello", "TLSv1.3 true reused=true", "echo: hello");
            assertSeen(server, HYBRID, false);
            assertSeen(server, HYBRID, true);
            assertClientHellos("Received", 4);
        }
    }

    @Test
    void node_client_that_offers_it_first_is_asked_for_another_group() throws Exception {
        try (EchoServer server = server("P-256")) {
            assertThat(nodeClient(server, "", 1)).containsExactly("TLSv1.3 true reused=false", "echo: hello");
            assertSeen(server, "prime256v1", false);
            assertClientHellos("Received", 2);
        }
    }

    private ConnectOptions.Builder client(int port, String groups) {
        return ConnectOptions.builder()
                .host("localhost")
                .port(port)
                .ca(TestPki.ca().chain())
                .identity(Clients.good(Kind.P256))
                .ecdhCurve(groups)
                .timeout(RunningProgram.LIMIT)
                .enableTrace(trace::add);
    }

    private RunningServer nodeServer(String groups) {
        PemFiles.Pair server = pem().write("server", Kind.P256.identity());
        return NodeRelease.newest().server(NODE_SERVER, pem().ca(), server.cert(), server.key(), groups);
    }

    /** Connects to Node twice, the second time with the session of the first connection. */
    private void connectTwice(RunningServer node, String groups) throws IOException {
        ConnectOptions.Builder options = client(node.port(), groups);
        for (boolean resumed : new boolean[] {false, true}) {
            try (TlsSocket socket = Tls.connect(options.build())) {
                assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                        .isEqualTo("client P256 true reused=" + resumed + "\n");
                assertThat(socket.getEphemeralKeyInfo().orElseThrow().name()).isEqualTo(HYBRID);
                assertThat(socket.isSessionReused()).isEqualTo(resumed);
                options.session(socket.awaitSession(Duration.ofSeconds(10)).orElseThrow());
            }
        }
    }

    @Test
    void node_server_selects_it_by_default_resumes_and_receives_the_certificate() throws Exception {
        try (RunningServer node = nodeServer("")) {
            connectTwice(node, HYBRID + ":" + CLASSIC);
            assertClientHellos("Sent", 2);
        }
    }

    @Test
    void node_server_requests_it_with_a_hello_retry_request() throws Exception {
        try (RunningServer node = nodeServer(HYBRID)) {
            connectTwice(node, CLASSIC + ":" + HYBRID);
            assertClientHellos("Sent", 4);
        }
    }

    private ProgramResult openssl(EchoServer server, String... args) {
        PemFiles.Pair client = clientFiles();
        List<String> all = new ArrayList<>(List.of(
                "-tls1_3",
                "-servername",
                "localhost",
                "-CAfile",
                pem().ca(),
                "-cert",
                client.cert(),
                "-key",
                client.key()));
        all.addAll(Arrays.asList(args));
        return server.openssl(all.toArray(new String[0])).succeeded();
    }

    private String session() {
        return folder.resolve("session.pem").toString();
    }

    @Test
    void s_client_selects_it_by_default_if_supported_resumes_and_presents_its_certificate() throws Exception {
        String expected = opensslHasIt() ? HYBRID : CLASSIC;
        try (EchoServer server = server(HYBRID + ":" + CLASSIC)) {
            openssl(server, "-sess_out", session());
            assertSeen(server, expected, false);
            openssl(server, "-sess_in", session());
            assertSeen(server, expected, true);
            assertClientHellos("Received", 2);
        }
    }

    @Test
    void s_client_sends_it_after_a_hello_retry_request_if_supported() throws Exception {
        boolean has = opensslHasIt();
        // Without the group the server requests X25519 instead.
        String groups = has ? CLASSIC + ":" + HYBRID : "P-256:" + CLASSIC;
        try (EchoServer server = server(has ? HYBRID : HYBRID + ":" + CLASSIC)) {
            openssl(server, "-groups", groups, "-sess_out", session());
            assertSeen(server, has ? HYBRID : CLASSIC, false);
            openssl(server, "-groups", groups, "-sess_in", session());
            assertSeen(server, has ? HYBRID : CLASSIC, true);
            assertClientHellos("Received", 4);
        }
    }

    private SServer opensslServer(String... args) {
        List<String> all =
                new ArrayList<>(List.of("-tls1_3", "-Verify", "1", "-verify_return_error", "-CAfile", pem().ca()));
        all.addAll(Arrays.asList(args));
        return SServer.start(pem().write("server", Kind.P256.identity()), all.toArray(new String[0]));
    }

    private void talkTwice(SServer server, String groups, String expected) throws IOException {
        byte[] session = new byte[0];
        for (boolean resumed : new boolean[] {false, true}) {
            ConnectOptions.Builder options = client(server.port(), groups);
            if (resumed) {
                options.session(session);
            }
            Exchange exchange = server.exchange(options.build());
            assertThat(exchange.reused()).isEqualTo(resumed);
            assertThat(exchange.socket().isSessionReused()).isEqualTo(resumed);
            assertThat(exchange.socket().getEphemeralKeyInfo().orElseThrow().name()).isEqualTo(expected);
            assertThat(exchange.server()).contains("client P256");
            session = exchange.session();
        }
    }

    @Test
    void s_server_selects_it_by_default_if_supported_resumes_and_receives_the_certificate() throws Exception {
        try (SServer server = opensslServer()) {
            talkTwice(server, HYBRID + ":" + CLASSIC, opensslHasIt() ? HYBRID : CLASSIC);
            // The share of an unsupported group is ignored; that of X25519 was sent with it or is requested.
            if (opensslHasIt()) {
                assertClientHellos("Sent", 2);
            }
        }
    }

    @Test
    void s_server_requests_it_with_a_hello_retry_request_if_supported() throws Exception {
        boolean has = opensslHasIt();
        try (SServer server = opensslServer("-groups", has ? HYBRID : CLASSIC)) {
            talkTwice(server, has ? CLASSIC + ":" + HYBRID : "P-256:" + CLASSIC, has ? HYBRID : CLASSIC);
            assertClientHellos("Sent", 4);
        }
    }
}
