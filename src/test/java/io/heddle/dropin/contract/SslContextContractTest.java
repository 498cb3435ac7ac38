package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static io.heddle.dropin.contract.Jsse.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;

/** {@link SSLContext}, its parameters and its {@link SSLSessionContext}s. */
class SslContextContractTest {
    private static final int DAY = 86_400;

    // Instances

    @OnEach
    void context_has_its_protocol_and_provider(Jsse jsse) {
        for (String protocol : List.of("TLS", TLS_1_2, TLS_1_3)) {
            SSLContext context = jsse.instance(protocol);
            assertThat(context.getProtocol()).isEqualTo(protocol);
            assertThat(context.getProvider().getName())
                    .isEqualTo(jsse.provider().getName());
        }
    }

    @OnEach
    void protocols_that_do_not_exist_are_refused(Jsse jsse) {
        assertThatThrownBy(() -> SSLContext.getInstance("TLSv9", jsse.provider()))
                .isInstanceOf(NoSuchAlgorithmException.class);
    }

    @OnEach
    void context_has_to_be_initialised(Jsse jsse) {
        SSLContext context = jsse.instance("TLS");
        assertThatIllegalStateException().isThrownBy(context::getSocketFactory);
        assertThatIllegalStateException().isThrownBy(context::getServerSocketFactory);
        assertThatIllegalStateException().isThrownBy(context::createSSLEngine);
        assertThatIllegalStateException().isThrownBy(() -> context.createSSLEngine("localhost", 443));
    }

    @OnEach
    void context_needs_no_managers(Jsse jsse) {
        SSLContext context = jsse.context("TLS", null, null);
        assertThat(context.createSSLEngine().getEnabledProtocols()).contains(TLS_1_2, TLS_1_3);
    }

    @OnEach
    void default_context_is_ready_and_cannot_be_initialised(Jsse jsse) {
        SSLContext context = jsse.instance("Default");
        assertThat(context.getSocketFactory()).isNotNull();
        assertThat(context.createSSLEngine()).isNotNull();
        assertThatThrownBy(() -> context.init(null, null, null)).isInstanceOf(KeyManagementException.class);
    }

    // Parameters

    @OnEach
    void default_parameters_are_those_of_a_new_engine(Jsse jsse) {
        SSLContext context = jsse.context();
        SSLParameters defaults = context.getDefaultSSLParameters();
        SSLEngine client = context.createSSLEngine();
        client.setUseClientMode(true);
        assertThat(client.getEnabledProtocols()).isEqualTo(defaults.getProtocols());
        assertThat(client.getEnabledCipherSuites()).isEqualTo(defaults.getCipherSuites());
        assertThat(context.getSocketFactory().getDefaultCipherSuites()).isEqualTo(defaults.getCipherSuites());
        assertThat(context.getServerSocketFactory().getDefaultCipherSuites()).isEqualTo(defaults.getCipherSuites());
        assertThat(defaults.getNeedClientAuth()).isFalse();
        assertThat(defaults.getWantClientAuth()).isFalse();
        assertThat(defaults.getServerNames()).isNull();
        assertThat(defaults.getSNIMatchers()).isNull();
        assertThat(defaults.getApplicationProtocols()).isEmpty();
    }

    @OnEach
    void default_is_part_of_supported(Jsse jsse) {
        SSLContext context = jsse.context();
        SSLParameters defaults = context.getDefaultSSLParameters();
        SSLParameters supported = context.getSupportedSSLParameters();
        assertThat(supported.getProtocols()).contains(defaults.getProtocols());
        assertThat(supported.getCipherSuites()).contains(defaults.getCipherSuites());
        assertThat(context.getSocketFactory().getSupportedCipherSuites()).isEqualTo(supported.getCipherSuites());
        assertThat(context.getServerSocketFactory().getSupportedCipherSuites()).isEqualTo(supported.getCipherSuites());
        assertThat(context.createSSLEngine().getSupportedProtocols()).isEqualTo(supported.getProtocols());
    }

    @OnEach
    void parameters_are_copies(Jsse jsse) {
        SSLContext context = jsse.context();
        SSLParameters changed = context.getDefaultSSLParameters();
        changed.setProtocols(new String[] {TLS_1_2});
        changed.setNeedClientAuth(true);
        Arrays.fill(context.getSocketFactory().getDefaultCipherSuites(), "overwritten");
        Arrays.fill(context.getSocketFactory().getSupportedCipherSuites(), "overwritten");
        assertThat(context.getDefaultSSLParameters().getProtocols()).contains(TLS_1_3);
        assertThat(context.getDefaultSSLParameters().getNeedClientAuth()).isFalse();
        assertThat(context.getSocketFactory().getDefaultCipherSuites()).doesNotContain("overwritten");
        assertThat(context.getSocketFactory().getSupportedCipherSuites()).doesNotContain("overwritten");
    }

    @OnEach
    void protocol_of_the_context_limits_the_protocols_of_a_client(Jsse jsse) {
        SSLEngine older = jsse.context(TLS_1_2, null, null).createSSLEngine();
        older.setUseClientMode(true);
        assertThat(older.getEnabledProtocols()).contains(TLS_1_2).doesNotContain(TLS_1_3);
        assertThat(older.getSupportedProtocols()).contains(TLS_1_2, TLS_1_3);
        SSLEngine newer = jsse.context(TLS_1_3, null, null).createSSLEngine();
        newer.setUseClientMode(true);
        assertThat(newer.getEnabledProtocols()).contains(TLS_1_2, TLS_1_3);
    }

    // Sessions

    @OnEach
    void session_contexts_of_both_sides_are_different_and_stable(Jsse jsse) {
        SSLContext context = jsse.context();
        assertThat(context.getClientSessionContext())
                .isSameAs(context.getClientSessionContext())
                .isNotSameAs(context.getServerSessionContext());
        assertThat(context.getServerSessionContext()).isSameAs(context.getServerSessionContext());
    }

    @OnEach
    void limits_of_a_session_context_are_kept(Jsse jsse) {
        SSLContext context = jsse.context();
        for (SSLSessionContext sessions :
                List.of(context.getClientSessionContext(), context.getServerSessionContext())) {
            assertThat(sessions.getSessionTimeout()).isPositive();
            assertThat(sessions.getSessionCacheSize()).isPositive();
            sessions.setSessionTimeout(60);
            sessions.setSessionCacheSize(10);
            assertThat(sessions.getSessionTimeout()).isEqualTo(60);
            assertThat(sessions.getSessionCacheSize()).isEqualTo(10);
            sessions.setSessionTimeout(0);
            sessions.setSessionCacheSize(0);
            assertThat(sessions.getSessionTimeout()).isZero();
            assertThat(sessions.getSessionCacheSize()).isZero();
            assertThatIllegalArgumentException().isThrownBy(() -> sessions.setSessionTimeout(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> sessions.setSessionCacheSize(-1));
        }
    }

    @OnEach
    void timeout_of_a_servers_sessions_is_bounded_by_some_providers(Jsse jsse) {
        SSLSessionContext sessions = jsse.context().getServerSessionContext();
        sessions.setSessionTimeout(30 * DAY);
        assertThat(sessions.getSessionTimeout()).isEqualTo(jsse == Jsse.SUN_JSSE ? 30 * DAY : 7 * DAY);
    }

    @OnEach
    void session_context_without_connections_is_empty(Jsse jsse) {
        for (SSLSessionContext sessions :
                List.of(jsse.context().getClientSessionContext(), jsse.context().getServerSessionContext())) {
            assertThat(Collections.list(sessions.getIds())).isEmpty();
            assertThat(sessions.getSession(new byte[] {1, 2, 3})).isNull();
            assertThatNullPointerException().isThrownBy(() -> sessions.getSession(null));
        }
    }

    @OnEachVersion
    void client_finds_its_session_by_id(Jsse jsse, String version) throws Exception {
        SSLContext client = jsse.withoutKey();
        EnginePair pair = EnginePair.of(client, jsse.context());
        pair.client().engine().setEnabledProtocols(new String[] {version});
        pair.handshake().assertCarries();
        SSLSessionContext sessions = client.getClientSessionContext();
        List<byte[]> ids = Collections.list(sessions.getIds());
        assertThat(ids).isNotEmpty();
        SSLSession found = sessions.getSession(ids.getFirst());
        assertThat(found.getId()).isEqualTo(ids.getFirst());
        assertThat(found.getPeerHost()).isEqualTo("localhost");
        assertThat(found.getProtocol()).isEqualTo(version);
        assertThat(found.isValid()).isTrue();
        assertThat(found.getSessionContext()).isSameAs(sessions);
        found.invalidate();
        assertThat(sessions.getSession(ids.getFirst())).isNull();
    }

    @OnEachVersion
    void session_has_its_context(Jsse jsse, String version) throws Exception {
        SSLContext client = jsse.withoutKey();
        SSLContext server = jsse.context();
        EnginePair pair = EnginePair.of(client, server);
        pair.client().engine().setEnabledProtocols(new String[] {version});
        pair.handshake();
        assertThat(pair.client().engine().getSession().getSessionContext()).isSameAs(client.getClientSessionContext());
        assertThat(pair.server().engine().getSession().getSessionContext()).isSameAs(server.getServerSessionContext());
    }
}
