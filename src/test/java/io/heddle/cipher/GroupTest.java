package io.heddle.cipher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.InvalidOption;
import io.heddle.protocol.TlsVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupTest {
    @ParameterizedTest
    @EnumSource(Group.class)
    void is_found_by_number_and_by_each_name(Group group) {
        assertThat(Group.of(group.number())).containsSame(group);
        assertThat(Group.ofName(group.opensslName())).containsSame(group);
        assertThat(Group.ofName(group.standardName())).containsSame(group);
    }

    @ParameterizedTest
    @CsvSource({
        "P_256, prime256v1, ECDH, 256",
        "P_521, secp521r1, ECDH, 521",
        "X25519, X25519, ECDH, 253",
        "X448, X448, ECDH, 448",
        "FFDHE2048, ffdhe2048, DH, 2048"
    })
    void has_the_values_of_nodes_ephemeral_key_info(Group group, String name, Group.Kind kind, int size) {
        assertThat(group.opensslName()).isEqualTo(name);
        assertThat(group.kind()).isEqualTo(kind);
        assertThat(group.bits()).isEqualTo(size);
    }

    @Test
    void reads_a_list_with_names_of_nist_openssl_and_iana() {
        assertThat(Group.parseList("X25519:P-256:secp384r1:x448:ffdhe3072:X25519MLKEM768"))
                .containsExactly(
                        Group.X25519, Group.P_256, Group.P_384, Group.X448, Group.FFDHE3072, Group.X25519MLKEM768);
        assertThat(Group.parseList(" prime256v1 :\tx25519")).containsExactly(Group.P_256, Group.X25519);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ":",
                "X25519:",
                ":X25519",
                "X25519::P-256",
                "X25519,P-256",
                "auto",
                "auto:X25519",
                "wap-wsg-idm-ecid-wtls1",
                "c2pnb163v1",
                "prime192v3"
            })
    void refuses_what_openssl_refuses(String list) {
        assertThatThrownBy(() -> Group.parseList(list))
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_CRYPTO_OPERATION_FAILED"))
                .hasMessageStartingWith("ecdhCurve: Failed to set ECDH curve");
    }

    @Test
    void takes_a_name_in_any_case() {
        assertThat(Group.parseList("p-256:x448:SECP384R1:Ffdhe2048:brainpoolp256r1:x25519mlkem768"))
                .containsExactly(
                        Group.P_256,
                        Group.X448,
                        Group.P_384,
                        Group.FFDHE2048,
                        Group.BRAINPOOL_P256,
                        Group.X25519MLKEM768);
    }

    @Test
    void reports_the_wrong_name() {
        assertThatThrownBy(() -> Group.parseList("X25519:nope"))
                .hasMessage("ecdhCurve: Failed to set ECDH curve, \"nope\" in \"X25519:nope\" is not a group, "
                        + "allowed are names such as X25519:P-256");
    }

    @Test
    void ignores_a_group_that_is_there_again_and_the_case_of_letters() {
        assertThat(Group.parseList("p-256:X25519:PRIME256V1:x25519:ffdhe2048:FFDHE2048"))
                .containsExactly(Group.P_256, Group.X25519, Group.FFDHE2048);
    }

    @Test
    void has_the_versions_in_which_a_group_can_be_negotiated() {
        assertThat(Group.X25519MLKEM768.fits(TlsVersion.TLS_1_2)).isFalse();
        assertThat(Group.X25519MLKEM768.fits(TlsVersion.TLS_1_3)).isTrue();
        assertThat(Group.SECP256K1.fits(TlsVersion.TLS_1_2)).isTrue();
        assertThat(Group.SECP256K1.fits(TlsVersion.TLS_1_3)).isFalse();
        assertThat(Group.P_256.fits(TlsVersion.TLS_1_0)).isTrue();
    }
}
