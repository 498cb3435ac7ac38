package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static io.heddle.dropin.contract.Jsse.TLS_1_3;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * {@link SSLSocket} as the factories of a context create it, also between the two providers. Properties of Heddle's
 * sockets that do not depend on their creation are in {@code io.heddle.SocketContractTest}.
 */
@Tag("socket")
@Timeout(value = 30, threadMode = SEPARATE_THREAD)
class SslSocketContractTest {
    private static final byte[] HELLO = "hello".getBytes(US_ASCII);

    // The handshake

    @BetweenEach
    void first_read_or_write_performs_the_handshake(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            ends.assertCarries();
            assertThat(ends.client().getSession().getProtocol()).isEqualTo(version);
            assertThat(ends.server().getSession().getProtocol()).isEqualTo(version);
        }
    }

    @BetweenEach
    void get_session_performs_the_handshake(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            Future<SSLSession> accepted = ends.run(ends.server()::getSession);
            assertThat(ends.client().getHandshakeSession()).isNull();
            assertThat(ends.client().getApplicationProtocol()).isNull();
            SSLSession session = ends.client().getSession();
            assertThat(session.isValid()).isTrue();
            assertThat(session.getPeerCertificates()).containsExactlyElementsOf(Jsse.SERVER.chain());
            assertThat(TlsEnds.await(accepted).getCipherSuite()).isEqualTo(session.getCipherSuite());
            assertThat(ends.client().getHandshakeSession()).isNull();
            assertThat(ends.client().getApplicationProtocol()).isEmpty();
            assertThat(ends.client().getHandshakeApplicationProtocol()).isNull();
        }
    }

    @OnEachVersion
    void session_after_a_failure_is_the_null_session(Jsse jsse, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(jsse.trustingOthers(), jsse.context())) {
            ends.client().setEnabledProtocols(new String[] {version});
            Future<SSLSession> accepted = ends.run(ends.server()::getSession);
            SSLSession session = ends.client().getSession();
            assertThat(session.isValid()).isFalse();
            assertThat(session.getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
            assertThatThrownBy(session::getPeerCertificates).isInstanceOf(SSLPeerUnverifiedException.class);
            TlsEnds.await(accepted);
        }
    }

    @OnEachVersion
    void client_that_does_not_trust_the_server_gets_the_reason(Jsse jsse, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(jsse.trustingOthers(), jsse.context())) {
            ends.client().setEnabledProtocols(new String[] {version});
            Future<Object> accepted = ends.run(() -> {
                ends.server().startHandshake();
                return ends.server().getInputStream().read();
            });
            assertThatThrownBy(ends.client()::startHandshake).isInstanceOf(SSLHandshakeException.class);
            assertThatThrownBy(() -> TlsEnds.await(accepted)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> ends.client().getOutputStream().write(1)).isInstanceOf(IOException.class);
        }
    }

    @OnEachVersion
    void endpoint_identification_checks_the_requested_name(Jsse jsse, String version) throws Exception {
        for (String algorithm : List.of("HTTPS", "LDAPS")) {
            try (TlsEnds ends = TlsEnds.of(jsse, jsse, version)) {
                SSLParameters parameters = ends.client().getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm(algorithm);
                parameters.setServerNames(List.of(new SNIHostName("www.example.test")));
                ends.client().setSSLParameters(parameters);
                ends.assertCarries();
            }
            try (SocketEnds tcp = SocketEnds.connect();
                    SSLSocket client = (SSLSocket)
                            jsse.withoutKey().getSocketFactory().createSocket(tcp.client(), "example.org", 443, true);
                    SSLSocket server = (SSLSocket) jsse.context()
                            .getSocketFactory()
                            .createSocket(tcp.server(), (java.io.InputStream) null, true)) {
                SSLParameters parameters = client.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm(algorithm);
                parameters.setProtocols(new String[] {version});
                client.setSSLParameters(parameters);
                Future<SSLSession> accepted = tcp.run(server::getSession);
                assertThatThrownBy(client::startHandshake).isInstanceOf(SSLHandshakeException.class);
                TlsEnds.await(accepted);
            }
        }
    }

    @OnEachVersion
    void certificate_of_the_client_is_verified(Jsse jsse, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(jsse.context(Jsse.CLIENT), jsse.context())) {
            ends.client().setEnabledProtocols(new String[] {version});
            ends.server().setNeedClientAuth(true);
            ends.handshake();
            assertThat(ends.server().getSession().getPeerCertificates()).containsExactlyElementsOf(Jsse.CLIENT.chain());
            assertThat(ends.client().getSession().getLocalCertificates())
                    .containsExactlyElementsOf(Jsse.CLIENT.chain());
        }
    }

    @OnEachVersion
    void managers_see_the_socket_and_its_handshake(Jsse jsse, String version) throws Exception {
        var keys = new RecordingKeyManager(Jsse.keys(Jsse.SERVER));
        var trust = new RecordingTrustManager(Jsse.trust(TestPki.ca().leaf()));
        SSLContext server = jsse.context("TLS", new KeyManager[] {keys}, Jsse.trust());
        SSLContext client = jsse.context("TLS", null, new TrustManager[] {trust});
        try (TlsEnds ends = TlsEnds.of(client, server)) {
            SSLParameters parameters = ends.client().getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("www.example.test")));
            parameters.setProtocols(new String[] {version});
            ends.client().setSSLParameters(parameters);
            ends.handshake();
            assertThat(keys.connections()).isNotEmpty().containsOnly(ends.server());
            assertThat(keys.names()).isNotEmpty().containsOnly(List.of(new SNIHostName("www.example.test")));
            assertThat(keys.protocols()).isNotEmpty().containsOnly(version);
            assertThat(keys.signatureAlgorithms()).isNotEmpty().allMatch(all -> all.contains("SHA256withECDSA"));
            assertThat(trust.connections()).containsExactly(ends.client());
            assertThat(trust.sessions().getFirst().protocol()).isEqualTo(version);
            assertThat(trust.sessions().getFirst().peerHost()).isEqualTo("localhost");
        }
    }

    @OnEachVersion
    void name_without_a_dot_is_sent_by_some_providers(Jsse jsse, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(jsse, jsse, version)) {
            ends.handshake();
            List<SNIServerName> names = ((ExtendedSSLSession) ends.server().getSession()).getRequestedServerNames();
            if (jsse == Jsse.SUN_JSSE) {
                assertThat(names).isEmpty();
            } else {
                assertThat(names).containsExactly(new SNIHostName("localhost"));
            }
        }
    }

    // HandshakeCompletedListener

    @OnEachVersion
    void listener_is_notified_of_the_handshake(Jsse jsse, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(jsse, jsse, version)) {
            BlockingQueue<HandshakeCompletedEvent> events = new LinkedBlockingQueue<>();
            ends.client().addHandshakeCompletedListener(events::add);
            ends.handshake();
            HandshakeCompletedEvent event = events.poll(30, TimeUnit.SECONDS);
            assertThat(event).isNotNull();
            assertThat(event.getSocket()).isSameAs(ends.client());
            assertThat(event.getSource()).isSameAs(ends.client());
            SSLSession session = ends.client().getSession();
            assertThat(event.getSession().getId()).isEqualTo(session.getId());
            assertThat(event.getCipherSuite()).isEqualTo(session.getCipherSuite());
            assertThat(event.getPeerCertificates()).containsExactlyElementsOf(Jsse.SERVER.chain());
            assertThat(event.getPeerPrincipal()).isEqualTo(Jsse.SERVER.leaf().getSubjectX500Principal());
            assertThat(event.getLocalCertificates()).isNull();
            assertThat(event.getLocalPrincipal()).isNull();
        }
    }

    @OnEach
    void removed_listener_is_not_notified(Jsse jsse) throws Exception {
        try (TlsEnds ends = TlsEnds.of(jsse, jsse, TLS_1_3)) {
            BlockingQueue<String> events = new LinkedBlockingQueue<>();
            HandshakeCompletedListener removed = event -> events.add("removed");
            ends.client().addHandshakeCompletedListener(removed);
            ends.client().addHandshakeCompletedListener(event -> events.add("kept"));
            ends.client().removeHandshakeCompletedListener(removed);
            ends.handshake().assertCarries();
            assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("kept");
            assertThat(events).isEmpty();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ends.client().removeHandshakeCompletedListener(removed));
            assertThatIllegalArgumentException().isThrownBy(() -> ends.client().addHandshakeCompletedListener(null));
        }
    }

    // Application protocols and names

    @BetweenEach
    void application_protocol_is_the_servers_first_choice(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            setProtocols(ends.client(), "http/1.1", "h2");
            setProtocols(ends.server(), "h3", "h2", "http/1.1");
            ends.handshake().assertCarries();
            assertThat(ends.client().getApplicationProtocol()).isEqualTo("h2");
            assertThat(ends.server().getApplicationProtocol()).isEqualTo("h2");
        }
    }

    @BetweenEach
    void selector_is_called_with_the_socket_during_its_handshake(Jsse client, Jsse server, String version)
            throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            setProtocols(ends.client(), "h2", "http/1.1");
            SSLParameters parameters = ends.client().getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("www.example.test")));
            ends.client().setSSLParameters(parameters);
            List<Object> arguments = new ArrayList<>();
            ends.server().setHandshakeApplicationProtocolSelector((socket, offered) -> {
                arguments.add(socket);
                arguments.add(offered);
                arguments.addAll(((ExtendedSSLSession) socket.getHandshakeSession()).getRequestedServerNames());
                return "http/1.1";
            });
            assertThat(ends.server().getHandshakeApplicationProtocolSelector()).isNotNull();
            ends.handshake();
            assertThat(arguments)
                    .containsExactly(ends.server(), List.of("h2", "http/1.1"), new SNIHostName("www.example.test"));
            assertThat(ends.client().getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }

    private static void setProtocols(SSLSocket socket, String... protocols) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
    }

    // Data

    @BetweenEach
    void large_data_passes_both_ways_concurrently(Jsse client, Jsse server, String version) throws Exception {
        byte[] arguments = new byte[3_000_000];
        byte[] answered = new byte[3_000_000];
        new Random(1).nextBytes(arguments);
        new Random(2).nextBytes(answered);
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            ends.handshake();
            Future<Object> clientWrites = ends.run(() -> {
                ends.client().getOutputStream().write(arguments);
                return "written";
            });
            Future<Object> serverWrites = ends.run(() -> {
                ends.server().getOutputStream().write(answered);
                return "written";
            });
            Future<byte[]> serverReads =
                    ends.run(() -> ends.server().getInputStream().readNBytes(arguments.length));
            assertThat(ends.client().getInputStream().readNBytes(answered.length))
                    .isEqualTo(answered);
            assertThat(TlsEnds.await(serverReads)).isEqualTo(arguments);
            assertThat(TlsEnds.await(clientWrites)).isEqualTo("written");
            assertThat(TlsEnds.await(serverWrites)).isEqualTo("written");
        }
    }

    // A repeated handshake

    @BetweenEach
    void repeated_start_handshake_leaves_the_connection_usable(Jsse client, Jsse server, String version)
            throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            BlockingQueue<String> events = new LinkedBlockingQueue<>();
            ends.client().addHandshakeCompletedListener(event -> events.add("completed"));
            ends.handshake();
            Future<Object> echoed = ends.run(() -> {
                ends.server().getInputStream().transferTo(ends.server().getOutputStream());
                ends.server().close();
                return "echoed";
            });
            ends.client().startHandshake();
            for (byte sent : HELLO) {
                ends.client().getOutputStream().write(sent);
                assertThat(ends.client().getInputStream().read()).isEqualTo(sent);
            }
            ends.client().shutdownOutput();
            assertThat(ends.client().getInputStream().read()).isEqualTo(-1);
            // The JDK renegotiates in TLS 1.2; in TLS 1.3 it updates the keys, which no listener is notified of.
            boolean renegotiates = client == Jsse.SUN_JSSE && version.equals(TLS_1_2);
            assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("completed");
            if (renegotiates) {
                assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("completed");
            }
            assertThat(events).isEmpty();
            assertThat(TlsEnds.await(echoed)).isEqualTo("echoed");
        }
    }

    // The end

    @BetweenEach
    void end_of_output_leaves_the_other_direction_open(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            ends.handshake();
            ends.client().getOutputStream().write(HELLO);
            ends.client().shutdownOutput();
            assertThat(ends.client().isOutputShutdown()).isTrue();
            assertThat(ends.client().isInputShutdown()).isFalse();
            assertThat(ends.server().getInputStream().readAllBytes()).isEqualTo(HELLO);
            if (version.equals(TLS_1_3) || (client == Jsse.HEDDLE && server == Jsse.HEDDLE)) {
                // The JDK ends both directions in TLS 1.2.
                ends.server().getOutputStream().write(HELLO);
                assertThat(ends.client().getInputStream().readNBytes(5)).isEqualTo(HELLO);
            }
        }
    }

    @BetweenEach
    void close_is_the_end_of_the_peers_input(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            ends.handshake();
            ends.client().getOutputStream().write(HELLO);
            ends.client().close();
            assertThat(ends.client().isClosed()).isTrue();
            assertThat(ends.server().getInputStream().readAllBytes()).isEqualTo(HELLO);
        }
    }

    @BetweenEach
    void server_may_close_first(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            ends.handshake();
            ends.server().getOutputStream().write(HELLO);
            ends.server().close();
            assertThat(ends.client().getInputStream().readAllBytes()).isEqualTo(HELLO);
        }
    }

    @OnEachVersion
    void end_without_close_notify_is_the_end_of_the_data(Jsse jsse, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(jsse, jsse, version)) {
            ends.handshake().assertCarries();
            ends.tcp().client().close();
            // The JDK reports no error unless com.sun.net.ssl.requireCloseNotify is set.
            assertThat(ends.server().getInputStream().read()).isEqualTo(-1);
        }
    }

    @OnEach
    void use_after_close_is_a_socket_exception(Jsse jsse) throws Exception {
        try (TlsEnds ends = TlsEnds.of(jsse, jsse, TLS_1_3)) {
            ends.handshake();
            ends.client().close();
            assertThatThrownBy(ends.client()::getInputStream).isInstanceOf(SocketException.class);
            assertThatThrownBy(ends.client()::getOutputStream).isInstanceOf(SocketException.class);
            assertThatThrownBy(ends.client()::startHandshake).isInstanceOf(SocketException.class);
            assertThat(ends.client().isClosed()).isTrue();
            ends.client().close();
        }
    }
}
