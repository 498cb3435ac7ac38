package io.heddle.engine.crypto;

import static io.heddle.protocol.TlsVersion.TLS_1_1;
import static io.heddle.protocol.TlsVersion.TLS_1_2;
import static io.heddle.protocol.TlsVersion.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import java.security.SecureRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The signature schemes of a key, and the suites that its type fits. */
@Tag("provider")
class CredentialTest {
    private static Credential of(TestPki.Key key) {
        return Credential.of(TestPki.server(key, "localhost"), new ProviderCrypto(new SecureRandom()));
    }

    private static Suite suite(String name) {
        return Suite.ofName(name).orElseThrow();
    }

    /** RFC 8017 9.1.1: 1024 bits hold no digest of 64 bytes with a salt as long. */
    @Test
    void a_modulus_has_to_hold_what_is_signed() {
        Credential small = of(TestPki.Key.RSA_1024);
        assertThat(small.signs(Sigalg.RSA_PSS_RSAE_SHA384, TLS_1_3)).isTrue();
        assertThat(small.signs(Sigalg.RSA_PSS_RSAE_SHA512, TLS_1_3)).isFalse();
        assertThat(small.signs(Sigalg.RSA_PKCS1_SHA512, TLS_1_2)).isTrue();
        assertThat(of(TestPki.Key.RSA_2048).signs(Sigalg.RSA_PSS_RSAE_SHA512, TLS_1_3))
                .isTrue();
    }

    /** RFC 8446 4.2.3. */
    @Test
    void in_tls_1_3_a_scheme_names_the_curve() {
        Credential key = of(TestPki.Key.P256);
        assertThat(key.signs(Sigalg.ECDSA_SECP256R1_SHA256, TLS_1_3)).isTrue();
        assertThat(key.signs(Sigalg.ECDSA_SECP384R1_SHA384, TLS_1_3)).isFalse();
        assertThat(key.signs(Sigalg.ECDSA_SECP384R1_SHA384, TLS_1_2)).isTrue();
    }

    @Test
    void in_tls_1_3_no_handshake_is_signed_by_pkcs1() {
        Credential key = of(TestPki.Key.RSA_2048);
        assertThat(key.signs(Sigalg.RSA_PKCS1_SHA256, TLS_1_3)).isFalse();
        assertThat(key.signs(Sigalg.RSA_PKCS1_SHA256, TLS_1_2)).isTrue();
    }

    @Test
    void a_key_signs_with_schemes_of_its_own_kind() {
        assertThat(of(TestPki.Key.RSA_2048).signs(Sigalg.RSA_PSS_PSS_SHA256, TLS_1_3))
                .isFalse();
        assertThat(of(TestPki.Key.RSA_PSS_2048).signs(Sigalg.RSA_PSS_RSAE_SHA256, TLS_1_3))
                .isFalse();
        assertThat(of(TestPki.Key.RSA_PSS_2048).signs(Sigalg.RSA_PSS_PSS_SHA256, TLS_1_3))
                .isTrue();
        assertThat(of(TestPki.Key.ED25519).signs(Sigalg.ECDSA_SECP256R1_SHA256, TLS_1_2))
                .isFalse();
    }

    /** A key for PSS alone decrypts nothing, and below TLS 1.2 its signatures cannot be asked for. */
    @Test
    void a_key_fits_suites_of_its_kind() {
        Suite ecdhe = suite("ECDHE-RSA-AES128-SHA");
        Suite rsa = suite("AES128-SHA");
        assertThat(of(TestPki.Key.RSA_2048).fits(rsa, TLS_1_2)).isTrue();
        assertThat(of(TestPki.Key.RSA_PSS_2048).fits(rsa, TLS_1_2)).isFalse();
        assertThat(of(TestPki.Key.RSA_PSS_2048).fits(ecdhe, TLS_1_2)).isTrue();
        assertThat(of(TestPki.Key.RSA_PSS_2048).fits(ecdhe, TLS_1_1)).isFalse();
        assertThat(of(TestPki.Key.P256).fits(ecdhe, TLS_1_2)).isFalse();
        Suite ecdsa = suite("ECDHE-ECDSA-AES128-SHA");
        assertThat(of(TestPki.Key.ED25519).fits(ecdsa, TLS_1_2)).isTrue();
        assertThat(of(TestPki.Key.ED25519).fits(ecdsa, TLS_1_1)).isFalse();
    }
}
