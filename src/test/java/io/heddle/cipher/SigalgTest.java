package io.heddle.cipher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.InvalidOption;
import io.heddle.protocol.TlsVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigalgTest {
    @ParameterizedTest
    @EnumSource(Sigalg.class)
    void is_found_by_number_and_by_standard_name(Sigalg sigalg) {
        assertThat(Sigalg.of(sigalg.number())).containsSame(sigalg);
        assertThat(Sigalg.ofName(sigalg.standardName())).containsSame(sigalg);
    }

    @ParameterizedTest
    @CsvSource({
        "RSA-PSS+SHA256, RSA_PSS_RSAE_SHA256",
        "PSS+SHA256, RSA_PSS_RSAE_SHA256",
        "RSA-PSS+sha256, RSA_PSS_RSAE_SHA256",
        "SHA256+RSA, RSA_PKCS1_SHA256",
        "rsa_pss_pss_sha512, RSA_PSS_PSS_SHA512",
        "ECDSA+SHA384, ECDSA_SECP384R1_SHA384",
        "ECDSA+SHA1, ECDSA_SHA1",
        "RSA+SHA1, RSA_PKCS1_SHA1",
        "DSA+SHA256, DSA_SHA256",
        "ed25519, ED25519",
        "mldsa65, MLDSA65",
        "MLDSA44, MLDSA44",
        "ML-DSA-87, MLDSA87",
        "ml-dsa-65, MLDSA65"
    })
    void is_found_by_the_names_of_openssl(String name, Sigalg sigalg) {
        assertThat(Sigalg.ofName(name)).containsSame(sigalg);
    }

    @Test
    void has_the_defaults_by_level() {
        List<Sigalg> strong = List.of(
                Sigalg.MLDSA65,
                Sigalg.MLDSA87,
                Sigalg.MLDSA44,
                Sigalg.ECDSA_SECP256R1_SHA256,
                Sigalg.ECDSA_SECP384R1_SHA384,
                Sigalg.ECDSA_SECP521R1_SHA512,
                Sigalg.ED25519,
                Sigalg.ED448,
                Sigalg.RSA_PSS_RSAE_SHA256,
                Sigalg.RSA_PSS_RSAE_SHA384,
                Sigalg.RSA_PSS_RSAE_SHA512,
                Sigalg.RSA_PSS_PSS_SHA256,
                Sigalg.RSA_PSS_PSS_SHA384,
                Sigalg.RSA_PSS_PSS_SHA512,
                Sigalg.RSA_PKCS1_SHA256,
                Sigalg.RSA_PKCS1_SHA384,
                Sigalg.RSA_PKCS1_SHA512);
        for (int level = 1; level <= 3; level++) {
            assertThat(Sigalg.defaults(level)).isEqualTo(strong);
        }
        List<Sigalg> all = new ArrayList<>(strong);
        all.addAll(List.of(Sigalg.ECDSA_SHA224, Sigalg.ECDSA_SHA1, Sigalg.RSA_PKCS1_SHA224, Sigalg.RSA_PKCS1_SHA1));
        assertThat(Sigalg.defaults(0)).isEqualTo(all);
        assertThat(Sigalg.defaults(4))
                .containsExactly(
                        Sigalg.MLDSA65,
                        Sigalg.MLDSA87,
                        Sigalg.ECDSA_SECP384R1_SHA384,
                        Sigalg.ECDSA_SECP521R1_SHA512,
                        Sigalg.ED448,
                        Sigalg.RSA_PSS_RSAE_SHA384,
                        Sigalg.RSA_PSS_RSAE_SHA512,
                        Sigalg.RSA_PSS_PSS_SHA384,
                        Sigalg.RSA_PSS_PSS_SHA512,
                        Sigalg.RSA_PKCS1_SHA384,
                        Sigalg.RSA_PKCS1_SHA512);
        assertThat(Sigalg.defaults(5))
                .containsExactly(
                        Sigalg.MLDSA87,
                        Sigalg.ECDSA_SECP521R1_SHA512,
                        Sigalg.RSA_PSS_RSAE_SHA512,
                        Sigalg.RSA_PSS_PSS_SHA512,
                        Sigalg.RSA_PKCS1_SHA512);
    }

    @Test
    void reads_a_list_in_its_order() {
        assertThat(Sigalg.parseList("RSA-PSS+SHA256 : ecdsa_secp256r1_sha256:ed448:RSA-PSS+SHA512"))
                .containsExactly(
                        Sigalg.RSA_PSS_RSAE_SHA256,
                        Sigalg.ECDSA_SECP256R1_SHA256,
                        Sigalg.ED448,
                        Sigalg.RSA_PSS_RSAE_SHA512);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "RSA+SHA256:",
                ":RSA+SHA256",
                "RSA+SHA256::ECDSA+SHA256",
                "RSA+SHA256:nope",
                "RSA+MD5",
                "RSA+",
                "+SHA256",
                "RSA",
                "RSA-PSS+SHA1",
                "Ed25519+UNDEF",
                "id-ml-dsa-65",
                "id-ml-dsa-65+UNDEF",
                "ML-DSA-65+SHA512",
                "mldsa64",
                "RSA+SHA256+X"
            })
    void refuses_what_openssl_refuses(String list) {
        assertThatThrownBy(() -> Sigalg.parseList(list))
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_INVALID_ARG_VALUE"))
                .hasMessageStartingWith("sigalgs: ");
    }

    @Test
    void ignores_a_scheme_that_is_there_again_and_the_case_of_letters() {
        assertThat(Sigalg.parseList("rsa+SHA256:ED25519:rsa_pkcs1_sha256:RSA_PSS_RSAE_SHA256:sha256+rsa-pss"))
                .containsExactly(Sigalg.RSA_PKCS1_SHA256, Sigalg.ED25519, Sigalg.RSA_PSS_RSAE_SHA256);
    }

    @Test
    void reports_the_wrong_name() {
        assertThatThrownBy(() -> Sigalg.parseList("RSA+SHA256:nope"))
                .hasMessage("sigalgs: \"nope\" in \"RSA+SHA256:nope\" is not a signature algorithm, "
                        + "allowed are names such as RSA-PSS+SHA256:ecdsa_secp256r1_sha256");
        assertThatThrownBy(() -> Sigalg.parseList("")).hasMessage("sigalgs: the list is empty, at least one is needed");
    }

    @Test
    void has_the_names_of_nodes_shared_sigalgs() {
        assertThat(Sigalg.RSA_PSS_PSS_SHA384.opensslName()).isEqualTo("RSA-PSS+SHA384");
        assertThat(Sigalg.ED25519.opensslName()).isEqualTo("Ed25519+UNDEF");
        assertThat(Sigalg.MLDSA44.opensslName()).isEqualTo("id-ml-dsa-44+UNDEF");
        assertThat(Sigalg.RSA_PKCS1_SHA224.opensslName()).isEqualTo("RSA+SHA224");
    }

    @ParameterizedTest
    @CsvSource({
        "RSA_PKCS1_SHA256, true, false",
        "RSA_PSS_RSAE_SHA256, true, true",
        "RSA_PSS_PSS_SHA256, true, true",
        "ECDSA_SECP521R1_SHA512, true, true",
        "ED448, true, true",
        "MLDSA44, false, true",
        "MLDSA65, false, true",
        "MLDSA87, false, true",
        "ECDSA_SHA1, true, false",
        "DSA_SHA256, true, false"
    })
    void has_the_versions_in_which_it_signs_handshakes(Sigalg sigalg, boolean tls12, boolean tls13) {
        assertThat(sigalg.signsIn(TlsVersion.TLS_1_1)).isFalse();
        assertThat(sigalg.signsIn(TlsVersion.TLS_1_2)).isEqualTo(tls12);
        assertThat(sigalg.signsIn(TlsVersion.TLS_1_3)).isEqualTo(tls13);
    }
}
