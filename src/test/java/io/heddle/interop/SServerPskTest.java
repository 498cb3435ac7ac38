package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.ConnectOptions;
import io.heddle.PskKind;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.callback.PskIdentity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Heddle clients with a pre-shared key and {@code openssl s_server}, which sends lines back reversed. */
@Tag("interop")
class SServerPskTest {
    private static final String KEY = HexFormat.of().formatHex(PskKind.key());

    @TempDir
    private Path folder;

    private RunningServer start(PskKind kind, String... further) {
        List<String> args = new ArrayList<>(
                List.of("-rev", "-psk", KEY, "-psk_identity", PskKind.IDENTITY, "-psk_hint", "which unit?"));
        if (kind == PskKind.RSA_PSK) {
            PemFiles.Pair rsa = new PemFiles(folder).write("rsa", Kind.RSA.identity());
            args.addAll(List.of("-cert", rsa.cert(), "-key", rsa.key()));
        } else {
            args.add("-nocert");
        }
        args.addAll(List.of(further));
        return Openssl.server(args.toArray(String[]::new));
    }

    private static ConnectOptions.Builder client(RunningServer server, PskKind kind, List<Optional<String>> hints) {
        return ConnectOptions.builder()
                .host("localhost")
                .port(server.port())
                .ca(TestPki.ca().chain())
                .minVersion(kind.version())
                .maxVersion(kind.version())
                .ciphers(kind.suite())
                .pskCallback(hint -> {
                    hints.add(hint);
                    return PskKind.credential();
                });
    }

    private static void assertByKey(TlsSocket socket) throws IOException {
        socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
        socket.getOutputStream().write("hello\n".getBytes(UTF_8));
        assertThat(socket.getInputStream().readNBytes(6)).asString(UTF_8).isEqualTo("olleh\n");
        assertThat(socket.pskIdentity()).contains(PskKind.IDENTITY);
        assertThat(socket.authorized()).isTrue();
        assertThat(socket.isSessionReused()).isFalse();
        assertThat(socket.getSessionData()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void connects(PskKind kind) throws Exception {
        List<Optional<String>> hints = new ArrayList<>();
        try (RunningServer server = start(kind);
                TlsSocket socket = Tls.connect(client(server, kind, hints).build())) {
            assertByKey(socket);
            assertThat(socket.getCipher().name()).isEqualTo(kind.suite());
            assertThat(hints).containsExactly(kind == PskKind.PSK13 ? Optional.empty() : Optional.of("which unit?"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PSK13", "ECDHE_PSK"})
    void through_a_hello_retry_request_or_another_curve(PskKind kind) throws Exception {
        try (RunningServer server = start(kind, "-groups", "P-384");
                TlsSocket socket = Tls.connect(client(server, kind, new ArrayList<>())
                        .ecdhCurve("X25519:P-384")
                        .build())) {
            assertByKey(socket);
            assertThat(socket.getEphemeralKeyInfo().orElseThrow().name()).isEqualTo("secp384r1");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PSK13, ERR_SSL_SSLV3_ALERT_ILLEGAL_PARAMETER",
        "PSK, ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC",
        "DHE_PSK, ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC",
        "ECDHE_PSK, ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC",
        "RSA_PSK, ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC"
    })
    void is_refused_with_a_wrong_key(PskKind kind, Code code) throws Exception {
        try (RunningServer server = start(kind)) {
            ConnectOptions options = client(server, kind, new ArrayList<>())
                    .pskCallback(hint -> Optional.of(new PskIdentity(PskKind.IDENTITY, new byte[16])))
                    .build();
            TlsFailure failure = catchThrowableOfType(
                    TlsFailure.class, () -> Tls.connect(options).close());
            // OpenSSL sends decrypt_error from 3.4 on.
            assertThat(failure.code()).isIn(code, Code.ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR);
        }
    }
}
