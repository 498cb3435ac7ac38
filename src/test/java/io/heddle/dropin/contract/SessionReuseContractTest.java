package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.TestPki;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;

/** Reuse of a session by the next connection of the same contexts, and its limits. */
class SessionReuseContractTest {
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
        assertThat(resumed.server().engine().getSession().getLocalCertificates())
                .containsExactlyElementsOf(Jsse.SERVER.chain());
    }

    @BetweenEach
    void certificate_of_the_client_is_restored_with_its_session(Jsse client, Jsse server, String version)
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
        for (byte[] id : Collections.list(client.getClientSessionContext().getIds())) {
            client.getClientSessionContext().getSession(id).invalidate();
        }
        assertThat(bytesOfServer(repeated.connect())).isGreaterThan(bytesOfServer(first) - 300);
    }

    @OnEachVersion
    void client_that_creates_no_sessions_may_resume_one(Jsse jsse, String version) throws Exception {
        var repeated = new Repeated(jsse.withoutKey(), jsse.context(), version);
        repeated.connect();
        EnginePair again = repeated.pair();
        again.client().engine().setEnableSessionCreation(false);
        repeated.connect(again);
        EnginePair unknown = new Repeated(jsse.withoutKey(), jsse.context(), version).pair();
        unknown.client().engine().setEnableSessionCreation(false);
        assertThatThrownBy(unknown::handshake).isInstanceOf(SSLHandshakeException.class);
    }

    @OnEachVersion
    void resumed_session_is_as_old_as_its_first_handshake(Jsse jsse, String version) throws Exception {
        var repeated = new Repeated(jsse.withoutKey(), jsse.context(), version);
        long before = System.currentTimeMillis();
        repeated.connect();
        long after = System.currentTimeMillis();
        SSLSession resumed = repeated.connect().client().engine().getSession();
        // The stored time of a session may be in seconds.
        assertThat(resumed.getCreationTime()).isBetween(before / 1000 * 1000, after);
        assertThat(resumed.getLastAccessedTime()).isGreaterThanOrEqualTo(resumed.getCreationTime());
    }

    @OnEach
    void values_of_a_session_belong_to_it_or_to_its_connection(Jsse jsse) throws Exception {
        var repeated = new Repeated(jsse.withoutKey(), jsse.context(), Jsse.TLS_1_2);
        repeated.connect().client().engine().getSession().putValue("name", "value");
        SSLSession resumed = repeated.connect().client().engine().getSession();
        if (jsse == Jsse.SUN_JSSE) {
            assertThat(resumed.getValue("name")).isEqualTo("value");
        } else {
            assertThat(resumed.getValueNames()).isEmpty();
        }
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

        /** Connects, sends data both ways, so that tickets arrive, and closes the connection properly. */
        EnginePair connect(EnginePair pair) throws Exception {
            pair.handshake().assertCarries();
            pair.client().engine().closeOutbound();
            pair.server().engine().closeOutbound();
            pair.settle();
            return pair;
        }
    }

    /** Returns the number of bytes that a server sent, which is smaller without its certificate. */
    private static int bytesOfServer(EnginePair pair) {
        return pair.server().results().stream()
                .mapToInt(SSLEngineResult::bytesProduced)
                .filter(bytes -> bytes > 0)
                .sum();
    }

    @BetweenEach
    void resumed_connection_can_repeat_the_handshake_from_either_side(Jsse client, Jsse server, String version)
            throws Exception {
        var repeated = new Repeated(client.withoutKey(), server.context(), version);
        int full = bytesOfServer(repeated.connect());
        EnginePair resumed = repeated.pair().handshake();
        assertThat(bytesOfServer(resumed)).isLessThan(full - 300);
        for (EngineEnd end : List.of(resumed.client(), resumed.server())) {
            end.engine().beginHandshake();
            resumed.settle();
            resumed.assertCarries();
        }
    }

    // Limits of reuse

    @OnEachVersion
    void session_of_an_unchecked_name_does_not_pass_a_check(Jsse jsse, String version) throws Exception {
        var repeated = new Repeated(jsse.withoutKey(), jsse.context(), version, "example.org", 443);
        repeated.connect();
        EnginePair checked = repeated.pair();
        SSLParameters parameters = checked.client().engine().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        checked.client().engine().setSSLParameters(parameters);
        checked.begin();
        assertThat(checked.failsFirst(checked.client())).isInstanceOf(SSLHandshakeException.class);
    }

    @OnEachVersion
    void session_without_a_certificate_does_not_resume_where_one_is_needed(Jsse jsse, String version) throws Exception {
        var repeated = new Repeated(jsse.withoutKey(), jsse.context(), version);
        repeated.connect();
        EnginePair strict = repeated.pair();
        strict.server().engine().setNeedClientAuth(true);
        strict.begin();
        assertThat(strict.failsFirst(strict.server())).isInstanceOf(SSLException.class);
    }

    @OnEach
    void session_of_a_suite_that_is_no_longer_enabled_is_not_used(Jsse jsse) throws Exception {
        var repeated = new Repeated(jsse.withoutKey(), jsse.context(), TLS_1_2);
        String first = repeated.connect().client().engine().getSession().getCipherSuite();
        String other = first.equals("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256")
                ? "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
                : "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
        EnginePair pair = repeated.pair();
        pair.client().engine().setEnabledCipherSuites(new String[] {other});
        repeated.connect(pair);
        assertThat(pair.client().engine().getSession().getCipherSuite()).isEqualTo(other);
        EnginePair served = repeated.pair();
        served.server().engine().setEnabledCipherSuites(new String[] {first});
        repeated.connect(served);
        assertThat(served.client().engine().getSession().getCipherSuite()).isEqualTo(first);
    }

    @OnEachVersion
    void session_of_a_version_that_is_no_longer_enabled_is_not_used(Jsse jsse, String version) throws Exception {
        SSLContext client = jsse.withoutKey();
        SSLContext server = jsse.context();
        new Repeated(client, server, version).connect();
        String other = version.equals(TLS_1_2) ? Jsse.TLS_1_3 : TLS_1_2;
        EnginePair pair = new Repeated(client, server, other).connect();
        assertThat(pair.client().engine().getSession().getProtocol()).isEqualTo(other);
    }

    @OnEachVersion
    void session_does_not_resume_at_another_server(Jsse jsse, String version) throws Exception {
        SSLContext client = jsse.withoutKey();
        int full = bytesOfServer(new Repeated(client, jsse.context(), version).connect());
        EnginePair pair = new Repeated(client, jsse.context(), version).connect();
        assertThat(bytesOfServer(pair)).isGreaterThan(full - 300);
    }

    @OnEachVersion
    void trust_manager_is_not_called_again_when_a_session_resumes(Jsse jsse, String version) throws Exception {
        var trust = new RecordingTrustManager(Jsse.trust(TestPki.ca().leaf()));
        SSLContext client = jsse.context("TLS", null, new TrustManager[] {trust});
        var repeated = new Repeated(client, jsse.context(), version);
        int full = bytesOfServer(repeated.connect());
        assertThat(trust.sessions()).hasSize(1);
        assertThat(bytesOfServer(repeated.connect())).isLessThan(full - 300);
        assertThat(trust.sessions()).hasSize(1);
    }
}
