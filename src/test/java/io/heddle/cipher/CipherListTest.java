package io.heddle.cipher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.InvalidOption;
import io.heddle.protocol.TlsVersion;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CipherListTest {
    static List<CipherTable> tables() {
        return CipherTable.all();
    }

    private static List<String> names(List<Suite> suites) {
        return suites.stream().map(Suite::name).toList();
    }

    private static List<String> tls12(String list) {
        return names(CipherList.of(list).tls12());
    }

    private static List<String> tls13(String list) {
        return names(CipherList.of(list).tls13());
    }

    @ParameterizedTest
    @MethodSource("tables")
    void expands_a_list_as_openssl_does(CipherTable table) {
        CipherList list = CipherList.of(table.list());
        assertThat(names(Stream.concat(list.tls13().stream(), list.tls12().stream())
                        .toList()))
                .isEqualTo(table.names());
    }

    @Test
    void agrees_with_openssl_on_the_properties_of_each_suite() {
        CipherTable everything = tables().stream()
                .filter(table -> table.file().equals("everything.txt"))
                .findAny()
                .orElseThrow();
        assertThat(everything.lines()).hasSize(151).allSatisfy(line -> {
            String[] columns = line.split(" +", -1);
            Suite suite = Suite.ofName(columns[0]).orElseThrow();
            assertThat(columns)
                    .containsExactly(
                            suite.name(),
                            suite.listVersion(),
                            "Kx=" + openssl(suite.keyExchange()),
                            "Au=" + openssl(suite.authentication()),
                            "Enc=" + suite.encryption().opensslName()
                                    + (suite.bits() == 0 ? "" : "(" + suite.bits() + ")"),
                            "Mac=" + suite.mac());
        });
    }

    private static String openssl(Suite.KeyExchange keyExchange) {
        return switch (keyExchange) {
            case ANY -> "any";
            case DHE -> "DH";
            case ECDHE -> "ECDH";
            default -> keyExchange.name().replace("_", "");
        };
    }

    private static String openssl(Suite.Authentication authentication) {
        return switch (authentication) {
            case ANY -> "any";
            case NONE -> "None";
            default -> authentication.name();
        };
    }

    @Test
    void is_nodes_default_without_text() {
        CipherList defaults = CipherList.of("");
        assertThat(defaults).isSameAs(CipherList.defaults()).hasToString(CipherList.DEFAULT);
        assertThat(names(defaults.tls13()))
                .containsExactly("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256");
        assertThat(names(defaults.tls12()))
                .startsWith("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256")
                .contains("AES256-SHA")
                .doesNotContain("ADH-AES256-SHA", "PSK-AES256-CBC-SHA", "CAMELLIA256-SHA");
        assertThat(defaults.securityLevel()).isEqualTo(2);
    }

    @Test
    void names_of_tls_1_3_alone_leave_nothing_for_older_versions() {
        CipherList list = CipherList.of("TLS_AES_128_CCM_SHA256:TLS_AES_256_GCM_SHA384");
        assertThat(names(list.tls13())).containsExactly("TLS_AES_128_CCM_SHA256", "TLS_AES_256_GCM_SHA384");
        assertThat(list.tls12()).isEmpty();
        assertThat(list.suites(TlsVersion.TLS_1_3)).isEqualTo(list.tls13());
        assertThat(list.suites(TlsVersion.TLS_1_2)).isEmpty();
    }

    @Test
    void names_of_older_versions_alone_leave_the_default_of_tls_1_3() {
        assertThat(tls13("AES256-SHA")).isEqualTo(tls13(""));
        assertThat(tls12("AES256-SHA")).containsExactly("AES256-SHA");
    }

    @Test
    void names_of_both_keep_their_own_order_wherever_they_stand() {
        String list = "AES256-SHA:TLS_AES_128_GCM_SHA256:AES128-SHA:TLS_AES_256_GCM_SHA384";
        assertThat(tls13(list)).containsExactly("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384");
        assertThat(tls12(list)).containsExactly("AES256-SHA", "AES128-SHA");
    }

    @Test
    void ignores_unknown_names_beside_known_ones() {
        assertThat(tls13("TLS_AES_128_GCM_SHA256:TLS_nope:AES256-SHA")).containsExactly("TLS_AES_128_GCM_SHA256");
        assertThat(tls12("nope:AES256-SHA:ECDHE+nope:!nope")).containsExactly("AES256-SHA");
    }

    @Test
    void a_name_twice_counts_once() {
        assertThat(tls13("TLS_AES_128_GCM_SHA256:TLS_AES_128_GCM_SHA256")).containsExactly("TLS_AES_128_GCM_SHA256");
        assertThat(tls12("AES256-SHA:AES128-SHA:AES256-SHA")).containsExactly("AES256-SHA", "AES128-SHA");
    }

    @Test
    void taking_away_a_suite_of_tls_1_3_does_nothing_as_in_node() {
        assertThat(tls13("TLS_AES_128_GCM_SHA256:!TLS_AES_128_GCM_SHA256")).containsExactly("TLS_AES_128_GCM_SHA256");
    }

    @Test
    void takes_the_standard_name_of_an_older_suite_for_that_suite() {
        assertThat(tls12("TLS_RSA_WITH_AES_256_CBC_SHA:AES128-SHA")).containsExactly("AES256-SHA", "AES128-SHA");
        assertThat(tls13("TLS_RSA_WITH_AES_256_CBC_SHA")).isEqualTo(tls13(""));
        assertThat(tls12("AES128-SHA:AES256-SHA:!TLS_RSA_WITH_AES_256_CBC_SHA")).containsExactly("AES128-SHA");
    }

    @Test
    void the_word_default_counts_at_the_start_of_what_is_left_for_older_versions() {
        assertThat(tls12("TLS_AES_128_GCM_SHA256:DEFAULT:!AES"))
                .isEqualTo(tls12("DEFAULT:!AES"))
                .contains("ECDHE-RSA-CHACHA20-POLY1305");
        assertThat(tls12("AES128-SHA:DEFAULT")).containsExactly("AES128-SHA");
    }

    @ParameterizedTest
    @CsvSource({
        "HIGH, 2",
        "HIGH:@SECLEVEL=0, 0",
        "@SECLEVEL=1:HIGH, 1",
        "HIGH@SECLEVEL=4, 4",
        "HIGH:@SECLEVEL=0:@SECLEVEL=3, 3"
    })
    void sets_the_security_level(String list, int level) {
        assertThat(CipherList.of(list).securityLevel()).isEqualTo(level);
    }

    @Test
    void leaves_out_what_the_security_level_forbids() {
        assertThat(tls12("aNULL:@SECLEVEL=0")).isNotEmpty();
        assertThat(tls12("aNULL")).isEmpty();
        assertThat(tls12("AES128-SHA:ECDHE-RSA-AES128-SHA:@SECLEVEL=3")).containsExactly("ECDHE-RSA-AES128-SHA");
        assertThat(tls13("HIGH:@SECLEVEL=4")).containsExactly("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
    }

    @Test
    void lists_the_suites_of_a_version() {
        CipherList list = CipherList.of("ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA");
        assertThat(names(list.suites(TlsVersion.TLS_1_2))).containsExactly("ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA");
        assertThat(names(list.suites(TlsVersion.TLS_1_0))).containsExactly("AES128-SHA");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                ",",
                "no-such-cipher",
                "rick-128-roll",
                "aes256-sha",
                "FOOBARBAZ",
                "TLS_not_a_cipher",
                "!TLS_AES_128_GCM_SHA256",
                "!TLS_AES_128_GCM_SHA256:AES128-SHA",
                "TLS_AES_128_GCM_SHA256:abc",
                "TLS_AES_128_GCM_SHA256,HIGH",
                " TLS_AES_128_GCM_SHA256",
                "TLS_aes_128_gcm_sha256",
                "!AES128-SHA",
                "AES128-SHA:-AES128-SHA",
                "@SECLEVEL=1",
                "TLS_AES_128_GCM_SHA256:@SECLEVEL=1",
                "3DES",
                "SRP",
                "MD5:@SECLEVEL=0",
                "FIPS+HIGH",
                "TLS_AES_128_GCM_SHA256:AES128-SHA:@SECLEVEL=5"
            })
    void refuses_a_list_that_selects_nothing(String list) {
        assertThatThrownBy(() -> CipherList.of(list))
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_SSL_NO_CIPHER_MATCH"))
                .hasMessageStartingWith("cipher list: \"")
                .hasMessageContaining("no cipher match");
    }

    @ParameterizedTest
    @ValueSource(strings = {":", "::", ":::::"})
    void refuses_a_list_of_nothing_but_colons(String list) {
        assertThatThrownBy(() -> CipherList.of(list))
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_INVALID_ARG_VALUE"))
                .hasMessage("cipher list: \"%s\" has no names, at least one is needed", list);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$",
                "HIGH:$",
                "HIGH:!",
                "!",
                "-",
                "+",
                "HIGH:@",
                "HIGH:@FOO",
                "HIGH:@STRENGTHS",
                "HIGH:@SECLEVEL=6",
                "HIGH:@SECLEVEL=10",
                "HIGH:@SECLEVEL=a",
                "HIGH:é",
                "AES+",
                "AES++SHA1",
                "\uD83D",
                "3DES+$"
            })
    void refuses_what_is_neither_name_nor_action(String list) {
        assertThatThrownBy(() -> CipherList.of(list))
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_SSL_INVALID_COMMAND"));
    }

    @Test
    void reports_the_unknown_name_and_its_position() {
        assertThatThrownBy(() -> CipherList.of("ECDHE+AESGMC"))
                .hasMessage("cipher list: \"ECDHE+AESGMC\" selects no suite, name \"AESGMC\" at position 6 is unknown"
                        + " (no cipher match)");
        assertThatThrownBy(() -> CipherList.of("TLS_AES_128_GCM_SHA256:nope"))
                .hasMessage(
                        "cipher list: \"TLS_AES_128_GCM_SHA256:nope\" selects no suite, name \"nope\" at position 23"
                                + " is unknown (no cipher match)");
        assertThatThrownBy(() -> CipherList.of("AES128:!AES"))
                .hasMessage("cipher list: \"AES128:!AES\" selects no suite (no cipher match)");
        assertThatThrownBy(() -> CipherList.of("TLS_nope"))
                .hasMessage("cipher list: \"TLS_nope\" selects no suite, \"TLS_nope\" is not a suite of TLS 1.3"
                        + " (no cipher match)");
        assertThatThrownBy(() -> CipherList.of("TLS_AES_128_GCM_SHA256:AES128-SHA:@SECLEVEL=5"))
                .hasMessage("cipher list: \"TLS_AES_128_GCM_SHA256:AES128-SHA:@SECLEVEL=5\" selects no suite that"
                        + " security level 5 allows (no cipher match)");
        assertThatThrownBy(() -> CipherList.of("HIGH:@SECLEVEL=9"))
                .hasMessage("cipher list: \"HIGH:@SECLEVEL=9\" has \"@SECLEVEL=9\" at position 5, allowed are names,"
                        + " @STRENGTH and @SECLEVEL=0 to @SECLEVEL=5");
        assertThatThrownBy(() -> CipherList.of("HIGH:!"))
                .hasMessage("cipher list: \"HIGH:!\" has the end at position 6, allowed are names,"
                        + " @STRENGTH and @SECLEVEL=0 to @SECLEVEL=5");
    }

    @Test
    void lists_what_can_be_enabled_in_lower_case() {
        assertThat(CipherList.getCiphers())
                .isSorted()
                .doesNotHaveDuplicates()
                .contains("tls_aes_128_ccm_8_sha256", "ecdhe-rsa-aes128-gcm-sha256", "aes256-sha", "psk-aes128-cbc-sha")
                .doesNotContain("null-sha", "adh-aes128-sha")
                .allMatch(name -> Suite.ofName(name.toUpperCase(Locale.ROOT)).isPresent());
    }
}
