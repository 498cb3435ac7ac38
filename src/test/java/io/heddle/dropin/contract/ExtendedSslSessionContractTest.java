package io.heddle.dropin.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.TestPki;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** {@link ExtendedSSLSession}: its additional methods, after the handshake and during it, where managers use them. */
class ExtendedSslSessionContractTest {
    private static final SNIHostName NAME = new SNIHostName("www.example.test");

    // After the handshake

    @BetweenEach
    void sessions_are_extended_and_have_the_signature_algorithms(Jsse client, Jsse server, String version)
            throws Exception {
        EnginePair pair = EnginePair.of(client, server, version).handshake();
        for (EngineEnd end : List.of(pair.client(), pair.server())) {
            assertThat(session(end).getLocalSupportedSignatureAlgorithms()).contains("SHA256withECDSA");
        }
        assertThat(session(pair.server()).getPeerSupportedSignatureAlgorithms()).contains("SHA256withECDSA");
    }

    @OnEachVersion
    void signature_algorithms_are_copies(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        ExtendedSSLSession session = session(pair.server());
        Arrays.fill(session.getLocalSupportedSignatureAlgorithms(), "overwritten");
        Arrays.fill(session.getPeerSupportedSignatureAlgorithms(), "overwritten");
        assertThat(session.getLocalSupportedSignatureAlgorithms()).doesNotContain("overwritten");
        assertThat(session.getPeerSupportedSignatureAlgorithms()).doesNotContain("overwritten");
    }

    /** JDK 25 and later have these methods. */
    @BetweenEach
    void both_sides_export_the_same_keying_material(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version).handshake();
        if (Runtime.version().feature() < 25) {
            return;
        }
        byte[] context = {1, 2, 3};
        for (byte[] value : new byte[][] {null, context}) {
            byte[] data = (byte[]) exported("exportKeyingMaterialData", pair.client(), "EXPERIMENTAL test", value, 40);
            assertThat(data).hasSize(40);
            assertThat(exported("exportKeyingMaterialData", pair.server(), "EXPERIMENTAL test", value, 40))
                    .isEqualTo(data);
        }
        SecretKey key =
                (SecretKey) exported("exportKeyingMaterialKey", pair.client(), "AES", "EXPERIMENTAL test", null, 16);
        assertThat(key.getAlgorithm()).isEqualTo("AES");
        assertThat(exported("exportKeyingMaterialKey", pair.server(), "AES", "EXPERIMENTAL test", null, 16))
                .isEqualTo(key);
    }

    private static Object exported(String method, EngineEnd end, @Nullable Object... arguments) throws Exception {
        for (var value : ExtendedSSLSession.class.getMethods()) {
            if (value.getName().equals(method)) {
                return value.invoke(session(end), arguments);
            }
        }
        throw new NoSuchMethodException(method);
    }

    @BetweenEach
    void both_sides_have_the_requested_name(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version);
        ask(pair.client().engine(), NAME);
        pair.handshake();
        for (EngineEnd end : List.of(pair.client(), pair.server())) {
            assertThat(session(end).getRequestedServerNames()).containsExactly(NAME);
            assertThatThrownBy(() -> session(end).getRequestedServerNames().clear())
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @OnEachVersion
    void without_a_requested_name_the_list_is_empty(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        ask(pair.client().engine());
        pair.handshake();
        assertThat(session(pair.client()).getRequestedServerNames()).isEmpty();
        assertThat(session(pair.server()).getRequestedServerNames()).isEmpty();
    }

    @OnEachVersion
    void requested_name_is_restored_with_the_session(Jsse jsse, String version) throws Exception {
        SSLContext client = jsse.withoutKey();
        SSLContext server = jsse.context();
        for (int i = 0; i < 2; i++) {
            EnginePair pair = EnginePair.of(client, server);
            pair.client().engine().setEnabledProtocols(new String[] {version});
            ask(pair.client().engine(), NAME);
            pair.handshake().assertCarries();
            assertThat(session(pair.server()).getRequestedServerNames()).containsExactly(NAME);
            assertThat(session(pair.client()).getRequestedServerNames()).containsExactly(NAME);
        }
    }

    @OnEachVersion
    void without_stapling_there_are_no_status_responses(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        assertThat(session(pair.client()).getStatusResponses()).isEmpty();
    }

    // During the handshake

    @OnEachVersion
    void key_manager_of_a_server_sees_the_parameters_of_the_client(Jsse jsse, String version) throws Exception {
        var keys = new RecordingKeyManager(Jsse.keys(Jsse.SERVER));
        SSLContext server = jsse.context(
                "TLS", new KeyManager[] {keys}, Jsse.trust(TestPki.ca().leaf()));
        EnginePair pair = EnginePair.of(jsse.withoutKey(), server);
        pair.client().engine().setEnabledProtocols(new String[] {version});
        ask(pair.client().engine(), NAME);
        pair.handshake();
        assertThat(keys.connections()).isNotEmpty().containsOnly((Object)
                pair.server().engine());
        assertThat(keys.names()).isNotEmpty().containsOnly(List.of(NAME));
        assertThat(keys.protocols()).isNotEmpty().containsOnly(version);
        assertThat(keys.signatureAlgorithms()).isNotEmpty().allMatch(all -> all.contains("SHA256withECDSA"));
    }

    @OnEachVersion
    void application_protocol_is_available_before_the_key_in_some_providers(Jsse jsse, String version) throws Exception {
        var keys = new RecordingKeyManager(Jsse.keys(Jsse.SERVER));
        SSLContext server = jsse.context(
                "TLS", new KeyManager[] {keys}, Jsse.trust(TestPki.ca().leaf()));
        EnginePair pair = EnginePair.of(jsse.withoutKey(), server);
        for (EngineEnd end : List.of(pair.client(), pair.server())) {
            SSLParameters parameters = end.engine().getSSLParameters();
            parameters.setProtocols(new String[] {version});
            parameters.setApplicationProtocols(new String[] {"h2"});
            end.engine().setSSLParameters(parameters);
        }
        pair.handshake();
        assertThat(keys.applicationProtocols())
                .isNotEmpty()
                .containsOnly(jsse == Jsse.SUN_JSSE ? Optional.of("h2") : Optional.empty());
        assertThat(pair.server().engine().getApplicationProtocol()).isEqualTo("h2");
    }

    @OnEachVersion
    void trust_manager_of_a_client_sees_the_parameters_of_the_handshake(Jsse jsse, String version) throws Exception {
        var trust = new RecordingTrustManager(Jsse.trust(TestPki.ca().leaf()));
        SSLContext client = jsse.context("TLS", null, new TrustManager[] {trust});
        EnginePair pair = EnginePair.of(client, jsse.context());
        pair.client().engine().setEnabledProtocols(new String[] {version});
        pair.handshake();
        assertThat(trust.connections()).containsExactly((Object) pair.client().engine());
        assertThat(trust.sessions()).hasSize(1);
        RecordingTrustManager.Seen seen = trust.sessions().getFirst();
        assertThat(seen.protocol()).isEqualTo(version);
        assertThat(seen.peerHost()).isEqualTo("localhost");
        assertThat(seen.localSignatureAlgorithms()).contains("SHA256withECDSA");
        assertThat(pair.client().engine().getHandshakeSession()).isNull();
    }

    private static ExtendedSSLSession session(EngineEnd end) {
        return (ExtendedSSLSession) end.engine().getSession();
    }

    private static void ask(SSLEngine engine, SNIHostName... names) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(names));
        engine.setSSLParameters(parameters);
    }
}
