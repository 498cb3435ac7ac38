package io.heddle.cipher;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.cipher.Suite.Authentication;
import io.heddle.cipher.Suite.Encryption;
import io.heddle.cipher.Suite.Hash;
import io.heddle.cipher.Suite.KeyExchange;
import io.heddle.cipher.Suite.Mac;
import io.heddle.protocol.TlsVersion;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuiteTest {
    static Iterable<Suite> all() {
        return Suite.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void is_found_by_number_name_and_standard_name(Suite suite) {
        assertThat(Suite.of(suite.number())).containsSame(suite);
        assertThat(Suite.ofName(suite.name())).containsSame(suite);
        assertThat(Suite.ofStandardName(suite.standardName())).containsSame(suite);
        assertThat(Suite.isKnownName(suite.standardName())).isTrue();
        assertThat(RetiredSuites.contains(suite.standardName())).isFalse();
    }

    @Test
    void has_no_number_or_name_twice() {
        assertThat(Suite.all()).hasSize(153);
        assertThat(Suite.all()).extracting(Suite::number).doesNotHaveDuplicates();
        assertThat(Suite.all()).extracting(Suite::name).doesNotHaveDuplicates();
        assertThat(Suite.all()).extracting(Suite::standardName).doesNotHaveDuplicates();
    }

    @Test
    void reads_the_properties_of_a_suite_of_tls_1_2() {
        Suite suite = Suite.of(0xC030).orElseThrow();
        assertThat(suite).hasToString("ECDHE-RSA-AES256-GCM-SHA384");
        assertThat(suite.standardName()).isEqualTo("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        assertThat(suite.version()).isEqualTo("TLSv1.2");
        assertThat(suite.keyExchange()).isEqualTo(KeyExchange.ECDHE);
        assertThat(suite.authentication()).isEqualTo(Authentication.RSA);
        assertThat(suite.encryption()).isEqualTo(Encryption.AES_256_GCM);
        assertThat(suite.bits()).isEqualTo(256);
        assertThat(suite.mac()).isEqualTo(Mac.AEAD);
        assertThat(suite.hash()).isEqualTo(Hash.SHA384);
        assertThat(suite.isAead()).isTrue();
        assertThat(suite.isTls13()).isFalse();
        assertThat(suite.fits(TlsVersion.TLS_1_1)).isFalse();
        assertThat(suite.fits(TlsVersion.TLS_1_2)).isTrue();
        assertThat(suite.fits(TlsVersion.TLS_1_3)).isFalse();
    }

    @Test
    void reads_the_properties_of_a_suite_of_tls_1_3() {
        Suite suite = Suite.ofName("TLS_AES_128_CCM_8_SHA256").orElseThrow();
        assertThat(suite.number()).isEqualTo(0x1305);
        assertThat(suite.version()).isEqualTo("TLSv1.3");
        assertThat(suite.keyExchange()).isEqualTo(KeyExchange.ANY);
        assertThat(suite.authentication()).isEqualTo(Authentication.ANY);
        assertThat(suite.encryption()).isEqualTo(Encryption.AES_128_CCM_8);
        assertThat(suite.hash()).isEqualTo(Hash.SHA256);
        assertThat(suite.isAead()).isTrue();
        assertThat(suite.isTls13()).isTrue();
        assertThat(suite.fits(TlsVersion.TLS_1_2)).isFalse();
        assertThat(suite.fits(TlsVersion.TLS_1_3)).isTrue();
    }

    @Test
    void reads_the_properties_of_an_old_suite() {
        Suite suite = Suite.ofName("AES256-SHA").orElseThrow();
        assertThat(suite.version()).isEqualTo("SSLv3");
        assertThat(suite.minVersion()).isEqualTo(TlsVersion.TLS_1_0);
        assertThat(suite.maxVersion()).isEqualTo(TlsVersion.TLS_1_2);
        assertThat(suite.keyExchange()).isEqualTo(KeyExchange.RSA);
        assertThat(suite.keyExchange().isForwardSecret()).isFalse();
        assertThat(suite.encryption()).isEqualTo(Encryption.AES_256_CBC);
        assertThat(suite.mac()).isEqualTo(Mac.SHA1);
        assertThat(suite.hash()).isEqualTo(Hash.SHA256);
        assertThat(suite.isAead()).isFalse();
        assertThat(Suite.ofName("ECDHE-RSA-AES128-SHA").orElseThrow().version()).isEqualTo("TLSv1.0");
    }

    @Test
    void distinguishes_shared_key_suites() {
        assertThat(Suite.ofName("DHE-PSK-AES128-CCM8").orElseThrow().keyExchange())
                .isEqualTo(KeyExchange.DHE_PSK)
                .matches(KeyExchange::isPsk)
                .matches(KeyExchange::isForwardSecret);
        assertThat(Suite.ofName("RSA-PSK-AES128-CBC-SHA").orElseThrow().authentication())
                .isEqualTo(Authentication.RSA);
        assertThat(Suite.ofName("ECDHE-RSA-AES128-SHA")
                        .orElseThrow()
                        .keyExchange()
                        .isPsk())
                .isFalse();
    }

    @Test
    void is_found_under_the_oldest_prefix_too() {
        assertThat(Suite.ofStandardName("SSL_RSA_WITH_NULL_SHA")).isEqualTo(Suite.ofName("NULL-SHA"));
        assertThat(Suite.ofStandardName("XXX_RSA_WITH_NULL_SHA")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSL_RSA_WITH_RC4_128_MD5",
                "SSL_RSA_EXPORT_WITH_DES40_CBC_SHA",
                "SSL_RSA_WITH_NULL_MD5",
                "SSL_DH_anon_EXPORT_WITH_RC4_40_MD5",
                "TLS_KRB5_WITH_3DES_EDE_CBC_SHA",
                "SSL_RSA_WITH_3DES_EDE_CBC_SHA",
                "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA",
                "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
                "TLS_FALLBACK_SCSV"
            })
    void recognizes_retired_names_without_running_them(String name) {
        assertThat(Suite.isKnownName(name)).isTrue();
        assertThat(Suite.ofStandardName(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "TLS_",
                "AES256-SHA",
                "TLS_RSA_WITH_AES_128_CBC_SHAX",
                "tls_rsa_with_aes_128_cbc_sha",
                "TLS_FOO_WITH_BAR",
                "XXX_RSA_WITH_RC4_128_MD5"
            })
    void does_not_recognize_names_that_were_never_standard(String name) {
        assertThat(Suite.isKnownName(name)).isFalse();
    }

    @Test
    void recognizes_every_name_of_this_jdk() throws Exception {
        var parameters = SSLContext.getDefault().getSupportedSSLParameters();
        assertThat(Arrays.asList(parameters.getCipherSuites())).allMatch(Suite::isKnownName);
    }
}
