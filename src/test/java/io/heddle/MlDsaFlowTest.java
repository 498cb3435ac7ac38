package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.certificate.CertificateInfo;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestOcsp;
import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.KeyType;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Handshakes with certificates for ML-DSA, of servers and clients. */
@Tag("provider")
class MlDsaFlowTest {
    private static final X500Principal CLIENT = new X500Principal("CN=client");

    /** A root, an intermediate and two leaves. */
    private record Pki(Identity root, Identity intermediate, TestPki.Key leaves) {
        static Pki of(TestPki.Key key) {
            return of(key, key, key);
        }

        static Pki of(TestPki.Key rootKey, TestPki.Key intermediateKey, TestPki.Key leaves) {
            Identity root = TestPki.root("root", rootKey, 10);
            return new Pki(
                    root,
                    TestPki.certificate("CN=intermediate")
                            .key(intermediateKey, 11)
                            .ca()
                            .issuedBy(root),
                    leaves);
        }

        Identity server() {
            return TestPki.certificate("CN=localhost")
                    .key(leaves, 1)
                    .server("localhost")
                    .issuedBy(intermediate);
        }

        Identity client() {
            return TestPki.certificate(CLIENT.getName()).key(leaves, 2).client().issuedBy(intermediate);
        }

        TlsPair pair() {
            return TlsPair.create()
                    .serverIdentity(server())
                    .trustedByClient(root.leaf())
                    .clientIdentity(client())
                    .trustedByServer(root.leaf())
                    .server(options -> options.requestCert(true));
        }
    }

    private static KeyType presented(TlsSocket socket) {
        return KeyType.of(leaf(socket).getPublicKey());
    }

    private static X509Certificate leaf(TlsSocket socket) {
        return socket.peerCertificates().getFirst();
    }

    @ParameterizedTest
    @EnumSource(
            value = TestPki.Key.class,
            names = {"ML_DSA_44", "ML_DSA_65", "ML_DSA_87"})
    void both_sides_verify_such_chains_and_resume(TestPki.Key key) throws IOException {
        try (var pair = Pki.of(key).pair()) {
            for (boolean resumed : new boolean[] {false, true}) {
                try (TlsPair.Connected connected = pair.connect()) {
                    connected.exchange("data");
                    connected.keepSession();
                    assertThat(connected.client().getProtocol()).isEqualTo("TLSv1.3");
                    assertThat(connected.resumed()).isEqualTo(resumed);
                    assertThat(connected.client().authorized()).isTrue();
                    assertThat(connected.server().authorized()).isTrue();
                    assertThat(presented(connected.client())).hasToString(key.name());
                    assertThat(leaf(connected.server()).getSubjectX500Principal())
                            .isEqualTo(CLIENT);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "P256, ML_DSA_65, P256",
        "ML_DSA_87, P384, ML_DSA_44",
        "RSA_2048, ML_DSA_44, ED25519",
        "ML_DSA_44, ML_DSA_87, RSA_2048"
    })
    void chains_have_keys_of_several_kinds(TestPki.Key root, TestPki.Key intermediate, TestPki.Key leaf)
            throws IOException {
        try (var pair = Pki.of(root, intermediate, leaf).pair()) {
            TlsPair.Connected connected = pair.handshake();
            assertThat(connected.client().authorized()).isTrue();
            assertThat(connected.server().authorized()).isTrue();
        }
    }

    /** The messages have some 60,000 bytes each, in four records or more. */
    @Test
    void a_long_chain_of_large_certificates_is_sent_and_verified() throws IOException {
        Identity root = TestPki.root("root", TestPki.Key.ML_DSA_87, 10);
        Identity issuer = root;
        for (int i = 0; i < 7; i++) {
            issuer = TestPki.certificate("CN=intermediate " + i)
                    .key(TestPki.Key.ML_DSA_87, 11)
                    .ca()
                    .issuedBy(issuer);
        }
        try (var pair = new Pki(root, issuer, TestPki.Key.ML_DSA_87).pair()) {
            TlsPair.Connected connected = pair.handshake();
            assertThat(connected.client().authorized()).isTrue();
            assertThat(connected.server().authorized()).isTrue();
            assertThat(connected.server().peerCertificates().size()).isEqualTo(9);
        }
    }

    // Selection

    @ParameterizedTest
    @CsvSource({
        "TLS_1_3, '', ML_DSA_65",
        "TLS_1_3, mldsa87:mldsa65, ML_DSA_65",
        "TLS_1_3, ecdsa_secp256r1_sha256:mldsa65, ML_DSA_65",
        "TLS_1_3, ecdsa_secp256r1_sha256:mldsa87, EC",
        "TLS_1_2, '', EC"
    })
    void a_server_with_an_ec_key_as_well_presents_what_the_client_can_verify(
            TlsVersion version, String sigalgs, KeyType expected) throws IOException {
        try (var pair = TlsPair.of(version)
                .serverIdentity(TestPki.server("localhost"), TestPki.server(TestPki.Key.ML_DSA_65, "localhost"))
                .clientContext(context -> {
                    if (!sigalgs.isEmpty()) {
                        context.sigalgs(sigalgs);
                    }
                })) {
            assertThat(presented(pair.handshake().client())).isEqualTo(expected);
        }
    }

    @Test
    void mldsa65_alone_is_enough_for_both_sides() throws IOException {
        try (var pair = Pki.of(TestPki.Key.ML_DSA_65)
                .pair()
                .clientContext(context -> context.sigalgs("mldsa65"))
                .serverContext(context -> context.sigalgs("mldsa65"))) {
            TlsPair.Connected connected = pair.handshake();
            assertThat(connected.server().getSharedSigalgs()).containsExactly("id-ml-dsa-65+UNDEF");
            assertThat(connected.server().authorized()).isTrue();
        }
    }

    /** As with Node, a client without a certificate that the server can verify sends none. */
    @Test
    void a_client_whose_scheme_is_not_requested_sends_no_certificate() throws IOException {
        try (var pair = TlsPair.create()
                .clientIdentity(TestPki.server(TestPki.Key.ML_DSA_44, "client"))
                .serverContext(context -> context.sigalgs("mldsa65:ecdsa_secp256r1_sha256"))
                .server(options -> options.requestCert(true))) {
            assertThat(pair.attempt().serverFailure())
                    .returns(Code.ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE, TlsFailure::code)
                    .returns(Optional.of(Alert.CERTIFICATE_REQUIRED), TlsFailure::alert);
        }
    }

    /** Node has the same codes on its server. */
    @ParameterizedTest
    @CsvSource({
        "TLS_1_3, mldsa87, '', ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM",
        "TLS_1_3, ecdsa_secp256r1_sha256, '', ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM",
        "TLS_1_3, mldsa87, mldsa65, ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS",
        "TLS_1_2, '', '', ERR_SSL_NO_SHARED_CIPHER"
    })
    void a_server_without_a_scheme_that_the_client_accepts_refuses_it(
            TlsVersion version, String client, String server, Code code) throws IOException {
        try (var pair = TlsPair.create()
                .serverIdentity(TestPki.server(TestPki.Key.ML_DSA_65, "localhost"))
                .clientContext(context -> {
                    context.maxVersion(version);
                    if (!client.isEmpty()) {
                        context.sigalgs(client);
                    }
                })
                .serverContext(context -> {
                    if (!server.isEmpty()) {
                        context.sigalgs(server);
                    }
                })) {
            assertThat(pair.attempt().serverFailure())
                    .returns(code, TlsFailure::code)
                    .returns(Optional.of(Alert.HANDSHAKE_FAILURE), TlsFailure::alert);
        }
    }

    /** As in OpenSSL 3.5: such a client offers none of them. */
    @Test
    void a_client_without_tls_1_3_does_not_offer_them() throws IOException {
        try (var pair = TlsPair.create().clientContext(context -> context.maxVersion(TlsVersion.TLS_1_2))) {
            assertThat(pair.handshake().server().getSharedSigalgs())
                    .contains("ECDSA+SHA256")
                    .noneMatch(name -> name.contains("ml-dsa"));
        }
        try (var pair = TlsPair.create().serverContext(context -> context.maxVersion(TlsVersion.TLS_1_2))) {
            assertThat(pair.handshake().server().getSharedSigalgs()).contains("id-ml-dsa-65+UNDEF");
        }
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> SecureContext.builder()
                        .sigalgs("mldsa65:mldsa44")
                        .maxVersion(TlsVersion.TLS_1_2)
                        .build())
                .withMessage("sigalgs: nothing in \"mldsa65:mldsa44\" can sign a handshake of [TLSv1.2]");
    }

    // Security levels

    @ParameterizedTest
    @CsvSource({"ML_DSA_44, 3", "ML_DSA_65, 4", "ML_DSA_87, 5"})
    void each_key_is_allowed_up_to_its_security_level(TestPki.Key key, int level) {
        Identity identity = TestPki.certificate("CN=a").key(key, 1).selfSigned();
        identity.requireLevel(level);
        if (level < 5) {
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> SecureContext.builder()
                            .identity(identity)
                            .ciphers("DEFAULT:@SECLEVEL=" + (level + 1))
                            .build())
                    .returns("ERR_SSL_EE_KEY_TOO_SMALL", InvalidOption::code)
                    .withMessage(
                            "cert: the key of \"CN=a\" (%s) is too weak for security level %d (ee key too small)",
                            key.name().replace('_', '-'), level + 1);
        }
    }

    @Test
    void a_key_below_the_security_level_of_the_peer_is_refused() throws IOException {
        Pki pki = Pki.of(TestPki.Key.ML_DSA_44);
        try (var pair = pki.pair()
                .clientIdentity()
                .server(options -> options.requestCert(false))
                .clientContext(context -> context.ciphers("DEFAULT:@SECLEVEL=4").sigalgs("mldsa44"))) {
            assertThat(pair.attempt().clientFailure().code()).isEqualTo(Code.CA_KEY_TOO_SMALL);
        }
    }

    // Revocation

    @Test
    void crls_that_are_signed_with_ml_dsa_revoke() throws IOException {
        Pki pki = Pki.of(TestPki.Key.ML_DSA_65);
        Identity client = pki.client();
        String rootCrl = TestPki.pem(TestPki.crl(pki.root));
        String good = TestPki.pem(TestPki.crl(pki.intermediate));
        String revoking = TestPki.pem(TestPki.crl(pki.intermediate, client.leaf()));
        try (var pair = pki.pair()
                .clientIdentity(client)
                .serverContext(context -> context.crl(rootCrl).crl(good))) {
            assertThat(pair.handshake().server().authorized()).isTrue();
        }
        try (var pair = pki.pair()
                .clientIdentity(client)
                .serverContext(context -> context.crl(rootCrl).crl(revoking))) {
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.CERT_REVOKED);
        }
        // Signed by another authority of the same name.
        Identity other = TestPki.certificate("CN=intermediate")
                .key(TestPki.Key.ML_DSA_65, 12)
                .ca()
                .selfSigned();
        String forged = TestPki.pem(TestPki.crl(new Identity(other.key(), other.chain()), other.leaf()));
        try (var pair = pki.pair()
                .clientIdentity(client)
                .serverContext(context -> context.crl(rootCrl).crl(forged))) {
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.CRL_SIGNATURE_FAILURE);
        }
    }

    @Test
    void ocsp_responses_that_are_signed_with_ml_dsa_are_verified() throws IOException {
        Pki pki = Pki.of(TestPki.Key.ML_DSA_44);
        Identity server = pki.server();
        byte[] good = TestOcsp.good(pki.intermediate, server.leaf());
        byte[] revoked = TestOcsp.revoked(pki.intermediate, server.leaf());
        Identity delegate = TestOcsp.delegate().key(TestPki.Key.ML_DSA_87, 13).issuedBy(pki.intermediate);
        byte[] delegated = TestOcsp.of(pki.intermediate, server.leaf())
                .signedBy(delegate)
                .with(delegate.leaf())
                .der();
        byte[] damaged = good.clone();
        damaged[damaged.length - 1] ^= 1;
        for (byte[] accepted : new byte[][] {good, delegated}) {
            try (TlsPair pair = stapling(pki, server, accepted)) {
                assertThat(pair.handshake().client().authorized()).isTrue();
            }
        }
        try (TlsPair pair = stapling(pki, server, revoked)) {
            assertThat(pair.attempt().clientFailure().code()).isEqualTo(Code.CERT_REVOKED);
        }
        // The server does not send what it cannot verify.
        try (TlsPair pair = stapling(pki, server, damaged)) {
            assertThat(pair.attempt().clientFailure().code()).isEqualTo(Code.OCSP_VERIFY_NEEDED);
        }
    }

    private static TlsPair stapling(Pki pki, Identity server, byte[] response) {
        return pki.pair()
                .serverIdentity(server)
                .server(options ->
                        options.requestCert(false).onOcspRequest((certificate, issuer) -> Optional.of(response)))
                .client(options -> options.requireOCSP(true));
    }

    // Facts

    /** Node has none of them for such keys either. */
    @Test
    void the_certificate_has_neither_bits_nor_a_curve() throws IOException {
        try (var pair = Pki.of(TestPki.Key.ML_DSA_65).pair()) {
            CertificateInfo info =
                    pair.handshake().client().getPeerCertificate().orElseThrow();
            assertThat(info.bits()).isEmpty();
            assertThat(info.asn1Curve()).isEmpty();
            assertThat(info.modulus()).isEmpty();
        }
    }

    @Test
    void a_key_of_another_certificate_is_refused() {
        Identity one = TestPki.certificate("CN=a").key(TestPki.Key.ML_DSA_65, 1).selfSigned();
        for (TestPki.Key other : new TestPki.Key[] {TestPki.Key.ML_DSA_65, TestPki.Key.ML_DSA_87, TestPki.Key.P256}) {
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> new Identity(other.pair(2).getPrivate(), one.chain()))
                    .returns("ERR_OSSL_X509_KEY_VALUES_MISMATCH", InvalidOption::code)
                    .withMessageEndingWith(
                            "does not belong to the certificate of \"CN=a\" (ML-DSA-65) (key values mismatch)");
        }
    }
}
