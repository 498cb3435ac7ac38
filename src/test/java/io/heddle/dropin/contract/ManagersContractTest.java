package io.heddle.dropin.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.certificate.TestPki;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Managers written by programs: the calls that they receive, and which party checks the server's name. */
@Tag("socket")
@Timeout(value = 30, threadMode = SEPARATE_THREAD)
class ManagersContractTest {
    // Trust

    @OnEachVersion
    void trust_manager_that_trusts_every_chain_is_called_with_the_kind_of_key(Jsse jsse, String version)
            throws Exception {
        var everyone = new Trusting(new CopyOnWriteArrayList<>());
        try (TlsEnds ends = ends(jsse, version, everyone)) {
            ends.handshake().assertCarries();
            assertThat(everyone.calls()).hasSize(1);
            assertThat(everyone.calls().getFirst())
                    .startsWith("server CN=localhost ")
                    .endsWith(version.equals(Jsse.TLS_1_3) ? "UNKNOWN" : "ECDHE_ECDSA");
        }
    }

    @OnEachVersion
    void name_is_checked_in_addition_to_a_trust_manager_that_cannot(Jsse jsse, String version) throws Exception {
        try (TlsEnds ends = elsewhere(jsse, version, new Trusting(new CopyOnWriteArrayList<>()))) {
            Future<SSLSession> accepted = ends.run(ends.server()::getSession);
            assertThatThrownBy(ends.client()::startHandshake).isInstanceOf(SSLHandshakeException.class);
            TlsEnds.await(accepted);
        }
    }

    @OnEachVersion
    void extended_trust_manager_decides_on_the_name_itself(Jsse jsse, String version) throws Exception {
        try (TlsEnds ends = elsewhere(jsse, version, new TrustingAll())) {
            ends.handshake().assertCarries();
        }
    }

    @OnEachVersion
    void refusal_of_a_trust_manager_is_the_cause(Jsse jsse, String version) throws Exception {
        var refusal = new CertificateException("not today");
        var refusing = new Trusting(new CopyOnWriteArrayList<>()) {
            @Override
            public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
                throw refusal;
            }
        };
        try (TlsEnds ends = ends(jsse, version, refusing)) {
            Future<SSLSession> accepted = ends.run(ends.server()::getSession);
            assertThatThrownBy(ends.client()::startHandshake)
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasRootCause(refusal);
            TlsEnds.await(accepted);
        }
    }

    @OnEachVersion
    void server_calls_its_trust_manager_for_the_client(Jsse jsse, String version) throws Exception {
        var everyone = new Trusting(new CopyOnWriteArrayList<>());
        SSLContext server = jsse.context("TLS", Jsse.keys(Jsse.SERVER), new TrustManager[] {everyone});
        try (TlsEnds ends = TlsEnds.of(jsse.context(TestPki.selfSigned("stranger")), server)) {
            ends.client().setEnabledProtocols(new String[] {version});
            ends.server().setNeedClientAuth(true);
            ends.handshake().assertCarries();
            assertThat(everyone.calls()).containsExactly("client CN=stranger EC");
            assertThat(ends.server().getSession().getPeerCertificates()).hasSize(1);
        }
    }

    @OnEachVersion
    void first_manager_of_each_kind_is_used(Jsse jsse, String version) throws Exception {
        var first = new Trusting(new CopyOnWriteArrayList<>());
        var second = new Trusting(new CopyOnWriteArrayList<>());
        try (TlsEnds ends = ends(jsse, version, new TrustManager() {}, first, second)) {
            ends.handshake();
            assertThat(first.calls()).hasSize(1);
            assertThat(second.calls()).isEmpty();
        }
    }

    // Keys

    @OnEachVersion
    void key_manager_that_is_not_extended_is_enough(Jsse jsse, String version) throws Exception {
        var keys = new Having();
        SSLContext server = jsse.context(
                "TLS", new KeyManager[] {keys}, Jsse.trust(TestPki.ca().leaf()));
        SSLContext client = jsse.context(
                "TLS", new KeyManager[] {keys}, Jsse.trust(TestPki.ca().leaf()));
        try (TlsEnds ends = TlsEnds.of(client, server)) {
            ends.client().setEnabledProtocols(new String[] {version});
            ends.server().setNeedClientAuth(true);
            ends.handshake().assertCarries();
            assertThat(ends.server().getSession().getPeerCertificates()).containsExactlyElementsOf(Jsse.CLIENT.chain());
            assertThat(ends.client().getSession().getPeerCertificates()).containsExactlyElementsOf(Jsse.SERVER.chain());
        }
    }

    private static TlsEnds ends(Jsse jsse, String version, TrustManager... trust) throws Exception {
        TlsEnds ends = TlsEnds.of(jsse.context("TLS", null, trust), jsse.context());
        ends.client().setEnabledProtocols(new String[] {version});
        return ends;
    }

    /** Returns a client that connects to another server than its endpoint name, and checks the name. */
    private static TlsEnds elsewhere(Jsse jsse, String version, TrustManager trust) throws Exception {
        TlsEnds ends =
                TlsEnds.of(jsse.context("TLS", null, new TrustManager[] {trust}), jsse.context(), "elsewhere.test");
        SSLParameters parameters = ends.client().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {version});
        ends.client().setSSLParameters(parameters);
        return ends;
    }

    /** Trusts every chain, without access to the connection. */
    private static class Trusting implements X509TrustManager {
        private final List<String> calls;

        Trusting(List<String> calls) {
            this.calls = calls;
        }

        List<String> calls() {
            return calls;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            calls.add("client " + chain[0].getSubjectX500Principal() + " " + authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            calls.add("server " + chain[0].getSubjectX500Principal() + " " + authType);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Trusts every chain on every connection. */
    private static final class TrustingAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Has the key of a server and that of a client. */
    private static final class Having implements X509KeyManager {
        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return keyType.startsWith("EC") ? new String[] {"client"} : null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            for (String keyType : keyTypes) {
                if (keyType.startsWith("EC")) {
                    return "client";
                }
            }
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return keyType.startsWith("EC") ? new String[] {"server"} : null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return keyType.startsWith("EC") ? "server" : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return (alias.equals("server") ? Jsse.SERVER : Jsse.CLIENT).chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return (alias.equals("server") ? Jsse.SERVER : Jsse.CLIENT).key();
        }
    }
}
