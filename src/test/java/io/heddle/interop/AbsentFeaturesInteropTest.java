package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.HelloParts;
import io.heddle.RawRecord;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.TlsTransport;
import io.heddle.certificate.TestPki;
import io.heddle.interop.Servers.Kind;
import io.heddle.protocol.TlsVersion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.module.ModuleDescriptor.Version;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Features that {@code docs/absent.md} names, offered by other implementations: raw public keys and early data by
 * openssl, an Encrypted Client Hello of random bytes by Chromium. Each connection goes on without them.
 */
@Tag("interop")
class AbsentFeaturesInteropTest {
    private static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    /** Returns whether the openssl of this machine has raw public keys: 3.2 and later. */
    private static boolean opensslHasRawKeys() {
        return Openssl.release().compareTo(Version.parse("3.2")) >= 0;
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_client_that_offers_raw_public_keys_gets_certificates(TlsVersion version) throws Exception {
        var pem = new PemFiles(folder);
        PemFiles.Pair own = pem.write("client", Clients.good(Kind.P256));
        ServerOptions options = ServerOptions.builder(Servers.context(
                        Kind.P256,
                        context -> context.ca(TestPki.ca().chain())
                                .minVersion(version)
                                .maxVersion(version)))
                .requestCert(true)
                .build();
        String[] args = {
            "-CAfile", pem.ca(), "-cert", own.cert(), "-key", own.key(), "-enable_server_rpk", "-enable_client_rpk"
        };
        try (EchoServer server = EchoServer.start(options)) {
            if (!opensslHasRawKeys()) {
                assertThat(server.opensslRefused(args).output()).contains("Unknown option");
                return;
            }
            ProgramResult client = server.openssl(args).succeeded();
            assertThat(OpensslReport.of(client).subject()).isEqualTo("CN=P256");
            assertThat(client.output()).contains("Verification: OK").doesNotContain("Server raw public key");
            TlsSocket accepted = server.next();
            assertThat(accepted.authorized()).isTrue();
            assertThat(accepted.peerCertificates()
                            .getFirst()
                            .getSubjectX500Principal()
                            .getName())
                    .isEqualTo("CN=client P256");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_server_with_raw_public_keys_sends_its_certificate(TlsVersion version) throws Exception {
        var pem = new PemFiles(folder);
        PemFiles.Pair pair = pem.write("server", Kind.P256.identity());
        if (!opensslHasRawKeys()) {
            assertThat(Openssl.run("s_server", "-enable_server_rpk").output()).contains("Unknown option");
            return;
        }
        try (SServer server = SServer.start(pair, "-enable_server_rpk", "-enable_client_rpk");
                TlsSocket client = Tls.connect(server.client(version).build())) {
            assertThat(client.authorized()).isTrue();
            assertThat(client.peerCertificates()).isNotEmpty();
        }
    }

    @Test
    void a_server_that_permits_early_data_gets_none() throws Exception {
        PemFiles.Pair pair = new PemFiles(folder).write("server", Kind.P256.identity());
        // With protection against replay each session resumes once, and only while the server keeps it.
        try (SServer server = SServer.start(pair, "-tls1_3", "-early_data", "-no_anti_replay")) {
            Optional<byte[]> session = Optional.empty();
            for (boolean again : List.of(false, true)) {
                var options = server.client(TlsVersion.TLS_1_3);
                session.ifPresent(options::session);
                try (TlsSocket client = Tls.connect(options.build())) {
                    client.getOutputStream().write("hello\n".getBytes(UTF_8));
                    server.program().awaitNext("hello");
                    session = client.awaitSession(Duration.ofSeconds(10));
                    assertThat(client.isSessionReused()).isEqualTo(again);
                }
            }
            assertThat(server.program().output())
                    .contains("No early data received")
                    .doesNotContain("Early data received");
        }
    }

    /** Chromium sends an Encrypted Client Hello of random bytes where it has no configuration (RFC 9849 6.2). */
    @Test
    void an_encrypted_client_hello_of_chromium_is_ignored() throws Exception {
        BlockingQueue<HelloParts> hellos = new LinkedBlockingQueue<>();
        String page = "<title>served</title>";
        byte[] answer = ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: "
                        + page.length() + "\r\n\r\n" + page)
                .getBytes(UTF_8);
        ServerOptions options = ServerOptions.of(Servers.context(Kind.P256));
        try (TlsServer server = Tls.createServer(options, socket -> {
                    socket.getInputStream().read(new byte[8192]);
                    socket.getOutputStream().write(answer);
                });
                var listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> accept(listening, server, hellos));
            String dom = chromium("https://localhost:" + listening.getLocalPort() + "/");
            assertThat(dom).contains(page);
            HelloParts hello = hellos.poll(20, TimeUnit.SECONDS);
            assertThat(hello).isNotNull();
            assertThat(hello.extension(ENCRYPTED_CLIENT_HELLO)).isPresent();
        }
    }

    /** Keeps the first record of each connection, and passes the connection to the server. */
    private static void accept(ServerSocket listening, TlsServer server, BlockingQueue<HelloParts> hellos) {
        while (!listening.isClosed()) {
            try {
                Socket accepted = listening.accept();
                // A browser may open a connection that it uses later.
                Thread.ofVirtual().start(() -> pass(accepted, server, hellos));
            } catch (IOException e) {
                // The test closed the listener.
            }
        }
    }

    private static void pass(Socket accepted, TlsServer server, BlockingQueue<HelloParts> hellos) {
        try {
            InputStream in = accepted.getInputStream();
            RawRecord first = RawRecord.read(in).orElse(null);
            if (first == null) {
                accepted.close();
                return;
            }
            hellos.add(HelloParts.client(first));
            InputStream all = new SequenceInputStream(new ByteArrayInputStream(first.toBytes()), in);
            server.accept(TlsTransport.of(all, accepted.getOutputStream()));
        } catch (IOException e) {
            // The browser closed the connection.
        }
    }

    private String chromium(String url) throws IOException {
        try (RunningProgram browser = RunningProgram.start(List.of(
                Programs.find("chromium"),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--ignore-certificate-errors",
                "--user-data-dir=" + Files.createTempDirectory(folder, "chromium"),
                "--dump-dom",
                url))) {
            ProgramResult finished = browser.awaitEnd(PATIENCE);
            assertThat(finished.exitCode()).as(finished.err()).isZero();
            return finished.out();
        }
    }
}
