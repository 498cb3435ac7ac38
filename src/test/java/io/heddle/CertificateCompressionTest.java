package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestOcsp;
import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import io.heddle.interop.JavaProgram;
import io.heddle.interop.ProgramResult;
import io.heddle.interop.RunningProgram;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The option {@code certificateCompression}: its values, and connections with it (RFC 8879). */
class CertificateCompressionTest {
    private static final Identity SERVER = TestPki.serverWithIntermediate("localhost");
    private static final Identity CLIENT = TestPki.certificate("CN=client")
            .key(TestPki.Key.RSA_2048, 2)
            .client()
            .issuedBy(TestPki.intermediate("Heddle Test Intermediate"));

    private final BlockingQueue<String> trace = new LinkedBlockingQueue<>();

    // The option

    private static InvalidOption refused(SecureContext.Builder builder) {
        return catchThrowableOfType(InvalidOption.class, builder::build);
    }

    @Test
    void the_algorithms_are_those_of_node() {
        assertThat(Tls.getCertificateCompressionAlgorithms()).containsExactly("zlib", "brotli", "zstd");
        SecureContext.builder()
                .certificateCompression(Tls.getCertificateCompressionAlgorithms())
                .build();
        SecureContext.builder().certificateCompression().build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "ZLIB", "", "zlib "})
    void another_name_is_refused(String name) {
        assertThat(refused(SecureContext.builder().certificateCompression("zlib", name)))
                .returns("ERR_INVALID_ARG_VALUE", InvalidOption::code)
                .hasMessage("certificateCompression: \"" + name + "\" is not an algorithm, zlib, brotli, zstd are");
    }

    @Test
    void a_name_that_is_there_twice_is_refused() {
        assertThat(refused(SecureContext.builder().certificateCompression("zlib", "brotli", "zlib")))
                .returns("ERR_CRYPTO_OPERATION_FAILED", InvalidOption::code)
                .hasMessage("certificateCompression: \"zlib\" is named twice, once is allowed");
    }

    @Test
    void a_context_without_tls_1_3_is_refused() {
        assertThat(refused(
                        SecureContext.builder().maxVersion(TlsVersion.TLS_1_2).certificateCompression("zlib")))
                .returns("ERR_INVALID_ARG_VALUE", InvalidOption::code)
                .hasMessage("certificateCompression: it needs TLS 1.3, the versions are [TLSv1.2]");
    }

    @Test
    void it_is_refused_beside_a_finished_context() {
        var options = ConnectOptions.builder()
                .host("localhost")
                .port(1)
                .secureContext(SecureContext.ofDefaults())
                .certificateCompression("zlib");
        assertThat(catchThrowableOfType(InvalidOption.class, options::build)).hasMessageContaining("secureContext");
    }

    /** Prints what the options of this program can name. */
    static final class WithoutLibraries {
        private WithoutLibraries() {}

        public static void main(String[] args) {
            System.out.println(Tls.getCertificateCompressionAlgorithms());
            for (String name : List.of("zlib", "brotli", "zstd")) {
                try {
                    SecureContext.builder().certificateCompression(name).build();
                    System.out.println("built with " + name);
                } catch (InvalidOption e) {
                    System.out.println(e.code() + " " + e.getMessage());
                }
            }
        }
    }

    @Test
    void an_algorithm_without_its_library_is_refused_with_the_name_of_the_artifact() {
        ProgramResult result;
        try (RunningProgram program =
                JavaProgram.startWithout(List.of("brotli4j", "zstd-jni"), WithoutLibraries.class.getName())) {
            result = program.awaitEnd().succeeded();
        }
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(4).startsWith("[zlib]", "built with zlib");
        assertThat(lines.get(2))
                .startsWith(
                        "ERR_CRYPTO_OPERATION_FAILED certificateCompression: \"brotli\" needs the library com.aayushatharva.brotli4j:brotli4j,");
        assertThat(lines.get(3))
                .startsWith(
                        "ERR_CRYPTO_OPERATION_FAILED certificateCompression: \"zstd\" needs the library com.github.luben:zstd-jni,");
    }

    // Connections

    private TlsPair pair(TlsVersion version) {
        return TlsPair.of(version)
                .serverIdentity(SERVER)
                .clientIdentity(CLIENT)
                .clientContext(context -> context.maxVersion(TlsVersion.TLS_1_3))
                .server(server -> server.requestCert(true).enableTrace((line, socket) -> trace.add(line)));
    }

    private static void compressing(TlsPair pair, String server, String client) {
        pair.serverContext(context -> context.certificateCompression(names(server)))
                .clientContext(context -> context.maxVersion(TlsVersion.TLS_1_3).certificateCompression(names(client)));
    }

    private static List<String> names(String list) {
        return list.isEmpty() ? List.of() : List.of(list.split(" "));
    }

    /** Checks how many certificates the server compressed, and received compressed, in a full handshake. */
    private void assertCompressed(int sent, int received) {
        assertCertificates(1 - sent, sent, received);
    }

    /** Checks the certificates since the last check: those that the server sent plain and compressed, and received compressed. */
    private void assertCertificates(int plain, int sent, int received) {
        assertThat(trace)
                .filteredOn(line -> line.startsWith("Sent Message: CompressedCertificate, "))
                .hasSize(sent);
        assertThat(trace)
                .filteredOn(line -> line.startsWith("Received Message: CompressedCertificate, "))
                .hasSize(received);
        assertThat(trace)
                .filteredOn(line -> line.startsWith("Sent Message: Certificate, "))
                .hasSize(plain);
        trace.clear();
    }

    private static void assertAuthorized(TlsPair.Connected both) throws IOException {
        both.exchange("compressed");
        assertThat(both.client().authorized()).isTrue();
        assertThat(both.server().authorized()).isTrue();
        assertThat(both.client().peerCertificates().getFirst()).isEqualTo(SERVER.leaf());
        assertThat(both.server().peerCertificates().getFirst()).isEqualTo(CLIENT.leaf());
    }

    @ParameterizedTest
    @ValueSource(strings = {"zlib", "brotli", "zstd", "zstd brotli zlib"})
    void both_certificates_are_compressed_and_the_session_resumes(String algorithms) throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3)) {
            compressing(pair, algorithms, algorithms);
            TlsPair.Connected first = pair.connect();
            assertAuthorized(first);
            first.keepSession();
            assertCompressed(1, 1);
            TlsPair.Connected resumed = pair.connect();
            assertAuthorized(resumed);
            assertThat(resumed.resumed()).isTrue();
            assertCertificates(0, 0, 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "zlib, ''", "'', zlib", "zlib, brotli", "zstd brotli, zlib"})
    void without_a_common_algorithm_none_is_compressed(String server, String client) throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3)) {
            compressing(pair, server, client);
            assertAuthorized(pair.connect());
            assertCompressed(0, 0);
        }
    }

    @Test
    void below_tls_1_3_none_is_compressed() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_2)
                .serverContext(context -> context.minVersion(TlsVersion.TLS_1_2)
                        .maxVersion(TlsVersion.TLS_1_3)
                        .certificateCompression("zlib"))
                .clientContext(context -> context.minVersion(TlsVersion.TLS_1_2)
                        .maxVersion(TlsVersion.TLS_1_3)
                        .certificateCompression("zlib"))
                .clientSocket(socket -> socket.setEnabledProtocols(new String[] {"TLSv1.2"}))) {
            TlsPair.Connected both = pair.connect();
            assertThat(both.client().getProtocol()).isEqualTo("TLSv1.2");
            assertAuthorized(both);
            assertCompressed(0, 0);
        }
    }

    @Test
    void a_hello_retry_request_changes_nothing() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3)
                .serverContext(context -> context.ecdhCurve("P-256").certificateCompression("zlib"))
                .clientContext(context -> context.ecdhCurve("X25519:P-256").certificateCompression("zlib"))) {
            assertAuthorized(pair.connect());
            assertThat(trace)
                    .filteredOn(line -> line.startsWith("Received Message: ClientHello"))
                    .hasSize(2);
            assertCompressed(1, 1);
        }
    }

    @Test
    void a_client_without_a_certificate_sends_an_empty_one() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)
                .serverIdentity(SERVER)
                .server(server -> server.requestCert(true)
                        .rejectUnauthorized(false)
                        .enableTrace((line, socket) -> trace.add(line)))) {
            compressing(pair, "zlib", "zlib");
            pair.connect().exchange("without a certificate");
            assertThat(trace).contains("Received Message: Certificate, 4 bytes");
            assertCompressed(1, 0);
        }
    }

    @Test
    void a_stapled_response_is_in_the_compressed_chain() throws IOException {
        byte[] response =
                TestOcsp.good(TestPki.ca(), TestPki.server("localhost").leaf());
        byte[] another = new byte[response.length];
        try (TlsPair pair = pair(TlsVersion.TLS_1_3)
                .server(server ->
                        server.verifyOCSP(false).onOcspRequest((certificate, issuer) -> Optional.of(response)))
                .client(client -> client.requestOCSP(true).rejectUnauthorized(false))) {
            compressing(pair, "zlib", "zlib");
            assertThat(pair.connect().client().ocspResponse()).hasValue(response);
            assertCompressed(1, 1);
            // Another response, another compressed form.
            pair.forgetSession().server(server -> server.onOcspRequest((certificate, issuer) -> Optional.of(another)));
            assertThat(pair.connect().client().ocspResponse()).hasValue(another);
            assertCompressed(1, 1);
        }
    }

    // SSLEngine

    /** Returns how many bytes the server has sent when both engines have completed the handshake. */
    private static int handshake(SSLEngine client, SSLEngine server) throws IOException {
        ByteBuffer up = ByteBuffer.allocate(1 << 16).flip();
        ByteBuffer down = ByteBuffer.allocate(1 << 16).flip();
        int sent = 0;
        for (int steps = 0; steps < 100; steps++) {
            boolean open = isHandshaking(client) || isHandshaking(server);
            step(client, down, up);
            int before = down.remaining();
            step(server, up, down);
            sent += Math.max(0, down.remaining() - before);
            if (!open) {
                return sent;
            }
        }
        throw new AssertionError("the handshake does not end: " + client + ", " + server);
    }

    private static boolean isHandshaking(SSLEngine engine) {
        return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
    }

    private static void step(SSLEngine engine, ByteBuffer from, ByteBuffer to) throws IOException {
        ByteBuffer nothing = ByteBuffer.allocate(1 << 15);
        for (int steps = 0; steps < 100; steps++) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case NEED_WRAP -> {
                    to.compact();
                    engine.wrap(ByteBuffer.allocate(0), to);
                    to.flip();
                }
                default -> {
                    if (!from.hasRemaining()) {
                        return;
                    }
                    engine.unwrap(from, nothing);
                }
            }
        }
    }

    private static int bytesOfServer(String... algorithms) throws IOException {
        SSLContext context = SslContexts.of(SecureContext.builder()
                .identity(SERVER)
                .ca(TestPki.ca().chain())
                .minVersion(TlsVersion.TLS_1_3)
                .certificateCompression(algorithms)
                .build());
        SSLEngine client = context.createSSLEngine("localhost", 443);
        client.setUseClientMode(true);
        SSLEngine server = context.createSSLEngine();
        server.setUseClientMode(false);
        client.beginHandshake();
        server.beginHandshake();
        int sent = handshake(client, server);
        assertThat(client.getSession().getPeerCertificates()[0]).isEqualTo(SERVER.leaf());
        return sent;
    }

    @Test
    void engines_of_an_ssl_context_compress_as_well() throws IOException {
        assertThat(bytesOfServer("zlib")).isLessThan(bytesOfServer() - 100);
    }
}
