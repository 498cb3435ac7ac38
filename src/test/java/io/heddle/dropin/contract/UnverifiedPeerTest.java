package io.heddle.dropin.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.SslContexts;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSSE's view of a session has a peer only if it was verified; containers use that name as a login. */
class UnverifiedPeerTest {
    private static final Identity UNVERIFIED =
            TestPki.certificate("CN=admin").key(TestPki.Key.P256, 5).client().selfSigned();

    private static SSLContext server(UnaryOperator<ServerOptions.Builder> options) {
        SecureContext context = SecureContext.builder()
                .identity(Jsse.SERVER)
                .ca(TestPki.ca().chain())
                .build();
        return SslContexts.of(options.apply(ServerOptions.builder(context)).build());
    }

    private static EnginePair pair(SSLContext client, SSLContext server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server);
        pair.client().engine().setEnabledProtocols(new String[] {version});
        return pair;
    }

    private static void finish(EnginePair pair) throws Exception {
        pair.handshake().assertCarries();
        pair.client().engine().closeOutbound();
        pair.server().engine().closeOutbound();
        pair.settle();
    }

    private static SSLSession sessionOfServer(SSLContext client, SSLContext server, String version) throws Exception {
        EnginePair pair = pair(client, server, version);
        finish(pair);
        return pair.server().engine().getSession();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void an_engine_of_a_tolerant_server_does_not_name_an_unverified_client(String version) throws Exception {
        SSLContext server = server(options -> options.requestCert(true).rejectUnauthorized(false));
        // A key manager of the JDK would present only a certificate that chains to the server's list of authorities.
        SSLContext client = SslContexts.of(SecureContext.builder()
                .identity(UNVERIFIED)
                .ca(TestPki.ca().chain())
                .build());
        for (int handshake = 1; handshake <= 2; handshake++) {
            SSLSession session = sessionOfServer(client, server, version);
            assertThatThrownBy(session::getPeerPrincipal)
                    .isInstanceOf(SSLPeerUnverifiedException.class)
                    .hasMessage("the peer's certificate is not accepted: depth zero self signed cert"
                            + " (DEPTH_ZERO_SELF_SIGNED_CERT)");
            assertThatThrownBy(session::getPeerCertificates).isInstanceOf(SSLPeerUnverifiedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void an_engine_of_a_tolerant_server_names_a_verified_client(String version) throws Exception {
        SSLContext server = server(options -> options.requestCert(true).rejectUnauthorized(false));
        SSLContext client = Jsse.HEDDLE.context(Jsse.CLIENT);
        for (int handshake = 1; handshake <= 2; handshake++) {
            assertThat(sessionOfServer(client, server, version).getPeerPrincipal())
                    .isEqualTo(Jsse.CLIENT.leaf().getSubjectX500Principal());
        }
    }

    /** Also a client that is in the session because its certificate was requested when the session was created. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void a_server_that_requests_no_certificate_names_no_client(String version) throws Exception {
        SSLContext server = server(options -> options);
        SSLContext client = Jsse.HEDDLE.context(Jsse.CLIENT);
        EnginePair asking = pair(client, server, version);
        asking.server().engine().setNeedClientAuth(true);
        finish(asking);
        assertThat(asking.server().engine().getSession().getPeerCertificates()).hasSize(1);
        SSLSession hidden = sessionOfServer(client, server, version);
        assertThatThrownBy(hidden::getPeerPrincipal)
                .isInstanceOf(SSLPeerUnverifiedException.class)
                .hasMessage("the peer has no certificate");
        EnginePair again = pair(client, server, version);
        again.server().engine().setNeedClientAuth(true);
        finish(again);
        assertThat(again.server().engine().getSession().getPeerPrincipal())
                .isEqualTo(Jsse.CLIENT.leaf().getSubjectX500Principal());
    }

    /** The manager decides for the application which peers are trusted. */
    @OnEachVersion
    void a_peer_that_a_custom_trust_manager_accepts_is_verified(Jsse jsse, String version) throws Exception {
        SSLContext client = jsse.context("TLS", Jsse.keys(UNVERIFIED), new TrustManager[] {new Accepting()});
        SSLContext server = jsse.context("TLS", Jsse.keys(Jsse.SERVER), new TrustManager[] {new Accepting()});
        EnginePair pair = pair(client, server, version);
        pair.server().engine().setNeedClientAuth(true);
        finish(pair);
        assertThat(pair.server().engine().getSession().getPeerPrincipal()).hasToString("CN=admin");
        assertThat(pair.client().engine().getSession().getPeerPrincipal())
                .isEqualTo(Jsse.SERVER.leaf().getSubjectX500Principal());
    }

    private static final class Accepting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
