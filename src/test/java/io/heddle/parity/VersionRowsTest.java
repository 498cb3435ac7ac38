package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.SecureContext;
import io.heddle.Tls;
import io.heddle.failure.Alert;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Openssl;
import io.heddle.protocol.TlsVersion;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the area ciphers on protocol versions. Where Node has a flag for a default, the option is set instead. */
class VersionRowsTest {
    private static final String OLD = "TLS_AES_256_GCM_SHA384:DEFAULT:@SECLEVEL=0";

    /**
     * A side in the notation of the table: {@code 1.0-1.2} by minimum and maximum, a method by its name, or nothing.
     */
    private static Consumer<SecureContext.Builder> versions(String side) {
        return context -> {
            context.ciphers(OLD);
            set(context, side);
        };
    }

    private static void set(io.heddle.SecureContextBuilder<?> context, String side) {
        if (side.endsWith("_method")) {
            context.secureProtocol(side);
        } else if (!side.isEmpty()) {
            String[] range = side.split("-", 2);
            context.minVersion(name(range[0])).maxVersion(name(range[1]));
        }
    }

    private static String name(String number) {
        return number.equals("1.0") ? "TLSv1" : "TLSv" + number;
    }

    @DisplayName(
            "CIP-03, CIP-04, CIP-06, CIP-07, CIP-08, CIP-09, CIP-12, CIP-15: the highest version that both sides have")
    @ParameterizedTest
    @CsvSource({
        "'', '', TLSv1.3",
        "'', 1.2-1.2, TLSv1.2",
        "1.2-1.2, '', TLSv1.2",
        "1.0-1.1, 1.0-1.3, TLSv1.1",
        "1.0-1.3, 1.0-1.1, TLSv1.1",
        "1.0-1.3, 1.2-1.2, TLSv1.2",
        "1.0-1.0, 1.0-1.1, TLSv1",
        "1.3-1.3, 1.0-1.3, TLSv1.3",
        "TLS_method, TLS_method, TLSv1.3",
        "TLSv1_method, TLS_method, TLSv1",
        "TLSv1_1_method, TLS_method, TLSv1.1",
        "TLSv1_2_method, TLS_server_method, TLSv1.2",
        "SSLv23_method, TLS_method, TLSv1.2",
        "TLS_client_method, SSLv23_server_method, TLSv1.2"
    })
    void negotiates_the_highest_common_version(String client, String server, String expected) throws Exception {
        try (var loopback = Loopback.serve(versions(server).andThen(Agents.identity(AGENT2)))) {
            ConnectionResult result = loopback.exchange(o -> {
                        o.rejectUnauthorized(false).ciphers(OLD);
                        set(o, client);
                    })
                    .worked();

            assertThat(result.client().getProtocol()).isEqualTo(expected);
            assertThat(result.server().getProtocol()).isEqualTo(expected);
        }
    }

    @DisplayName("CIP-15: no common version")
    @ParameterizedTest
    @CsvSource({
        "1.1-1.1, '', ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION, ERR_SSL_UNSUPPORTED_PROTOCOL",
        "1.0-1.0, '', ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION, ERR_SSL_UNSUPPORTED_PROTOCOL",
        "'', 1.1-1.1, ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION, ERR_SSL_UNSUPPORTED_PROTOCOL",
        "1.2-1.2, 1.3-1.3, ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION, ERR_SSL_UNSUPPORTED_PROTOCOL",
        "1.3-1.3, 1.2-1.2, ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION, ERR_SSL_UNSUPPORTED_PROTOCOL"
    })
    void reports_to_both_sides_that_there_is_no_common_version(
            String client, String server, Code clientCode, Code serverCode) throws Exception {
        try (var loopback = Loopback.serve(versions(server).andThen(Agents.identity(AGENT2)))) {
            loopback.exchange(o -> {
                        o.rejectUnauthorized(false).ciphers(OLD);
                        set(o, client);
                    })
                    .clientFailed(clientCode)
                    .serverFailed(serverCode);
        }
    }

    @DisplayName("CIP-15: names of methods that do not exist")
    @ParameterizedTest
    @CsvSource({
        "SSLv2_method, SSLv2 methods disabled",
        "SSLv3_client_method, SSLv3 methods disabled",
        "hokey-pokey, Unknown method: hokey-pokey",
        "TLSv1_3_method, Unknown method: TLSv1_3_method",
        "'', 'Unknown method: '"
    })
    void refuses_other_methods(String method, String reason) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Tls.createSecureContext(o -> o.secureProtocol(method)))
                .withMessage("secureProtocol: " + reason)
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_TLS_INVALID_PROTOCOL_METHOD"));
    }

    @DisplayName("CIP-15: a method together with a version, and an empty range")
    @Test
    void refuses_contradictions() {
        refused(
                "ERR_TLS_PROTOCOL_VERSION_CONFLICT",
                o -> o.secureProtocol("TLS_method").minVersion(TlsVersion.TLS_1_2));
        refused(
                "ERR_TLS_PROTOCOL_VERSION_CONFLICT",
                o -> o.maxVersion("TLSv1.2").secureProtocol("TLSv1_2_method"));
        refused(
                "ERR_SSL_NO_PROTOCOLS_AVAILABLE",
                o -> o.minVersion(TlsVersion.TLS_1_3).maxVersion(TlsVersion.TLS_1_2));
    }

    @DisplayName("OPT-01: a version that does not exist")
    @ParameterizedTest
    @ValueSource(strings = {"fhqwhgads", "SSLv3", "tlsv1.2", ""})
    void refuses_other_versions(String version) {
        refused("ERR_TLS_INVALID_PROTOCOL_VERSION", o -> o.minVersion(version));
        refused("ERR_TLS_INVALID_PROTOCOL_VERSION", o -> o.maxVersion(version));
    }

    private static void refused(String code, Consumer<SecureContext.Builder> options) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Tls.createSecureContext(options))
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    @DisplayName("CIP-01: a client of TLS 1.1 is informed by a server of TLS 1.2")
    @Test
    @Tag("interop")
    void sends_protocol_version_to_an_old_openssl_client() throws Exception {
        try (var server =
                Loopback.serve(Agents.identity(AGENT2).andThen(o -> o.secureProtocol("TLSv1_2_server_method")))) {
            var client = Openssl.run(
                    "s_client",
                    "-connect",
                    "127.0.0.1:" + server.server.port(),
                    "-tls1_1",
                    "-cipher",
                    "DEFAULT:@SECLEVEL=0");

            assertThat(client.exitCode()).isEqualTo(1);
            assertThat(client.output()).contains("alert number 70");
            server.serverSide().serverFailed(Code.ERR_SSL_UNSUPPORTED_PROTOCOL).serverSent(Alert.PROTOCOL_VERSION);
        }
    }

    @DisplayName("CIP-18: a ClientHello of SSL 3.0")
    @Test
    void refuses_a_client_of_ssl_3() throws Exception {
        // struct { version, random[32], session_id<0>, cipher_suites<2>, compression<1> }
        String hello = "0300" + "00".repeat(32) + "00" + "0004" + "0035002f" + "0100";
        byte[] record = HexFormat.of()
                .parseHex("160300%04x01%06x".formatted(hello.length() / 2 + 4, hello.length() / 2) + hello);
        try (var server = Loopback.serve(Agents.identity(AGENT2));
                var raw = new Socket(InetAddress.getLoopbackAddress(), server.server.port())) {
            raw.setSoTimeout(20_000);
            raw.getOutputStream().write(record);
            byte[] answer = raw.getInputStream().readAllBytes();

            assertThat(answer).hasSize(7).startsWith(21).endsWith(2, Alert.PROTOCOL_VERSION.number());
            server.serverSide().serverFailed(Code.ERR_SSL_UNSUPPORTED_PROTOCOL);
            assertThat(server.quiet()).isTrue();
        }
    }
}
