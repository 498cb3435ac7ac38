package io.heddle.managers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.path.StoreProperties;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.net.Socket;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PkixTrustManagerTest {
    private static final Identity SERVER = TestPki.server("a.example", "*.b.example", "192.0.2.1", "2001:db8::1");
    private static final Identity CLIENT = TestPki.client("client");

    private final X509ExtendedTrustManager manager = heddles(TestPki.ca().leaf());

    @Test
    void trusts_the_roots_of_the_jdk() throws Exception {
        Identity stranger = TestPki.root("Stranger", TestPki.Key.P256, 40);
        List<X509Certificate[]> chains = List.of(
                TestStores.chain(SERVER),
                TestStores.chain(CLIENT),
                TestStores.chain(TestPki.serverWithIntermediate("a.example")),
                // Sent out of order, with one that does not belong there and with the root.
                TestStores.chain(
                        TestPki.serverWithIntermediate("a.example"),
                        stranger.leaf(),
                        TestPki.ca().leaf()),
                TestStores.chain(TestPki.certificate("CN=any").issuedBy(TestPki.ca())),
                TestStores.chain(TestPki.certificate("CN=e").expired().issuedBy(TestPki.ca())),
                TestStores.chain(TestPki.certificate("CN=n").notYetValid().issuedBy(TestPki.ca())),
                TestStores.chain(TestPki.selfSigned("a.example")),
                TestStores.chain(TestPki.certificate("CN=s").issuedBy(stranger)),
                TestStores.chain(TestPki.certificate("CN=s").issuedBy(stranger), stranger.leaf()),
                TestStores.chain(TestPki.certificate("CN=c")
                        .extendedKeyUsage(KeyPurposeId.id_kp_codeSigning)
                        .issuedBy(TestPki.ca())));
        X509ExtendedTrustManager jdks = jdks(TestPki.ca().leaf());

        for (X509Certificate[] chain : chains) {
            String subject = chain[0].getSubjectX500Principal() + ", " + chain.length;
            assertThat(accepts(() -> manager.checkServerTrusted(chain, "ECDHE_ECDSA")))
                    .as("server %s", subject)
                    .isEqualTo(accepts(() -> jdks.checkServerTrusted(chain, "ECDHE_ECDSA")));
            assertThat(accepts(() -> manager.checkClientTrusted(chain, "EC")))
                    .as("client %s", subject)
                    .isEqualTo(accepts(() -> jdks.checkClientTrusted(chain, "EC")));
        }
    }

    @Test
    void any_trusted_certificate_ends_a_chain_as_in_the_jdk() throws Exception {
        Identity intermediate = TestPki.intermediate("Heddle Test Intermediate");
        Identity server = TestPki.certificate("CN=below").server("a.example").issuedBy(intermediate);

        for (X509Certificate anchor : List.of(intermediate.leaf(), server.leaf())) {
            X509ExtendedTrustManager trusting = heddles(anchor);
            X509ExtendedTrustManager jdks = jdks(anchor);
            for (X509Certificate[] chain : List.of(TestStores.chain(server), new X509Certificate[] {server.leaf()})) {
                trusting.checkServerTrusted(chain, "UNKNOWN");
                jdks.checkServerTrusted(chain, "UNKNOWN");
            }
        }
        assertThatThrownBy(() -> heddles().checkServerTrusted(TestStores.chain(server), "UNKNOWN"))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void fails_with_openssls_code() {
        Identity expired =
                TestPki.certificate("CN=e").server("a.example").expired().issuedBy(TestPki.ca());

        CertificateException refused = catchThrowableOfType(
                CertificateException.class, () -> manager.checkServerTrusted(TestStores.chain(expired), "UNKNOWN"));

        assertThat(refused).hasMessageStartingWith("certificate: ").hasMessageContaining("was valid until");
        assertThat(refused.getCause()).isInstanceOfSatisfying(TlsFailure.class, failure -> {
            assertThat(failure.code()).isEqualTo(Code.CERT_HAS_EXPIRED);
            assertThat(failure).hasMessage(refused.getMessage());
        });
    }

    @Test
    void requires_a_purpose() {
        assertThat(code(() -> manager.checkServerTrusted(TestStores.chain(CLIENT), "UNKNOWN")))
                .isEqualTo(Code.INVALID_PURPOSE);
        assertThat(code(() -> manager.checkClientTrusted(TestStores.chain(SERVER), "UNKNOWN")))
                .isEqualTo(Code.INVALID_PURPOSE);
        assertThatCode(() -> manager.checkClientTrusted(TestStores.chain(CLIENT), "UNKNOWN"))
                .doesNotThrowAnyException();
    }

    @Test
    @SuppressWarnings("NullAway") // JSSE's contract for null
    void refuses_arguments_as_documented() {
        X509Certificate[] chain = TestStores.chain(SERVER);

        for (X509ExtendedTrustManager each : List.of(manager, jdks(TestPki.ca().leaf()))) {
            assertThatThrownBy(() -> each.checkServerTrusted(null, "UNKNOWN"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> each.checkServerTrusted(new X509Certificate[0], "UNKNOWN"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> each.checkServerTrusted(chain, null)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> each.checkServerTrusted(chain, "")).isInstanceOf(IllegalArgumentException.class);
            assertThatCode(() -> each.checkServerTrusted(chain, "UNKNOWN", (Socket) null))
                    .doesNotThrowAnyException();
            assertThatCode(() -> each.checkServerTrusted(chain, "UNKNOWN", (SSLEngine) null))
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    # the host of the connection, the name in the SNI, whether it is the server's
                    a.example     |               | true
                    a.example.    |               | true
                    www.b.example |               | true
                    192.0.2.1     |               | true
                    2001:db8::1   |               | true
                    [2001:db8::1] |               | true
                    c.example     |               | false
                    192.0.2.2     |               | false
                    c.example     | a.example     | true
                    a.example     | c.example     | true
                    c.example     | c.example     | false
                    ''            | a.example     | true
                    ''            | c.example     | false
                    ''            |               | false
                    """)
    void compares_the_names_of_the_handshake_as_the_jdk_does(String host, @Nullable String sni, boolean good) {
        HandshakeSession session = sni == null
                ? HandshakeSession.with(host)
                : HandshakeSession.with(host).requested(sni);

        for (X509ExtendedTrustManager each : List.of(manager, jdks(TestPki.ca().leaf()))) {
            for (String algorithm : List.of("HTTPS", "LDAPS", "https")) {
                assertThat(accepts(() -> each.checkServerTrusted(
                                TestStores.chain(SERVER), "UNKNOWN", new HandshakingSocket(session, algorithm))))
                        .isEqualTo(good);
                assertThat(accepts(() -> each.checkServerTrusted(
                                TestStores.chain(SERVER), "UNKNOWN", new HandshakingEngine(session, algorithm))))
                        .isEqualTo(good);
            }
        }
    }

    @Test
    void a_wrong_name_has_nodes_code_and_words() {
        var socket = new HandshakingSocket(HandshakeSession.with("c.example"), "HTTPS");

        assertThatThrownBy(() -> manager.checkServerTrusted(TestStores.chain(SERVER), "UNKNOWN", socket))
                .isInstanceOf(CertificateException.class)
                .hasMessageStartingWith("Hostname/IP does not match certificate's altnames: Host: c.example. is not")
                .cause()
                .isInstanceOfSatisfying(
                        TlsFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(Code.ERR_TLS_CERT_ALTNAME_INVALID));
    }

    @Test
    void a_client_is_compared_with_the_host_of_the_connection_alone() throws Exception {
        Identity named =
                TestPki.certificate("CN=client").client().names("c.example").issuedBy(TestPki.ca());
        HandshakeSession asked = HandshakeSession.with("c.example").requested("a.example");
        HandshakeSession elsewhere = HandshakeSession.with("a.example").requested("c.example");

        for (X509ExtendedTrustManager each : List.of(manager, jdks(TestPki.ca().leaf()))) {
            each.checkClientTrusted(TestStores.chain(named), "EC", new HandshakingEngine(asked, "HTTPS"));
            assertThat(accepts(() -> each.checkClientTrusted(
                            TestStores.chain(named), "EC", new HandshakingEngine(elsewhere, "HTTPS"))))
                    .isFalse();
        }
    }

    @Test
    void compares_no_name_by_default() throws Exception {
        HandshakeSession session = HandshakeSession.with("c.example");

        manager.checkServerTrusted(TestStores.chain(SERVER), "UNKNOWN", new HandshakingSocket(session, ""));
        manager.checkServerTrusted(TestStores.chain(SERVER), "UNKNOWN", new HandshakingEngine(session, ""));
        manager.checkServerTrusted(TestStores.chain(SERVER), "UNKNOWN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SMTP", "HTTP", "none"})
    void refuses_an_unknown_identification_algorithm(String algorithm) {
        var engine = new HandshakingEngine(HandshakeSession.with("a.example"), algorithm);

        assertThatThrownBy(() -> manager.checkServerTrusted(TestStores.chain(SERVER), "UNKNOWN", engine))
                .isInstanceOf(CertificateException.class)
                .hasMessage("endpoint identification: \"%s\" is not one of HTTPS, LDAPS", algorithm);
    }

    @Test
    void refuses_to_identify_without_a_handshake() {
        assertThatThrownBy(() -> manager.checkServerTrusted(
                        TestStores.chain(SERVER), "UNKNOWN", new HandshakingSocket(null, "HTTPS")))
                .isInstanceOf(CertificateException.class)
                .hasMessage("endpoint identification: there is no handshake whose names could be compared");
    }

    @Test
    void keeps_the_algorithm_constraints_of_the_parameters() {
        X509Certificate[] chain = TestStores.chain(TestPki.serverWithIntermediate("a.example"));

        assertThat(code(() -> manager.checkServerTrusted(chain, "UNKNOWN", constrained("RSA"))))
                .isNull();
        assertThat(code(() -> manager.checkServerTrusted(chain, "UNKNOWN", constrained("SHA256withECDSA"))))
                .isEqualTo(Code.CA_MD_TOO_WEAK);
        assertThat(code(() -> manager.checkServerTrusted(chain, "UNKNOWN", constrained("EC"))))
                .isEqualTo(Code.EE_KEY_TOO_SMALL);
    }

    /** Returns a socket whose parameters forbid an algorithm of signatures or of keys. */
    private static HandshakingSocket constrained(String forbidden) {
        var socket = new HandshakingSocket(HandshakeSession.with("a.example"), "");
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setAlgorithmConstraints(new AlgorithmConstraints() {
            @Override
            public boolean permits(
                    Set<CryptoPrimitive> primitives, String algorithm, @Nullable AlgorithmParameters unused) {
                return !algorithm.equals(forbidden);
            }

            @Override
            public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
                return !key.getAlgorithm().equals(forbidden);
            }

            @Override
            public boolean permits(
                    Set<CryptoPrimitive> primitives, String algorithm, Key key, @Nullable AlgorithmParameters unused) {
                return !algorithm.equals(forbidden);
            }
        });
        return socket;
    }

    @Test
    void names_the_anchors() throws Exception {
        KeyStore store = TestStores.trusted(TestPki.ca().leaf());
        TestStores.add(store, "own", TestPki.serverWithIntermediate("a.example"));
        store.setKeyEntry("secret", new SecretKeySpec(new byte[16], "AES"), TestStores.password(), null);
        X509ExtendedTrustManager ours = initialised(store);
        var jdks = TrustManagerFactory.getInstance("PKIX", "SunJSSE");
        jdks.init(store);

        assertThat(ours.getAcceptedIssuers())
                .hasSize(2)
                .containsExactlyInAnyOrder(TestStores.manager(jdks).getAcceptedIssuers());
        ours.getAcceptedIssuers()[0] = SERVER.leaf();
        assertThat(ours.getAcceptedIssuers()).doesNotContain(SERVER.leaf());
    }

    private interface Check {
        void run() throws CertificateException;
    }

    private static boolean accepts(Check check) {
        try {
            check.run();
            return true;
        } catch (CertificateException refused) {
            return false;
        }
    }

    private static @Nullable Code code(Check check) {
        try {
            check.run();
            return null;
        } catch (CertificateException refused) {
            return TestStores.code(refused);
        }
    }

    private static X509ExtendedTrustManager heddles(X509Certificate... anchors) {
        try {
            return initialised(TestStores.trusted(anchors));
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static X509ExtendedTrustManager initialised(KeyStore store) throws Exception {
        var factory = new PkixTrustManagerFactory(new StoreProperties(name -> null)::trustStore, () -> TestPki.NOW);
        factory.engineInit(store);
        return (X509ExtendedTrustManager) factory.engineGetTrustManagers()[0];
    }

    private static X509ExtendedTrustManager jdks(X509Certificate... anchors) {
        try {
            var factory = TrustManagerFactory.getInstance("PKIX", "SunJSSE");
            factory.init(TestStores.trusted(anchors));
            return TestStores.manager(factory);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
