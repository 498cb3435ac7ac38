package io.heddle.cipher;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.protocol.TlsVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
    void has_the_versions_in_which_a_group_can_be_negotiated() {
        assertThat(Group.X25519MLKEM768.fits(TlsVersion.TLS_1_2)).isFalse();
        assertThat(Group.X25519MLKEM768.fits(TlsVersion.TLS_1_3)).isTrue();
        assertThat(Group.MLKEM1024.fits(TlsVersion.TLS_1_2)).isFalse();
        assertThat(Group.SECP256K1.fits(TlsVersion.TLS_1_2)).isTrue();
        assertThat(Group.SECP256K1.fits(TlsVersion.TLS_1_3)).isFalse();
        assertThat(Group.P_256.fits(TlsVersion.TLS_1_0)).isTrue();
    }
}
