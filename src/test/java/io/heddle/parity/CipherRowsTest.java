package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT2;
import static io.heddle.parity.Agents.AGENT6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.CipherInfo;
import io.heddle.SecureContext;
import io.heddle.Tls;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.CipherList;
import io.heddle.cipher.Suite;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the area ciphers except those on versions, which are in {@link VersionRowsTest}. */
class CipherRowsTest {
    @DisplayName("CIP-02, CIP-10: the default list, and its effect in a context without options")
    @Test
    void a_context_without_options_has_the_default_list() {
        assertThat(Tls.DEFAULT_CIPHERS).isEqualTo(CipherList.DEFAULT).startsWith("TLS_AES_256_GCM_SHA384:");

        SecureContext plain = SecureContext.builder().build();

        assertThat(plain.suites())
                .isEqualTo(Tls.createSecureContext(o -> o.ciphers(Tls.DEFAULT_CIPHERS))
                        .suites());
        assertThat(plain.suites())
                .isNotEqualTo(Tls.createSecureContext(o -> o.ciphers("HIGH")).suites());
    }

    @DisplayName("CIP-11: the suite by both names, with the oldest version that has it")
    @ParameterizedTest
    @CsvSource({
        "AES256-SHA256, TLS_RSA_WITH_AES_256_CBC_SHA256, TLSv1.2",
        "ECDHE-RSA-AES256-GCM-SHA384, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLSv1.2",
        "TLS_AES_256_GCM_SHA384, TLS_AES_256_GCM_SHA384, TLSv1.3"
    })
    void reports_the_suite(String name, String standardName, String version) throws Exception {
        String list = "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:AES256-SHA256:ECDHE-RSA-AES256-GCM-SHA384";
        try (var server = Loopback.serve(o -> o.identity(AGENT2).ciphers(list).honorCipherOrder(true))) {
            ConnectionResult result = server.exchange(
                            o -> o.rejectUnauthorized(false).ciphers(name).maxVersion(version))
                    .worked();

            var expected = new CipherInfo(name, standardName, version);
            assertThat(result.client().getCipher()).isEqualTo(expected);
            assertThat(result.server().getCipher()).isEqualTo(expected);
        }
    }

    @DisplayName("CIP-13, CIP-21, ERR-17: unknown names, and names in the wrong case")
    @ParameterizedTest
    @ValueSource(strings = {"no-such-cipher", "aes256-sha", "FOOBARBAZ", "TLS_not_a_cipher", "rick-128-roll"})
    void refuses_a_list_without_a_match_before_anything_is_sent(String list) throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT2))) {
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> server.client().ciphers(list).build())
                    .withMessageStartingWith("cipher list: \"" + list + "\" selects no suite")
                    .withMessageEndingWith("(no cipher match)")
                    .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_SSL_NO_CIPHER_MATCH"));
            assertThat(server.server.connections()).isZero();
            assertThat(server.quiet()).isTrue();
        }
    }

    @DisplayName("CIP-14: the side whose order decides")
    @ParameterizedTest
    @CsvSource({
        "false, AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256, AES128-GCM-SHA256",
        "true, AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256, AES256-SHA256",
        ", AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256, AES256-SHA256",
        "true, AES128-SHA256:AES128-GCM-SHA256, AES128-GCM-SHA256",
        ", AES128-SHA256:AES128-GCM-SHA256, AES128-GCM-SHA256",
        "true, AES128-SHA256, AES128-SHA256",
        ", AES128-SHA256, AES128-SHA256",
        "true, '', AES256-SHA256",
        ", '', AES256-SHA256",
        "true, ECDHE-RSA-AES128-GCM-SHA256, ECDHE-RSA-AES128-GCM-SHA256"
    })
    void the_servers_order_decides_unless_configured_otherwise(Boolean honor, String offered, String chosen)
            throws Exception {
        Consumer<SecureContext.Builder> context = o -> {
            o.identity(AGENT2)
                    .maxVersion(TlsVersion.TLS_1_2)
                    .ciphers("AES256-SHA256:AES128-GCM-SHA256:AES128-SHA256:ECDHE-RSA-AES128-GCM-SHA256");
            if (honor != null) {
                o.honorCipherOrder(honor);
            }
        };
        try (var server = Loopback.serve(context)) {
            ConnectionResult result = server.exchange(o -> o.rejectUnauthorized(false).ciphers(offered))
                    .worked();

            assertThat(result.client().getCipher().name()).isEqualTo(chosen);
        }
    }

    @DisplayName("CIP-19: the security level of the list applies to the local key")
    @Test
    void the_list_is_applied_before_the_key() throws Exception {
        Identity agent11 =
                TestPki.certificate("CN=localhost").key(TestPki.Key.RSA_512, 1).selfSigned();
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(
                        () -> Tls.createSecureContext(o -> o.identity(agent11).ciphers("DEFAULT")))
                .withMessage(
                        "cert: the key of \"CN=localhost\" (RSA 512) is too weak for security level 2 (ee key too small)")
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_SSL_EE_KEY_TOO_SMALL"));

        try (var server = Loopback.serve(
                o -> o.identity(agent11).ciphers("DEFAULT:@SECLEVEL=0").maxVersion(TlsVersion.TLS_1_2))) {
            server.exchange(o -> o.ca(agent11.chain()).ciphers("DEFAULT:@SECLEVEL=0"))
                    .worked();
            server.exchange(o -> o.ca(agent11.chain())).clientFailed(Code.EE_KEY_TOO_SMALL);
        }
    }

    @DisplayName("CIP-19: the levels for the keys and signatures of the local chain")
    @Test
    void a_level_requires_strong_keys_and_signatures_in_the_whole_chain() {
        refused(3, TestPki.server(TestPki.Key.RSA_2048, "a.example"), "ERR_SSL_EE_KEY_TOO_SMALL");
        refused(4, TestPki.server(TestPki.Key.P256, "a.example"), "ERR_SSL_EE_KEY_TOO_SMALL");
        Identity sha1 = TestPki.certificate("CN=a")
                .key(TestPki.Key.P256, 1)
                .signedWith("SHA1withECDSA")
                .issuedBy(TestPki.ca());
        refused(1, sha1, "ERR_SSL_CA_MD_TOO_WEAK");
        Identity weakCa =
                TestPki.certificate("CN=weak").key(TestPki.Key.RSA_1024, 1).ca().issuedBy(TestPki.ca());
        refused(2, TestPki.certificate("CN=b").key(TestPki.Key.P256, 1).issuedBy(weakCa), "ERR_SSL_CA_KEY_TOO_SMALL");
        assertThat(Tls.createSecureContext(o -> o.identity(sha1).ciphers("DEFAULT:@SECLEVEL=0"))
                        .identities())
                .hasSize(1);
    }

    private static void refused(int level, Identity identity, String code) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Tls.createSecureContext(
                        o -> o.identity(identity).ciphers("TLS_AES_256_GCM_SHA384:HIGH:@SECLEVEL=" + level)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    @DisplayName("CIP-20: the intersection of both sides' lists")
    @ParameterizedTest
    @CsvSource({
        "AES256-SHA, 1.2, '', 1.3, AES256-SHA",
        "'', 1.3, AES256-SHA, 1.2, AES256-SHA",
        "TLS_AES_256_GCM_SHA384, 1.3, '', 1.3, TLS_AES_256_GCM_SHA384",
        "'', 1.3, TLS_AES_256_GCM_SHA384, 1.3, TLS_AES_256_GCM_SHA384",
        "AES256-SHA:TLS_AES_256_GCM_SHA384, 1.3, '', 1.3, TLS_AES_256_GCM_SHA384",
        "AES256-SHA, 1.3, '', 1.3, TLS_AES_256_GCM_SHA384",
        "'', 1.3, AES256-SHA, 1.3, TLS_AES_256_GCM_SHA384",
        "!TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256, 1.3, '', 1.3, TLS_CHACHA20_POLY1305_SHA256",
        "TLS_AES_128_CCM_SHA256, 1.3, TLS_AES_128_CCM_SHA256, 1.3, TLS_AES_128_CCM_SHA256",
        // OpenSSL 3.2 and later allow the short tags of CCM-8 at level 0 only.
        "TLS_AES_128_CCM_8_SHA256:AES256-SHA@SECLEVEL=0, 1.3, TLS_AES_128_CCM_8_SHA256:AES256-SHA@SECLEVEL=0, 1.3,"
                + " TLS_AES_128_CCM_8_SHA256"
    })
    void negotiates_a_suite_of_both_lists(
            String clientList, String clientMax, String serverList, String serverMax, String chosen) throws Exception {
        try (var server =
                Loopback.serve(o -> o.identity(AGENT6).ciphers(serverList).maxVersion("TLSv" + serverMax))) {
            ConnectionResult result = server.exchange(
                            o -> o.rejectUnauthorized(false).ciphers(clientList).maxVersion("TLSv" + clientMax))
                    .worked();

            assertThat(result.client().getCipher().name()).isEqualTo(chosen);
        }
    }

    @DisplayName("CIP-20: lists without a common suite")
    @ParameterizedTest
    @CsvSource({
        "TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256, TLSv1.3",
        "TLS_CHACHA20_POLY1305_SHA256, TLS_AES_256_GCM_SHA384, TLSv1.3",
        "AES256-SHA, AES256-SHA256, TLSv1.2",
        "TLS_AES_128_CCM_SHA256, '', TLSv1.3",
        "'', TLS_AES_128_CCM_8_SHA256:AES256-SHA@SECLEVEL=0, TLSv1.3",
        "TLS_AES_256_GCM_SHA384:AES256-SHA, TLS_CHACHA20_POLY1305_SHA256:AES256-SHA, TLSv1.3"
    })
    void refuses_with_alert_40_without_a_common_suite(String clientList, String serverList, String version)
            throws Exception {
        try (var server =
                Loopback.serve(o -> o.identity(AGENT6).ciphers(serverList).maxVersion(version))) {
            server.exchange(o -> o.rejectUnauthorized(false).ciphers(clientList).maxVersion(version))
                    .clientFailed(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE)
                    .serverFailed(Code.ERR_SSL_NO_SHARED_CIPHER);
        }
    }

    @DisplayName("CIP-20: a list of separators only")
    @Test
    void refuses_a_list_without_names() {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Tls.createSecureContext(o -> o.ciphers(":")))
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_INVALID_ARG_VALUE"));
    }

    @DisplayName("CIP-22: the shared signature algorithms, as the server sees them")
    @ParameterizedTest
    @CsvSource({
        "RSA-PSS+SHA384, RSA-PSS+SHA384, RSA-PSS+SHA384",
        "RSA-PSS+SHA256:RSA-PSS+SHA512:ECDSA+SHA256, RSA-PSS+SHA256:ECDSA+SHA256, RSA-PSS+SHA256:ECDSA+SHA256"
    })
    void reports_the_shared_signature_algorithms(String clientList, String serverList, String shared) throws Exception {
        try (var server = Loopback.serve(
                o -> o.identity(AGENT6).ca(Agents.leaves(Agents.CA2)).sigalgs(serverList), o -> o.requestCert(true))) {
            ConnectionResult result = server.exchange(o ->
                            o.identity(Agents.AGENT3).rejectUnauthorized(false).sigalgs(clientList))
                    .worked();

            assertThat(result.server().authorized()).isTrue();
            assertThat(result.server().getSharedSigalgs()).containsExactly(shared.split(":", -1));
        }
    }

    @DisplayName("CIP-22: signature algorithms without overlap")
    @ParameterizedTest
    @CsvSource({"RSA-PSS+SHA384, ECDSA+SHA256", "RSA-PSS+SHA384:ECDSA+SHA256, ECDSA+SHA384:RSA-PSS+SHA256"})
    void refuses_with_alert_40_without_a_shared_signature_algorithm(String clientList, String serverList)
            throws Exception {
        try (var server = Loopback.serve(o -> o.identity(AGENT6).sigalgs(serverList))) {
            server.exchange(o -> o.rejectUnauthorized(false).sigalgs(clientList))
                    .clientFailed(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE)
                    .serverFailed(Code.ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS);
        }
    }

    @Test
    void getCiphers_lists_what_a_list_can_enable() {
        List<String> names = Tls.getCiphers();

        assertThat(names).isSorted().doesNotHaveDuplicates().contains("tls_aes_128_gcm_sha256", "aes256-sha");
        for (String name : names) {
            SecureContext context =
                    Tls.createSecureContext(o -> o.ciphers(name.toUpperCase(Locale.ROOT) + ":AES256-SHA:@SECLEVEL=0")
                            .minVersion(TlsVersion.TLS_1_0));
            assertThat(context.suites()).extracting(Suite::name).contains(name.toUpperCase(Locale.ROOT));
        }
    }
}
