package io.heddle.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.ConnectOptions;
import io.heddle.failure.InvalidOption;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNamesTest {
    @ParameterizedTest
    @CsvSource({
        "localhost, localhost",
        "example.com., example.com",
        "my_host.test, my_host.test",
        "b\u00fccher.test, xn--bcher-kva.test"
    })
    void a_host_name_has_a_form_in_ascii(String name, String ascii) {
        assertThat(HostNames.toAscii("host", name)).isEqualTo(ascii);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\u0000b.test", "a\nb", "a\u007fb", "a..b"})
    void what_is_in_no_host_name_is_refused(String name) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> ConnectOptions.builder().host(name).build())
                .withMessageEndingWith("is not a host name")
                .returns("ERR_INVALID_ARG_VALUE", InvalidOption::code);
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> ConnectOptions.builder().servername(name).build());
    }
}
