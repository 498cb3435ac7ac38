package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestOcsp;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import io.heddle.interop.SServer.Exchange;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Stapled OCSP responses between Heddle and openssl, Node, and the JDK. */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
class OcspInteropTest {
    @TempDir
    private Path folder;

    static Stream<Arguments> keys() {
        return Stream.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)
                .flatMap(version ->
                        Stream.of(Kind.P256, Kind.RSA, Kind.ED25519).map(kind -> Arguments.of(version, kind)));
    }

    private static SecureContext context(Identity identity, TlsVersion version) {
        return SecureContext.builder()
                .identity(identity)
                .ca(TestPki.ca().chain())
                .minVersion(version)
                .maxVersion(version)
                .build();
    }

    private static ServerOptions stapling(SecureContext context, Optional<byte[]> response) {
        return ServerOptions.builder(context)
                .onOcspRequest((certificate, issuer) -> response)
                .build();
    }

    // openssl

    @ParameterizedTest
    @MethodSource("keys")
    void openssl_requests_and_accepts_the_response(TlsVersion version, Kind kind) throws Exception {
        Identity identity = kind.identity();
        byte[] response = TestOcsp.good(TestPki.ca(), identity.leaf());
        String ca = new PemFiles(folder).ca();
        try (EchoServer server = EchoServer.start(stapling(context(identity, version), Optional.of(response)))) {
            ProgramResult client = server.openssl("-status", "-CAfile", ca, "-verify_return_error");
            assertThat(client.output())
                    .contains("OCSP Response Status: successful", "Cert Status: good", "Verify return code: 0 (ok)");
            assertThat(server.openssl("-CAfile", ca).output()).doesNotContain("OCSP response");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void openssl_requests_a_response_and_receives_none(TlsVersion version) throws Exception {
        try (EchoServer server = EchoServer.start(stapling(context(Kind.P256.identity(), version), Optional.empty()))) {
            assertThat(server.openssl("-status").output()).contains("OCSP response: no response sent");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void openssl_resumes_a_session_that_began_with_a_response(TlsVersion version) throws Exception {
        Identity identity = Kind.P256.identity();
        byte[] response = TestOcsp.good(TestPki.ca(), identity.leaf());
        String session = new PemFiles(folder).path("session.pem");
        try (EchoServer server = EchoServer.start(stapling(context(identity, version), Optional.of(response)))) {
            assertThat(server.openssl("-status", "-sess_out", session).output()).contains("Cert Status: good");
            ProgramResult again = server.openssl("-status", "-sess_in", session);
            assertThat(OpensslReport.of(again).resumed()).isTrue();
            assertThat(OpensslReport.of(again).protocol()).isEqualTo(version.protocol());
            assertThat(again.output()).doesNotContain("Cert Status");
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void a_response_from_openssl_arrives(TlsVersion version, Kind kind) throws Exception {
        Identity identity = kind.identity();
        byte[] response = TestOcsp.good(TestPki.ca(), identity.leaf());
        Path file = Files.write(folder.resolve("response.der"), response);
        var pair = new PemFiles(folder).write("server", identity);
        try (SServer server = SServer.start(pair, "-status_file", file.toString())) {
            Exchange exchange = server.exchange(server.client(version).requestOCSP(true).build());
            assertThat(exchange.socket().ocspResponse())
                    .hasValueSatisfying(received -> assertThat(received).isEqualTo(response));
            // It resumes, so that no certificate needs a response.
            Exchange again = server.exchange(server.client(version)
                    .requestOCSP(true)
                    .session(exchange.session())
                    .build());
            assertThat(again.reused()).isTrue();
            assertThat(again.socket().ocspResponse()).isEmpty();
            Exchange silent = server.exchange(server.client(version).build());
            assertThat(silent.socket().ocspResponse()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void openssl_without_a_response_sends_none_and_a_certificate_may_demand_one(TlsVersion version) throws Exception {
        var pair = new PemFiles(folder).write("server", TestOcsp.mustStaple("localhost"));
        try (SServer server = SServer.start(pair)) {
            assertThat(server.exchange(server.client(version).build()).socket().authorized())
                    .isTrue();
            ConnectOptions asking = server.client(version).requestOCSP(true).build();
            TlsFailure failure = catchThrowableOfType(
                    TlsFailure.class, () -> Tls.connect(asking).close());
            assertThat(failure.code()).isEqualTo(Code.OCSP_VERIFY_NEEDED);
            server.program().awaitNextLine("bad certificate status response");
        }
    }

    // Node

    private static final String NODE_CLIENT = """
            const tls = require('tls'), fs = require('fs');
            const [,, port, ca, version, ask] = process.argv;
            const socket = tls.connect({ host: '127.0.0.1', port, ca: fs.readFileSync(ca), servername: 'localhost',
                minVersion: version, maxVersion: version, requestOCSP: ask === 'true' });
            socket.on('OCSPResponse', (response) => console.log('response ' + (response && response.toString('base64'))));
            socket.on('secureConnect', () => { console.log('secure ' + socket.authorized); socket.end('hello\\n'); });
            socket.on('error', (error) => console.log('error ' + error.code));
            socket.resume();
            """;

    private List<String> node(EchoServer server, TlsVersion version, boolean ask) {
        return Node.run(
                        NODE_CLIENT,
                        Integer.toString(server.port()),
                        new PemFiles(folder).ca(),
                        version.protocol(),
                        Boolean.toString(ask))
                .succeeded()
                .out()
                .lines()
                .toList();
    }

    @ParameterizedTest
    @Tag("node")
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void node_requests_and_receives_the_exact_bytes(TlsVersion version) throws Exception {
        List<Optional<X509Certificate>> issuers = new ArrayList<>();
        ServerOptions options = ServerOptions.builder(context(Kind.P256.identity(), version))
                .verifyOCSP(false)
                .build();
        try (EchoServer server = EchoServer.start(options)) {
            var response = new AtomicReference<>(Optional.of("hello world".getBytes(UTF_8)));
            server.server().onOcspRequest((certificate, issuer) -> {
                issuers.add(issuer);
                return response.get();
            });
            assertThat(node(server, version, true)).containsExactly("response aGVsbG8gd29ybGQ=", "secure true");
            assertThat(issuers).containsExactly(Optional.of(TestPki.ca().leaf()));
            assertThat(node(server, version, false)).containsExactly("secure true");
            assertThat(issuers).hasSize(1);
            response.set(Optional.empty());
            assertThat(node(server, version, true)).containsExactly("response null", "secure true");
        }
    }

    private static final String NODE_SERVER = """
            const tls = require('tls'), fs = require('fs');
            const [,, cert, key, ca, response] = process.argv;
            const server = tls.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key),
                ca: fs.readFileSync(ca) }, (socket) => socket.pipe(socket));
            server.on('OCSPRequest', (leaf, issuer, done) => {
                console.log('asked ' + leaf.length + ' ' + (issuer ? issuer.length : null));
                setTimeout(() => done(null, response ? Buffer.from(response, 'base64') : null), 100);
            });
            server.on('tlsClientError', (error) => console.log('failed ' + error.code));
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    private RunningServer nodeServer(Identity identity, byte[] response) {
        var files = new PemFiles(folder);
        PemFiles.Pair pair = files.write("server", identity);
        return Node.server(
                NODE_SERVER,
                pair.cert(),
                pair.key(),
                files.ca(),
                Base64.getEncoder().encodeToString(response));
    }

    private static TlsSocket connect(RunningServer node, TlsVersion version, boolean ask) throws IOException {
        return Tls.connect(ConnectOptions.builder()
                .port(node.port())
                .ca(TestPki.ca().chain())
                .minVersion(version)
                .maxVersion(version)
                .requestOCSP(ask)
                .rejectUnauthorized(false)
                // Node loses the response in a HelloRetryRequest, which OpenSSL 3.5 sends to get X25519MLKEM768.
                .ecdhCurve("X25519:P-256")
                .build());
    }

    @ParameterizedTest
    @Tag("node")
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_response_from_node_arrives_unchanged(TlsVersion version) throws Exception {
        Identity identity = Kind.P256.identity();
        String requested = "^asked %d %d$"
                .formatted(
                        identity.leaf().getEncoded().length, TestPki.ca().leaf().getEncoded().length);
        for (byte[] response :
                List.of(TestOcsp.good(TestPki.ca(), identity.leaf()), "hello world".getBytes(UTF_8), new byte[0])) {
            try (RunningServer node = nodeServer(identity, response)) {
                try (TlsSocket socket = connect(node, version, true)) {
                    node.program().awaitNextLine(requested);
                    assertThat(socket.ocspResponse().orElse(new byte[0])).isEqualTo(response);
                    assertThat(socket.authorized()).isEqualTo(response.length != 11);
                    socket.getOutputStream().write('a');
                    assertThat(socket.getInputStream().read()).isEqualTo('a');
                }
                try (TlsSocket socket = connect(node, version, false)) {
                    assertThat(socket.ocspResponse()).isEmpty();
                }
            }
        }
    }

    // The JDK, whose clients always request a response

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void the_jdk_requests_and_receives_it(TlsVersion version) throws Exception {
        Identity identity = Kind.P256.identity();
        byte[] response = TestOcsp.good(TestPki.ca(), identity.leaf());
        for (Optional<byte[]> answer : List.of(Optional.of(response), Optional.<byte[]>empty())) {
            try (EchoServer server = EchoServer.start(stapling(context(identity, version), answer));
                    var socket = (SSLSocket)
                            SunJsse.context(null).getSocketFactory().createSocket("localhost", server.port())) {
                socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
                socket.getOutputStream().write("hello\n".getBytes(UTF_8));
                assertThat(socket.getInputStream().readNBytes(12))
                        .asString(UTF_8)
                        .isEqualTo("echo: hello\n");
                List<byte[]> got = ((ExtendedSSLSession) socket.getSession()).getStatusResponses();
                assertThat(got.stream().filter(received -> received.length > 0).toList())
                        .containsExactlyElementsOf(answer.stream().toList());
                server.next();
            }
        }
    }
}
