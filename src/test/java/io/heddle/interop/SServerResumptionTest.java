package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.interop.Servers.Kind;
import io.heddle.interop.SServer.Exchange;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Heddle clients resume with {@code openssl s_server} from serialized sessions: their own, and those of
 * {@code s_client}.
 */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
class SServerResumptionTest {
    @TempDir
    private Path folder;

    private SServer server(Kind kind, String... args) {
        return SServer.start(new PemFiles(folder).write("server", kind.identity()), args);
    }

    private static void assertNew(Exchange exchange) {
        assertThat(exchange.reused()).isFalse();
        assertThat(exchange.socket().isSessionReused()).isFalse();
        assertThat(exchange.session()).isNotEmpty();
    }

    private static void assertReused(Exchange exchange, Exchange full, String how) {
        assertThat(exchange.reused()).isTrue();
        assertThat(exchange.socket().isSessionReused()).isTrue();
        assertThat(exchange.socket().resumption()).contains(how);
        assertThat(exchange.socket().authorized()).isTrue();
        assertThat(exchange.socket().peerCertificates())
                .isEqualTo(full.socket().peerCertificates())
                .isNotEmpty();
    }

    static Stream<Arguments> ways() {
        return Stream.of(Kind.values())
                .flatMap(kind -> Stream.of(
                        Arguments.of(TlsVersion.TLS_1_2, kind, "id"),
                        Arguments.of(TlsVersion.TLS_1_2, kind, "ticket"),
                        Arguments.of(TlsVersion.TLS_1_3, kind, "psk")));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void by_each_mechanism_with_each_kind_of_key(TlsVersion version, Kind kind, String how) throws Exception {
        try (SServer server = how.equals("id") ? server(kind, "-no_ticket") : server(kind)) {
            Exchange full = server.exchange(server.client(version).build());
            assertNew(full);
            Exchange second =
                    server.exchange(server.client(version).session(full.session()).build());
            assertReused(second, full, how);
            Exchange third =
                    server.exchange(server.client(version).session(second.session()).build());
            assertReused(third, full, how);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_1_2, ECDHE-RSA-AES128-GCM-SHA256, ticket",
        "TLS_1_2, ECDHE-RSA-AES256-GCM-SHA384, ticket",
        "TLS_1_2, ECDHE-RSA-CHACHA20-POLY1305, ticket",
        "TLS_1_2, ECDHE-RSA-AES128-SHA, ticket",
        "TLS_1_2, AES128-GCM-SHA256, ticket",
        "TLS_1_3, TLS_AES_128_GCM_SHA256, psk",
        "TLS_1_3, TLS_AES_256_GCM_SHA384, psk",
        "TLS_1_3, TLS_CHACHA20_POLY1305_SHA256, psk"
    })
    void with_each_suite(TlsVersion version, String suite, String how) throws Exception {
        try (SServer server = server(Kind.RSA, "-cipher", "ALL:@SECLEVEL=1")) {
            Exchange full = server.exchange(server.client(version).ciphers(suite).build());
            assertNew(full);
            Exchange second = server.exchange(server.client(version)
                    .ciphers(suite)
                    .session(full.session())
                    .build());
            assertReused(second, full, how);
            assertThat(second.cipher()).isEqualTo(suite);
        }
    }

    @ParameterizedTest
    @CsvSource({"X25519:P-256, P-256", "P-256:X25519, X25519", "X25519:P-384, P-384"})
    void through_a_hello_retry_request(String clientGroups, String serverGroups) throws Exception {
        try (SServer server = server(Kind.P256, "-groups", serverGroups, "-msg")) {
            Exchange full = server.exchange(
                    server.client(TlsVersion.TLS_1_3).ecdhCurve(clientGroups).build());
            assertNew(full);
            Exchange before = full;
            for (int generation = 0; generation < 2; generation++) {
                Exchange exchange = server.exchange(server.client(TlsVersion.TLS_1_3)
                        .ecdhCurve(clientGroups)
                        .session(before.session())
                        .build());
                assertReused(exchange, full, "psk");
                assertThat(exchange.server().split("], ClientHello", -1))
                        .as("two ClientHellos")
                        .hasSize(3);
                before = exchange;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, ticket", "TLS_1_3, psk"})
    void with_a_client_certificate(TlsVersion version, String how) throws Exception {
        var files = new PemFiles(folder);
        String[] verify = {"-Verify", "1", "-CAfile", files.ca(), "-verify_return_error"};
        try (SServer server = server(Kind.P256, verify)) {
            ConnectOptions.Builder client = server.client(version).identity(Clients.good(Kind.RSA));
            Exchange full = server.exchange(client.build());
            assertNew(full);
            assertThat(OpensslReport.of(full.server()).subject()).isEqualTo("CN=client RSA");
            Exchange again = server.exchange(client.session(full.session()).build());
            assertReused(again, full, how);
            assertThat(OpensslReport.of(again.server()).subject()).isEqualTo("CN=client RSA");
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2", "TLS_1_3"})
    void not_with_a_server_of_other_keys(TlsVersion version) throws Exception {
        byte[] session;
        try (SServer server = server(Kind.P256)) {
            session = server.exchange(server.client(version).build()).session();
        }
        try (SServer other = server(Kind.P256)) {
            Exchange exchange = other.exchange(other.client(version).session(session).build());
            assertNew(exchange);
            assertThat(exchange.session()).isNotEqualTo(session);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, TLS_1_3", "TLS_1_3, TLS_1_2"})
    void not_in_another_version(TlsVersion original, TlsVersion offered) throws Exception {
        try (SServer server = server(Kind.P256)) {
            byte[] session = server.exchange(server.client(original).build()).session();
            Exchange exchange = server.exchange(server.client(offered).session(session).build());
            assertNew(exchange);
            assertThat(exchange.socket().getProtocol()).isEqualTo(offered.protocol());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void on_the_status_page(TlsVersion version) throws Exception {
        try (SServer server = server(Kind.P256, "-www")) {
            byte[] session = page(server.client(version).build(), version, false);
            for (int i = 0; i < 3; i++) {
                session = page(server.client(version).session(session).build(), version, true);
            }
        }
    }

    private static byte[] page(ConnectOptions options, TlsVersion version, boolean resumed) throws IOException {
        try (TlsSocket socket = Tls.connect(options)) {
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(UTF_8));
            OpensslReport said =
                    OpensslReport.of(new String(socket.getInputStream().readAllBytes(), UTF_8));
            assertThat(said.protocol()).isEqualTo(version.protocol());
            assertThat(said.resumed()).isEqualTo(resumed);
            assertThat(socket.isSessionReused()).isEqualTo(resumed);
            return socket.getSessionData().orElseThrow();
        }
    }

    // Between the programs

    @ParameterizedTest
    @CsvSource({"-tls1_2, TLS_1_2, ticket", "-tls1_2 -no_ticket, TLS_1_2, id", "-tls1_3, TLS_1_3, psk"})
    void a_session_that_s_client_saved(String args, TlsVersion version, String how) throws Exception {
        Path saved = folder.resolve("saved.pem");
        try (SServer server = server(Kind.P256)) {
            sClient(server, args, "-sess_out", saved.toString());
            byte[] session = SessionState.fromPem(Files.readString(saved)).toDer();
            Exchange exchange = server.exchange(server.client(version).session(session).build());
            assertThat(exchange.reused()).isTrue();
            assertThat(exchange.socket().resumption()).contains(how);
            assertThat(exchange.socket().authorized()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, TLS_1_2", "-tls1_3, TLS_1_3"})
    void not_a_session_that_s_client_saved_without_a_valid_certificate(String args, TlsVersion version)
            throws Exception {
        Path saved = folder.resolve("saved.pem");
        try (SServer server = server(Kind.P256)) {
            try (RunningProgram client = Openssl.client(server.port(), args, "-sess_out", saved.toString())) {
                converse(server, client);
            }
            SessionState session = SessionState.fromPem(Files.readString(saved));
            assertThat(session.verifyResult()).isNotZero();
            Exchange exchange =
                    server.exchange(server.client(version).session(session.toDer()).build());
            assertNew(exchange);
            Exchange trusting = server.exchange(server.client(version)
                    .rejectUnauthorized(false)
                    .session(session.toDer())
                    .build());
            assertThat(trusting.reused()).isTrue();
            assertThat(trusting.socket().authorized()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, -tls1_2, ''", "TLS_1_2, -tls1_2, -no_ticket", "TLS_1_3, -tls1_3, ''"})
    void a_session_that_heddle_saved_by_s_client(TlsVersion version, String option, String serverOption)
            throws Exception {
        Path saved = folder.resolve("saved.pem");
        try (SServer server = serverOption.isEmpty() ? server(Kind.P256) : server(Kind.P256, serverOption)) {
            Exchange full = server.exchange(server.client(version).build());
            Files.writeString(saved, SessionState.fromDer(full.session()).toPem());
            OpensslReport shown = OpensslReport.of(Openssl.run("sess_id", "-in", saved.toString(), "-noout", "-text")
                    .succeeded());
            assertThat(shown.protocol()).isEqualTo(version.protocol());
            assertThat(shown.verification()).isZero();
            OpensslReport client = OpensslReport.of(sClient(server, option, "-sess_in", saved.toString()));
            assertThat(client.resumed()).isTrue();
            assertThat(client.verification()).isZero();
            assertThat(OpensslReport.of(server.program().output()).serverResumed())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, TLS_1_2, ticket", "-tls1_3, TLS_1_3, psk"})
    void a_session_between_s_client_and_heddle_with_a_heddle_server(String option, TlsVersion version, String how)
            throws Exception {
        Path saved = folder.resolve("saved.pem");
        String[] args = {option, "-CAfile", new PemFiles(folder).ca(), "-servername", "localhost", "-sess_out"};
        try (EchoServer server = EchoServer.start(Servers.context(Kind.P256))) {
            String[] all = Arrays.copyOf(args, args.length + 1);
            all[args.length] = saved.toString();
            assertThat(OpensslReport.of(server.openssl(all)).resumed()).isFalse();
            assertThat(server.next().isSessionReused()).isFalse();

            ConnectOptions heddle = ConnectOptions.builder()
                    .host("localhost")
                    .port(server.port())
                    .ca(io.heddle.certificate.TestPki.ca().chain())
                    .minVersion(version)
                    .maxVersion(version)
                    .session(SessionState.fromPem(Files.readString(saved)).toDer())
                    .build();
            byte[] session;
            try (TlsSocket socket = Tls.connect(heddle)) {
                assertThat(socket.resumption()).contains(how);
                session = socket.awaitSession(Duration.ofSeconds(10)).orElseThrow();
            }
            assertThat(server.next().resumption()).contains(how);

            Files.writeString(saved, SessionState.fromDer(session).toPem());
            all[args.length - 1] = "-sess_in";
            assertThat(OpensslReport.of(server.openssl(all)).resumed()).isTrue();
            assertThat(server.next().resumption()).contains(how);
        }
    }

    private String sClient(SServer server, String... options) {
        String[] args = Stream.concat(
                        Arrays.stream(options).flatMap(option -> Arrays.stream(option.split(" ", -1))),
                        Stream.of("-CAfile", new PemFiles(folder).ca(), "-servername", "localhost"))
                .toArray(String[]::new);
        try (RunningProgram client = Openssl.client(server.port(), args)) {
            return converse(server, client).out();
        }
    }

    private static ProgramResult converse(SServer server, RunningProgram client) {
        client.sendLine("hello from s_client");
        server.program().awaitNext("hello from s_client");
        server.program().sendLine("hello from s_server");
        client.await("hello from s_server");
        client.sendLine("Q");
        ProgramResult finished = client.awaitEnd().succeeded();
        server.program().awaitNext("DONE");
        return finished;
    }
}
