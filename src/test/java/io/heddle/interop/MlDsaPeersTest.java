package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Certificates for ML-DSA with other implementations, of the server and of the client: the releases of Node.js whose
 * OpenSSL has them, and the {@code openssl} of this machine, which has them from 3.5 on.
 */
@Tag("interop")
@Tag("node")
@ExtendWith(CombinationCounter.class)
class MlDsaPeersTest {
    /** Connects the given number of times, each time with the newest session. */
    private static final String NODE_CLIENT = """
            const tls = require('tls'), fs = require('fs');
            const [,, port, ca, cert, key, sigalgs, times] = process.argv;
            const options = { host: '127.0.0.1', port, servername: 'localhost',
                ca: fs.readFileSync(ca) };
            if (cert) Object.assign(options, { cert: fs.readFileSync(cert), key: fs.readFileSync(key) });
            if (sigalgs) options.sigalgs = sigalgs;
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

    /**
     * Answers each connection with the name of the client and whether it is authorized, and prints the shared schemes and
     * the failures.
     */
    private static final String NODE_SERVER = """
            const tls = require('tls'), fs = require('fs');
            const [,, ca, cert, key, sigalgs] = process.argv;
            const options = { requestCert: true, rejectUnauthorized: true,
                ca: fs.readFileSync(ca), cert: fs.readFileSync(cert), key: fs.readFileSync(key) };
            if (sigalgs) options.sigalgs = sigalgs;
            tls.createServer(options, (socket) => {
                socket.on('error', (error) => console.log('error ' + error.code));
                const name = (socket.getPeerCertificate().subject || {}).CN;
                console.log('shared ' + socket.getSharedSigalgs());
                socket.end(name + ' ' + socket.authorized + ' reused=' + socket.isSessionReused() + '\\n');
            }).on('tlsClientError', (error) => console.log('refused ' + error.code))
                .listen(0, '127.0.0.1', function () { console.log('listening ' + this.address().port); });
            """;

    @TempDir
    private Path folder;

    /** A root, and a server and a client below an intermediate, all with keys of one kind. */
    private static final class Pki {
        private final Identity root;
        private final Identity intermediate;
        private final TestPki.Key key;

        Pki(TestPki.Key key) {
            this.key = key;
            this.root = TestPki.root("ML-DSA root", key, 10);
            this.intermediate = TestPki.certificate("CN=ML-DSA intermediate")
                    .key(key, 11)
                    .ca()
                    .issuedBy(root);
        }

        Identity server() {
            return TestPki.certificate("CN=localhost")
                    .key(key, 1)
                    .server("localhost")
                    .issuedBy(intermediate);
        }

        Identity client() {
            return TestPki.certificate("CN=client").key(key, 2).client().issuedBy(intermediate);
        }
    }

    private PemFiles.Pair files(String name, Identity identity) {
        return new PemFiles(folder).write(name, identity);
    }

    private String ca(Pki pki) {
        return new PemFiles(folder).write("root.pem", TestPki.pem(pki.root.chain()));
    }

    private static EchoServer server(Pki pki, Consumer<SecureContext.Builder> more) {
        SecureContext.Builder context =
                SecureContext.builder().identity(pki.server()).ca(pki.root.chain());
        more.accept(context);
        return EchoServer.start(
                ServerOptions.builder(context.build()).requestCert(true).build());
    }

    private static ConnectOptions.Builder client(Pki pki, int port) {
        return ConnectOptions.builder()
                .host("localhost")
                .port(port)
                .ca(pki.root.chain())
                .identity(pki.client())
                .timeout(RunningProgram.LIMIT);
    }

    private static void assertSeen(EchoServer server, boolean resumed) throws InterruptedException {
        TlsSocket accepted = server.next();
        assertThat(accepted.getProtocol()).isEqualTo("TLSv1.3");
        assertThat(accepted.isSessionReused()).isEqualTo(resumed);
        assertThat(accepted.authorized()).isTrue();
        assertThat(accepted.peerCertificates()
                        .getFirst()
                        .getSubjectX500Principal()
                        .getName())
                .isEqualTo("CN=client");
    }

    private static String scheme(TestPki.Key key) {
        return key.name().replace("_", "").toLowerCase(Locale.ROOT);
    }

    // Node.js

    static Stream<Arguments> nodes() {
        return NodeRelease.all().stream()
                .filter(release -> release.major() >= 24)
                .flatMap(release -> Stream.of(TestPki.Key.ML_DSA_44, TestPki.Key.ML_DSA_65, TestPki.Key.ML_DSA_87)
                        .map(key -> Arguments.of(release, key)));
    }

    private List<String> nodeClient(NodeRelease release, EchoServer server, Pki pki, String sigalgs) {
        PemFiles.Pair client = files("client", pki.client());
        return nodeClient(release, server, ca(pki), client.cert(), client.key(), sigalgs, "1");
    }

    private static List<String> nodeClient(NodeRelease release, EchoServer server, String... args) {
        String[] all = Stream.concat(Stream.of(Integer.toString(server.port())), Stream.of(args))
                .toArray(String[]::new);
        try (RunningProgram node = release.start(NODE_CLIENT, all)) {
            node.closeInput();
            return node.awaitEnd().succeeded().out().lines().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void node_client_verifies_the_server_and_presents_its_certificate(NodeRelease release, TestPki.Key key)
            throws Exception {
        var pki = new Pki(key);
        try (EchoServer server = server(pki, context -> {})) {
            assertThat(nodeClient(release, server, pki, ""))
                    .containsExactly("TLSv1.3 true reused=false", "echo: hello");
            assertSeen(server, false);
        }
    }

    /** Without a certificate: Node keeps no session above 10 KiB, which a ticket with such a chain exceeds. */
    @ParameterizedTest
    @MethodSource("nodes")
    void node_client_resumes(NodeRelease release, TestPki.Key key) throws Exception {
        var pki = new Pki(key);
        SecureContext context = SecureContext.builder().identity(pki.server()).build();
        try (EchoServer server = EchoServer.start(ServerOptions.of(context))) {
            assertThat(nodeClient(release, server, ca(pki), "", "", "", "2"))
                    .containsExactly(
                            "TLSv1.3 true reused=false", "echo: hello", "TLSv1.3 true reused=true", "echo: hello");
        }
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void node_client_with_another_scheme_alone_is_refused(NodeRelease release, TestPki.Key key) throws Exception {
        var pki = new Pki(key);
        String other = key == TestPki.Key.ML_DSA_44 ? "mldsa65" : "mldsa44";
        try (EchoServer server = server(pki, context -> {})) {
            assertThat(nodeClient(release, server, pki, other))
                    .containsExactly("error ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE");
            assertThat(server.nextFailure().code()).isEqualTo(Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM);
        }
        try (EchoServer server = server(pki, context -> context.sigalgs(scheme(key)))) {
            assertThat(nodeClient(release, server, pki, other))
                    .containsExactly("error ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE");
            assertThat(server.nextFailure().code()).isEqualTo(Code.ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS);
        }
    }

    private RunningServer nodeServer(NodeRelease release, Pki pki, String sigalgs) {
        PemFiles.Pair server = files("server", pki.server());
        return release.server(NODE_SERVER, ca(pki), server.cert(), server.key(), sigalgs);
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void node_server_verifies_the_client_presents_its_certificate_and_resumes(NodeRelease release, TestPki.Key key)
            throws Exception {
        var pki = new Pki(key);
        try (RunningServer node = nodeServer(release, pki, scheme(key))) {
            ConnectOptions.Builder options = client(pki, node.port());
            for (boolean resumed : new boolean[] {false, true}) {
                try (TlsSocket socket = Tls.connect(options.build())) {
                    assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                            .isEqualTo("client true reused=" + resumed + "\n");
                    assertThat(socket.authorized()).isTrue();
                    options.session(socket.awaitSession(Duration.ofSeconds(10)).orElseThrow());
                }
            }
            node.program()
                    .awaitNext("shared id-%s+UNDEF"
                            .formatted(key.name().replace('_', '-').toLowerCase(Locale.ROOT)));
        }
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void node_server_refuses_a_client_with_another_scheme_alone(NodeRelease release, TestPki.Key key) {
        var pki = new Pki(key);
        String other = key == TestPki.Key.ML_DSA_44 ? "mldsa65" : "mldsa44";
        try (RunningServer node = nodeServer(release, pki, "")) {
            assertThatExceptionOfType(TlsFailure.class)
                    .isThrownBy(() ->
                            Tls.connect(client(pki, node.port()).sigalgs(other).build()))
                    .returns(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE, TlsFailure::code);
            node.program().awaitNext("refused ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM");
        }
    }

    // OpenSSL

    /** Returns whether the openssl of this machine has ML-DSA: 3.5 and later. */
    private static boolean opensslHasIt() {
        return Openssl.release().compareTo(Version.parse("3.5")) >= 0;
    }

    @ParameterizedTest
    @EnumSource(
            value = TestPki.Key.class,
            names = {"ML_DSA_44", "ML_DSA_65", "ML_DSA_87"})
    void s_client_verifies_the_server_and_presents_its_certificate_if_it_has_them(TestPki.Key key) throws Exception {
        var pki = new Pki(key);
        PemFiles.Pair client = files("client", pki.client());
        try (EchoServer server = server(pki, context -> {})) {
            String[] anonymous = {"-servername", "localhost", "-CAfile", ca(pki), "-verify_return_error"};
            if (!opensslHasIt()) {
                server.opensslRefused(anonymous);
                assertThat(server.nextFailure().code()).isEqualTo(Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM);
                return;
            }
            String out = server.openssl(Stream.of(
                                    Stream.of(anonymous),
                                    Stream.of("-cert", client.cert(), "-cert_chain", client.cert()),
                                    Stream.of("-key", client.key(), "-sigalgs", scheme(key)))
                            .flatMap(part -> part)
                            .toArray(String[]::new))
                    .succeeded()
                    .out();
            assertThat(out).contains("Peer signature type: " + scheme(key)).contains("Verification: OK");
            assertSeen(server, false);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TestPki.Key.class,
            names = {"ML_DSA_44", "ML_DSA_65", "ML_DSA_87"})
    void s_server_verifies_the_client_and_presents_its_certificate_if_it_has_them(TestPki.Key key) throws Exception {
        var pki = new Pki(key);
        PemFiles.Pair files = files("server", pki.server());
        if (!opensslHasIt()) {
            assertThat(Openssl.run("pkey", "-in", files.key(), "-noout").exitCode())
                    .isNotZero();
            return;
        }
        try (SServer server = SServer.start(
                files, "-cert_chain", files.cert(), "-Verify", "3", "-verify_return_error", "-CAfile", ca(pki))) {
            ConnectOptions.Builder options = client(pki, server.port());
            byte[] session = new byte[0];
            for (boolean resumed : new boolean[] {false, true}) {
                if (resumed) {
                    options.session(session);
                }
                SServer.Exchange exchange = server.exchange(options.build());
                assertThat(exchange.socket().authorized()).isTrue();
                assertThat(exchange.reused()).isEqualTo(resumed);
                assertThat(exchange.socket().isSessionReused()).isEqualTo(resumed);
                if (!resumed) {
                    assertThat(exchange.server()).contains("Peer signature type: " + scheme(key));
                }
                session = exchange.session();
            }
        }
    }
}
