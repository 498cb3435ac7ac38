package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionBindingEvent;
import javax.net.ssl.SSLSessionBindingListener;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of JSSE for sessions and handshake listeners, for Heddle's sockets and the JDK's own. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class SocketSessionTest {
    static Stream<Arguments> stacksAndVersions() {
        return Stream.of(Stack.values())
                .flatMap(stack -> Stream.of("TLSv1.2", "TLSv1.3").map(version -> Arguments.of(stack, version)));
    }

    private static SocketPair pair(Stack stack, String version) throws IOException {
        SocketPair pair = SocketPair.of(stack);
        pair.client().setEnabledProtocols(new String[] {version});
        return pair;
    }

    @ParameterizedTest
    @MethodSource("stacksAndVersions")
    void asking_for_the_session_shakes_hands(Stack stack, String version) throws Exception {
        try (SocketPair pair = pair(stack, version)) {
            Future<SSLSession> accepted = pair.run(() -> pair.server().getSession());
            SSLSession session = pair.client().getSession();
            assertThat(session.isValid()).isTrue();
            assertThat(session.getProtocol()).isEqualTo(version);
            assertThat(SocketPair.await(accepted).getProtocol()).isEqualTo(version);
            assertThat(session.getCipherSuite())
                    .isEqualTo(pair.server().getSession().getCipherSuite())
                    .isNotEqualTo("SSL_NULL_WITH_NULL_NULL");
            assertThat(pair.client().getSession()).isSameAs(session);
        }
    }

    @ParameterizedTest
    @MethodSource("stacksAndVersions")
    void id_is_not_empty_and_stays(Stack stack, String version) throws Exception {
        try (SocketPair pair = pair(stack, version).handshake()) {
            for (SSLSocket socket : List.of(pair.client(), pair.server())) {
                byte[] id = socket.getSession().getId();
                assertThat(id).isNotEmpty();
                id[0]++;
                assertThat(socket.getSession().getId()).isNotEqualTo(id).hasSameSizeAs(id);
                assertThat(socket.getSession().getId())
                        .isEqualTo(socket.getSession().getId());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("stacksAndVersions")
    void certificates_are_an_array_that_programs_can_cast(Stack stack, String version) throws Exception {
        try (SocketPair pair = pair(stack, version).handshake()) {
            SSLSession client = pair.client().getSession();
            assertThat(client.getPeerCertificates()).isInstanceOf(X509Certificate[].class);
            assertThat(client.getPeerCertificates()[0]).isEqualTo(Stack.IDENTITY.leaf());
            assertThat(client.getPeerPrincipal())
                    .isEqualTo(Stack.IDENTITY.leaf().getSubjectX500Principal());
            assertThat(client.getLocalCertificates()).isNull();
            assertThat(client.getLocalPrincipal()).isNull();
            SSLSession server = pair.server().getSession();
            assertThat(server.getLocalCertificates()).isInstanceOf(X509Certificate[].class);
            assertThat(server.getLocalPrincipal()).isEqualTo(client.getPeerPrincipal());
            assertThatThrownBy(server::getPeerCertificates).isInstanceOf(SSLPeerUnverifiedException.class);
            assertThatThrownBy(server::getPeerPrincipal).isInstanceOf(SSLPeerUnverifiedException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void session_has_peer_times_and_sizes(Stack stack) throws Exception {
        long before = System.currentTimeMillis();
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            SSLSession session = pair.client().getSession();
            assertThat(session.getPeerHost()).isEqualTo("localhost");
            assertThat(session.getPeerPort()).isEqualTo(pair.client().getPort());
            assertThat(session.getCreationTime()).isBetween(before, System.currentTimeMillis());
            assertThat(session.getLastAccessedTime()).isBetween(before, System.currentTimeMillis());
            assertThat(session.getPacketBufferSize()).isGreaterThanOrEqualTo(16384 + 256 + 5);
            assertThat(session.getApplicationBufferSize()).isGreaterThanOrEqualTo(16384);
            assertThat(session.toString()).contains(session.getCipherSuite());
        }
    }

    @ParameterizedTest
    @EnumSource
    void session_has_the_signature_algorithms_of_both(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            var server = (ExtendedSSLSession) pair.server().getSession();
            assertThat(server.getPeerSupportedSignatureAlgorithms()).contains("SHA256withECDSA");
            assertThat(server.getLocalSupportedSignatureAlgorithms()).contains("SHA256withECDSA");
        }
    }

    @ParameterizedTest
    @EnumSource
    void values_are_kept_and_notified(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            SSLSession session = pair.client().getSession();
            var listener = new RecordingListener();
            session.putValue("listener", listener);
            session.putValue("plain", "value");
            assertThat(session.getValueNames()).containsExactlyInAnyOrder("listener", "plain");
            assertThat(session.getValue("plain")).isEqualTo("value");
            session.putValue("listener", "another");
            session.removeValue("plain");
            session.removeValue("never there");
            assertThat(session.getValueNames()).containsExactly("listener");
            assertThat(session.getValue("plain")).isNull();
            assertThat(listener.events).containsExactly("bound listener", "unbound listener");
            assertThatIllegalArgumentException().isThrownBy(() -> session.putValue(null, ""));
            assertThatIllegalArgumentException().isThrownBy(() -> session.putValue("a", null));
            assertThatIllegalArgumentException().isThrownBy(() -> session.getValue(null));
            assertThatIllegalArgumentException().isThrownBy(() -> session.removeValue(null));
        }
    }

    private static final class RecordingListener implements SSLSessionBindingListener {
        final Queue<String> events = new ConcurrentLinkedQueue<>();

        @Override
        public void valueBound(SSLSessionBindingEvent event) {
            events.add("bound " + event.getName());
        }

        @Override
        public void valueUnbound(SSLSessionBindingEvent event) {
            events.add("unbound " + event.getName());
        }
    }

    @ParameterizedTest
    @EnumSource
    void invalidated_session_is_not_valid_and_its_connection_goes_on(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            pair.client().getSession().invalidate();
            assertThat(pair.client().getSession().isValid()).isFalse();
            pair.client().getOutputStream().write('a');
            assertThat(pair.server().getInputStream().read()).isEqualTo('a');
        }
    }

    @ParameterizedTest
    @EnumSource
    void after_a_failure_there_is_the_null_session(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            pair.client().setEnabledProtocols(new String[] {"TLSv1.2"});
            pair.server().setEnabledProtocols(new String[] {"TLSv1.3"});
            Future<SSLSession> accepted = pair.run(() -> pair.server().getSession());
            for (SSLSession session : List.of(pair.client().getSession(), SocketPair.await(accepted))) {
                assertThat(session.isValid()).isFalse();
                assertThat(session.getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
                assertThat(session.getProtocol()).isEqualTo("NONE");
                assertThat(session.getId()).isEmpty();
                assertThatThrownBy(session::getPeerCertificates).isInstanceOf(SSLPeerUnverifiedException.class);
            }
        }
    }

    // During the handshake

    @ParameterizedTest
    @EnumSource
    void listeners_are_notified_once_each_with_the_session(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            var first = new ConcurrentLinkedQueue<HandshakeCompletedEvent>();
            var second = new ConcurrentLinkedQueue<HandshakeCompletedEvent>();
            var removed = new ConcurrentLinkedQueue<HandshakeCompletedEvent>();
            HandshakeCompletedListener gone = removed::add;
            pair.client().addHandshakeCompletedListener(first::add);
            pair.client().addHandshakeCompletedListener(gone);
            pair.client().addHandshakeCompletedListener(second::add);
            pair.client().removeHandshakeCompletedListener(gone);
            pair.handshake();
            if (stack != Stack.SUN_JSSE) {
                // The JDK's would renegotiate, which needs a reader that this test does not have.
                pair.client().startHandshake();
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> first.size() == 1 && second.size() == 1);
            assertThat(first.element().getSession()).isEqualTo(pair.client().getSession());
            assertThat(first.element().getSocket()).isSameAs(pair.client());
            assertThat(first.element().getCipherSuite())
                    .isEqualTo(pair.client().getSession().getCipherSuite());
            assertThat(first.element().getPeerCertificates()[0]).isEqualTo(Stack.IDENTITY.leaf());
            await().during(Duration.ofMillis(50)).until(() -> first.size() == 1 && removed.isEmpty());
        }
    }

    @Test
    void listener_is_notified_on_a_virtual_thread() throws Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE)) {
            var thread = new AtomicReference<@Nullable Thread>();
            pair.client().addHandshakeCompletedListener(event -> thread.set(Thread.currentThread()));
            pair.handshake();
            await().until(() -> thread.get() != null);
            assertThat(thread.get())
                    .isNotNull()
                    .satisfies(it -> assertThat(it.isVirtual()).isTrue());
        }
    }

    @ParameterizedTest
    @EnumSource
    void listeners_that_are_none_are_refused(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            assertThatIllegalArgumentException().isThrownBy(() -> pair.client().addHandshakeCompletedListener(null));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pair.client().removeHandshakeCompletedListener(event -> {}));
        }
    }

    @ParameterizedTest
    @MethodSource("stacksAndVersions")
    void selector_sees_the_session_that_is_being_negotiated(Stack stack, String version) throws Exception {
        try (SocketPair pair = pair(stack, version)) {
            var seen = new AtomicReference<@Nullable String>();
            SSLParameters parameters = pair.client().getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            parameters.setEndpointIdentificationAlgorithm("");
            parameters.setServerNames(List.of(new SNIHostName("shop.test")));
            pair.client().setSSLParameters(parameters);
            pair.server().setHandshakeApplicationProtocolSelector((socket, offered) -> {
                var session = (ExtendedSSLSession) socket.getHandshakeSession();
                seen.set(session.getProtocol() + " " + session.getRequestedServerNames() + " " + offered);
                return "http/1.1";
            });
            assertThat(pair.server().getHandshakeSession()).isNull();
            pair.handshake();
            assertThat(pair.server().getHandshakeSession()).isNull();
            assertThat(seen.get()).isEqualTo(version + " [type=host_name (0), value=shop.test] [h2, http/1.1]");
            assertThat(pair.client().getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void selector_may_do_without_a_protocol_and_may_refuse(Stack stack) throws Exception {
        try (SocketPair pair = offering(stack)) {
            pair.server().setHandshakeApplicationProtocolSelector((socket, offered) -> "");
            pair.handshake();
            assertThat(pair.client().getApplicationProtocol()).isEmpty();
        }
        try (SocketPair pair = offering(stack)) {
            pair.server().setHandshakeApplicationProtocolSelector((socket, offered) -> null);
            assertThat(serverFailure(pair)).isInstanceOf(IOException.class);
        }
        try (SocketPair pair = offering(stack)) {
            pair.server().setHandshakeApplicationProtocolSelector((socket, offered) -> "h3");
            assertThat(serverFailure(pair)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void selector_that_chooses_a_protocol_not_offered_receives_the_failure() throws Exception {
        try (SocketPair pair = offering(Stack.HEDDLE)) {
            pair.server().setHandshakeApplicationProtocolSelector((socket, offered) -> "h3");
            assertThat(serverFailure(pair))
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code())
                                    .isEqualTo(TlsFailure.Code.ERR_TLS_ALPN_CALLBACK_INVALID_RESULT))
                    .hasMessageStartingWith("alpn: the selector chose \"h3\", the client offered [h2]");
        }
    }

    private static SocketPair offering(Stack stack) throws IOException {
        SocketPair pair = SocketPair.of(stack);
        SSLParameters parameters = pair.client().getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        pair.client().setSSLParameters(parameters);
        return pair;
    }

    private static @Nullable Throwable serverFailure(SocketPair pair) throws Exception {
        Future<?> accepted = pair.run(() -> {
            pair.server().startHandshake();
            return null;
        });
        assertThatThrownBy(pair.client()::startHandshake).isInstanceOf(IOException.class);
        return SocketPair.failure(accepted);
    }

    @Test
    void verified_client_is_the_peer_of_the_servers_session() throws Exception {
        Identity identity = TestPki.client("client");
        SocketPair.Tcp tcp = SocketPair.Tcp.connect();
        ConnectOptions options = Stack.options().identity(identity).build();
        try (SocketPair pair = new SocketPair(Stack.client(tcp.client(), options), Stack.HEDDLE.server(tcp.server()))) {
            pair.server().setNeedClientAuth(true);
            pair.handshake();
            assertThat(pair.server().getSession().getPeerPrincipal())
                    .isEqualTo(identity.leaf().getSubjectX500Principal());
            assertThat(pair.client().getSession().getLocalPrincipal())
                    .isEqualTo(identity.leaf().getSubjectX500Principal());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void unverified_client_is_known_to_nodes_accessors_only(TlsVersion version) throws Exception {
        Identity stranger = TestPki.certificate("CN=admin")
                .key(TestPki.Key.P256, 5)
                .client()
                .selfSigned();
        try (var pair = TlsPair.of(version)
                        .clientIdentity(stranger)
                        .server(server -> server.requestCert(true).rejectUnauthorized(false));
                TlsPair.Connected both = pair.connect()) {
            SSLSession session = both.server().getSession();
            assertThatThrownBy(session::getPeerPrincipal)
                    .isInstanceOf(SSLPeerUnverifiedException.class)
                    .hasMessageContaining("DEPTH_ZERO_SELF_SIGNED_CERT");
            assertThatThrownBy(session::getPeerCertificates).isInstanceOf(SSLPeerUnverifiedException.class);
            assertThat(both.server().peerCertificates()).containsExactly(stranger.leaf());
            assertThat(both.server().getPeerCertificate()).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void unverified_server_is_known_to_nodes_accessors_only(TlsVersion version) throws Exception {
        try (var pair = TlsPair.of(version).trustedByClient().client(client -> client.rejectUnauthorized(false))) {
            for (int handshake = 1; handshake <= 2; handshake++) {
                TlsPair.Connected both = pair.handshake();
                assertThatThrownBy(both.client().getSession()::getPeerCertificates)
                        .isInstanceOf(SSLPeerUnverifiedException.class);
                assertThat(both.client().peerCertificates()).isNotEmpty();
            }
        }
    }
}
