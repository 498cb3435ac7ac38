package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static io.heddle.dropin.contract.Jsse.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an engine before the handshake and their effect: versions, suites, certificates, names, protocols.
 */
class SslEngineNegotiationContractTest {
    // Versions and suites

    @OnEach
    void enabled_is_part_of_supported_and_both_are_copies(Jsse jsse) {
        SSLEngine engine = jsse.context().createSSLEngine();
        assertThat(engine.getSupportedProtocols()).contains(TLS_1_2, TLS_1_3);
        assertThat(engine.getSupportedProtocols()).contains(engine.getEnabledProtocols());
        assertThat(engine.getSupportedCipherSuites()).contains(engine.getEnabledCipherSuites());
        for (String[] list : List.of(engine.getEnabledProtocols(), engine.getEnabledCipherSuites())) {
            assertThat(list).isNotEmpty().doesNotHaveDuplicates();
            Arrays.fill(list, "overwritten");
        }
        assertThat(engine.getEnabledProtocols()).doesNotContain("overwritten");
        assertThat(engine.getEnabledCipherSuites()).doesNotContain("overwritten");
    }

    @OnEach
    void everything_that_is_supported_can_be_enabled(Jsse jsse) {
        SSLEngine engine = jsse.context().createSSLEngine();
        engine.setEnabledProtocols(engine.getSupportedProtocols());
        assertThat(engine.getEnabledProtocols()).containsExactly(engine.getSupportedProtocols());
        engine.setEnabledCipherSuites(engine.getSupportedCipherSuites());
        assertThat(engine.getEnabledCipherSuites()).containsExactly(engine.getSupportedCipherSuites());
    }

    @OnEach
    void names_that_do_not_exist_are_refused_and_change_nothing(Jsse jsse) {
        SSLEngine engine = jsse.context().createSSLEngine();
        String[] protocols = engine.getEnabledProtocols();
        String[] suites = engine.getEnabledCipherSuites();
        assertThatIllegalArgumentException().isThrownBy(() -> engine.setEnabledProtocols(new String[] {"TLSv9"}));
        assertThatIllegalArgumentException().isThrownBy(() -> engine.setEnabledProtocols(null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.setEnabledCipherSuites(new String[] {suites[0], "TLS_MADE_UP"}));
        assertThatIllegalArgumentException().isThrownBy(() -> engine.setEnabledCipherSuites(null));
        assertThat(engine.getEnabledProtocols()).isEqualTo(protocols);
        assertThat(engine.getEnabledCipherSuites()).isEqualTo(suites);
    }

    @OnEach
    void enabled_suite_is_negotiated(Jsse jsse) throws Exception {
        for (String suite : List.of(
                "TLS_AES_128_GCM_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256")) {
            EnginePair pair = EnginePair.of(jsse.withoutKey(), jsse.context());
            pair.client().engine().setEnabledCipherSuites(new String[] {suite});
            pair.handshake();
            assertThat(pair.server().engine().getSession().getCipherSuite()).isEqualTo(suite);
        }
    }

    @BetweenEach
    void version_is_one_that_both_enabled(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client.withoutKey(), server.context());
        pair.client().engine().setEnabledProtocols(new String[] {version});
        pair.handshake();
        assertThat(pair.client().engine().getSession().getProtocol()).isEqualTo(version);
        assertThat(pair.server().engine().getSession().getProtocol()).isEqualTo(version);
        pair.assertCarries();
    }

    @OnEach
    void newest_version_is_selected(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse.withoutKey(), jsse.context()).handshake();
        assertThat(pair.client().engine().getSession().getProtocol()).isEqualTo(TLS_1_3);
    }

    // Certificates of clients

    @OnEach
    void need_and_want_replace_each_other(Jsse jsse) {
        SSLEngine engine = jsse.context().createSSLEngine();
        engine.setUseClientMode(false);
        assertThat(engine.getNeedClientAuth()).isFalse();
        assertThat(engine.getWantClientAuth()).isFalse();
        engine.setNeedClientAuth(true);
        assertThat(engine.getNeedClientAuth()).isTrue();
        engine.setWantClientAuth(true);
        assertThat(engine.getWantClientAuth()).isTrue();
        assertThat(engine.getNeedClientAuth()).isFalse();
        engine.setNeedClientAuth(false);
        assertThat(engine.getWantClientAuth()).isFalse();
    }

    @BetweenEach
    void needed_certificate_is_the_peer_of_the_session(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client.context(Jsse.CLIENT), server.context());
        pair.client().engine().setEnabledProtocols(new String[] {version});
        pair.server().engine().setNeedClientAuth(true);
        pair.handshake();
        SSLSession session = pair.server().engine().getSession();
        assertThat(session.getPeerCertificates()).containsExactlyElementsOf(Jsse.CLIENT.chain());
        assertThat(session.getPeerPrincipal()).isEqualTo(Jsse.CLIENT.leaf().getSubjectX500Principal());
        SSLSession clientSession = pair.client().engine().getSession();
        assertThat(clientSession.getLocalCertificates()).containsExactlyElementsOf(Jsse.CLIENT.chain());
        assertThat(clientSession.getLocalPrincipal()).isEqualTo(Jsse.CLIENT.leaf().getSubjectX500Principal());
        pair.assertCarries();
    }

    @BetweenEach
    void wanted_certificate_may_be_missing(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version);
        pair.server().engine().setWantClientAuth(true);
        pair.handshake();
        assertThatThrownBy(pair.server().engine().getSession()::getPeerCertificates)
                .isInstanceOf(SSLPeerUnverifiedException.class);
        assertThat(pair.client().engine().getSession().getLocalCertificates()).isNull();
    }

    @OnEachVersion
    void certificate_is_not_requested_by_default(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse.context(Jsse.CLIENT), jsse.context());
        pair.client().engine().setEnabledProtocols(new String[] {version});
        pair.handshake();
        assertThat(pair.client().engine().getSession().getLocalCertificates()).isNull();
        assertThatThrownBy(pair.server().engine().getSession()::getPeerPrincipal)
                .isInstanceOf(SSLPeerUnverifiedException.class);
    }

    // Server names

    @BetweenEach
    void host_of_the_engine_is_the_server_name_that_is_sent(Jsse client, Jsse server, String version) throws Exception {
        SSLContext asking = client.withoutKey();
        EnginePair pair = new EnginePair(
                new EngineEnd(asking.createSSLEngine("www.example.test", 443)),
                new EngineEnd(server.context().createSSLEngine()));
        pair.client().engine().setUseClientMode(true);
        SSLParameters unchecked = pair.client().engine().getSSLParameters();
        unchecked.setEndpointIdentificationAlgorithm("");
        unchecked.setProtocols(new String[] {version});
        pair.client().engine().setSSLParameters(unchecked);
        pair.server().engine().setUseClientMode(false);
        pair.handshake();
        assertThat(((ExtendedSSLSession) pair.server().engine().getSession()).getRequestedServerNames())
                .containsExactly(new SNIHostName("www.example.test"));
    }

    @BetweenEach
    void server_names_of_the_parameters_take_precedence(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version);
        setName(pair.client().engine(), "other.example.test");
        pair.handshake();
        assertThat(((ExtendedSSLSession) pair.server().engine().getSession()).getRequestedServerNames())
                .containsExactly(new SNIHostName("other.example.test"));
    }

    @OnEachVersion
    void matcher_accepts_a_name_or_ends_the_handshake(Jsse jsse, String version) throws Exception {
        EnginePair matching = EnginePair.of(jsse, version);
        setName(matching.client().engine(), "www.example.test");
        setMatcher(matching.server().engine(), "www\\..*");
        matching.handshake().assertCarries();
        EnginePair other = EnginePair.of(jsse, version);
        setName(other.client().engine(), "ftp.example.test");
        setMatcher(other.server().engine(), "www\\..*");
        other.begin();
        assertThat(other.failsFirst(other.server())).isInstanceOf(SSLHandshakeException.class);
    }

    private static void setName(SSLEngine engine, String name) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        engine.setSSLParameters(parameters);
    }

    private static void setMatcher(SSLEngine engine, String pattern) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher(pattern)));
        engine.setSSLParameters(parameters);
    }

    // Application protocols

    @BetweenEach
    void application_protocol_is_the_servers_first_choice(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version);
        setProtocols(pair.client().engine(), "http/1.1", "h2");
        setProtocols(pair.server().engine(), "h3", "h2", "http/1.1");
        pair.handshake();
        assertThat(pair.client().engine().getApplicationProtocol()).isEqualTo("h2");
        assertThat(pair.server().engine().getApplicationProtocol()).isEqualTo("h2");
        assertThat(pair.client().engine().getHandshakeApplicationProtocol()).isNull();
        pair.assertCarries();
    }

    @BetweenEach
    void without_a_list_on_one_side_there_is_no_protocol(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version);
        setProtocols(pair.client().engine(), "h2");
        pair.handshake();
        assertThat(pair.client().engine().getApplicationProtocol()).isEmpty();
        assertThat(pair.server().engine().getApplicationProtocol()).isEmpty();
    }

    @OnEachVersion
    void no_common_protocol_ends_the_handshake(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        setProtocols(pair.client().engine(), "h2");
        setProtocols(pair.server().engine(), "http/1.1");
        pair.begin();
        assertThat(pair.failsFirst(pair.server())).isInstanceOf(SSLHandshakeException.class);
    }

    @OnEachVersion
    void selector_receives_the_engine_and_the_offer_and_replaces_the_list(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        SSLEngine server = pair.server().engine();
        setProtocols(pair.client().engine(), "h2", "http/1.1");
        setProtocols(server, "h2");
        var arguments = new ArrayList<Object>();
        server.setHandshakeApplicationProtocolSelector((engine, offered) -> {
            arguments.add(engine);
            arguments.addAll(offered);
            return "http/1.1";
        });
        assertThat(server.getHandshakeApplicationProtocolSelector()).isNotNull();
        pair.handshake();
        assertThat(arguments).containsExactly(server, "h2", "http/1.1");
        assertThat(pair.client().engine().getApplicationProtocol()).isEqualTo("http/1.1");
    }

    @OnEachVersion
    void selector_may_choose_no_protocol_and_may_refuse(Jsse jsse, String version) throws Exception {
        EnginePair without = EnginePair.of(jsse, version);
        setProtocols(without.client().engine(), "h2");
        without.server().engine().setHandshakeApplicationProtocolSelector((engine, offered) -> "");
        without.handshake();
        assertThat(without.client().engine().getApplicationProtocol()).isEmpty();
        for (String answer : new @Nullable String[] {null, "h3"}) {
            EnginePair refused = EnginePair.of(jsse, version);
            setProtocols(refused.client().engine(), "h2");
            refused.server().engine().setHandshakeApplicationProtocolSelector((engine, offered) -> answer);
            refused.begin();
            assertThat(refused.failsFirst(refused.server())).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @OnEachVersion
    void selector_sees_the_session_of_the_handshake(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        setProtocols(pair.client().engine(), "h2");
        setName(pair.client().engine(), "www.example.test");
        var sessions = new ArrayList<SSLSession>();
        pair.server().engine().setHandshakeApplicationProtocolSelector((engine, offered) -> {
            sessions.add(engine.getHandshakeSession());
            return "h2";
        });
        pair.handshake();
        ExtendedSSLSession session = (ExtendedSSLSession) sessions.getFirst();
        assertThat(session.getProtocol()).isEqualTo(version);
        assertThat(session.getRequestedServerNames()).containsExactly(new SNIHostName("www.example.test"));
    }

    private static void setProtocols(SSLEngine engine, String... protocols) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
    }

    // Session creation

    @OnEach
    void without_new_sessions_only_an_existing_one_is_possible(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_2);
        SSLEngine client = pair.client().engine();
        assertThat(client.getEnableSessionCreation()).isTrue();
        client.setEnableSessionCreation(false);
        assertThat(client.getEnableSessionCreation()).isFalse();
        assertThatThrownBy(pair::handshake).isInstanceOf(SSLHandshakeException.class);
        assertThatCode(() -> client.setEnableSessionCreation(true)).doesNotThrowAnyException();
    }
}
