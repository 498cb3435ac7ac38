package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code openssl s_client} with a Heddle server: application protocols, server names and client certificates. */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
class SClientNegotiationTest {
    private static final List<String> VERSIONS = List.of("-tls1_2", "-tls1_3");

    @TempDir
    private Path folder;

    // ALPN

    @ParameterizedTest
    @CsvSource({
        "-tls1_2, 'http/1.1,h2',  h2",
        "-tls1_2, http/1.1,       http/1.1",
        "-tls1_2, 'x,y,http/1.1', http/1.1",
        "-tls1_3, 'http/1.1,h2',  h2",
        "-tls1_3, http/1.1,       http/1.1",
        "-tls1_3, 'x,y,http/1.1', http/1.1"
    })
    void the_servers_preferred_application_protocol_is_selected(String version, String offered, String selected)
            throws Exception {
        try (EchoServer server = EchoServer.start(alpn("h2", "http/1.1"))) {
            assertThat(server.openssl(version, "-alpn", offered).out()).contains("ALPN protocol: " + selected + "\n");
            assertThat(server.next().alpnProtocol()).contains(selected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void without_a_list_on_one_side_there_is_no_application_protocol(String version) throws Exception {
        try (EchoServer server = EchoServer.start(alpn("h2"))) {
            assertThat(server.openssl(version).out()).contains("No ALPN negotiated\n");
            assertThat(server.next().alpnProtocol()).isEmpty();
        }
        try (EchoServer server = EchoServer.start(Servers.context(Kind.P256))) {
            assertThat(server.openssl(version, "-alpn", "h2").out()).contains("No ALPN negotiated\n");
            assertThat(server.next().alpnProtocol()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void lists_without_a_common_protocol_are_refused(String version) throws Exception {
        try (EchoServer server = EchoServer.start(alpn("h2", "http/1.1"))) {
            ProgramResult client = server.opensslRefused(version, "-alpn", "h3");
            assertThat(client.exitCode()).isNotZero();
            assertThat(OpensslReport.of(client).alert()).isEqualTo(120);
            TlsFailure failure = server.nextFailure();
            assertThat(failure.code()).isEqualTo(Code.ERR_SSL_NO_APPLICATION_PROTOCOL);
            assertThat(failure.alert()).contains(Alert.NO_APPLICATION_PROTOCOL);
            assertThat(failure).hasMessageContaining("[h3]").hasMessageContaining("[h2, http/1.1]");
        }
    }

    private static ServerOptions alpn(String... protocols) {
        return ServerOptions.builder(Servers.context(Kind.P256))
                .alpnProtocols(protocols)
                .build();
    }

    // Server names

    static Stream<Arguments> names() {
        return VERSIONS.stream()
                .flatMap(version -> Stream.of(
                        Arguments.of(version, "one.example", "one.example"),
                        Arguments.of(version, "ONE.Example", "one.example"),
                        Arguments.of(version, "one.example.", "one.example"),
                        Arguments.of(version, "any.wild.example.", "*.wild.example"),
                        Arguments.of(version, "dotted.example", "dotted.example"),
                        Arguments.of(version, "dotted.example.", "dotted.example"),
                        Arguments.of(version, "any.wild.example", "*.wild.example"),
                        Arguments.of(version, "exact.wild.example", "exact.wild.example"),
                        Arguments.of(version, "two.labels.wild.example", "default"),
                        Arguments.of(version, "wild.example", "default"),
                        Arguments.of(version, "other.example", "default"),
                        Arguments.of(version, "", "default")));
    }

    @ParameterizedTest
    @MethodSource("names")
    void the_server_name_chooses_the_context(String version, String name, String context) throws Exception {
        try (EchoServer server = EchoServer.start(named("default", TestPki.Key.RSA_2048))) {
            server.server()
                    .addContext("*.wild.example", named("*.wild.example", TestPki.Key.P256))
                    .addContext("exact.wild.example", named("exact.wild.example", TestPki.Key.P384))
                    .addContext("dotted.example.", named("dotted.example", TestPki.Key.P256))
                    .addContext("one.example", named("one.example", TestPki.Key.ED25519));
            ProgramResult client = name.isEmpty()
                    ? server.openssl(version, "-noservername")
                    : server.openssl(version, "-servername", name);
            assertThat(OpensslReport.of(client).subject()).isEqualTo("CN=" + context);
            assertThat(server.next().servername().orElse("")).isEqualToIgnoringCase(name.replaceFirst("\\.$", ""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void a_callback_that_blocks_chooses_the_context_too(String version) throws Exception {
        ServerOptions options = ServerOptions.builder(named("default", TestPki.Key.P256))
                .sniCallback(name -> {
                    // An operation that parks the thread, as a remote lookup does.
                    var answer = new java.util.concurrent.CompletableFuture<SecureContext>();
                    Thread.ofVirtual().start(() -> answer.complete(named("called for " + name, TestPki.Key.P256)));
                    return Optional.of(answer.get());
                })
                .build();
        try (EchoServer server = EchoServer.start(options)) {
            ProgramResult client = server.openssl(version, "-servername", "late.example");
            assertThat(OpensslReport.of(client).subject()).isEqualTo("CN=called for late.example");
            assertThat(server.next().servername()).contains("late.example");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void a_context_by_name_verifies_client_certificates_by_its_own_trust(String version) throws Exception {
        SecureContext other = SecureContext.builder()
                .identity(TestPki.server("other.example"))
                .ca(TestPki.root("Other Root", TestPki.Key.P256, 5).chain())
                .build();
        ServerOptions options =
                ServerOptions.builder(trusting()).requestCert(true).build();
        var client = new PemFiles(folder).write("client", Clients.good(Kind.P256));
        try (EchoServer server = EchoServer.start(options)) {
            server.server().addContext("other.example", other);
            String[] args = {version, "-cert", client.cert(), "-key", client.key(), "-servername"};
            OpensslReport selected = OpensslReport.of(server.openssl(and(args, "localhost")));
            assertThat(selected.clientCas()).containsExactly("CN=Heddle Test Root, O=Heddle");
            assertThat(server.next().authorized()).isTrue();
            OpensslReport refused = OpensslReport.of(server.opensslRefused(and(args, "other.example")));
            assertThat(refused.clientCas()).containsExactly("CN=Other Root");
            assertThat(refused.alert()).isEqualTo(48);
            assertThat(server.nextFailure().code()).isEqualTo(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE);
        }
    }

    private static SecureContext named(String commonName, TestPki.Key key) {
        return SecureContext.builder()
                .identity(TestPki.certificate("CN=" + commonName)
                        .key(key, 1)
                        .server("localhost")
                        .issuedBy(TestPki.ca()))
                .build();
    }

    // Client certificates

    static Stream<Arguments> good_certificates() {
        return VERSIONS.stream().flatMap(version -> Stream.of(Kind.values()).map(kind -> Arguments.of(version, kind)));
    }

    @ParameterizedTest
    @MethodSource("good_certificates")
    void a_valid_client_certificate_of_each_kind_of_key_is_accepted(String version, Kind kind) throws Exception {
        var client = new PemFiles(folder).write("client", Clients.good(kind));
        try (EchoServer server = EchoServer.start(requiring())) {
            ProgramResult served = server.openssl(version, "-cert", client.cert(), "-key", client.key())
                    .succeeded();
            assertThat(OpensslReport.of(served).clientCas()).containsExactly("CN=Heddle Test Root, O=Heddle");
            assertThat(served.out()).contains("echo: hello");
            TlsSocket accepted = server.next();
            assertThat(accepted.authorized()).isTrue();
            assertThat(accepted.authorizationError()).isEmpty();
            assertThat(accepted.peerCertificates().getFirst().getSubjectX500Principal())
                    .hasToString("CN=client " + kind);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void the_chain_of_a_client_in_records_of_512_bytes_arrives_complete(String version) throws Exception {
        var client = new PemFiles(folder).write("client", Clients.withIntermediate());
        try (EchoServer server = EchoServer.start(requiring())) {
            String[] args = {
                version,
                "-max_send_frag",
                "512",
                "-key",
                client.key(),
                "-cert",
                client.cert(),
                "-cert_chain",
                client.cert()
            };
            server.openssl(args).succeeded();
            TlsSocket accepted = server.next();
            assertThat(accepted.authorized()).isTrue();
            assertThat(accepted.peerCertificates().size()).isGreaterThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, 40, handshake_failure", "-tls1_3, 116, certificate_required"})
    void a_client_without_a_certificate_is_refused_where_one_is_required(String version, int alert, String words)
            throws Exception {
        try (EchoServer server = EchoServer.start(requiring())) {
            assertThat(OpensslReport.of(server.opensslRefused(version)).alert()).isEqualTo(alert);
            TlsFailure failure = server.nextFailure();
            assertThat(failure.code()).isEqualTo(Code.ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE);
            assertThat(failure.alert().orElseThrow()).hasToString(words);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void a_client_without_a_certificate_is_served_where_one_is_optional(String version) throws Exception {
        try (EchoServer server = EchoServer.start(requesting())) {
            assertThat(OpensslReport.of(server.openssl(version).succeeded()).clientCas())
                    .isNotEmpty();
            TlsSocket accepted = server.next();
            assertThat(accepted.authorized()).isFalse();
            assertThat(accepted.peerCertificates()).isEmpty();
        }
    }

    static Stream<Arguments> bad_certificates() {
        return VERSIONS.stream()
                .flatMap(version -> Stream.of(Clients.Bad.values()).map(bad -> Arguments.of(version, bad)));
    }

    @ParameterizedTest
    @MethodSource("bad_certificates")
    void a_bad_certificate_is_refused_with_its_alert_and_code(String version, Clients.Bad bad) throws Exception {
        var client = new PemFiles(folder).write("client", bad.identity());
        try (EchoServer server = EchoServer.start(requiring())) {
            ProgramResult refused = server.opensslRefused(version, "-cert", client.cert(), "-key", client.key());
            assertThat(OpensslReport.of(refused).alert()).isEqualTo(bad.alert);
            TlsFailure failure = server.nextFailure();
            assertThat(failure.code()).isEqualTo(bad.code);
            assertThat(failure.alert().orElseThrow().number()).isEqualTo(bad.alert);
        }
    }

    @ParameterizedTest
    @MethodSource("bad_certificates")
    void a_bad_certificate_is_reported_where_the_application_decides(String version, Clients.Bad bad) throws Exception {
        var client = new PemFiles(folder).write("client", bad.identity());
        try (EchoServer server = EchoServer.start(requesting())) {
            server.openssl(version, "-cert", client.cert(), "-key", client.key())
                    .succeeded();
            TlsSocket accepted = server.next();
            assertThat(accepted.authorized()).isFalse();
            assertThat(accepted.authorizationError()).contains(bad.code);
            assertThat(accepted.peerCertificates().getFirst().getSubjectX500Principal())
                    .hasToString("CN=" + bad);
        }
    }

    private static SecureContext trusting() {
        return Servers.context(Kind.P256, options -> options.ca(TestPki.ca().chain()));
    }

    private static ServerOptions requiring() {
        return ServerOptions.builder(trusting()).requestCert(true).build();
    }

    private static ServerOptions requesting() {
        return ServerOptions.builder(trusting())
                .requestCert(true)
                .rejectUnauthorized(false)
                .build();
    }

    private static String[] and(String[] args, String last) {
        String[] all = Arrays.copyOf(args, args.length + 1);
        all[args.length] = last;
        return all;
    }
}
