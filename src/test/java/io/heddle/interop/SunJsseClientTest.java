package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.TicketKey;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of the JDK's TLS with a Heddle server. */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
@Tag("provider")
class SunJsseClientTest {
    /** Connects, exchanges a line, and returns the closed socket, whose session is still readable. */
    private static SSLSocket exchange(
            SSLContext context, EchoServer server, String version, Consumer<SSLParameters> more) throws IOException {
        Socket tcp = new Socket("127.0.0.1", server.port());
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(tcp, "localhost", server.port(), true)) {
            socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {version});
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            more.accept(parameters);
            socket.setSSLParameters(parameters);
            socket.getOutputStream().write("hello\n".getBytes(UTF_8));
            assertThat(socket.getInputStream().readNBytes(12)).asString(UTF_8).isEqualTo("echo: hello\n");
            return socket;
        }
    }

    private static SSLSocket exchange(SSLContext context, EchoServer server, String version) throws IOException {
        return exchange(context, server, version, parameters -> {});
    }

    static Stream<Arguments> keys() {
        return Stream.of("TLSv1.2", "TLSv1.3")
                .flatMap(version -> Stream.of(Kind.values()).map(kind -> Arguments.of(version, kind)));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void connects_and_resumes_with_each_kind_of_key(String version, Kind kind) throws Exception {
        SSLContext context = SunJsse.context(null);
        try (EchoServer server = EchoServer.start(Servers.context(kind))) {
            SSLSocket first = exchange(context, server, version);
            assertThat(first.getSession().getProtocol()).isEqualTo(version);
            assertThat(first.getSession().getPeerPrincipal()).hasToString("CN=" + kind);
            TlsSocket full = server.next();
            assertThat(full.getProtocol()).isEqualTo(version);
            assertThat(full.getCipher().standardName())
                    .isEqualTo(first.getSession().getCipherSuite());
            assertThat(full.isSessionReused()).isFalse();
            for (int i = 0; i < 2; i++) {
                SSLSocket again = exchange(context, server, version);
                assertThat(again.getSession().getCreationTime())
                        .isEqualTo(first.getSession().getCreationTime());
                assertThat(server.next().resumption()).contains(version.equals("TLSv1.2") ? "ticket" : "psk");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, id", "TLSv1.3, psk"})
    void resumes_through_the_store_with_tickets_off(String version, String how) throws Exception {
        SSLContext context = SunJsse.context(null);
        ServerOptions options = ServerOptions.builder(Servers.context(Kind.RSA))
                .tickets(false)
                .sessionStore(CaffeineSessionStore.builder().build())
                .build();
        try (EchoServer server = EchoServer.start(options)) {
            exchange(context, server, version);
            assertThat(server.next().isSessionReused()).isFalse();
            exchange(context, server, version);
            assertThat(server.next().resumption()).contains(how);
        }
    }

    @Test
    void accepts_a_renewed_ticket_of_tls12_and_resumes_from_it() throws Exception {
        SSLContext context = SunJsse.context(null);
        TicketKey old = TicketKey.random(new SecureRandom());
        TicketKey next = TicketKey.random(new SecureRandom());
        TicketKeyManager keys = TicketKeyManager.of(TicketKeys.of(List.of(old)));
        ServerOptions options = ServerOptions.builder(Servers.context(Kind.P256))
                .ticketKeys(keys)
                .build();
        try (EchoServer server = EchoServer.start(options)) {
            exchange(context, server, "TLSv1.2");
            assertThat(server.next().isSessionReused()).isFalse();
            keys.set(TicketKeys.of(List.of(next, old)));
            exchange(context, server, "TLSv1.2");
            assertThat(server.next().resumption()).contains("ticket");
            keys.set(TicketKeys.of(List.of(next)));
            exchange(context, server, "TLSv1.2");
            assertThat(server.next().resumption()).as("from the renewed ticket").contains("ticket");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        "TLSv1.3, TLS_AES_128_GCM_SHA256",
        "TLSv1.3, TLS_AES_256_GCM_SHA384",
        "TLSv1.3, TLS_CHACHA20_POLY1305_SHA256"
    })
    void suites(String version, String suite) throws Exception {
        try (EchoServer server = EchoServer.start(Servers.context(Kind.P256, options -> options.ciphers("ALL")))) {
            SSLSocket client = exchange(
                    SunJsse.context(null),
                    server,
                    version,
                    parameters -> parameters.setCipherSuites(new String[] {suite}));
            assertThat(client.getSession().getCipherSuite()).isEqualTo(suite);
            assertThat(server.next().getCipher().standardName()).isEqualTo(suite);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X25519", "P-256", "P-384", "P-521", "X448"})
    void groups_through_a_hello_retry_request_where_needed(String group) throws Exception {
        SSLContext context = SunJsse.context(null);
        SecureContext only = Servers.context(Kind.P256, options -> options.ecdhCurve(group));
        try (EchoServer server = EchoServer.start(only)) {
            exchange(context, server, "TLSv1.3");
            assertThat(server.next().isSessionReused()).isFalse();
            exchange(context, server, "TLSv1.3");
            assertThat(server.next().isSessionReused()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void application_protocols(String version) throws Exception {
        ServerOptions options = ServerOptions.builder(Servers.context(Kind.P256))
                .alpnProtocols("h2", "http/1.1")
                .build();
        try (EchoServer server = EchoServer.start(options)) {
            SSLSocket client = exchange(
                    SunJsse.context(null),
                    server,
                    version,
                    parameters -> parameters.setApplicationProtocols(new String[] {"http/1.1", "h2"}));
            assertThat(client.getApplicationProtocol()).isEqualTo("h2");
            assertThat(server.next().alpnProtocol()).contains("h2");
            assertThatThrownBy(() -> exchange(
                            SunJsse.context(null),
                            server,
                            version,
                            parameters -> parameters.setApplicationProtocols(new String[] {"h3"})))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("no_application_protocol");
            assertThat(server.nextFailure().code()).isEqualTo(Code.ERR_SSL_NO_APPLICATION_PROTOCOL);
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void client_certificates_of_each_kind_of_key(String version, Kind kind) throws Exception {
        SSLContext context = SunJsse.context(Clients.good(kind));
        try (EchoServer server = EchoServer.start(requiring())) {
            exchange(context, server, version);
            TlsSocket full = server.next();
            assertThat(full.authorized()).isTrue();
            assertThat(full.peerCertificates().getFirst().getSubjectX500Principal())
                    .hasToString("CN=client " + kind);
            exchange(context, server, version);
            TlsSocket resumed = server.next();
            assertThat(resumed.isSessionReused()).isTrue();
            assertThat(resumed.authorized()).isTrue();
            assertThat(resumed.peerCertificates()).isEqualTo(full.peerCertificates());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void a_client_without_a_certificate_is_refused_where_one_is_required(String version) throws Exception {
        try (EchoServer server = EchoServer.start(requiring())) {
            // In TLS 1.2 the JDK still writes the rest of its flight, and may find the connection closed before it
            // reads the alert; openssl and Node write it in one piece, and their tests see the alert.
            assertThatThrownBy(() -> exchange(SunJsse.context(null), server, version))
                    .isInstanceOf(version.equals("TLSv1.3") ? SSLException.class : IOException.class);
            TlsFailure failure = server.nextFailure();
            assertThat(failure.code()).isEqualTo(Code.ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE);
            assertThat(failure.alert())
                    .contains(version.equals("TLSv1.3") ? Alert.CERTIFICATE_REQUIRED : Alert.HANDSHAKE_FAILURE);
        }
    }

    private static ServerOptions requiring() {
        return ServerOptions.builder(Servers.context(
                        Kind.P256, options -> options.ca(TestPki.ca().chain())))
                .requestCert(true)
                .build();
    }
}
