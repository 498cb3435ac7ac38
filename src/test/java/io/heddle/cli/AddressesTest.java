package io.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.cli.Addresses.HostAndPort;
import io.heddle.failure.InvalidOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @CsvSource({"localhost:443, localhost, 443", "127.0.0.1:1, 127.0.0.1, 1", "[::1]:65535, ::1, 65535"})
    void reads_host_and_port_and_writes_them_the_same(String text, String host, int port) {
        assertThat(Addresses.parse(text)).isEqualTo(new HostAndPort(host, port)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "host", "host:", ":443", "[]:443", "host:0", "host:65536", "host:99999999999", "host:x"})
    void refuses_what_is_no_host_and_port(String text) {
        assertThatThrownBy(() -> Addresses.parse(text))
                .isInstanceOf(InvalidOption.class)
                .hasMessageStartingWith("\"" + text + "\": ");
    }

    @Test
    void wants_brackets_around_ipv6() {
        assertThatThrownBy(() -> Addresses.parse("::1:443"))
                .hasMessage("\"::1:443\": an IPv6 address stands in brackets, as in [::1]:443");
    }

    @Test
    void writes_the_addresses_of_sockets() throws Exception {
        assertThat(Addresses.text(new InetSocketAddress("127.0.0.1", 5))).isEqualTo("127.0.0.1:5");
        assertThat(Addresses.text(new InetSocketAddress(InetAddress.getByName("::1"), 5)))
                .isEqualTo("[0:0:0:0:0:0:0:1]:5");
        assertThat(Addresses.text(UnixDomainSocketAddress.of("/run/x"))).isEqualTo("/run/x");
        assertThat(Addresses.text(UnixDomainSocketAddress.of(""))).isNull();
        assertThat(Addresses.text((SocketAddress) null)).isNull();
    }
}
