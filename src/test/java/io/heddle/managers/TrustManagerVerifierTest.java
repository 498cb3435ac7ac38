package io.heddle.managers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustManagerVerifierTest {
    private static final Identity GOOD = TestPki.server("good.example");
    private static final Optional<String> NO_NAME = Optional.empty();

    /** The calls of a manager, and its answers. */
    private static final class Plain implements X509TrustManager {
        final List<String> asked = new ArrayList<>();
        final Exception answer;

        Plain(Exception answer) {
            this.answer = answer;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            asked.add("client " + authType);
            answer();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            asked.add("server " + authType);
            chain[0] = TestPki.ca().leaf();
            answer();
        }

        private void answer() throws CertificateException {
            switch (answer) {
                case CertificateException refusal -> throw refusal;
                case RuntimeException broken -> throw broken;
                default -> {}
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** A manager that accepts every chain, and records which of the three methods was called. */
    private static final class Extended extends X509ExtendedTrustManager {
        final List<String> asked = new ArrayList<>();

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
            asked.add("client with socket");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
            asked.add("server with socket");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            asked.add("client with engine");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            asked.add("server with engine");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            asked.add("client");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            asked.add("server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Test
    void a_plain_manager_receives_the_chain_alone() throws Exception {
        var manager = new Plain(new Exception("agrees"));
        var trust = new TrustManagerVerifier(manager);

        trust.check(true, TestStores.chain(GOOD), "UNKNOWN", socket("HTTPS", "other.example"), null, NO_NAME);
        trust.check(false, TestStores.chain(GOOD), "ECDHE_ECDSA", null, null, NO_NAME);

        assertThat(manager.asked).containsExactly("server UNKNOWN", "client ECDHE_ECDSA");
    }

    @Test
    void a_plain_manager_leaves_the_host_name_to_us() {
        // This one also swaps the certificate in its array, which is a copy.
        var trust = new TrustManagerVerifier(new Plain(new Exception("agrees")));

        assertThatCode(() ->
                        trust.check(true, TestStores.chain(GOOD), "UNKNOWN", null, null, Optional.of("good.example")))
                .doesNotThrowAnyException();
        TlsFailure failure = refused(trust, TestStores.chain(GOOD), Optional.of("bad.example"));
        assertThat(failure)
                .hasMessage("Hostname/IP does not match certificate's altnames: Host: bad.example. is not in the"
                        + " cert's altnames: DNS:good.example");
        assertThat(failure.code()).isEqualTo(Code.ERR_TLS_CERT_ALTNAME_INVALID);
    }

    @Test
    void an_extended_manager_gets_the_connection_and_looks_for_the_name_itself() throws Exception {
        var manager = new Extended();
        var trust = new TrustManagerVerifier(manager);
        HandshakingSocket socket = socket("HTTPS", "bad.example");
        var engine = new HandshakingEngine(HandshakeSession.with("bad.example"), "HTTPS");
        X509Certificate[] chain = TestStores.chain(GOOD);

        trust.check(true, chain, "UNKNOWN", socket, null, Optional.of("bad.example"));
        trust.check(false, chain, "UNKNOWN", socket, engine, NO_NAME);
        trust.check(true, chain, "UNKNOWN", null, engine, Optional.of("bad.example"));
        trust.check(false, chain, "UNKNOWN", null, engine, NO_NAME);

        assertThat(manager.asked)
                .containsExactly(
                        "server with socket", "client with socket", "server with engine", "client with engine");
    }

    @Test
    void an_extended_manager_without_a_connection_leaves_the_host_name_to_us() {
        var manager = new Extended();

        TlsFailure failure =
                refused(new TrustManagerVerifier(manager), TestStores.chain(GOOD), Optional.of("bad.example"));

        assertThat(manager.asked).containsExactly("server");
        assertThat(failure.code()).isEqualTo(Code.ERR_TLS_CERT_ALTNAME_INVALID);
    }

    @Test
    void a_refusal_without_a_reason_is_a_rejected_certificate_of_which_nothing_is_known() {
        var refusal = new CertificateException("not on our list");

        TlsFailure failure = refused(new TrustManagerVerifier(new Plain(refusal)));

        assertThat(failure)
                .hasMessage("certificate: the trust manager refuses it: not on our list")
                .hasCause(refusal);
        assertThat(failure.code()).isEqualTo(Code.CERT_REJECTED);
        assertThat(failure.alert()).contains(Alert.CERTIFICATE_UNKNOWN);
        assertThat(refused(new TrustManagerVerifier(new Plain(new CertificateException()))))
                .hasMessage("certificate: the trust manager refuses it: CertificateException");
    }

    @Test
    void a_failing_manager_is_not_the_peers_fault() {
        var broken = new IllegalStateException("no database");

        TlsFailure failure = refused(new TrustManagerVerifier(new Plain(broken)));

        assertThat(failure)
                .hasMessage("certificate: the trust manager failed: no database")
                .hasCause(broken);
        assertThat(failure.code()).isEqualTo(Code.ERR_TLS_CALLBACK);
        assertThat(failure.alert()).contains(Alert.INTERNAL_ERROR);
    }

    @Test
    void a_failure_of_ours_survives_the_manager() {
        TlsFailure ours = Code.PATH_LENGTH_EXCEEDED.failure("certificate: too many");

        TlsFailure failure = refused(new TrustManagerVerifier(new Plain(new CertificateException("wrapped", ours))));

        assertThat(failure).isSameAs(ours);
    }

    @Test
    void a_failure_of_a_connection_that_the_manager_made_does_not() {
        TlsFailure elsewhere = TlsFailure.received(Alert.HANDSHAKE_FAILURE);

        TlsFailure failure =
                refused(new TrustManagerVerifier(new Plain(new CertificateException("no OCSP", elsewhere))));

        assertThat(failure.code()).isEqualTo(Code.CERT_REJECTED);
    }

    @Test
    void reasons_are_found_below_what_was_thrown() {
        assertThat(code(new CertificateExpiredException("x"))).isEqualTo(Code.CERT_HAS_EXPIRED);
        assertThat(code(wrapped(new CertificateNotYetValidException("x")))).isEqualTo(Code.CERT_NOT_YET_VALID);
        assertThat(code(wrapped(new CertPathBuilderException(
                        new CertPathValidatorException("x", null, null, -1, BasicReason.REVOKED)))))
                .isEqualTo(Code.CERT_REVOKED);
        assertThat(code(wrapped(new CertPathValidatorException(
                        "x", new CertificateExpiredException(), null, -1, BasicReason.UNSPECIFIED))))
                .isEqualTo(Code.CERT_HAS_EXPIRED);
        assertThat(code(wrapped(new CertPathBuilderException("x")))).isEqualTo(Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SunJSSE", "BCJSSE"})
    void managers_of_others_say_what_openssl_would(String provider) throws Exception {
        var trust = trusting(provider, TestPki.ca().leaf());
        Identity stranger = TestPki.root("Stranger", TestPki.Key.P256, 40);
        Identity expired =
                TestPki.certificate("CN=e").server("good.example").expired().issuedBy(TestPki.ca());
        Identity early =
                TestPki.certificate("CN=n").server("good.example").notYetValid().issuedBy(TestPki.ca());

        assertThatCode(() -> trust.check(true, TestStores.chain(GOOD), "ECDHE_ECDSA", null, null, NO_NAME))
                .doesNotThrowAnyException();
        assertThat(refused(trust, TestStores.chain(expired), NO_NAME).code()).isEqualTo(Code.CERT_HAS_EXPIRED);
        assertThat(refused(trust, TestStores.chain(early), NO_NAME).code()).isEqualTo(Code.CERT_NOT_YET_VALID);
        assertThat(refused(
                                trust,
                                TestStores.chain(TestPki.certificate("CN=s")
                                        .server("good.example")
                                        .issuedBy(stranger)),
                                NO_NAME)
                        .code())
                .isEqualTo(Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
        assertThat(refused(trust, TestStores.chain(TestPki.selfSigned("good.example")), NO_NAME)
                        .code())
                .isEqualTo(Code.DEPTH_ZERO_SELF_SIGNED_CERT);
        assertThat(refused(
                                trust,
                                TestStores.chain(
                                        TestPki.certificate("CN=s")
                                                .server("good.example")
                                                .issuedBy(stranger),
                                        stranger.leaf()),
                                NO_NAME)
                        .code())
                .isEqualTo(Code.SELF_SIGNED_CERT_IN_CHAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SunJSSE", "BCJSSE"})
    void managers_of_others_find_the_wrong_name(String provider) throws Exception {
        var trust = trusting(provider, TestPki.ca().leaf());
        X509Certificate[] chain = TestStores.chain(GOOD);
        Identity nameless = TestPki.certificate("CN=good.example").issuedBy(TestPki.ca());

        assertThatCode(() -> trust.check(true, chain, "UNKNOWN", null, engine("HTTPS", "good.example"), NO_NAME))
                .doesNotThrowAnyException();
        for (String host : List.of("bad.example", "127.0.0.1")) {
            for (X509Certificate[] each : List.of(chain, TestStores.chain(nameless))) {
                TlsFailure failure = catchThrowableOfType(
                        TlsFailure.class,
                        () -> trust.check(true, each, "UNKNOWN", null, engine("HTTPS", host), NO_NAME));
                assertThat(failure.code()).as("%s", failure).isEqualTo(Code.ERR_TLS_CERT_ALTNAME_INVALID);
                assertThat(failure.alert()).contains(Alert.CERTIFICATE_UNKNOWN);
            }
        }
    }

    @Test
    void the_jdks_manager_reports_a_revoked_certificate() throws Exception {
        var parameters =
                new PKIXBuilderParameters(TestStores.trusted(TestPki.ca().leaf()), new X509CertSelector());
        parameters.addCertStore(CertStore.getInstance(
                "Collection", new CollectionCertStoreParameters(List.of(TestPki.crl(TestPki.ca(), GOOD.leaf())))));
        var factory = TrustManagerFactory.getInstance("PKIX", "SunJSSE");
        factory.init(new CertPathTrustManagerParameters(parameters));

        TlsFailure failure = refused(new TrustManagerVerifier(TestStores.manager(factory)));

        assertThat(failure.code()).isEqualTo(Code.CERT_REVOKED);
        assertThat(failure.alert()).contains(Alert.CERTIFICATE_REVOKED);
    }

    private static TrustManagerVerifier trusting(String provider, X509Certificate ca) throws Exception {
        KeyStore store = TestStores.trusted(ca);
        TrustManagerFactory factory = provider.equals("BCJSSE")
                ? TrustManagerFactory.getInstance("PKIX", new BouncyCastleJsseProvider(new BouncyCastleProvider()))
                : TrustManagerFactory.getInstance("PKIX", provider);
        factory.init(store);
        return new TrustManagerVerifier(TestStores.manager(factory));
    }

    private static HandshakingSocket socket(String algorithm, String host) {
        return new HandshakingSocket(HandshakeSession.with(host), algorithm);
    }

    private static HandshakingEngine engine(String algorithm, String host) {
        return new HandshakingEngine(HandshakeSession.with(host), algorithm);
    }

    private static CertificateException wrapped(Exception cause) {
        return new CertificateException("wrapped", new CertificateException("twice", cause));
    }

    private static Code code(CertificateException thrown) {
        return refused(new TrustManagerVerifier(new Plain(thrown))).code();
    }

    private static TlsFailure refused(TrustManagerVerifier trust) {
        return refused(trust, TestStores.chain(GOOD), NO_NAME);
    }

    private static TlsFailure refused(TrustManagerVerifier trust, X509Certificate[] chain, Optional<String> hostname) {
        return catchThrowableOfType(
                TlsFailure.class, () -> trust.check(true, chain, "ECDHE_ECDSA", null, null, hostname));
    }
}
