package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.SServer.Exchange;
import io.heddle.interop.Servers.Kind;
import io.heddle.protocol.TlsVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Heddle clients with {@code openssl s_server}: versions, keys, suites, signatures, groups, names and protocols. */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
@Tag("provider")
class SServerHandshakeTest {
    private static final List<String> ECDSA_SUITES = List.of(
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "ECDHE-ECDSA-AES128-CCM",
            "ECDHE-ECDSA-AES256-CCM8",
            "ECDHE-ECDSA-AES128-SHA",
            "ECDHE-ECDSA-AES256-SHA384");
    private static final List<String> RSA_SUITES = List.of(
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-RSA-CHACHA20-POLY1305",
            "ECDHE-RSA-AES128-SHA",
            "ECDHE-RSA-AES256-SHA384");
    private static final List<String> OTHER_RSA_SUITES =
            List.of("AES128-GCM-SHA256", "AES256-SHA256", "AES128-SHA", "AES256-CCM", "DHE-RSA-AES128-GCM-SHA256");
    private static final List<String> TLS13_SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_AES_128_CCM_SHA256");

    private static final Map<Kind, SServer> SERVERS = new EnumMap<>(Kind.class);

    @TempDir
    private static Path folder;

    /** Returns the shared server with this kind of certificate, which accepts every suite and version. */
    private static SServer server(Kind kind) {
        return SERVERS.computeIfAbsent(
                kind,
                absent -> SServer.start(
                        pair(kind),
                        "-cipher",
                        "ALL:@SECLEVEL=0",
                        "-ciphersuites",
                        String.join(":", TLS13_SUITES),
                        "-alpn",
                        "h2,http/1.1"));
    }

    private static PemFiles.Pair pair(Kind kind) {
        return new PemFiles(folder).write(kind.name(), kind.identity());
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(SServer::close);
        SERVERS.clear();
    }

    static Stream<Arguments> suites() {
        List<Arguments> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            List<String> suites = kind == Kind.RSA || kind == Kind.RSA_PSS ? RSA_SUITES : ECDSA_SUITES;
            suites.forEach(suite -> all.add(Arguments.of(TlsVersion.TLS_1_2, kind, suite)));
            TLS13_SUITES.forEach(suite -> all.add(Arguments.of(TlsVersion.TLS_1_3, kind, suite)));
        }
        OTHER_RSA_SUITES.forEach(suite -> all.add(Arguments.of(TlsVersion.TLS_1_2, Kind.RSA, suite)));
        return all.stream();
    }

    /** Returns the security level that the list needs: CCM-8 is allowed at level 0 only. */
    private static String level(String suite) {
        return suite.contains("CCM8") ? ":@SECLEVEL=0" : "";
    }

    @ParameterizedTest
    @MethodSource
    void suites(TlsVersion version, Kind kind, String suite) throws Exception {
        SServer server = server(kind);
        Exchange exchange = server.exchange(
                server.client(version).ciphers(suite + level(suite)).build());
        assertThat(exchange.cipher()).isEqualTo(suite);
        assertThat(exchange.reused()).isFalse();
        assertThat(exchange.server()).contains("hello from Heddle");
        TlsSocket socket = exchange.socket();
        assertThat(socket.getProtocol()).isEqualTo(version.protocol());
        assertThat(socket.getCipher().name()).isEqualTo(suite);
        assertThat(socket.isSessionReused()).isFalse();
        assertThat(socket.authorized()).isTrue();
        assertThat(socket.peerCertificates().getFirst().getSubjectX500Principal())
                .hasToString("CN=" + kind);
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_1_0, RSA,  ECDHE-RSA-AES128-SHA",
        "TLS_1_0, RSA,  AES256-SHA",
        "TLS_1_0, P256, ECDHE-ECDSA-AES256-SHA",
        "TLS_1_1, RSA,  ECDHE-RSA-AES128-SHA",
        "TLS_1_1, RSA,  AES256-SHA",
        "TLS_1_1, P384, ECDHE-ECDSA-AES256-SHA"
    })
    void old_versions_that_were_enabled(TlsVersion version, Kind kind, String suite) throws Exception {
        try (SServer server = SServer.start(pair(kind), "-cipher", "ALL:@SECLEVEL=0")) {
            Exchange exchange = server.exchange(
                    server.client(version).ciphers(suite + ":@SECLEVEL=0").build());
            assertThat(exchange.cipher()).isEqualTo(suite);
            assertThat(exchange.server()).contains(suite);
            assertThat(exchange.socket().getProtocol()).isEqualTo(version.protocol());
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1, TLS_1_0", "-tls1_1, TLS_1_1"})
    void a_server_of_an_old_version_is_refused_unless_enabled(String option, TlsVersion version) throws Exception {
        try (SServer server = SServer.start(pair(Kind.RSA), option, "-cipher", "ALL:@SECLEVEL=0")) {
            TlsFailure failure = refused(server.client().build());
            assertThat(failure.code())
                    .isIn(Code.ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION, Code.ERR_SSL_UNSUPPORTED_PROTOCOL);
            assertThat(failure.alert()).contains(Alert.PROTOCOL_VERSION);
            server.program().awaitNextLine("unsupported protocol");
            assertThat(version.isAtLeast(Tls.DEFAULT_MIN_VERSION)).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_1_2, RSA,     rsa_pkcs1_sha256,       RSA",
        "TLS_1_2, RSA,     rsa_pkcs1_sha512,       RSA",
        "TLS_1_2, RSA,     rsa_pss_rsae_sha384,    RSA-PSS",
        "TLS_1_2, RSA_PSS, rsa_pss_pss_sha256,     RSA-PSS",
        "TLS_1_2, P256,    ecdsa_secp256r1_sha256, ECDSA",
        "TLS_1_2, P384,    ecdsa_secp384r1_sha384, ECDSA",
        "TLS_1_2, ED25519, ed25519,                ed25519",
        "TLS_1_3, RSA,     rsa_pss_rsae_sha256,    RSA-PSS",
        "TLS_1_3, RSA,     rsa_pss_rsae_sha512,    RSA-PSS",
        "TLS_1_3, RSA_PSS, rsa_pss_pss_sha384,     RSA-PSS",
        "TLS_1_3, P256,    ecdsa_secp256r1_sha256, ECDSA",
        "TLS_1_3, P384,    ecdsa_secp384r1_sha384, ECDSA",
        "TLS_1_3, ED25519, ed25519,                ed25519"
    })
    void signature_algorithms(TlsVersion version, Kind kind, String sigalg, String words) throws Exception {
        SServer server = server(kind);
        Exchange exchange =
                server.exchange(server.client(version).sigalgs(sigalg).build());
        assertThat(exchange.server()).contains("Signature Algorithms: ", "Shared Signature Algorithms: ");
        assertThat(exchange.server()).containsPattern("(?i)Shared Signature Algorithms: .*" + words.substring(0, 3));
    }

    @ParameterizedTest
    @CsvSource({"RSA, RSA+SHA1", "P256, ECDSA+SHA1", "RSA, RSA+SHA224"})
    void a_server_that_signs_with_sha_1_needs_security_level_0(Kind kind, String sigalg) throws Exception {
        try (SServer server = SServer.start(pair(kind), "-cipher", "ALL:@SECLEVEL=0", "-sigalgs", sigalg)) {
            Exchange exchange = server.exchange(server.client(TlsVersion.TLS_1_2)
                    .ciphers("ECDHE+AESGCM:@SECLEVEL=0")
                    .build());
            assertThat(exchange.server()).contains("Shared Signature Algorithms: " + sigalg + "\n");
            TlsFailure failure = refused(server.client(TlsVersion.TLS_1_2)
                    .ciphers("ECDHE+AESGCM:@SECLEVEL=1")
                    .build());
            assertThat(failure.alert()).contains(Alert.HANDSHAKE_FAILURE);
        }
    }

    // Groups

    @ParameterizedTest
    @CsvSource({
        "TLS_1_2, X25519",
        "TLS_1_2, X448",
        "TLS_1_2, P-256",
        "TLS_1_2, P-384",
        "TLS_1_2, P-521",
        "TLS_1_3, X25519",
        "TLS_1_3, X448",
        "TLS_1_3, P-256",
        "TLS_1_3, P-384",
        "TLS_1_3, P-521",
        "TLS_1_3, ffdhe2048"
    })
    void groups(TlsVersion version, String group) throws Exception {
        try (SServer server = SServer.start(pair(Kind.RSA), "-groups", group)) {
            Exchange exchange =
                    server.exchange(server.client(version).ecdhCurve(group).build());
            assertThat(exchange.server()).containsPattern("(?i)Shared groups: (" + group + "|secp\\d+r1)\n");
            assertThat(exchange.socket().getEphemeralKeyInfo()).isPresent();
        }
    }

    @ParameterizedTest
    @CsvSource({"X25519:P-256, P-256", "P-256:X25519, X25519", "X25519:P-384:P-521, P-521", "X25519:X448, X448"})
    void a_hello_retry_request_is_followed(String clientGroups, String serverGroups) throws Exception {
        try (SServer server = SServer.start(pair(Kind.RSA), "-groups", serverGroups, "-msg")) {
            Exchange exchange = server.exchange(
                    server.client(TlsVersion.TLS_1_3).ecdhCurve(clientGroups).build());
            assertThat(exchange.server().split("], ClientHello", -1))
                    .as("two ClientHellos")
                    .hasSize(3);
            assertThat(exchange.socket().getEphemeralKeyInfo().orElseThrow().name())
                    .isIn(
                            serverGroups,
                            serverGroups.replace("P-256", "prime256v1").replace("P-521", "secp521r1"));
        }
    }

    @Test
    void a_server_without_a_common_group_refuses() throws Exception {
        try (SServer server = SServer.start(pair(Kind.RSA), "-groups", "P-384")) {
            TlsFailure failure = refused(
                    server.client(TlsVersion.TLS_1_3).ecdhCurve("X25519:P-256").build());
            assertThat(failure.code()).isEqualTo(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE);
            server.program().awaitNextLine("no suitable key share");
        }
    }

    @Test
    void a_server_without_a_common_suite_refuses() throws Exception {
        try (SServer server = SServer.start(pair(Kind.P256), "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256")) {
            TlsFailure failure = refused(server.client(TlsVersion.TLS_1_2)
                    .ciphers("ECDHE-ECDSA-AES256-GCM-SHA384")
                    .build());
            assertThat(failure.code()).isEqualTo(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE);
            server.program().awaitNextLine("no shared cipher");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_server_of_one_version_accepts_it_and_refuses_the_other(TlsVersion version) throws Exception {
        String option = version == TlsVersion.TLS_1_2 ? "-tls1_2" : "-tls1_3";
        try (SServer server = SServer.start(pair(Kind.P256), option)) {
            assertThat(server.exchange(server.client().build()).socket().getProtocol())
                    .isEqualTo(version.protocol());
            TlsVersion other = version == TlsVersion.TLS_1_2 ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2;
            TlsFailure failure = refused(server.client(other).build());
            assertThat(failure.alert()).contains(Alert.PROTOCOL_VERSION);
            server.program().awaitNextLine("unsupported protocol");
        }
    }

    private static TlsFailure refused(ConnectOptions options) {
        return catchThrowableOfType(TlsFailure.class, () -> Tls.connect(options).close());
    }

    // Encrypt-then-MAC

    @ParameterizedTest
    @CsvSource({"ECDHE-RSA-AES128-SHA, ''", "ECDHE-RSA-AES128-SHA, -no_etm", "AES256-SHA256, -no_etm"})
    void cbc_with_and_without_encrypt_then_mac(String suite, String option) throws Exception {
        String[] args = option.isEmpty() ? new String[] {"-tlsextdebug"} : new String[] {option, "-tlsextdebug"};
        try (SServer server = SServer.start(pair(Kind.RSA), args)) {
            Exchange exchange = server.exchange(
                    server.client(TlsVersion.TLS_1_2).ciphers(suite).build());
            assertThat(exchange.cipher()).isEqualTo(suite);
            assertThat(exchange.server()).contains("TLS client extension \"encrypt-then-mac\"");
        }
    }

    // ALPN and SNI

    @ParameterizedTest
    @CsvSource({"TLS_1_2, 'http/1.1,h2', h2", "TLS_1_3, 'http/1.1,h2', h2", "TLS_1_3, http/1.1, http/1.1"})
    void the_application_protocol_is_negotiated(TlsVersion version, String offered, String selected) throws Exception {
        SServer server = server(Kind.P256);
        Exchange exchange = server.exchange(
                server.client(version).alpnProtocols(offered.split(",", -1)).build());
        assertThat(exchange.socket().alpnProtocol()).contains(selected);
        assertThat(exchange.server()).contains("ALPN protocols selected: " + selected);
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void lists_without_a_common_protocol_are_refused(TlsVersion version) {
        SServer server = server(Kind.P256);
        TlsFailure failure = refused(server.client(version).alpnProtocols("h3").build());
        assertThat(failure.code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
        server.program().awaitNextLine("no application protocol");
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void the_server_name_is_sent_and_chooses_the_certificate(TlsVersion version) throws Exception {
        var named = new PemFiles(folder).write("named", io.heddle.certificate.TestPki.server("name.example"));
        String[] args = {"-servername", "name.example", "-cert2", named.cert(), "-key2", named.key()};
        try (SServer server = SServer.start(pair(Kind.P256), args)) {
            Exchange other = server.exchange(server.client(version).build());
            assertThat(other.server()).contains("Hostname in TLS extension: \"localhost\"");
            assertThat(other.socket().peerCertificates().getFirst().getSubjectX500Principal())
                    .hasToString("CN=P256");
            Exchange exchange = server.exchange(
                    server.client(version).servername("name.example").build());
            assertThat(exchange.server())
                    .contains("Hostname in TLS extension: \"name.example\"", "Switching server context");
            assertThat(exchange.socket().peerCertificates().getFirst().getSubjectX500Principal())
                    .hasToString("CN=name.example");
            Exchange none =
                    server.exchange(server.client(version).servername("").build());
            assertThat(none.server()).doesNotContain("Hostname in TLS extension");
        }
    }

    // HTTP

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void the_status_page_is_read_to_its_end(TlsVersion version) throws Exception {
        try (SServer server = SServer.start(pair(Kind.RSA), "-www");
                TlsSocket socket = Tls.connect(server.client(version).build())) {
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(UTF_8));
            String page = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertThat(page).startsWith("HTTP/1.0 200 ok").contains("</pre></BODY></HTML>");
            OpensslReport report = OpensslReport.of(page);
            assertThat(report.resumed()).isFalse();
            assertThat(report.protocol()).isEqualTo(version.protocol());
            assertThat(report.cipher()).isEqualTo(socket.getCipher().name());
        }
    }
}
