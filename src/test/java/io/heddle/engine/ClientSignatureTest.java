package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.RawPeer;
import io.heddle.TlsPair;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Sigalg;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Blame;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsClientProtocol;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's checks of a client's Certificate and CertificateVerify: RFC 8446 4.4.2 and 4.4.3. */
@Tag("provider")
class ClientSignatureTest {
    private static final String EVERY_SIGALG = String.join(
            ":", Stream.of(Sigalg.values()).map(Sigalg::standardName).toList());

    private static TlsPair pair(TlsVersion version) {
        return TlsPair.of(version)
                .serverContext(context -> context.sigalgs(EVERY_SIGALG))
                .server(server -> server.requestCert(true).rejectUnauthorized(false));
    }

    /** Runs the client up to its own flight. */
    private static void run(BareClient client, RawPeer wire) throws IOException {
        TlsClientProtocol protocol = new BareClient.Handshake(UnaryOperator.identity());
        protocol.connect(client);
        for (int flights = 0; protocol.isHandshaking() && flights < 4; flights++) {
            send(protocol, wire);
            byte[] flight = wire.readFlight();
            if (flight.length == 0 || flight[0] == 21) {
                return;
            }
            protocol.offerInput(flight);
        }
        send(protocol, wire);
        wire.end();
    }

    private static void send(TlsClientProtocol protocol, RawPeer wire) {
        byte[] out = new byte[protocol.getAvailableOutputBytes()];
        protocol.readOutput(out, 0, out.length);
        wire.send(out);
    }

    @ParameterizedTest
    @CsvSource({
        "RSA_2048, RSA_PSS_RSAE_SHA384",
        "RSA_PSS_2048, RSA_PSS_PSS_SHA256",
        "P256, ECDSA_SECP256R1_SHA256",
        "P384, ECDSA_SECP384R1_SHA384",
        "ED25519, ED25519",
        "ML_DSA_44, MLDSA44",
        "ML_DSA_65, MLDSA65",
        "ML_DSA_87, MLDSA87"
    })
    void a_scheme_of_tls_1_3_that_fits_the_key_is_taken(TestPki.Key key, Sigalg sigalg) throws Exception {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            run(new BareClient(ProtocolVersion.TLSv13, true).signing(TestPki.server(key, "client"), sigalg), wire);
            assertThat(wire.problem()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RSA_2048, RSA_PKCS1_SHA256",
        "RSA_2048, RSA_PKCS1_SHA1",
        "RSA_2048, RSA_PSS_PSS_SHA256",
        "RSA_PSS_2048, RSA_PSS_RSAE_SHA256",
        "P256, ECDSA_SECP384R1_SHA384",
        "P256, ECDSA_SECP521R1_SHA512",
        "P384, ECDSA_SECP256R1_SHA256",
        "P256, ECDSA_SHA1",
        "ML_DSA_44, MLDSA65",
        "ML_DSA_65, MLDSA87",
        "ML_DSA_87, MLDSA44"
    })
    void another_scheme_of_tls_1_3_is_refused(TestPki.Key key, Sigalg sigalg) throws Exception {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            run(new BareClient(ProtocolVersion.TLSv13, true).signing(TestPki.server(key, "client"), sigalg), wire);
            TlsFailure failure = wire.failure();
            assertThat(failure)
                    .returns(Code.ERR_SSL_ILLEGAL_PARAMETER, TlsFailure::code)
                    .hasMessageStartingWith(
                            "signature: the client signed with " + sigalg.standardName() + ", its key (");
            assertThat(failure.getMessage()).hasSizeLessThan(300);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RSA_2048, RSA_PSS_PSS_SHA256",
        "RSA_PSS_2048, RSA_PSS_RSAE_SHA256",
        "P256, RSA_PKCS1_SHA256",
        "P256, MLDSA65"
    })
    void a_scheme_of_tls_1_2_for_another_kind_of_key_is_the_clients_fault(TestPki.Key key, Sigalg sigalg)
            throws Exception {
        // A key that cannot sign with the scheme signs with one of its own type, and the message names the other.
        Sigalg scheme = key == TestPki.Key.P256 ? Sigalg.ECDSA_SECP256R1_SHA256 : sigalg;
        try (TlsPair pair = pair(TlsVersion.TLS_1_2);
                RawPeer wire = pair.rawClient()) {
            var client = new BareClient(ProtocolVersion.TLSv12, true).signing(TestPki.server(key, "client"), scheme);
            TlsClientProtocol protocol = new BareClient.Handshake(message -> {
                if (message[0] == 15) {
                    message[4] = (byte) (sigalg.number() >>> 8);
                    message[5] = (byte) sigalg.number();
                }
                return message;
            });
            protocol.connect(client);
            send(protocol, wire);
            protocol.offerInput(wire.readFlight());
            send(protocol, wire);
            wire.end();
            TlsFailure failure = wire.failure();
            assertThat(failure.code().blame()).isIn(Blame.PEER_MISBEHAVED, Blame.PEER_INCOMPATIBLE);
        }
    }

    @Test
    void a_key_for_ml_dsa_is_refused_in_tls_1_2() throws Exception {
        try (TlsPair pair = pair(TlsVersion.TLS_1_2);
                RawPeer wire = pair.rawClient()) {
            run(
                    new BareClient(ProtocolVersion.TLSv12, true)
                            .signing(
                                    TestPki.server(TestPki.Key.ML_DSA_65, "client"),
                                    TestPki.client("another"),
                                    Sigalg.ECDSA_SECP256R1_SHA256),
                    wire);
            assertThat(wire.failure())
                    .returns(Code.ERR_SSL_ILLEGAL_PARAMETER, TlsFailure::code)
                    .returns(Optional.of(Alert.UNSUPPORTED_CERTIFICATE), TlsFailure::alert)
                    .hasMessageStartingWith(
                            "certificate: the client's key is ML-DSA-65, with which TLSv1.2 has no signatures");
        }
    }

    @Test
    void a_wrong_signature_of_ml_dsa_is_refused() throws Exception {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            TlsClientProtocol protocol = new BareClient.Handshake(message -> {
                if (message[0] == 15) {
                    message[1000] ^= 1;
                }
                return message;
            });
            protocol.connect(new BareClient(ProtocolVersion.TLSv13, true)
                    .signing(TestPki.server(TestPki.Key.ML_DSA_65, "client"), Sigalg.MLDSA65));
            send(protocol, wire);
            protocol.offerInput(wire.readFlight());
            send(protocol, wire);
            wire.end();
            assertThat(wire.failure().alert()).contains(Alert.DECRYPT_ERROR);
        }
    }

    @Test
    void a_scheme_that_the_server_did_not_offer_is_refused() throws Exception {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3)
                        .serverContext(context -> context.sigalgs("ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256"));
                RawPeer wire = pair.rawClient()) {
            run(
                    new BareClient(ProtocolVersion.TLSv13, true)
                            .signing(TestPki.server(TestPki.Key.RSA_2048, "client"), Sigalg.RSA_PSS_RSAE_SHA384),
                    wire);
            assertThat(wire.failure())
                    .returns(Code.ERR_SSL_ILLEGAL_PARAMETER, TlsFailure::code)
                    .hasMessageContaining("allows [rsa_pss_rsae_sha256] in TLS 1.3");
        }
    }

    /** RFC 8446 4.4.2: status_request, signed_certificate_timestamp, and one that is unknown. */
    @ParameterizedTest
    @ValueSource(ints = {5, 18, 0xfafa})
    void an_extension_of_a_certificate_that_the_server_did_not_ask_for_is_refused(int type) throws Exception {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            run(
                    new BareClient(ProtocolVersion.TLSv13, true)
                            .withCertificateExtension(
                                    TestPki.server("client"), Sigalg.ECDSA_SECP256R1_SHA256, type, (byte) 1),
                    wire);
            assertThat(wire.failure())
                    .returns(Code.ERR_SSL_UNSOLICITED_EXTENSION, TlsFailure::code)
                    .hasMessageContaining("(%d), which the server did not ask for".formatted(type));
        }
    }
}
