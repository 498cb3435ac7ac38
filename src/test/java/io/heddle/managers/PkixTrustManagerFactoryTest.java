package io.heddle.managers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.path.StoreProperties;
import io.heddle.failure.TlsFailure.Code;
import java.nio.file.Path;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyStoreBuilderParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PkixTrustManagerFactoryTest {
    private static final Identity SERVER = TestPki.server("a.example");
    private static final Identity BELOW = TestPki.serverWithIntermediate("a.example");

    @Test
    void a_factory_without_init_has_no_managers() {
        assertThatThrownBy(() -> factory().engineGetTrustManagers())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the TrustManagerFactory is not initialised: call init first");
    }

    @Test
    void refuses_a_store_that_was_not_loaded() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");

        assertThatThrownBy(() -> factory().engineInit(store)).isInstanceOf(KeyStoreException.class);
    }

    @Test
    void without_a_store_it_trusts_the_roots_of_the_jdk() throws Exception {
        var jdks = TrustManagerFactory.getInstance("PKIX", "SunJSSE");
        jdks.init((KeyStore) null);
        var factory = new PkixTrustManagerFactory(StoreProperties.ofSystem()::trustStore, InstantSource.system());

        factory.engineInit((KeyStore) null);

        assertThat(manager(factory).getAcceptedIssuers())
                .containsExactlyInAnyOrder(TestStores.manager(jdks).getAcceptedIssuers());
    }

    @Test
    void a_trust_store_that_cannot_be_read_is_reported(@TempDir Path folder) {
        Path missing = folder.resolve("missing.p12");
        var factory = new PkixTrustManagerFactory(
                new StoreProperties(Map.of("javax.net.ssl.trustStore", missing.toString())::get)::trustStore,
                () -> TestPki.NOW);

        assertThatThrownBy(() -> factory.engineInit((KeyStore) null))
                .isInstanceOf(KeyStoreException.class)
                .hasMessage("javax.net.ssl.trustStore: \"%s\" does not exist", missing);
    }

    @Test
    void takes_pkix_parameters_alone() {
        assertThatThrownBy(() -> factory()
                        .engineInit(new KeyStoreBuilderParameters(KeyStore.Builder.newInstance(
                                TestStores.empty(), new KeyStore.PasswordProtection(null)))))
                .isInstanceOf(InvalidAlgorithmParameterException.class)
                .hasMessage("the parameters must be CertPathTrustManagerParameters");
        assertThatThrownBy(() -> factory()
                        .engineInit(new CertPathTrustManagerParameters(new PKIXParameters(
                                Set.of(new TrustAnchor(TestPki.ca().leaf(), null))))))
                .isInstanceOf(InvalidAlgorithmParameterException.class)
                .hasMessage("the parameters in CertPathTrustManagerParameters must be PKIXBuilderParameters");
    }

    @FunctionalInterface
    interface Setting {
        void apply(PKIXBuilderParameters parameters) throws Exception;
    }

    static Stream<Arguments> unknown() {
        return Stream.of(
                refused(
                        "own certificate path checkers, revocation checkers included",
                        p -> p.addCertPathChecker((PKIXRevocationChecker)
                                CertPathValidator.getInstance("PKIX").getRevocationChecker())),
                refused("initial policies", p -> p.setInitialPolicies(Set.of("1.2.3"))),
                refused("an explicit policy", p -> p.setExplicitPolicyRequired(true)),
                refused("inhibited policy mapping", p -> p.setPolicyMappingInhibited(true)),
                refused("inhibited anyPolicy", p -> p.setAnyPolicyInhibited(true)),
                refused("critical policy qualifiers", p -> p.setPolicyQualifiersRejected(false)),
                refused("a signature provider of its own", p -> p.setSigProvider("SunEC")),
                refused(
                        "a trust anchor that is a name and a key without a certificate",
                        p -> p.setTrustAnchors(Set.of(
                                new TrustAnchor("CN=x", TestPki.ca().leaf().getPublicKey(), null)))),
                refused(
                        "name constraints outside of the anchor's certificate",
                        p -> p.setTrustAnchors(Set.of(
                                new TrustAnchor(TestPki.ca().leaf(), new NameConstraints(null, null).getEncoded())))));
    }

    private static Arguments refused(String what, Setting setting) {
        return Arguments.of(what, setting);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unknown")
    void unsupported_parameters_are_refused(String what, Setting setting) throws Exception {
        PKIXBuilderParameters parameters = parameters();
        setting.apply(parameters);

        assertThatThrownBy(() -> factory().engineInit(new CertPathTrustManagerParameters(parameters)))
                .isInstanceOf(InvalidAlgorithmParameterException.class)
                .hasMessage("the parameters require %s, which this trust manager does not support", what);
    }

    @Test
    void revocation_without_a_list_is_refused() throws Exception {
        PKIXBuilderParameters parameters = parameters();
        parameters.setRevocationEnabled(true);

        assertThatThrownBy(() -> factory().engineInit(new CertPathTrustManagerParameters(parameters)))
                .isInstanceOf(InvalidAlgorithmParameterException.class)
                .hasMessageStartingWith("revocation is enabled, but the CertStores have no CRL");
    }

    @Test
    void a_list_revokes_if_revocation_is_enabled() throws Exception {
        PKIXBuilderParameters parameters = parameters();
        add(parameters, TestPki.crl(TestPki.ca(), SERVER.leaf()));
        assertThatCode(() -> manager(parameters).checkServerTrusted(TestStores.chain(SERVER), "UNKNOWN"))
                .doesNotThrowAnyException();

        parameters.setRevocationEnabled(true);
        X509ExtendedTrustManager strict = manager(parameters);

        assertThat(code(strict, SERVER)).isEqualTo(Code.CERT_REVOKED);
        assertThatCode(() -> strict.checkServerTrusted(TestStores.chain(TestPki.server("a.example")), "UNKNOWN"))
                .doesNotThrowAnyException();
        // There is none of the intermediate.
        assertThat(code(strict, BELOW)).isEqualTo(Code.UNABLE_TO_GET_CRL);
    }

    @Test
    void certificates_of_the_stores_close_gaps_without_being_trusted() throws Exception {
        PKIXBuilderParameters parameters = parameters();
        Identity alone = new Identity(BELOW.key(), List.of(BELOW.leaf()));
        assertThat(code(manager(parameters), alone)).isEqualTo(Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY);

        add(parameters, BELOW.chain().get(1), TestPki.selfSigned("b.example").leaf());
        X509ExtendedTrustManager helped = manager(parameters);

        assertThatCode(() -> helped.checkServerTrusted(TestStores.chain(alone), "UNKNOWN"))
                .doesNotThrowAnyException();
        assertThat(code(helped, TestPki.selfSigned("b.example"))).isEqualTo(Code.DEPTH_ZERO_SELF_SIGNED_CERT);
    }

    @Test
    void the_date_of_the_parameters_counts() throws Exception {
        PKIXBuilderParameters parameters = parameters();
        parameters.setDate(Date.from(TestPki.NOW.plus(Duration.ofDays(366))));

        assertThat(code(manager(parameters), SERVER)).isEqualTo(Code.CERT_HAS_EXPIRED);
    }

    @Test
    void the_longest_path_of_the_parameters_counts() throws Exception {
        PKIXBuilderParameters parameters = parameters();

        parameters.setMaxPathLength(1);
        assertThatCode(() -> manager(parameters).checkServerTrusted(TestStores.chain(BELOW), "UNKNOWN"))
                .doesNotThrowAnyException();
        parameters.setMaxPathLength(0);
        assertThat(code(manager(parameters), BELOW)).isEqualTo(Code.CERT_CHAIN_TOO_LONG);
        parameters.setMaxPathLength(-1);
        assertThatCode(() -> manager(parameters).checkServerTrusted(TestStores.chain(BELOW), "UNKNOWN"))
                .doesNotThrowAnyException();
    }

    @Test
    void the_constraints_on_the_target_count() throws Exception {
        PKIXBuilderParameters parameters = parameters();
        var selector = new X509CertSelector();
        selector.setSerialNumber(SERVER.leaf().getSerialNumber());
        parameters.setTargetCertConstraints(selector);
        X509ExtendedTrustManager manager = manager(parameters);

        assertThatCode(() -> manager.checkServerTrusted(TestStores.chain(SERVER), "UNKNOWN"))
                .doesNotThrowAnyException();
        assertThat(code(manager, TestPki.server("a.example"))).isEqualTo(Code.CERT_REJECTED);
    }

    private static PKIXBuilderParameters parameters() throws Exception {
        var parameters =
                new PKIXBuilderParameters(TestStores.trusted(TestPki.ca().leaf()), new X509CertSelector());
        parameters.setRevocationEnabled(false);
        return parameters;
    }

    private static void add(PKIXBuilderParameters parameters, Object... content) throws Exception {
        parameters.addCertStore(
                CertStore.getInstance("Collection", new CollectionCertStoreParameters(Arrays.asList(content))));
    }

    private static Code code(X509ExtendedTrustManager manager, Identity server) {
        try {
            manager.checkServerTrusted(TestStores.chain(server), "UNKNOWN");
            throw new AssertionError("trusted: " + server);
        } catch (CertificateException refused) {
            return TestStores.code(refused);
        }
    }

    private static PkixTrustManagerFactory factory() {
        return new PkixTrustManagerFactory(new StoreProperties(name -> null)::trustStore, () -> TestPki.NOW);
    }

    private static X509ExtendedTrustManager manager(PKIXBuilderParameters parameters) throws Exception {
        PkixTrustManagerFactory factory = factory();
        factory.engineInit(new CertPathTrustManagerParameters(parameters));
        return manager(factory);
    }

    private static X509ExtendedTrustManager manager(PkixTrustManagerFactory factory) {
        return (X509ExtendedTrustManager) factory.engineGetTrustManagers()[0];
    }
}
