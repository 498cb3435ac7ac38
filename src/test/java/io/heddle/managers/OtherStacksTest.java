package io.heddle.managers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.HeddleProvider;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.path.StoreProperties;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.nio.ByteBuffer;
import java.security.Provider;
import java.security.Security;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Heddle's managers in the JDK's TLS and in BouncyCastle's, which request keys by different names. */
class OtherStacksTest {
    private static final Provider JDK = Security.getProvider("SunJSSE");
    private static final Provider BC = new BouncyCastleJsseProvider(new BouncyCastleProvider());
    private static final int MOST_ROUNDS = 200;

    static Stream<Arguments> combinations() {
        List<Arguments> all = new ArrayList<>();
        for (Provider provider : List.of(JDK, BC)) {
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                for (TestPki.Key key : List.of(
                        TestPki.Key.RSA_2048,
                        TestPki.Key.RSA_PSS_2048,
                        TestPki.Key.P256,
                        TestPki.Key.P384,
                        TestPki.Key.P521,
                        TestPki.Key.ED25519)) {
                    // BouncyCastle's TLS does not sign with EdDSA keys of the JDK; its own key manager leaves
                    // them out.
                    if (!(provider.equals(BC) && key == TestPki.Key.ED25519)) {
                        all.add(Arguments.of(provider.getName(), version, key));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void both_sides_show_and_trust_certificates(String provider, String version, TestPki.Key key) throws Exception {
        Identity server = TestPki.server(key, "a.example");
        Identity client = TestPki.certificate("CN=client").key(key, 2).client().issuedBy(TestPki.ca());
        SSLEngine serving = engine(provider, version, server);
        SSLEngine connecting = engine(provider, version, client);
        serving.setUseClientMode(false);
        serving.setNeedClientAuth(true);
        connecting.setUseClientMode(true);

        handshake(connecting, serving);

        assertThat(connecting.getSession().getPeerCertificates()[0]).isEqualTo(server.leaf());
        assertThat(serving.getSession().getPeerCertificates()[0]).isEqualTo(client.leaf());
        assertThat(connecting.getSession().getProtocol()).isEqualTo(version);
    }

    /** Heddle itself requests ML-DSA keys under names that the managers of the JDK and its own have. */
    @ParameterizedTest
    @CsvSource({"true, ML_DSA_44", "true, ML_DSA_65", "true, ML_DSA_87", "false, ML_DSA_65"})
    void heddle_finds_keys_for_ml_dsa(boolean ownManagers, TestPki.Key key) throws Exception {
        Identity root = TestPki.root("root", key, 10);
        Identity server =
                TestPki.certificate("CN=server").key(key, 1).server("a.example").issuedBy(root);
        Identity client = TestPki.certificate("CN=client").key(key, 2).client().issuedBy(root);
        SSLEngine serving = heddle(ownManagers, root, server, TestPki.server("a.example"));
        SSLEngine connecting = heddle(ownManagers, root, client, TestPki.client("another"));
        serving.setUseClientMode(false);
        serving.setNeedClientAuth(true);
        connecting.setUseClientMode(true);

        handshake(connecting, serving);

        assertThat(connecting.getSession().getPeerCertificates()[0]).isEqualTo(server.leaf());
        assertThat(serving.getSession().getPeerCertificates()[0]).isEqualTo(client.leaf());
        assertThat(((ExtendedSSLSession) serving.getSession()).getPeerSupportedSignatureAlgorithms())
                .contains(key.name().replace('_', '-'));
    }

    private static SSLEngine heddle(boolean ownManagers, Identity root, Identity... own) throws Exception {
        KeyManagerFactory keys = ownManagers
                ? KeyManagerFactory.getInstance("PKIX", new HeddleProvider())
                : KeyManagerFactory.getInstance("SunX509");
        keys.init(TestStores.keys(own), TestStores.password());
        TrustManagerFactory trust = ownManagers
                ? TrustManagerFactory.getInstance("PKIX", new HeddleProvider())
                : TrustManagerFactory.getInstance("PKIX", "SunJSSE");
        trust.init(TestStores.trusted(root.leaf()));
        SSLContext context = SSLContext.getInstance("TLS", new HeddleProvider());
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context.createSSLEngine("a.example", 443);
    }

    @Test
    void the_requested_name_selects_the_certificate() throws Exception {
        for (String provider : List.of("SunJSSE", "BCJSSE")) {
            SSLEngine serving = engine(
                    provider,
                    "TLSv1.3",
                    TestPki.server("b.example"),
                    TestPki.server("c.example"),
                    TestPki.server("a.example"));
            SSLEngine connecting = engine(provider, "TLSv1.3");
            serving.setUseClientMode(false);
            connecting.setUseClientMode(true);

            handshake(connecting, serving);

            assertThat(connecting.getSession().getPeerPrincipal()).hasToString("CN=a.example");
        }
    }

    @Test
    void the_reason_of_a_refusal_is_below_what_is_thrown() throws Exception {
        SSLEngine serving = engine("SunJSSE", "TLSv1.3", TestPki.server("b.example"));
        SSLEngine connecting = engine("SunJSSE", "TLSv1.3");
        serving.setUseClientMode(false);
        connecting.setUseClientMode(true);

        assertThatThrownBy(() -> handshake(connecting, serving))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("Hostname/IP does not match certificate's altnames: Host: a.example. is not")
                .rootCause()
                .isInstanceOfSatisfying(
                        TlsFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(Code.ERR_TLS_CERT_ALTNAME_INVALID));
    }

    private static SSLEngine engine(String provider, String version, Identity... own) throws Exception {
        var keys = new PkixKeyManagerFactory();
        keys.engineInit(TestStores.keys(own), TestStores.password());
        var trust = new PkixTrustManagerFactory(StoreProperties.ofSystem()::trustStore, InstantSource.system());
        trust.engineInit(TestStores.trusted(TestPki.ca().leaf()));
        KeyManager[] keyManagers = keys.engineGetKeyManagers();
        TrustManager[] trustManagers = trust.engineGetTrustManagers();
        SSLContext context = SSLContext.getInstance("TLS", provider.equals("BCJSSE") ? BC : JDK);
        context.init(keyManagers, trustManagers, null);
        SSLEngine engine = context.createSSLEngine("a.example", 443);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        if (own.length == 0) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static void handshake(SSLEngine client, SSLEngine server) throws SSLException {
        ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
        ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            step(client, toClient, toServer);
            step(server, toServer, toClient);
            if (finished(client) && finished(server) && toServer.position() == 0 && toClient.position() == 0) {
                return;
            }
        }
        throw new AssertionError(
                "no end of the handshake: " + client.getHandshakeStatus() + ", " + server.getHandshakeStatus());
    }

    private static boolean finished(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        if (engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                && in.position() == 0
                && !engine.getSession().getProtocol().equals("NONE")) {
            return;
        }
        tasks(engine);
        ByteBuffer nothing = ByteBuffer.allocate(0);
        if (engine.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP) {
            engine.wrap(nothing, out);
            tasks(engine);
        }
        in.flip();
        SSLEngineResult result;
        do {
            result = engine.unwrap(in, ByteBuffer.allocate(1 << 15));
            tasks(engine);
        } while (in.hasRemaining()
                && result.bytesConsumed() > 0
                && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP);
        in.compact();
    }

    private static void tasks(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }
}
