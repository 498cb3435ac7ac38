package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.PskKind;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.TlsSocket;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code openssl s_client} with a pre-shared key and a Heddle server. */
@Tag("interop")
class SClientPskTest {
    private static final String KEY = HexFormat.of().formatHex(PskKind.key());
    private static final String LIST = "ECDHE-PSK-CHACHA20-POLY1305:DHE-PSK-AES256-GCM-SHA384:PSK-AES128-GCM-SHA256:"
            + "RSA-PSK-AES256-GCM-SHA384:ECDHE+AESGCM:TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256";

    @TempDir
    private Path folder;

    private static EchoServer serve(SecureContext context, Consumer<ServerOptions.Builder> further) {
        ServerOptions.Builder options = ServerOptions.builder(context)
                .pskCallback((socket, identity) ->
                        identity.equals(PskKind.IDENTITY) ? Optional.of(PskKind.key()) : Optional.empty());
        further.accept(options);
        return EchoServer.start(options.build());
    }

    private static SecureContext keysAlone() {
        return SecureContext.builder().ciphers(LIST).dhparam("auto").build();
    }

    private static SecureContext withCertificate(Kind kind) {
        return Servers.context(kind, options -> options.ciphers(LIST).dhparam("auto"));
    }

    private static String[] args(String identity, String key, String... further) {
        List<String> all = new ArrayList<>(List.of("-psk", key, "-psk_identity", identity));
        all.addAll(List.of(further));
        return all.toArray(String[]::new);
    }

    private static String[] with(PskKind kind, String identity, String key) {
        return kind == PskKind.PSK13
                ? args(identity, key, "-tls1_3")
                : args(identity, key, "-tls1_2", "-cipher", kind.suite());
    }

    @ParameterizedTest
    @EnumSource
    void connects(PskKind kind) throws Exception {
        SecureContext context = kind == PskKind.RSA_PSK ? withCertificate(Kind.RSA) : keysAlone();
        try (EchoServer server = serve(context, options -> options.pskIdentityHint("which unit?"))) {
            ProgramResult client = server.openssl(with(kind, PskKind.IDENTITY, KEY));
            TlsSocket socket = server.next();
            assertThat(socket.pskIdentity()).contains(PskKind.IDENTITY);
            assertThat(socket.authorized()).isTrue();
            assertThat(socket.isSessionReused()).isFalse();
            assertThat(socket.getCipher().name()).isEqualTo(kind.suite());
            if (kind != PskKind.PSK13) {
                assertThat(client.out())
                        .contains(
                                "PSK identity: unit 7", "PSK identity hint: which unit?", "Cipher is " + kind.suite());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_3", "-tls1_2"})
    void through_a_hello_retry_request_or_another_curve(String version) throws Exception {
        SecureContext context =
                SecureContext.builder().ciphers(LIST).ecdhCurve("P-384").build();
        try (EchoServer server = serve(context, options -> {})) {
            server.openssl(args(PskKind.IDENTITY, KEY, version, "-groups", "X25519:P-384"));
            TlsSocket socket = server.next();
            assertThat(socket.pskIdentity()).contains(PskKind.IDENTITY);
            assertThat(socket.getEphemeralKeyInfo().orElseThrow().name()).isEqualTo("secp384r1");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PSK13, ERR_SSL_BINDER_DOES_NOT_VERIFY, decrypt error",
        "PSK, ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, bad record mac",
        "DHE_PSK, ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, bad record mac",
        "ECDHE_PSK, ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, bad record mac",
        "RSA_PSK, ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, bad record mac"
    })
    void a_wrong_key_is_refused(PskKind kind, Code code, String alert) throws Exception {
        try (EchoServer server = serve(withCertificate(Kind.RSA), options -> {})) {
            ProgramResult client = server.opensslRefused(with(kind, PskKind.IDENTITY, "00".repeat(16)));
            assertThat(client.output()).contains(alert);
            assertThat(server.nextFailure()).returns(code, TlsFailure::code);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PSK", "DHE_PSK", "ECDHE_PSK", "RSA_PSK"})
    void an_unknown_identity_is_refused_in_tls_1_2(PskKind kind) throws Exception {
        try (EchoServer server = serve(withCertificate(Kind.RSA), options -> {})) {
            ProgramResult client = server.opensslRefused(with(kind, "unit 8", KEY));
            assertThat(client.output()).contains("unknown psk identity");
            assertThat(server.nextFailure()).returns(Code.ERR_SSL_PSK_IDENTITY_NOT_FOUND, TlsFailure::code);
        }
    }

    @Test
    void an_unknown_identity_receives_the_certificate_in_tls_1_3() throws Exception {
        try (EchoServer server = serve(withCertificate(Kind.P256), options -> {})) {
            server.openssl(args("unit 8", KEY, "-tls1_3"));
            TlsSocket socket = server.next();
            assertThat(socket.pskIdentity()).isEmpty();
            assertThat(socket.getCertificate()).isPresent();
        }
    }

    @Test
    void a_ticket_is_tried_before_the_key() throws Exception {
        String session = folder.resolve("session.pem").toString();
        try (EchoServer server = serve(withCertificate(Kind.P256), options -> {})) {
            server.openssl("-tls1_3", "-sess_out", session);
            assertThat(server.next().pskIdentity()).isEmpty();
            server.openssl(args(PskKind.IDENTITY, KEY, "-tls1_3", "-sess_in", session));
            TlsSocket resumed = server.next();
            assertThat(resumed.resumption()).contains("psk");
            assertThat(resumed.pskIdentity()).isEmpty();
            try (EchoServer other = serve(withCertificate(Kind.P256), options -> {})) {
                other.openssl(args(PskKind.IDENTITY, KEY, "-tls1_3", "-sess_in", session));
                assertThat(other.next().pskIdentity()).contains(PskKind.IDENTITY);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_3", "-tls1_2"})
    void no_session_is_issued(String version) throws Exception {
        Path session = folder.resolve("none.pem");
        try (EchoServer server = serve(keysAlone(), options -> {})) {
            ProgramResult client = server.openssl(args(PskKind.IDENTITY, KEY, version, "-sess_out", session.toString()));
            assertThat(client.out()).doesNotContain("TLS session ticket:", "New Session Ticket arrived");
            assertThat(server.next().getSessionData()).isEmpty();
        }
    }
}
