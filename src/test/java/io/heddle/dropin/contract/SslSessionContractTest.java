package io.heddle.dropin.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionBindingEvent;
import javax.net.ssl.SSLSessionBindingListener;

/** {@link SSLSession}, as engines have it: what it tells, what a program keeps in it, and how it comes back. */
class SslSessionContractTest {
    // What it tells

    @OnEachVersion
    void id_is_not_empty_and_a_copy(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.carries();
        for (EngineEnd end : List.of(pair.client(), pair.server())) {
            SSLSession session = end.engine().getSession();
            byte[] id = session.getId();
            assertThat(id).isNotEmpty();
            id[0]++;
            assertThat(session.getId()).isNotEqualTo(id).hasSameSizeAs(id);
            assertThat(end.engine().getSession().getId()).isEqualTo(session.getId());
        }
    }

    @OnEachVersion
    void times_are_those_of_the_handshake(Jsse jsse, String version) throws Exception {
        long before = System.currentTimeMillis();
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        long after = System.currentTimeMillis();
        for (EngineEnd end : List.of(pair.client(), pair.server())) {
            SSLSession session = end.engine().getSession();
            assertThat(session.getCreationTime()).isBetween(before, after);
            assertThat(session.getLastAccessedTime()).isBetween(session.getCreationTime(), after);
        }
    }

    @OnEachVersion
    void both_sides_tell_the_same_suite_and_version(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        SSLSession client = pair.client().engine().getSession();
        SSLSession server = pair.server().engine().getSession();
        assertThat(client.getProtocol()).isEqualTo(version).isEqualTo(server.getProtocol());
        assertThat(client.getCipherSuite()).isEqualTo(server.getCipherSuite()).startsWith("TLS_");
        assertThat(client.toString()).contains(client.getCipherSuite());
    }

    @OnEachVersion
    void certificates_are_arrays_of_x509_and_copies(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        SSLSession client = pair.client().engine().getSession();
        SSLSession server = pair.server().engine().getSession();
        Certificate[] peer = client.getPeerCertificates();
        assertThat(peer).isInstanceOf(X509Certificate[].class).containsExactlyElementsOf(Jsse.SERVER.chain());
        peer[0] = Jsse.CLIENT.leaf();
        assertThat(client.getPeerCertificates()).containsExactlyElementsOf(Jsse.SERVER.chain());
        Certificate[] local = server.getLocalCertificates();
        assertThat(local).isInstanceOf(X509Certificate[].class).containsExactlyElementsOf(Jsse.SERVER.chain());
        local[0] = Jsse.CLIENT.leaf();
        assertThat(server.getLocalCertificates()).containsExactlyElementsOf(Jsse.SERVER.chain());
        assertThat(client.getPeerPrincipal()).isEqualTo(Jsse.SERVER.leaf().getSubjectX500Principal());
        assertThat(server.getLocalPrincipal()).isEqualTo(Jsse.SERVER.leaf().getSubjectX500Principal());
    }

    @OnEachVersion
    void who_showed_no_certificate_is_not_verified(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        SSLSession server = pair.server().engine().getSession();
        assertThatThrownBy(server::getPeerCertificates).isInstanceOf(SSLPeerUnverifiedException.class);
        assertThatThrownBy(server::getPeerPrincipal).isInstanceOf(SSLPeerUnverifiedException.class);
        SSLSession client = pair.client().engine().getSession();
        assertThat(client.getLocalCertificates()).isNull();
        assertThat(client.getLocalPrincipal()).isNull();
    }

    @OnEachVersion
    void peer_is_the_hint_of_the_engine(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        SSLSession client = pair.client().engine().getSession();
        assertThat(client.getPeerHost()).isEqualTo("localhost");
        assertThat(client.getPeerPort()).isEqualTo(443);
        SSLSession server = pair.server().engine().getSession();
        assertThat(server.getPeerHost()).isNull();
        assertThat(server.getPeerPort()).isEqualTo(-1);
    }

    @OnEachVersion
    void buffers_of_these_sizes_are_enough(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        for (EngineEnd end : List.of(pair.client(), pair.server())) {
            assertThat(end.engine().getSession().getApplicationBufferSize()).isGreaterThanOrEqualTo(16_384);
            assertThat(end.engine().getSession().getPacketBufferSize()).isGreaterThanOrEqualTo(5 + 16_384 + 256);
        }
    }

    // What a program keeps in it

    @OnEachVersion
    void values_are_kept_by_name(Jsse jsse, String version) throws Exception {
        SSLSession session =
                EnginePair.of(jsse, version).handshake().client().engine().getSession();
        assertThat(session.getValueNames()).isEmpty();
        assertThat(session.getValue("a")).isNull();
        session.putValue("a", 1);
        session.putValue("b", "two");
        session.putValue("a", 3);
        assertThat(session.getValue("a")).isEqualTo(3);
        assertThat(session.getValueNames()).containsExactlyInAnyOrder("a", "b");
        session.removeValue("a");
        session.removeValue("never there");
        assertThat(session.getValue("a")).isNull();
        assertThat(session.getValueNames()).containsExactly("b");
    }

    @OnEachVersion
    void values_hear_when_they_come_and_go(Jsse jsse, String version) throws Exception {
        SSLSession session =
                EnginePair.of(jsse, version).handshake().server().engine().getSession();
        var first = new Listening(new ArrayList<>());
        var second = new Listening(new ArrayList<>());
        session.putValue("name", first);
        session.putValue("name", second);
        session.removeValue("name");
        assertThat(first.events()).containsExactly("bound name", "unbound name");
        assertThat(second.events()).containsExactly("bound name", "unbound name");
    }

    private record Listening(List<String> events) implements SSLSessionBindingListener {
        @Override
        public void valueBound(SSLSessionBindingEvent event) {
            assertThat(event.getSession().getValue(event.getName())).isSameAs(this);
            events.add("bound " + event.getName());
        }

        @Override
        public void valueUnbound(SSLSessionBindingEvent event) {
            assertThat(event.getSession()).isNotNull();
            events.add("unbound " + event.getName());
        }
    }

    @OnEachVersion
    void names_and_values_that_are_none_are_refused(Jsse jsse, String version) throws Exception {
        SSLSession session =
                EnginePair.of(jsse, version).handshake().client().engine().getSession();
        assertThatIllegalArgumentException().isThrownBy(() -> session.putValue(null, ""));
        assertThatIllegalArgumentException().isThrownBy(() -> session.putValue("a", null));
        assertThatIllegalArgumentException().isThrownBy(() -> session.getValue(null));
        assertThatIllegalArgumentException().isThrownBy(() -> session.removeValue(null));
    }

    // How it ends and comes back

    @OnEachVersion
    void invalidated_session_is_not_valid_and_its_connection_goes_on(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        SSLSession session = pair.client().engine().getSession();
        session.invalidate();
        assertThat(session.isValid()).isFalse();
        session.invalidate();
        pair.carries();
    }

    @BetweenEach
    void session_resumes_at_the_same_contexts(Jsse client, Jsse server, String version) throws Exception {
        var repeated = new Repeated(client.withoutKey(), server.context(), version);
        int full = bytesOfServer(repeated.connect());
        EnginePair resumed = repeated.connect();
        assertThat(bytesOfServer(resumed)).isLessThan(full - 300);
        SSLSession session = resumed.client().engine().getSession();
        assertThat(session.getPeerCertificates()).containsExactlyElementsOf(Jsse.SERVER.chain());
        assertThat(session.getProtocol()).isEqualTo(version);
        assertThat(session.getCipherSuite())
                .isEqualTo(resumed.server().engine().getSession().getCipherSuite());
        assertThat(session.getPeerHost()).isEqualTo("localhost");
        assertThat(session.isValid()).isTrue();
    }

    @BetweenEach
    void certificate_of_the_client_comes_back_with_its_session(Jsse client, Jsse server, String version)
            throws Exception {
        var repeated = new Repeated(client.context(Jsse.CLIENT), server.context(), version);
        EnginePair first = repeated.pair();
        first.server().engine().setNeedClientAuth(true);
        int full = bytesOfServer(repeated.connect(first));
        EnginePair again = repeated.pair();
        again.server().engine().setNeedClientAuth(true);
        assertThat(bytesOfServer(repeated.connect(again))).isLessThan(full - 300);
        assertThat(again.server().engine().getSession().getPeerCertificates())
                .containsExactlyElementsOf(Jsse.CLIENT.chain());
        assertThat(again.client().engine().getSession().getLocalCertificates())
                .containsExactlyElementsOf(Jsse.CLIENT.chain());
    }

    @OnEachVersion
    void another_host_or_port_is_another_session(Jsse jsse, String version) throws Exception {
        SSLContext client = jsse.withoutKey();
        SSLContext server = jsse.context();
        int full = bytesOfServer(new Repeated(client, server, version).connect());
        assertThat(bytesOfServer(new Repeated(client, server, version, "127.0.0.1", 443).connect()))
                .isGreaterThan(full - 300);
        assertThat(bytesOfServer(new Repeated(client, server, version, "localhost", 444).connect()))
                .isGreaterThan(full - 300);
    }

    @OnEachVersion
    void invalidated_session_does_not_resume(Jsse jsse, String version) throws Exception {
        SSLContext client = jsse.withoutKey();
        var repeated = new Repeated(client, jsse.context(), version);
        EnginePair first = repeated.connect();
        first.client().engine().getSession().invalidate();
        for (byte[] id :
                java.util.Collections.list(client.getClientSessionContext().getIds())) {
            client.getClientSessionContext().getSession(id).invalidate();
        }
        assertThat(bytesOfServer(repeated.connect())).isGreaterThan(bytesOfServer(first) - 300);
    }

    @OnEachVersion
    void client_that_makes_no_sessions_may_resume_one(Jsse jsse, String version) throws Exception {
        var repeated = new Repeated(jsse.withoutKey(), jsse.context(), version);
        repeated.connect();
        EnginePair again = repeated.pair();
        again.client().engine().setEnableSessionCreation(false);
        repeated.connect(again);
        EnginePair unknown = new Repeated(jsse.withoutKey(), jsse.context(), version).pair();
        unknown.client().engine().setEnableSessionCreation(false);
        assertThatThrownBy(unknown::handshake).isInstanceOf(SSLHandshakeException.class);
    }

    /** Connections of a client to the same server. */
    private record Repeated(SSLContext client, SSLContext server, String version, String host, int port) {
        Repeated(SSLContext client, SSLContext server, String version) {
            this(client, server, version, "localhost", 443);
        }

        EnginePair pair() {
            var pair = new EnginePair(
                    new EngineEnd(client.createSSLEngine(host, port)), new EngineEnd(server.createSSLEngine()));
            pair.client().engine().setUseClientMode(true);
            pair.client().engine().setEnabledProtocols(new String[] {version});
            pair.server().engine().setUseClientMode(false);
            return pair;
        }

        EnginePair connect() throws Exception {
            return connect(pair());
        }

        /** Connects, sends data both ways, so that tickets arrive, and ends the connection as it should be. */
        EnginePair connect(EnginePair pair) throws Exception {
            pair.handshake().carries();
            pair.client().engine().closeOutbound();
            pair.server().engine().closeOutbound();
            pair.settle();
            return pair;
        }
    }

    /** Returns how much a server has said, which is less without its certificate. */
    private static int bytesOfServer(EnginePair pair) {
        return pair.server().results().stream()
                .mapToInt(SSLEngineResult::bytesProduced)
                .filter(bytes -> bytes > 0)
                .sum();
    }

    @OnEachVersion
    void value_names_are_a_copy(Jsse jsse, String version) throws Exception {
        SSLSession session =
                EnginePair.of(jsse, version).handshake().client().engine().getSession();
        session.putValue("a", 1);
        Arrays.fill(session.getValueNames(), "overwritten");
        assertThat(session.getValueNames()).containsExactly("a");
    }
}
