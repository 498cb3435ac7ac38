package io.heddle.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.EachVersion;
import io.heddle.RawPeer;
import io.heddle.TlsPair;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.handshake.HandshakeSettings;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.KeyType;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.ResumptionRefusal;
import io.heddle.session.SessionState;
import io.heddle.session.server.TicketSealer;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The handling of a client that omits common extensions, {@link BareClient}. */
class BareClientTest {
    private static BareClient.Handshake handshake(BareClient client, RawPeer wire) throws IOException {
        return handshake(new BareClient.Handshake(UnaryOperator.identity()), client, wire);
    }

    private static BareClient.Handshake handshake(BareClient.Handshake protocol, BareClient client, RawPeer wire)
            throws IOException {
        protocol.connect(client);
        while (protocol.isHandshaking()) {
            send(protocol, wire);
            if (protocol.isHandshaking()) {
                byte[] flight = wire.readFlight();
                assertThat(flight).as("what the server answers").isNotEmpty();
                protocol.offerInput(flight);
            }
        }
        send(protocol, wire);
        assertThat(wire.problem()).isEmpty();
        return protocol;
    }

    private static void send(TlsClientProtocol protocol, RawPeer wire) {
        byte[] out = new byte[protocol.getAvailableOutputBytes()];
        protocol.readOutput(out, 0, out.length);
        wire.send(out);
    }

    /** RFC 8446 4.2.3 and 4.4.2.2: {@code signature_algorithms_cert} is about the signatures of certificates. */
    @ParameterizedTest
    @CsvSource({
        "ML_DSA_65, MLDSA65, ML_DSA_65",
        "ML_DSA_65, ECDSA_SECP256R1_SHA256, EC",
        "ML_DSA_65, ED25519, ML_DSA_65",
        "P256, ECDSA_SECP256R1_SHA256, ML_DSA_65",
        "P256, MLDSA65, ML_DSA_65"
    })
    void a_certificate_whose_signature_the_client_can_verify_is_preferred(
            TestPki.Key issuer, Sigalg ofCertificates, KeyType expected) throws Exception {
        Identity mlDsa = TestPki.certificate("CN=localhost")
                .key(TestPki.Key.ML_DSA_65, 1)
                .server("localhost")
                .issuedBy(TestPki.root("root", issuer, 10));
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3).serverIdentity(TestPki.server("localhost"), mlDsa);
                RawPeer wire = pair.rawClient()) {
            handshake(
                    new BareClient(ProtocolVersion.TLSv13, true)
                            .sigalgs(List.of(Sigalg.MLDSA65, Sigalg.ECDSA_SECP256R1_SHA256), List.of(ofCertificates)),
                    wire);
            X509Certificate presented =
                    wire.heddle().getCertificate().orElseThrow().certificate();
            assertThat(KeyType.of(presented.getPublicKey())).isEqualTo(expected);
        }
    }

    /** RFC 7627 5.3: otherwise a session without it would resume as if it had it. */
    @Test
    void a_session_records_its_extended_master_secret() throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer wire = pair.rawClient()) {
            var client = new BareClient(ProtocolVersion.TLSv12, true);
            handshake(client, wire);
            byte[] ticket = requireNonNull(client.ticket());
            SessionState state = new TicketSealer(pair.keys(), new SecureRandom())
                    .open(ticket)
                    .orElseThrow()
                    .state();
            assertThat(state.extendedMasterSecret()).isTrue();
            assertThat(wire.heddle().resumptionRefusal()).isEmpty();
        }
    }

    /** RFC 7627 5.3: its session could never resume. */
    @ParameterizedTest
    @EnumSource(names = {"TLS_1_0", "TLS_1_1", "TLS_1_2"})
    void a_client_without_extended_master_secret_gets_no_ticket_and_no_id(TlsVersion version) throws Exception {
        var store = CaffeineSessionStore.builder().build();
        try (TlsPair pair = TlsPair.of(version).serverContext(context -> context.ciphers("ALL:@SECLEVEL=0"))) {
            for (boolean tickets : new boolean[] {true, false}) {
                pair.server(server -> server.tickets(tickets).sessionStore(store));
                try (RawPeer wire = pair.rawClient()) {
                    var client = new BareClient(HandshakeSettings.protocolVersion(version), false);
                    handshake(client, wire);
                    assertThat(client.ticket()).isNull();
                    assertThat(client.sessionId()).isEmpty();
                    assertThat(store.statistics().size()).isZero();
                    assertThat(wire.heddle().resumptionRefusal())
                            .contains(ResumptionRefusal.EXTENDED_MASTER_SECRET_MISSING);
                }
            }
        }
    }

    @Test
    void a_server_that_keeps_no_sessions_refuses_none() throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2).server(server -> server.tickets(false));
                RawPeer wire = pair.rawClient()) {
            handshake(new BareClient(ProtocolVersion.TLSv12, false), wire);
            assertThat(wire.heddle().resumptionRefusal()).isEmpty();
        }
    }

    /** RFC 6066 3 has names without it; Node and openssl send the name as the user wrote it. */
    @EachVersion
    void a_server_name_loses_its_final_dot(TlsVersion version) throws Exception {
        try (TlsPair pair = TlsPair.of(version).serverSocket(socket -> {
                    SSLParameters parameters = socket.getSSLParameters();
                    parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher("shop\\.test")));
                    socket.setSSLParameters(parameters);
                });
                RawPeer wire = pair.rawClient()) {
            handshake(new BareClient(HandshakeSettings.protocolVersion(version), true).servername("shop.test."), wire);
            assertThat(wire.heddle().servername()).contains("shop.test");
            assertThat(((ExtendedSSLSession) wire.heddle().getSession()).getRequestedServerNames())
                    .containsExactly(new SNIHostName("shop.test"));
        }
    }

    /** RFC 5246 7.4.1.4.1: it accepts only SHA-1, which OpenSSL has at level 0 only. */
    @ParameterizedTest
    @EnumSource(names = {"P256", "RSA_2048"})
    void a_client_of_tls_1_2_without_signature_algorithms_needs_security_level_0(TestPki.Key key) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2).serverIdentity(TestPki.server(key, "localhost"))) {
            try (RawPeer wire = pair.rawClient()) {
                var client = new BareClient(ProtocolVersion.TLSv12, true).withoutSigalgs();
                assertThatExceptionOfType(TlsFatalAlertReceived.class)
                        .isThrownBy(() -> handshake(client, wire))
                        .withMessage("handshake_failure(40)");
                assertThat(wire.failure().code()).isEqualTo(Code.ERR_SSL_NO_SHARED_CIPHER);
            }
            pair.serverContext(context -> context.ciphers("DEFAULT:@SECLEVEL=0"));
            try (RawPeer wire = pair.rawClient()) {
                handshake(new BareClient(ProtocolVersion.TLSv12, true).withoutSigalgs(), wire);
            }
        }
    }

    /**
     * RFC 5246 E.1 and 7.4.7.1: a version above TLS 1.2 means TLS 1.2, and the premaster secret of RSA begins with the
     * one that was offered.
     */
    @ParameterizedTest
    @ValueSource(ints = {0x0303, 0x0304, 0x0401, 0x0600, 0xffff})
    void the_premaster_secret_has_the_version_that_was_offered(int version) throws Exception {
        try (TlsPair pair = rsaPair();
                RawPeer wire = pair.rawClient()) {
            BareClient.Handshake client = handshake(
                    new BareClient.Handshake(UnaryOperator.identity(), version),
                    new BareClient(ProtocolVersion.TLSv12, true).premasterVersion(version),
                    wire);
            assertThat(client.isConnected()).isTrue();
            assertThat(wire.heddle().getProtocol()).isEqualTo("TLSv1.2");
        }
    }

    /** Another version is a rollback; its failure cannot be distinguished from any other failure to decrypt. */
    @Test
    void a_premaster_secret_with_another_version_is_refused() throws Exception {
        try (TlsPair pair = rsaPair();
                RawPeer wire = pair.rawClient()) {
            var protocol = new BareClient.Handshake(UnaryOperator.identity(), 0x0401);
            protocol.connect(new BareClient(ProtocolVersion.TLSv12, true).premasterVersion(0x0303));
            send(protocol, wire);
            protocol.offerInput(wire.readFlight());
            send(protocol, wire);
            assertThat(wire.failure().code()).isEqualTo(Code.ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
        }
    }

    private static TlsPair rsaPair() {
        return TlsPair.of(TlsVersion.TLS_1_2)
                .serverIdentity(TestPki.server(TestPki.Key.RSA_2048, "localhost"))
                .serverContext(context -> context.ciphers("AES128-GCM-SHA256"));
    }

    /** RFC 8446 4.2.9: without psk_key_exchange_modes it could not use one. */
    @Test
    void a_client_of_tls_1_3_that_takes_no_tickets_gets_none() throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            BareClient.Handshake client = handshake(new BareClient(ProtocolVersion.TLSv13, true), wire);
            wire.heddle().getOutputStream().write(42);
            while (client.getAvailableInputBytes() == 0) {
                byte[] sent = wire.readFlight();
                assertThat(sent).isNotEmpty();
                client.offerInput(sent);
            }
            assertThat(client.tickets()).isZero();
        }
    }
}
