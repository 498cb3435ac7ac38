package io.heddle.dropin.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionBindingEvent;
import javax.net.ssl.SSLSessionBindingListener;

/** {@link SSLSession} of engines: its properties, and the values that a program stores in it. */
class SslSessionContractTest {
    // Properties

    @OnEachVersion
    void id_is_not_empty_and_a_copy(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.assertCarries();
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
        // However late the value is read.
        await().until(() -> System.currentTimeMillis() > after);
        for (EngineEnd end : List.of(pair.client(), pair.server())) {
            SSLSession session = end.engine().getSession();
            assertThat(session.getCreationTime()).isBetween(before, after);
            assertThat(session.getLastAccessedTime()).isBetween(session.getCreationTime(), after);
        }
    }

    @OnEachVersion
    void both_sides_have_the_same_suite_and_version(Jsse jsse, String version) throws Exception {
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
    void peer_without_a_certificate_is_not_verified(Jsse jsse, String version) throws Exception {
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

    // Stored values

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
    void values_are_notified_when_bound_and_unbound(Jsse jsse, String version) throws Exception {
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
    void null_names_and_values_are_refused(Jsse jsse, String version) throws Exception {
        SSLSession session =
                EnginePair.of(jsse, version).handshake().client().engine().getSession();
        assertThatIllegalArgumentException().isThrownBy(() -> session.putValue(null, ""));
        assertThatIllegalArgumentException().isThrownBy(() -> session.putValue("a", null));
        assertThatIllegalArgumentException().isThrownBy(() -> session.getValue(null));
        assertThatIllegalArgumentException().isThrownBy(() -> session.removeValue(null));
    }

    // Its end

    @OnEachVersion
    void invalidated_session_is_not_valid_and_its_connection_goes_on(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        SSLSession session = pair.client().engine().getSession();
        session.invalidate();
        assertThat(session.isValid()).isFalse();
        session.invalidate();
        pair.assertCarries();
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
