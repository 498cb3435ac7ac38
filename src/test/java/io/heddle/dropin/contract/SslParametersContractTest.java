package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static io.heddle.dropin.contract.Jsse.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** {@link SSLParameters}: they are returned as they were set, are not shared with the caller, and take effect. */
class SslParametersContractTest {
    @OnEach
    void engine_returns_parameters_as_they_were_set(Jsse jsse) {
        SSLEngine engine = jsse.context().createSSLEngine("localhost", 443);
        var given = new SSLParameters(new String[] {"TLS_AES_128_GCM_SHA256"}, new String[] {TLS_1_3});
        given.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        given.setServerNames(List.of(new SNIHostName("other.test")));
        given.setSNIMatchers(List.of(SNIHostName.createSNIMatcher("other\\.test")));
        given.setEndpointIdentificationAlgorithm("LDAPS");
        given.setWantClientAuth(true);
        given.setUseCipherSuitesOrder(false);
        given.setNamedGroups(new String[] {"secp384r1"});
        given.setSignatureSchemes(new String[] {"ecdsa_secp256r1_sha256"});
        AlgorithmConstraints constraints = new Refusing("RC4");
        given.setAlgorithmConstraints(constraints);
        engine.setSSLParameters(given);

        SSLParameters got = engine.getSSLParameters();
        assertThat(got).isNotSameAs(given);
        assertThat(got.getCipherSuites()).containsExactly("TLS_AES_128_GCM_SHA256");
        assertThat(got.getProtocols()).containsExactly(TLS_1_3);
        assertThat(got.getApplicationProtocols()).containsExactly("h2", "http/1.1");
        assertThat(got.getServerNames()).containsExactly(new SNIHostName("other.test"));
        assertThat(got.getSNIMatchers()).hasSize(1);
        assertThat(got.getEndpointIdentificationAlgorithm()).isEqualTo("LDAPS");
        assertThat(got.getWantClientAuth()).isTrue();
        assertThat(got.getNeedClientAuth()).isFalse();
        assertThat(got.getUseCipherSuitesOrder()).isFalse();
        assertThat(got.getNamedGroups()).containsExactly("secp384r1");
        assertThat(got.getSignatureSchemes()).containsExactly("ecdsa_secp256r1_sha256");
        assertThat(got.getAlgorithmConstraints()).isSameAs(constraints);
        assertThat(engine.getEnabledProtocols()).containsExactly(TLS_1_3);
        assertThat(engine.getEnabledCipherSuites()).containsExactly("TLS_AES_128_GCM_SHA256");
        assertThat(engine.getWantClientAuth()).isTrue();
    }

    @OnEach
    void parameters_of_a_new_engine_are_the_defaults(Jsse jsse) {
        SSLContext context = jsse.context();
        SSLEngine engine = context.createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        SSLParameters defaults = context.getDefaultSSLParameters();
        SSLParameters got = engine.getSSLParameters();
        assertThat(got.getProtocols()).isEqualTo(defaults.getProtocols());
        assertThat(got.getCipherSuites()).isEqualTo(defaults.getCipherSuites());
        assertThat(got.getApplicationProtocols()).isEmpty();
        assertThat(got.getNeedClientAuth()).isFalse();
        assertThat(got.getWantClientAuth()).isFalse();
        assertThat(got.getEndpointIdentificationAlgorithm()).isEqualTo(defaults.getEndpointIdentificationAlgorithm());
        assertThat(got.getMaximumPacketSize()).isNotNegative();
    }

    @OnEach
    void empty_parameters_keep_unset_values(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse.withoutKey(), jsse.context());
        SSLEngine client = pair.client().engine();
        String[] protocols = client.getEnabledProtocols();
        String[] suites = client.getEnabledCipherSuites();
        client.setSSLParameters(new SSLParameters());
        pair.server().engine().setSSLParameters(new SSLParameters());
        assertThat(client.getEnabledProtocols()).isEqualTo(protocols);
        assertThat(client.getEnabledCipherSuites()).isEqualTo(suites);
        pair.handshake().assertCarries();
        assertThat(client.getSession().getPeerHost()).isEqualTo("localhost");
    }

    @OnEach
    void certificates_are_needed_wanted_or_neither(Jsse jsse) {
        SSLEngine engine = jsse.context().createSSLEngine();
        var parameters = new SSLParameters();
        parameters.setNeedClientAuth(true);
        engine.setSSLParameters(parameters);
        assertThat(engine.getNeedClientAuth()).isTrue();
        assertThat(engine.getSSLParameters().getNeedClientAuth()).isTrue();
        parameters.setWantClientAuth(true);
        engine.setSSLParameters(parameters);
        assertThat(engine.getNeedClientAuth()).isFalse();
        assertThat(engine.getWantClientAuth()).isTrue();
        engine.setSSLParameters(new SSLParameters());
        assertThat(engine.getNeedClientAuth()).isFalse();
        assertThat(engine.getWantClientAuth()).isFalse();
    }

    @OnEach
    void names_that_do_not_exist_are_refused(Jsse jsse) {
        SSLEngine engine = jsse.context().createSSLEngine();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.setSSLParameters(new SSLParameters(new String[] {"TLS_WITH_LOVE"})));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.setSSLParameters(new SSLParameters(null, new String[] {"TLSv9"})));
    }

    @OnEach
    void parameters_changed_later_change_nothing(Jsse jsse) {
        SSLEngine engine = jsse.context().createSSLEngine();
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        engine.setSSLParameters(parameters);
        parameters.setApplicationProtocols(new String[] {"h3"});
        parameters.setProtocols(new String[] {TLS_1_2});
        assertThat(engine.getSSLParameters().getApplicationProtocols()).containsExactly("h2");
        assertThat(engine.getEnabledProtocols()).contains(TLS_1_3);
    }

    // Effect

    @OnEachVersion
    void servers_order_of_suites_applies_if_configured(Jsse jsse, String version) throws Exception {
        String[] requested = version.equals(TLS_1_3)
                ? new String[] {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"}
                : new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"};
        String[] preferred = {requested[1], requested[0]};
        for (boolean servers : new boolean[] {true, false}) {
            EnginePair pair = EnginePair.of(jsse, version);
            pair.client().engine().setEnabledCipherSuites(requested);
            change(pair.server().engine(), parameters -> {
                parameters.setCipherSuites(preferred);
                parameters.setUseCipherSuitesOrder(servers);
            });
            pair.handshake();
            assertThat(pair.client().engine().getSession().getCipherSuite()).isEqualTo(servers ? requested[1] : requested[0]);
        }
    }

    @BetweenEach
    void groups_have_to_be_common(Jsse client, Jsse server, String version) throws Exception {
        EnginePair common = EnginePair.of(client, server, version);
        change(common.client().engine(), parameters -> parameters.setNamedGroups(new String[] {"x25519", "secp256r1"}));
        change(common.server().engine(), parameters -> parameters.setNamedGroups(new String[] {"secp256r1"}));
        common.handshake().assertCarries();
        EnginePair none = EnginePair.of(client, server, version);
        change(none.client().engine(), parameters -> parameters.setNamedGroups(new String[] {"x25519"}));
        change(none.server().engine(), parameters -> parameters.setNamedGroups(new String[] {"secp384r1"}));
        none.begin();
        assertThat(none.failsFirst(none.server())).isInstanceOf(SSLException.class);
    }

    @BetweenEach
    void signature_schemes_have_to_suit_the_key(Jsse client, Jsse server, String version) throws Exception {
        EnginePair suiting = EnginePair.of(client, server, version);
        change(
                suiting.client().engine(),
                parameters -> parameters.setSignatureSchemes(new String[] {"ecdsa_secp256r1_sha256"}));
        suiting.handshake().assertCarries();
        EnginePair other = EnginePair.of(client, server, version);
        change(
                other.client().engine(),
                parameters -> parameters.setSignatureSchemes(new String[] {"rsa_pss_rsae_sha256"}));
        other.begin();
        assertThat(other.failsFirst(other.server())).isInstanceOf(SSLHandshakeException.class);
    }

    @OnEach
    void constraints_disable_a_suite(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_3);
        pair.client().engine().setEnabledCipherSuites(new String[] {"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"
        });
        change(
                pair.client().engine(),
                parameters -> parameters.setAlgorithmConstraints(new Refusing("TLS_AES_256_GCM_SHA384")));
        pair.handshake();
        assertThat(pair.client().engine().getSession().getCipherSuite()).isEqualTo("TLS_AES_128_GCM_SHA256");
    }

    @OnEachVersion
    void endpoint_identification_checks_the_host_of_the_engine(Jsse jsse, String version) throws Exception {
        for (String algorithm : List.of("HTTPS", "LDAPS")) {
            EnginePair right = EnginePair.of(jsse, version);
            change(right.client().engine(), parameters -> parameters.setEndpointIdentificationAlgorithm(algorithm));
            right.handshake().assertCarries();
            EnginePair wrong = new EnginePair(
                    new EngineEnd(jsse.withoutKey().createSSLEngine("example.org", 443)),
                    new EngineEnd(jsse.context().createSSLEngine()));
            wrong.client().engine().setUseClientMode(true);
            wrong.server().engine().setUseClientMode(false);
            change(wrong.client().engine(), parameters -> {
                parameters.setEndpointIdentificationAlgorithm(algorithm);
                parameters.setProtocols(new String[] {version});
            });
            wrong.begin();
            assertThat(wrong.failsFirst(wrong.client())).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @OnEachVersion
    void without_endpoint_identification_any_trusted_name_is_accepted(Jsse jsse, String version) throws Exception {
        EnginePair pair = new EnginePair(
                new EngineEnd(jsse.withoutKey().createSSLEngine("example.org", 443)),
                new EngineEnd(jsse.context().createSSLEngine()));
        pair.client().engine().setUseClientMode(true);
        pair.server().engine().setUseClientMode(false);
        pair.client().engine().setEnabledProtocols(new String[] {version});
        pair.handshake().assertCarries();
    }

    @OnEachVersion
    void largest_packet_can_be_bounded(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        change(pair.client().engine(), parameters -> parameters.setMaximumPacketSize(5000));
        assertThat(pair.client().engine().getSSLParameters().getMaximumPacketSize())
                .isEqualTo(5000);
        pair.handshake();
        ByteBuffer data = ByteBuffer.allocate(20_000);
        while (data.hasRemaining()) {
            assertThat(pair.client().wrap(data).bytesProduced()).isPositive().isLessThanOrEqualTo(5000);
        }
        assertThat(pair.server().takeAll()).hasSize(20_000);
    }

    @OnEach
    void largest_packet_cannot_be_negative(Jsse jsse) {
        SSLParameters parameters = jsse.context().createSSLEngine().getSSLParameters();
        assertThatThrownBy(() -> parameters.setMaximumPacketSize(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void change(SSLEngine engine, Consumer<SSLParameters> change) {
        SSLParameters parameters = engine.getSSLParameters();
        change.accept(parameters);
        engine.setSSLParameters(parameters);
    }

    /** Refuses the algorithm of exactly this name. */
    private record Refusing(String name) implements AlgorithmConstraints {
        @Override
        public boolean permits(
                Set<CryptoPrimitive> primitives, String algorithm, @Nullable AlgorithmParameters parameters) {
            return !algorithm.equals(name);
        }

        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
            return true;
        }

        @Override
        public boolean permits(
                Set<CryptoPrimitive> primitives,
                @Nullable String algorithm,
                Key key,
                @Nullable AlgorithmParameters parameters) {
            return algorithm == null || permits(primitives, algorithm, parameters);
        }
    }
}
