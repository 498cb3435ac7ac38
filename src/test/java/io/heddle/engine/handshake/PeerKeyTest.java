package io.heddle.engine.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.RawPeer;
import io.heddle.TlsPair;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.BareClient;
import io.heddle.engine.BareServer;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsProtocol;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys that certificates of TLS 1.2 and below may have: RFC 5246 7.4.2, RFC 8422 5.1.1, RFC 4346 7.4.2. */
@Tag("provider")
class PeerKeyTest {
    private static void send(TlsProtocol from, RawPeer wire) {
        byte[] out = new byte[from.getAvailableOutputBytes()];
        from.readOutput(out, 0, out.length);
        wire.send(out);
    }

    private static void flight(RawPeer wire, BareServer server) throws IOException {
        var protocol = new BareServer.Handshake(UnaryOperator.identity());
        protocol.accept(server);
        protocol.offerInput(wire.readFlight());
        send(protocol, wire);
        wire.end();
    }

    private static BareServer server(TlsVersion version, TestPki.Key key, Sigalg sigalg) {
        return new BareServer(HandshakeSettings.protocolVersion(version), TestPki.server(key, "localhost"), sigalg);
    }

    private static void refused(TlsFailure failure, Alert alert, String message) {
        assertThat(failure)
                .returns(Code.ERR_SSL_ILLEGAL_PARAMETER, TlsFailure::code)
                .hasMessageStartingWith(message);
        assertThat(failure.alert()).contains(alert);
        assertThat(failure.getMessage())
                .hasSizeLessThan(300)
                .doesNotContain("java.")
                .doesNotContain("sun.");
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_1_1, ED25519, P256, ECDSA_SECP256R1_SHA256, ED25519",
        "TLS_1_1, RSA_2048, P256, ECDSA_SECP256R1_SHA256, RSA of 2048 bits",
        "TLS_1_2, RSA_2048, P256, ECDSA_SECP256R1_SHA256, RSA of 2048 bits",
        "TLS_1_2, P256, RSA_2048, RSA_PKCS1_SHA256, EC of 256 bits",
        "TLS_1_2, ED25519, RSA_2048, RSA_PKCS1_SHA256, ED25519"
    })
    void a_server_has_a_key_for_its_suite(
            TlsVersion version, TestPki.Key shown, TestPki.Key signer, Sigalg sigalg, String described)
            throws Exception {
        try (TlsPair pair = TlsPair.of(version);
                RawPeer wire = pair.rawServer()) {
            flight(wire, server(version, signer, sigalg).presenting(TestPki.server(shown, "localhost")));
            refused(
                    wire.failure(),
                    Alert.ILLEGAL_PARAMETER,
                    "certificate: the server's key is %s, ECDHE-%s-AES128-"
                            .formatted(described, signer == TestPki.Key.P256 ? "ECDSA" : "RSA"));
            assertThat(wire.readFatalAlert()).isEqualTo(Alert.ILLEGAL_PARAMETER);
        }
    }

    @ParameterizedTest
    @CsvSource({"P384, ECDSA_SECP384R1_SHA384, X25519:P-256", "P256, ECDSA_SECP256R1_SHA256, X25519"})
    void a_server_of_tls_1_2_has_a_key_on_a_curve_that_the_client_offers(TestPki.Key key, Sigalg sigalg, String groups)
            throws Exception {
        try (TlsPair pair = TlsPair.create().clientContext(context -> context.ecdhCurve(groups));
                RawPeer wire = pair.rawServer()) {
            flight(wire, server(TlsVersion.TLS_1_2, key, sigalg));
            refused(
                    wire.failure(),
                    Alert.ILLEGAL_PARAMETER,
                    "certificate: the server's key is EC of %s bits, on a curve other than those that the client offered: ["
                            .formatted(key.name().substring(1)));
        }
    }

    /** There the signature schemes name the curves. */
    @Test
    void a_server_of_tls_1_3_has_a_key_on_any_curve() throws Exception {
        try (TlsPair pair = TlsPair.create().clientContext(context -> context.ecdhCurve("X25519"));
                RawPeer wire = pair.rawServer()) {
            flight(wire, server(TlsVersion.TLS_1_3, TestPki.Key.P384, Sigalg.ECDSA_SECP384R1_SHA384));
            assertThat(wire.problem()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X25519:P-384", "P-521:P-384"})
    void a_server_of_tls_1_2_has_a_key_on_an_offered_curve(String groups) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2)
                .serverIdentity(TestPki.server(TestPki.Key.P384, "localhost"))
                .clientContext(context -> context.ecdhCurve(groups))) {
            pair.handshake();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ED25519", "ED448", "RSA_PSS_2048"})
    void a_client_of_tls_1_1_has_a_key_for_rsa_or_ecdsa(TestPki.Key key) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_1)
                        .server(server -> server.requestCert(true).rejectUnauthorized(false));
                RawPeer wire = pair.rawClient()) {
            TlsClientProtocol protocol = new BareClient.Handshake(UnaryOperator.identity());
            protocol.connect(new BareClient(HandshakeSettings.protocolVersion(TlsVersion.TLS_1_1), true)
                    .presenting(TestPki.server(key, "client"), TestPki.server("client")));
            send(protocol, wire);
            protocol.offerInput(wire.readFlight());
            send(protocol, wire);
            wire.end();
            refused(
                    wire.failure(),
                    Alert.UNSUPPORTED_CERTIFICATE,
                    "certificate: the client's key is "
                            + key.name().replace("_2048", " of 2048 bits").replace('_', '-'));
        }
    }

    /** RFC 4346 7.4.6: without a suitable certificate the client sends none. */
    @ParameterizedTest
    @EnumSource(names = {"ED25519", "ED448", "RSA_PSS_2048"})
    void our_client_sends_no_certificate_that_tls_1_1_cannot_use(TestPki.Key key) throws Exception {
        Identity unusable = TestPki.server(key, "client");
        Identity usable = TestPki.server(TestPki.Key.P256, "client");
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_1)
                .clientIdentity(unusable)
                .server(server -> server.requestCert(true).rejectUnauthorized(false))) {
            assertThat(pair.handshake().server().peerCertificates()).isEmpty();
        }
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_1)
                .clientIdentity(unusable, usable)
                .server(server -> server.requestCert(true).rejectUnauthorized(false))) {
            assertThat(pair.handshake().server().peerCertificates()).first().isEqualTo(usable.leaf());
        }
    }
}
