package io.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.InvalidOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsVersionTest {
    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void is_found_by_its_name_and_its_number(TlsVersion version) {
        assertThat(TlsVersion.parse("minVersion", version.protocol())).isSameAs(version);
        assertThat(TlsVersion.of(version.code())).containsSame(version);
    }

    @Test
    void has_the_names_of_node_and_jsse() {
        assertThat(TlsVersion.values())
                .extracting(TlsVersion::protocol)
                .containsExactly("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");
        assertThat(TlsVersion.TLS_1_2).hasToString("TLSv1.2");
        assertThat(TlsVersion.TLS_1_2.code()).isEqualTo(0x0303);
    }

    @Test
    void is_ordered_by_age() {
        assertThat(TlsVersion.TLS_1_3.isAtLeast(TlsVersion.TLS_1_2)).isTrue();
        assertThat(TlsVersion.TLS_1_2.isAtLeast(TlsVersion.TLS_1_2)).isTrue();
        assertThat(TlsVersion.TLS_1_1.isAtLeast(TlsVersion.TLS_1_2)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "TLSv1.0", "tlsv1.2", "TLSv1.4", "SSLv3", "TLS"})
    void refuses_other_names(String name) {
        assertThat(TlsVersion.ofProtocol(name)).isEmpty();
        assertThatThrownBy(() -> TlsVersion.parse("maxVersion", name)).isInstanceOf(InvalidOption.class);
    }

    @Test
    void says_what_is_allowed() {
        assertThatThrownBy(() -> TlsVersion.parse("minVersion", "fhqwhgads"))
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_TLS_INVALID_PROTOCOL_VERSION"))
                .hasMessage(
                        "minVersion: \"fhqwhgads\" is not a TLS version, allowed are TLSv1, TLSv1.1, TLSv1.2 and TLSv1.3");
    }

    @Test
    void knows_no_other_numbers() {
        assertThat(TlsVersion.of(0x0300)).isEmpty();
        assertThat(TlsVersion.of(0x0305)).isEmpty();
        assertThat(TlsVersion.of(0x7A7A)).isEmpty();
    }
}
