package io.heddle.managers;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KeyStoreKeyManagerTest {
    private static final Identity RSA_CA = TestPki.root("RSA root", TestPki.Key.RSA_2048, 50);

    private static Identity own(TestPki.Key key) {
        return TestPki.certificate("CN=" + key).key(key, 1).issuedBy(TestPki.ca());
    }

    @ParameterizedTest
    @CsvSource({
        "RSA_2048, RSA ECDHE_RSA DHE_RSA KE:RSA RSA_EC",
        "RSA_PSS_2048, RSASSA-PSS",
        "P256, EC ECDHE_ECDSA EC_EC EC/secp256r1",
        "P384, EC ECDHE_ECDSA EC_EC EC/secp384r1",
        "P521, EC ECDHE_ECDSA EC_EC EC/secp521r1",
        "ED25519, EdDSA Ed25519 EdDSA_EC",
        "ED448, EdDSA Ed448 EdDSA_EC"
    })
    void both_schemes_of_names_find_a_key(TestPki.Key kind, String names) throws Exception {
        X509ExtendedKeyManager manager = manager(own(kind));
        Set<String> right = Set.of(names.split(" "));
        Set<String> all = Set.of(
                "RSA",
                "ECDHE_RSA",
                "DHE_RSA",
                "KE:RSA",
                "RSA_EC",
                "RSA_RSA",
                "RSASSA-PSS",
                "EC",
                "ECDHE_ECDSA",
                "EC_EC",
                "EC_RSA",
                "EC/secp256r1",
                "EC/secp384r1",
                "EC/secp521r1",
                "EC/",
                "EdDSA",
                "Ed25519",
                "Ed448",
                "EdDSA_EC",
                "DSA",
                "DHE_DSS",
                "DH_RSA",
                "UNKNOWN",
                "",
                "_",
                "EC_",
                "RSA_OR_PSS");

        for (String name : all) {
            String expected = right.contains(name) ? "key0" : null;
            assertThat(manager.chooseEngineServerAlias(name, null, null))
                    .as(name)
                    .isEqualTo(expected);
            assertThat(manager.chooseServerAlias(name, null, null)).as(name).isEqualTo(expected);
            assertThat(manager.chooseEngineClientAlias(new String[] {name}, null, null))
                    .as(name)
                    .isEqualTo(expected);
            assertThat(manager.chooseClientAlias(new String[] {name}, null, null))
                    .as(name)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TestPki.Key.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"RSA_512", "RSA_1024"})
    void what_we_ask_others_for_is_understood_here(TestPki.Key kind) throws Exception {
        Identity identity = own(kind);
        X509ExtendedKeyManager manager = manager(identity);

        assertThat(KeyTypeNames.of(identity.keyType()))
                .anyMatch(name -> "key0".equals(manager.chooseEngineServerAlias(name, null, null)));
    }

    @Test
    void chooses_as_the_jdk_does() throws Exception {
        KeyStore store = TestStores.keys(
                TestPki.certificate("CN=expired")
                        .key(TestPki.Key.P256, 1)
                        .expired()
                        .issuedBy(TestPki.ca()),
                TestPki.certificate("CN=client")
                        .key(TestPki.Key.P256, 2)
                        .client()
                        .issuedBy(TestPki.ca()),
                TestPki.certificate("CN=of RSA").key(TestPki.Key.P256, 4).issuedBy(RSA_CA),
                own(TestPki.Key.RSA_2048),
                own(TestPki.Key.RSA_PSS_2048),
                TestPki.serverWithIntermediate("a.example"),
                own(TestPki.Key.ED25519));
        var jdks = KeyManagerFactory.getInstance("NewSunX509", "SunJSSE");
        jdks.init(store, TestStores.password());
        X509ExtendedKeyManager theirs = TestStores.manager(jdks);
        X509ExtendedKeyManager ours = manager(store);
        List<Principal> issuers = List.of(
                TestPki.ca().leaf().getSubjectX500Principal(),
                RSA_CA.leaf().getSubjectX500Principal(),
                new X500Principal("CN=Heddle Test Intermediate"),
                new X500Principal("CN=unknown"));

        for (String name : List.of("EC", "RSA", "RSASSA-PSS", "EdDSA", "DSA", "EC_EC", "EC_RSA", "RSA_EC", "RSA_RSA")) {
            for (int i = -1; i < issuers.size(); i++) {
                Principal[] wanted = i < 0 ? new Principal[0] : new Principal[] {issuers.get(i)};
                assertThat(leaf(ours, ours.chooseEngineServerAlias(name, wanted, null)))
                        .as("server %s %s", name, List.of(wanted))
                        .isEqualTo(leaf(theirs, theirs.chooseEngineServerAlias(name, wanted, null)));
                assertThat(leaf(ours, ours.chooseEngineClientAlias(new String[] {name}, wanted, null)))
                        .as("client %s %s", name, List.of(wanted))
                        .isEqualTo(leaf(theirs, theirs.chooseEngineClientAlias(new String[] {name}, wanted, null)));
            }
        }
    }

    private static @Nullable X509Certificate leaf(X509ExtendedKeyManager manager, @Nullable String alias) {
        return alias == null ? null : manager.getCertificateChain(alias)[0];
    }

    @Test
    void lists_all_aliases_of_a_kind_the_best_first() throws Exception {
        X509ExtendedKeyManager manager = manager(
                TestPki.certificate("CN=expired")
                        .key(TestPki.Key.P256, 1)
                        .expired()
                        .issuedBy(TestPki.ca()),
                TestPki.server("a.example"),
                own(TestPki.Key.RSA_2048),
                TestPki.client("client"));

        assertThat(manager.getServerAliases("EC", null)).containsExactly("key1", "key0", "key3");
        assertThat(manager.getClientAliases("EC", null)).containsExactly("key3", "key0", "key1");
        assertThat(manager.getServerAliases("RSA", new Principal[0])).containsExactly("key2");
        assertThat(manager.getServerAliases("DSA", null)).isNull();
        assertThat(manager.getClientAliases("RSA", new Principal[] {new X500Principal("CN=unknown")}))
                .isNull();
    }

    @Test
    void any_certificate_of_the_chain_may_be_of_the_issuer() throws Exception {
        X509ExtendedKeyManager manager = manager(own(TestPki.Key.P256), TestPki.serverWithIntermediate("a.example"));
        Principal intermediate = new X500Principal("CN=Heddle Test Intermediate");

        assertThat(chosen(manager, intermediate)).isEqualTo("key1");
        assertThat(chosen(manager, TestPki.ca().leaf().getSubjectX500Principal()))
                .isEqualTo("key0");
        assertThat(chosen(manager, new X500Principal("CN=unknown"), intermediate))
                .isEqualTo("key1");
        // Not every principal is of the type for names.
        assertThat(chosen(manager, () -> "CN=Heddle Test Intermediate")).isEqualTo("key1");
        assertThat(chosen(manager, () -> "unknown")).isNull();
        assertThat(chosen(manager, new X500Principal("CN=unknown"))).isNull();
        assertThat(chosen(manager)).isEqualTo("key0");
    }

    private static @Nullable String chosen(X509ExtendedKeyManager manager, Principal... issuers) {
        return manager.chooseClientAlias(new String[] {"EC"}, issuers, null);
    }

    @Test
    void the_order_of_the_kinds_counts_before_that_of_the_store() throws Exception {
        X509ExtendedKeyManager manager = manager(own(TestPki.Key.P256), own(TestPki.Key.RSA_2048));

        assertThat(manager.chooseClientAlias(new String[] {"RSA", "EC"}, null, null))
                .isEqualTo("key1");
        assertThat(manager.chooseClientAlias(new String[] {"Ed25519", "EC", "RSA"}, null, null))
                .isEqualTo("key0");
    }

    @Test
    void a_certificate_that_is_valid_comes_before_one_that_is_not() throws Exception {
        Identity expired = TestPki.certificate("CN=expired")
                .key(TestPki.Key.P256, 1)
                .expired()
                .issuedBy(TestPki.ca());
        Identity early = TestPki.certificate("CN=early")
                .key(TestPki.Key.P256, 2)
                .notYetValid()
                .issuedBy(TestPki.ca());

        assertThat(manager(expired, early, own(TestPki.Key.P256)).chooseServerAlias("EC", null, null))
                .isEqualTo("key2");
        assertThat(manager(expired).chooseServerAlias("EC", null, null)).isEqualTo("key0");
        assertThat(manager(expired, own(TestPki.Key.RSA_2048))
                        .chooseClientAlias(new String[] {"EC", "RSA"}, null, null))
                .isEqualTo("key1");
    }

    @Test
    void a_certificate_for_the_purpose_comes_before_one_for_another() throws Exception {
        Identity any = TestPki.certificate("CN=any")
                .key(TestPki.Key.P256, 4)
                .extendedKeyUsage(KeyPurposeId.anyExtendedKeyUsage)
                .issuedBy(TestPki.ca());
        Identity agreesOnly = TestPki.certificate("CN=agrees")
                .key(TestPki.Key.P256, 5)
                .keyUsage(KeyUsage.keyAgreement)
                .issuedBy(TestPki.ca());
        X509ExtendedKeyManager manager = manager(TestPki.client("client"), TestPki.server("a.example"), any);

        assertThat(manager.chooseServerAlias("EC", null, null)).isEqualTo("key1");
        assertThat(manager.chooseClientAlias(new String[] {"EC"}, null, null)).isEqualTo("key0");
        assertThat(manager(TestPki.client("client"), any).chooseServerAlias("EC", null, null))
                .isEqualTo("key1");
        assertThat(manager(agreesOnly, any).chooseServerAlias("EC", null, null)).isEqualTo("key1");
        assertThat(manager(TestPki.client("client")).chooseServerAlias("EC", null, null))
                .isEqualTo("key0");
    }

    @Test
    void a_key_that_only_decrypts_is_for_the_old_key_exchange_of_a_server() throws Exception {
        X509ExtendedKeyManager manager = manager(
                TestPki.certificate("CN=signs")
                        .key(TestPki.Key.RSA_2048, 1)
                        .keyUsage(KeyUsage.digitalSignature)
                        .issuedBy(TestPki.ca()),
                TestPki.certificate("CN=decrypts")
                        .key(TestPki.Key.RSA_2048, 2)
                        .keyUsage(KeyUsage.keyEncipherment)
                        .issuedBy(TestPki.ca()));

        assertThat(manager.chooseServerAlias("KE:RSA", null, null)).isEqualTo("key1");
        assertThat(manager.chooseServerAlias("RSA", null, null)).isEqualTo("key0");
        assertThat(manager.getClientAliases("RSA", null)).containsExactly("key0", "key1");
    }

    @Test
    void the_requested_name_counts_on_a_server() throws Exception {
        X509ExtendedKeyManager manager = manager(
                TestPki.server("a.example"),
                TestPki.server(TestPki.Key.P256, "*.b.example"),
                TestPki.certificate("CN=c.example")
                        .key(TestPki.Key.P256, 4)
                        .server("c.example")
                        .expired()
                        .issuedBy(TestPki.ca()));

        assertThat(forName(manager, "a.example")).isEqualTo("key0");
        assertThat(forName(manager, "www.b.example")).isEqualTo("key1");
        assertThat(forName(manager, "d.example")).isEqualTo("key0");
        // Expiry weighs more.
        assertThat(forName(manager, "c.example")).isEqualTo("key0");
        HandshakeSession session = HandshakeSession.with("").requested("www.b.example");
        assertThat(manager.chooseServerAlias("EC", null, new HandshakingSocket(session, "")))
                .isEqualTo("key1");
        assertThat(manager.chooseEngineClientAlias(new String[] {"EC"}, null, new HandshakingEngine(session, "")))
                .isEqualTo("key0");
        assertThat(manager.chooseServerAlias("EC", null, new HandshakingSocket(null, "")))
                .isEqualTo("key0");
    }

    private static @Nullable String forName(X509ExtendedKeyManager manager, String name) {
        return manager.chooseEngineServerAlias(
                "EC", null, new HandshakingEngine(HandshakeSession.with("").requested(name), ""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    # kind       | version | what the peer can check           | whether the key will do
                    P256         | TLSv1.3 | SHA256withECDSA                   | true
                    P256         | TLSv1.3 | SHA384withECDSA RSASSA-PSS        | false
                    P384         | TLSv1.3 | SHA384withECDSA                   | true
                    P521         | TLSv1.3 | SHA256withECDSA SHA384withECDSA   | false
                    P521         | TLSv1.3 | SHA512withECDSA                   | true
                    P256         | TLSv1.2 | SHA384withECDSA                   | true
                    P256         | TLSv1.2 | SHA256withRSA Ed25519             | false
                    P256         | TLSv1.1 | SHA256withRSA                     | true
                    P256         | TLSv1.3 |                                   | true
                    RSA_2048     | TLSv1.3 | RSASSA-PSS                        | true
                    RSA_2048     | TLSv1.3 | SHA256withRSAandMGF1              | true
                    RSA_2048     | TLSv1.3 | SHA256withRSA SHA256withECDSA     | false
                    RSA_2048     | TLSv1.2 | SHA1withRSA                       | true
                    RSA_2048     | TLSv1.2 | SHA256withECDSA                   | false
                    RSA_PSS_2048 | TLSv1.2 | RSASSA-PSS                        | true
                    RSA_PSS_2048 | TLSv1.2 | SHA256withRSA                     | false
                    ED25519      | TLSv1.3 | Ed25519                           | true
                    ED25519      | TLSv1.3 | EdDSA                             | true
                    ED25519      | TLSv1.3 | Ed448                             | false
                    ED448        | TLSv1.2 | Ed448                             | true
                    """)
    void a_key_that_the_peer_cannot_check_is_left_out(
            TestPki.Key kind, String version, @Nullable String peers, boolean possible) throws Exception {
        String[] names = peers == null ? new String[0] : peers.split(" ");
        HandshakeSession session = HandshakeSession.with("").protocol(version).peerSigalgs(names);
        X509ExtendedKeyManager manager = manager(own(kind));
        String[] all = {"EC", "RSA", "RSASSA-PSS", "EdDSA"};

        assertThat(manager.chooseEngineClientAlias(all, null, new HandshakingEngine(session, "")))
                .isEqualTo(possible ? "key0" : null);
        assertThat(manager.chooseClientAlias(all, null, new HandshakingSocket(session, "")))
                .isEqualTo(possible ? "key0" : null);
    }

    @Test
    void another_curve_is_found_if_the_peer_cannot_check_the_first() throws Exception {
        X509ExtendedKeyManager manager = manager(own(TestPki.Key.P521), own(TestPki.Key.P384), own(TestPki.Key.P256));
        HandshakeSession session = HandshakeSession.with("").peerSigalgs("SHA256withECDSA", "SHA384withECDSA");

        assertThat(manager.chooseEngineServerAlias("EC", null, new HandshakingEngine(session, "")))
                .isEqualTo("key1");
    }

    @Test
    void hands_out_copies_and_always_the_same_key() throws Exception {
        Identity identity = TestPki.serverWithIntermediate("a.example");
        X509ExtendedKeyManager manager = manager(identity);

        X509Certificate[] chain = manager.getCertificateChain("key0");
        assertThat(chain).isExactlyInstanceOf(X509Certificate[].class).containsExactly(TestStores.chain(identity));
        chain[0] = TestPki.ca().leaf();
        assertThat(manager.getCertificateChain("key0")).containsExactly(TestStores.chain(identity));
        PrivateKey key = manager.getPrivateKey("key0");
        assertThat(key).isNotNull().isSameAs(manager.getPrivateKey("key0"));
        assertThat(key.getEncoded()).isEqualTo(identity.key().getEncoded());
    }

    @Test
    @SuppressWarnings("NullAway") // JSSE's contract for null
    void answers_null_where_there_is_nothing() throws Exception {
        X509ExtendedKeyManager manager = manager(own(TestPki.Key.P256));

        assertThat(manager.getCertificateChain("other")).isNull();
        assertThat(manager.getCertificateChain(null)).isNull();
        assertThat(manager.getPrivateKey("other")).isNull();
        assertThat(manager.getPrivateKey(null)).isNull();
        assertThat(manager.chooseClientAlias(null, null, null)).isNull();
        assertThat(manager.chooseClientAlias(new String[0], null, null)).isNull();
        assertThat(manager.chooseServerAlias(null, null, null)).isNull();
        assertThat(manager.getServerAliases(null, null)).isNull();
    }

    private static X509ExtendedKeyManager manager(Identity... identities) throws Exception {
        return manager(TestStores.keys(identities));
    }

    private static X509ExtendedKeyManager manager(KeyStore store) throws Exception {
        var factory = new PkixKeyManagerFactory(() -> TestPki.NOW);
        factory.engineInit(store, TestStores.password());
        return (X509ExtendedKeyManager) factory.engineGetKeyManagers()[0];
    }
}
