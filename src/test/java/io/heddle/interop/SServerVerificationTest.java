package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestCertificate;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import io.heddle.interop.SServer.Exchange;
import io.heddle.protocol.TlsVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Heddle clients verify the certificates of {@code openssl s_server}, and it verifies theirs. */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
class SServerVerificationTest {
    @TempDir
    private Path folder;

    /** A defect of a server, with the client's error code and the number of the alert that the server receives. */
    enum Bad {
        EXPIRED(Code.CERT_HAS_EXPIRED, 45),
        NOT_YET_VALID(Code.CERT_NOT_YET_VALID, 42),
        SELF_SIGNED(Code.DEPTH_ZERO_SELF_SIGNED_CERT, 48),
        UNKNOWN_CA(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE, 48),
        UNKNOWN_CA_IN_CHAIN(Code.SELF_SIGNED_CERT_IN_CHAIN, 48),
        INTERMEDIATE_MISSING(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE, 48),
        FOR_CLIENTS(Code.INVALID_PURPOSE, 43),
        REVOKED(Code.CERT_REVOKED, 44),
        WRONG_HOST(Code.ERR_TLS_CERT_ALTNAME_INVALID, 46);

        private final Code code;
        private final int alert;

        Bad(Code code, int alert) {
            this.code = code;
            this.alert = alert;
        }

        private Identity identity() {
            TestCertificate begun = TestPki.certificate("CN=" + name()).key(TestPki.Key.P256, 1);
            return switch (this) {
                case EXPIRED -> begun.server("localhost").expired().issuedBy(TestPki.ca());
                case NOT_YET_VALID -> begun.server("localhost").notYetValid().issuedBy(TestPki.ca());
                case SELF_SIGNED -> begun.server("localhost").selfSigned();
                case UNKNOWN_CA, UNKNOWN_CA_IN_CHAIN ->
                    begun.server("localhost").issuedBy(nobody());
                case INTERMEDIATE_MISSING -> TestPki.serverWithIntermediate("localhost");
                case FOR_CLIENTS -> begun.client().names("localhost").issuedBy(TestPki.ca());
                case REVOKED -> begun.server("localhost").issuedBy(TestPki.ca());
                case WRONG_HOST -> begun.server("elsewhere.example").issuedBy(TestPki.ca());
            };
        }
    }

    private static Identity nobody() {
        return TestPki.root("Nobody", TestPki.Key.P256, 4);
    }

    static Stream<Arguments> bad_servers() {
        return Stream.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)
                .flatMap(version -> Stream.of(Bad.values()).map(bad -> Arguments.of(version, bad)));
    }

    @ParameterizedTest
    @MethodSource
    void bad_servers(TlsVersion version, Bad bad) throws Exception {
        Identity identity = bad.identity();
        var files = new PemFiles(folder);
        String[] args = {};
        if (bad == Bad.UNKNOWN_CA_IN_CHAIN) {
            String chain = files.write("chain.pem", TestPki.pem(nobody().chain()));
            args = new String[] {"-cert_chain", chain};
        }
        try (SServer server = SServer.start(files.write("server", identity), args)) {
            ConnectOptions.Builder client = server.client(version);
            if (bad == Bad.REVOKED) {
                client.crl(TestPki.crl(TestPki.ca(), identity.leaf()));
            }
            TlsFailure failure = catchThrowableOfType(
                    TlsFailure.class, () -> Tls.connect(client.build()).close());
            assertThat(failure.code()).isEqualTo(bad.code);
            assertThat(failure.alert().orElseThrow().number()).isEqualTo(bad.alert);
            server.program().awaitNextLine("SSL alert number " + bad.alert + "$");

            try (TlsSocket socket = Tls.connect(client.rejectUnauthorized(false).build())) {
                server.converse(socket);
                assertThat(socket.authorized()).isFalse();
                assertThat(socket.authorizationError()).contains(bad.code);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_chain_with_its_intermediate_is_good(TlsVersion version) throws Exception {
        PemFiles.Pair files = new PemFiles(folder).write("server", TestPki.serverWithIntermediate("localhost"));
        try (SServer server = SServer.start(files, "-cert_chain", files.cert())) {
            Exchange exchange = server.exchange(server.client(version).build());
            assertThat(exchange.socket().authorized()).isTrue();
            assertThat(exchange.socket().peerCertificates()).hasSizeGreaterThanOrEqualTo(2);
        }
    }

    // Client certificates

    static Stream<Arguments> good_clients() {
        return Stream.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)
                .flatMap(version -> Stream.of(Kind.values()).map(kind -> Arguments.of(version, kind)));
    }

    @ParameterizedTest
    @MethodSource
    void good_clients(TlsVersion version, Kind kind) throws Exception {
        try (SServer server = verifying("-Verify")) {
            Exchange exchange = server.exchange(
                    server.client(version).identity(Clients.good(kind)).build());
            assertThat(exchange.server()).contains("Client certificate\n");
            assertThat(OpensslReport.of(exchange.server()).subject()).isEqualTo("CN=client " + kind);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_client_without_a_certificate_where_one_is_optional(TlsVersion version) throws Exception {
        try (SServer server = verifying("-verify")) {
            Exchange exchange = server.exchange(server.client(version).build());
            assertThat(exchange.server()).doesNotContain("Client certificate\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "TLS_1_3, ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"})
    void a_client_without_a_certificate_where_one_is_required(TlsVersion version, Code code) {
        try (SServer server = verifying("-Verify")) {
            assertThat(refusal(server.client(version).build()).code()).isEqualTo(code);
            server.program().awaitNextLine("peer did not return a certificate");
        }
    }

    static Stream<Arguments> bad_clients() {
        return Stream.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)
                .flatMap(version -> Stream.of(Clients.Bad.values()).map(bad -> Arguments.of(version, bad)));
    }

    @ParameterizedTest
    @MethodSource
    void bad_clients(TlsVersion version, Clients.Bad bad) {
        try (SServer server = verifying("-Verify")) {
            TlsFailure failure =
                    refusal(server.client(version).identity(bad.identity()).build());
            assertThat(failure.code().blame()).isEqualTo(TlsFailure.Blame.PEER_ALERT);
            assertThat(failure.alert().orElseThrow().number()).isEqualTo(bad.alert);
            server.program().awaitNextLine("certificate verify failed");
        }
    }

    /**
     * In TLS 1.3 the client's handshake completes before the server has verified it, so that the refusal appears at the
     * first read.
     */
    private static TlsFailure refusal(ConnectOptions options) {
        return catchThrowableOfType(TlsFailure.class, () -> {
            try (TlsSocket socket = Tls.connect(options)) {
                socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        });
    }

    private SServer verifying(String option) {
        var files = new PemFiles(folder);
        List<String> args = List.of(option, "1", "-CAfile", files.ca(), "-verify_return_error");
        return SServer.start(files.write("server", Kind.P256.identity()), args.toArray(new String[0]));
    }
}
