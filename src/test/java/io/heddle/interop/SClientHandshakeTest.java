package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.SecureContext;
import io.heddle.TlsSocket;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import io.heddle.protocol.TlsVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code openssl s_client} with a Heddle server: versions, keys, signatures, suites and groups. */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
@Tag("provider")
class SClientHandshakeTest {
    private static final List<String> ECDSA_SUITES = List.of(
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "ECDHE-ECDSA-AES128-CCM",
            "ECDHE-ECDSA-AES256-CCM",
            "ECDHE-ECDSA-AES128-CCM8",
            "ECDHE-ECDSA-AES128-SHA",
            "ECDHE-ECDSA-AES256-SHA",
            "ECDHE-ECDSA-AES128-SHA256",
            "ECDHE-ECDSA-AES256-SHA384");
    private static final List<String> RSA_SUITES = List.of(
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-RSA-CHACHA20-POLY1305",
            "ECDHE-RSA-AES128-SHA",
            "ECDHE-RSA-AES256-SHA",
            "ECDHE-RSA-AES128-SHA256",
            "ECDHE-RSA-AES256-SHA384");
    private static final List<String> STATIC_RSA_SUITES = List.of(
            "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-CCM", "AES256-CCM", "AES128-SHA", "AES256-SHA256");
    private static final List<String> TLS13_SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_AES_128_CCM_SHA256");

    /** Every suite by name, because some are in no default list, and CCM-8 is only in level 0. */
    private static final String EVERY_SUITE = String.join(
                    ":",
                    Stream.of(ECDSA_SUITES, RSA_SUITES, STATIC_RSA_SUITES, TLS13_SUITES)
                            .flatMap(List::stream)
                            .toList())
            + ":@SECLEVEL=0";

    @TempDir
    private static Path folder;

    private static String ca = "";
    private static SecureContext all;

    private EchoServer server;

    @BeforeAll
    static void prepare() {
        ca = new PemFiles(folder).ca();
        all = Servers.all(options -> options.ciphers(EVERY_SUITE));
    }

    @BeforeEach
    void start() {
        server = EchoServer.start(all);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static ProgramResult exchange(EchoServer with, String... args) {
        List<String> all = new ArrayList<>(List.of(
                "-CAfile", ca, "-servername", "localhost", "-verify_hostname", "localhost", "-verify_return_error"));
        all.addAll(List.of(args));
        ProgramResult client = with.openssl(all.toArray(new String[0])).succeeded();
        assertThat(client.out()).contains("Verification: OK", "Verified peername: localhost", "echo: hello");
        return client;
    }

    static Stream<Arguments> suites_of_tls12() {
        return Stream.of(
                        combine(List.of(Kind.P256, Kind.P384, Kind.ED25519), ECDSA_SUITES),
                        combine(List.of(Kind.RSA, Kind.RSA_PSS), RSA_SUITES),
                        combine(List.of(Kind.RSA), STATIC_RSA_SUITES))
                .flatMap(suites -> suites);
    }

    private static Stream<Arguments> combine(List<Kind> kinds, List<String> suites) {
        return kinds.stream().flatMap(kind -> suites.stream().map(suite -> Arguments.of(kind, suite)));
    }

    @ParameterizedTest
    @MethodSource
    void suites_of_tls12(Kind kind, String suite) throws Exception {
        try (EchoServer one = EchoServer.start(Servers.context(kind, options -> options.ciphers(EVERY_SUITE)))) {
            OpensslReport report = OpensslReport.of(exchange(one, "-tls1_2", "-cipher", suite + ":@SECLEVEL=0"));
            assertThat(report.cipher()).isEqualTo(suite);
            assertThat(report.protocol()).isEqualTo("TLSv1.2");
            assertThat(report.subject()).isEqualTo("CN=" + kind);
            TlsSocket accepted = one.next();
            assertThat(accepted.getProtocol()).isEqualTo("TLSv1.2");
            assertThat(accepted.getCipher().name()).isEqualTo(suite);
            assertThat(accepted.isSessionReused()).isFalse();
            assertThat(accepted.servername()).contains("localhost");
        }
    }

    static Stream<Arguments> suites_of_tls13() {
        return combine(List.of(Kind.values()), TLS13_SUITES);
    }

    @ParameterizedTest
    @MethodSource
    void suites_of_tls13(Kind kind, String suite) throws Exception {
        try (EchoServer one = EchoServer.start(Servers.context(kind, options -> options.ciphers(EVERY_SUITE)))) {
            OpensslReport report = OpensslReport.of(exchange(one, "-tls1_3", "-ciphersuites", suite));
            assertThat(report.resumed()).isFalse();
            assertThat(report.protocol()).isEqualTo("TLSv1.3");
            assertThat(report.cipher()).isEqualTo(suite);
            assertThat(report.subject()).isEqualTo("CN=" + kind);
            TlsSocket accepted = one.next();
            assertThat(accepted.getProtocol()).isEqualTo("TLSv1.3");
            assertThat(accepted.getCipher().name()).isEqualTo(suite);
            assertThat(accepted.isSessionReused()).isFalse();
        }
    }

    @ParameterizedTest(name = "{0} {1} gets {2}")
    @CsvSource({
        "-tls1_2, RSA+SHA256,             RSA,     RSA+SHA256",
        "-tls1_2, RSA+SHA384,             RSA,     RSA+SHA384",
        "-tls1_2, RSA+SHA512,             RSA,     RSA+SHA512",
        "-tls1_2, rsa_pss_rsae_sha256,    RSA,     RSA-PSS+SHA256",
        "-tls1_2, rsa_pss_rsae_sha384,    RSA,     RSA-PSS+SHA384",
        "-tls1_2, rsa_pss_rsae_sha512,    RSA,     RSA-PSS+SHA512",
        "-tls1_2, rsa_pss_pss_sha256,     RSA_PSS, RSA-PSS+SHA256",
        "-tls1_2, rsa_pss_pss_sha384,     RSA_PSS, RSA-PSS+SHA384",
        "-tls1_2, ed25519,                ED25519, ed25519",
        "-tls1_3, rsa_pss_rsae_sha256,    RSA,     RSA-PSS+SHA256",
        "-tls1_3, rsa_pss_rsae_sha384,    RSA,     RSA-PSS+SHA384",
        "-tls1_3, rsa_pss_rsae_sha512,    RSA,     RSA-PSS+SHA512",
        "-tls1_3, rsa_pss_pss_sha256,     RSA_PSS, RSA-PSS+SHA256",
        "-tls1_3, rsa_pss_pss_sha512,     RSA_PSS, RSA-PSS+SHA512",
        "-tls1_3, ecdsa_secp256r1_sha256, P256,    ECDSA+SHA256",
        "-tls1_3, ecdsa_secp384r1_sha384, P384,    ECDSA+SHA384",
        "-tls1_3, ed25519,                ED25519, ed25519"
    })
    void the_signature_algorithm_selects_among_certificates(String version, String sigalg, Kind kind, String signature)
            throws Exception {
        OpensslReport report = OpensslReport.of(exchange(server, version, "-sigalgs", sigalg));
        assertThat(report.subject()).isEqualTo("CN=" + kind);
        assertThat(report.signature()).isEqualTo(signature);
        assertThat(server.next().isSessionReused()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"ECDHE-RSA-AES128-GCM-SHA256, RSA", "ECDHE-ECDSA-AES128-GCM-SHA256, EC", "AES128-SHA, RSA"})
    void the_suite_of_tls12_selects_among_certificates(String suite, String algorithm) throws Exception {
        OpensslReport report = OpensslReport.of(exchange(server, "-tls1_2", "-cipher", suite));
        assertThat(report.cipher()).isEqualTo(suite);
        assertThat(report.subject()).matches("CN=" + (algorithm.equals("EC") ? "(P256|P384|ED25519)" : "RSA"));
        assertThat(server.next().getCipher().name()).isEqualTo(suite);
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, P256, RSA+SHA256", "-tls1_3, ED25519, rsa_pss_rsae_sha256", "-tls1_3, P256, ed25519"})
    void a_client_that_accepts_no_signature_of_the_servers_key_is_refused(String version, Kind kind, String sigalg)
            throws Exception {
        try (EchoServer one = EchoServer.start(Servers.context(kind))) {
            ProgramResult client = one.opensslRefused(version, "-sigalgs", sigalg);
            assertThat(client.exitCode()).isNotZero();
            assertThat(OpensslReport.of(client).alert()).isEqualTo(40);
            TlsFailure failure = one.nextFailure();
            assertThat(failure.alert()).contains(Alert.HANDSHAKE_FAILURE);
            assertThat(failure.code())
                    .isIn(Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM, Code.ERR_SSL_NO_SHARED_CIPHER);
        }
    }

    @Test
    void a_client_without_a_common_suite_is_refused() throws Exception {
        try (EchoServer one = EchoServer.start(Servers.context(Kind.P256))) {
            ProgramResult client = one.opensslRefused("-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256");
            assertThat(OpensslReport.of(client).alert()).isEqualTo(40);
            assertThat(one.nextFailure().code()).isEqualTo(Code.ERR_SSL_NO_SHARED_CIPHER);
        }
    }

    // Encrypt-then-MAC

    @ParameterizedTest
    @ValueSource(strings = {"ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA384", "AES128-SHA", "ECDHE-ECDSA-AES256-SHA"})
    void cbc_encrypts_then_macs_if_the_client_can(String suite) throws Exception {
        String[] args = {"-tls1_2", "-cipher", suite, "-tlsextdebug"};
        assertThat(exchange(server, args).out()).contains("TLS server extension \"encrypt-then-mac\"");
        assertThat(server.next().getCipher().name()).isEqualTo(suite);

        String[] without = {"-tls1_2", "-cipher", suite, "-tlsextdebug", "-no_etm"};
        assertThat(exchange(server, without).out()).doesNotContain("encrypt-then-mac");
        assertThat(server.next().getCipher().name()).isEqualTo(suite);
    }

    @ParameterizedTest
    @CsvSource({"RSA, RSA+SHA1", "P256, ECDSA+SHA1", "RSA, RSA+SHA224"})
    void signatures_with_sha_1_need_security_level_0(Kind kind, String sigalg) throws Exception {
        String[] client = {"-tls1_2", "-cipher", "ALL@SECLEVEL=0", "-sigalgs", sigalg};
        try (EchoServer one = EchoServer.start(Servers.context(
                kind, options -> options.ciphers("DEFAULT:@SECLEVEL=0").ecdhCurve("P-256")))) {
            assertThat(OpensslReport.of(exchange(one, client)).signature()).isEqualTo(sigalg);
            assertThat(one.next().isSessionReused()).isFalse();
        }
        try (EchoServer one =
                EchoServer.start(Servers.context(kind, options -> options.ciphers("ECDHE+AESGCM:@SECLEVEL=1")))) {
            assertThat(OpensslReport.of(one.opensslRefused(client)).alert()).isEqualTo(40);
            assertThat(one.nextFailure().code()).isEqualTo(Code.ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS);
        }
    }

    // Versions that are not enabled by default

    @ParameterizedTest
    @ValueSource(strings = {"-tls1", "-tls1_1"})
    void old_versions_are_refused_unless_enabled(String version) throws Exception {
        ProgramResult client = server.opensslRefused(version, "-cipher", "DEFAULT@SECLEVEL=0");
        assertThat(OpensslReport.of(client).alert()).isEqualTo(70);
        TlsFailure failure = server.nextFailure();
        assertThat(failure.code()).isEqualTo(Code.ERR_SSL_UNSUPPORTED_PROTOCOL);
        assertThat(failure.alert()).contains(Alert.PROTOCOL_VERSION);
    }

    static Stream<Arguments> old_versions_that_were_enabled() {
        return Stream.of(TlsVersion.TLS_1_0, TlsVersion.TLS_1_1)
                .flatMap(version -> Stream.of(
                        Arguments.of(version, Kind.RSA, "ECDHE-RSA-AES128-SHA"),
                        Arguments.of(version, Kind.RSA, "AES256-SHA"),
                        Arguments.of(version, Kind.P256, "ECDHE-ECDSA-AES256-SHA"),
                        Arguments.of(version, Kind.P384, "ECDHE-ECDSA-AES128-SHA")));
    }

    @ParameterizedTest
    @MethodSource
    void old_versions_that_were_enabled(TlsVersion version, Kind kind, String suite) throws Exception {
        SecureContext old = Servers.context(
                kind, options -> options.minVersion(TlsVersion.TLS_1_0).ciphers("ALL@SECLEVEL=0"));
        try (EchoServer one = EchoServer.start(old)) {
            String option = version == TlsVersion.TLS_1_0 ? "-tls1" : "-tls1_1";
            OpensslReport report = OpensslReport.of(exchange(one, option, "-cipher", suite + "@SECLEVEL=0"));
            assertThat(report.cipher()).isEqualTo(suite);
            assertThat(report.protocol()).isEqualTo(version.protocol());
            TlsSocket accepted = one.next();
            assertThat(accepted.getProtocol()).isEqualTo(version.protocol());
            assertThat(accepted.getCipher().name()).isEqualTo(suite);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_server_of_one_version_refuses_the_other(TlsVersion version) throws Exception {
        SecureContext only = Servers.context(
                Kind.P256, options -> options.minVersion(version).maxVersion(version));
        try (EchoServer one = EchoServer.start(only)) {
            OpensslReport report = OpensslReport.of(exchange(one));
            assertThat(report.resumed()).isFalse();
            assertThat(report.protocol()).isEqualTo(version.protocol());
            assertThat(one.next().getProtocol()).isEqualTo(version.protocol());
            ProgramResult refused = one.opensslRefused(version == TlsVersion.TLS_1_2 ? "-tls1_3" : "-tls1_2");
            assertThat(OpensslReport.of(refused).alert()).isEqualTo(70);
            assertThat(one.nextFailure().code()).isEqualTo(Code.ERR_SSL_UNSUPPORTED_PROTOCOL);
        }
    }

    // Groups

    @ParameterizedTest
    @CsvSource({
        "-tls1_2, X25519, X25519",
        "-tls1_2, X448,   X448",
        "-tls1_2, P-256,  prime256v1",
        "-tls1_2, P-384,  secp384r1",
        "-tls1_2, P-521,  secp521r1",
        "-tls1_3, X25519, X25519",
        "-tls1_3, X448,   X448",
        "-tls1_3, P-256,  prime256v1",
        "-tls1_3, P-384,  secp384r1",
        "-tls1_3, P-521,  secp521r1"
    })
    void every_group(String version, String group, String name) throws Exception {
        try (EchoServer one = EchoServer.start(
                Servers.context(Kind.RSA, options -> options.ecdhCurve("X25519:X448:P-256:P-384:P-521")))) {
            assertThat(OpensslReport.of(exchange(one, version, "-groups", group))
                            .group())
                    .isEqualTo(name);
            assertThat(one.next().getEphemeralKeyInfo().orElseThrow().name()).isEqualTo(name);
        }
    }

    @ParameterizedTest
    @CsvSource({"X25519:P-256, P-256", "X25519:P-384, P-384", "P-256:X448:P-521, P-521", "P-384:X25519, X25519"})
    void a_group_without_a_key_share_of_the_client_takes_a_hello_retry_request(String clientGroups, String serverGroups)
            throws Exception {
        try (EchoServer one =
                EchoServer.start(Servers.context(Kind.P256, options -> options.ecdhCurve(serverGroups)))) {
            String out =
                    exchange(one, "-tls1_3", "-groups", clientGroups, "-msg").out();
            assertThat(out.split(">>> TLS 1.3, Handshake \\[length [0-9a-f]+], ClientHello", -1))
                    .as("two ClientHellos")
                    .hasSize(3);
            assertThat(one.next().getEphemeralKeyInfo().orElseThrow().name())
                    .isEqualTo(
                            serverGroups.equals("P-256")
                                    ? "prime256v1"
                                    : serverGroups.replace("P-", "secp") + suffix(serverGroups));
        }
    }

    private static String suffix(String group) {
        return group.startsWith("P-") ? "r1" : "";
    }

    @Test
    void a_client_without_a_common_group_is_refused() throws Exception {
        try (EchoServer one = EchoServer.start(Servers.context(Kind.P256, options -> options.ecdhCurve("P-256")))) {
            ProgramResult client = one.opensslRefused("-tls1_3", "-groups", "X25519:P-384");
            assertThat(OpensslReport.of(client).alert()).isEqualTo(40);
            assertThat(one.nextFailure().alert()).contains(Alert.HANDSHAKE_FAILURE);
        }
    }

    @Test
    void a_client_of_tls12_gets_no_certificate_on_a_curve_that_it_does_not_list() throws Exception {
        SecureContext both = SecureContext.builder()
                .identity(Kind.P384.identity())
                .identity(Kind.RSA.identity())
                .ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256")
                .build();
        try (EchoServer one = EchoServer.start(both)) {
            assertThat(OpensslReport.of(exchange(one, "-tls1_2", "-groups", "X25519"))
                            .subject())
                    .isEqualTo("CN=RSA");
            assertThat(OpensslReport.of(exchange(one, "-tls1_2", "-groups", "X25519:P-384"))
                            .subject())
                    .isEqualTo("CN=P384");
        }
        try (EchoServer one = EchoServer.start(Servers.context(Kind.P384))) {
            ProgramResult refused = one.opensslRefused("-tls1_2", "-groups", "X25519:P-256");
            assertThat(OpensslReport.of(refused).alert()).isEqualTo(40);
            assertThat(one.nextFailure().code()).isEqualTo(Code.ERR_SSL_NO_SHARED_CIPHER);
        }
    }

    // Order

    @Test
    void the_servers_order_decides_except_that_chacha_follows_the_client() throws Exception {
        SecureContext context = Servers.context(Kind.P256);
        try (EchoServer one = EchoServer.start(context)) {
            exchange(one, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256");
            String first = one.next().getCipher().name();
            exchange(one, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384");
            assertThat(one.next().getCipher().name()).isEqualTo(first);
            exchange(one, "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384");
            assertThat(one.next().getCipher().name()).isEqualTo("TLS_CHACHA20_POLY1305_SHA256");
            exchange(one, "-ciphersuites", "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
            assertThat(one.next().getCipher().name()).isEqualTo("TLS_AES_256_GCM_SHA384");
        }
        SecureContext clientOrder = Servers.context(Kind.P256, options -> options.honorCipherOrder(false));
        try (EchoServer one = EchoServer.start(clientOrder)) {
            exchange(one, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256");
            assertThat(one.next().getCipher().name()).isEqualTo("ECDHE-ECDSA-AES256-GCM-SHA384");
            exchange(one, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384");
            assertThat(one.next().getCipher().name()).isEqualTo("ECDHE-ECDSA-AES128-GCM-SHA256");
        }
    }
}
