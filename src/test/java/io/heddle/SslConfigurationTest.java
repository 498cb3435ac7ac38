package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Future;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of JSSE for the settings of a socket, for Heddle's sockets and the JDK's own. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class SslConfigurationTest {
    // Protocols and suites

    @ParameterizedTest
    @EnumSource
    void enabled_protocols_are_what_is_negotiated(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            pair.client().setEnabledProtocols(new String[] {"TLSv1.2"});
            assertThat(pair.client().getEnabledProtocols()).containsExactly("TLSv1.2");
            pair.handshake();
            assertThat(pair.client().getSession().getProtocol()).isEqualTo("TLSv1.2");
            assertThat(pair.server().getSession().getProtocol()).isEqualTo("TLSv1.2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void protocols_that_do_not_exist_are_refused(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            SSLSocket client = pair.client();
            String[] before = client.getEnabledProtocols();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.setEnabledProtocols(new String[] {"TLSv1.2", "TLSv9"}));
            assertThatIllegalArgumentException().isThrownBy(() -> client.setEnabledProtocols(new String[] {null}));
            assertThatIllegalArgumentException().isThrownBy(() -> client.setEnabledProtocols(null));
            assertThat(client.getEnabledProtocols()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void socket_without_protocols_cannot_shake_hands(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            pair.client().setEnabledProtocols(new String[0]);
            assertThatThrownBy(pair.client()::startHandshake).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void without_protocols_the_failure_names_the_reason() throws Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE)) {
            pair.client().setEnabledProtocols(new String[0]);
            pair.client().setEnabledCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256"});
            assertThatThrownBy(pair.client()::startHandshake)
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code())
                                    .isEqualTo(TlsFailure.Code.ERR_SSL_NO_PROTOCOLS_AVAILABLE))
                    .hasMessageStartingWith("handshake: no protocol is left, enabled are [] with the cipher suites"
                            + " [TLS_AES_128_GCM_SHA256] and the groups [X25519MLKEM768, ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void supported_lists_contain_the_enabled_ones_and_are_copies(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            SSLSocket client = pair.client();
            assertThat(client.getSupportedProtocols()).contains(client.getEnabledProtocols());
            assertThat(client.getSupportedCipherSuites()).contains(client.getEnabledCipherSuites());
            client.getEnabledProtocols()[0] = "changed";
            client.getEnabledCipherSuites()[0] = "changed";
            client.getSupportedCipherSuites()[0] = "changed";
            client.getSupportedProtocols()[0] = "changed";
            assertThat(client.getEnabledProtocols()).doesNotContain("changed");
            assertThat(client.getEnabledCipherSuites()).doesNotContain("changed");
            assertThat(client.getSupportedCipherSuites()).doesNotContain("changed");
            assertThat(client.getSupportedProtocols()).doesNotContain("changed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everything_that_is_supported_can_be_enabled(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            SSLSocket client = pair.client();
            client.setEnabledCipherSuites(client.getSupportedCipherSuites());
            assertThat(client.getEnabledCipherSuites()).isEqualTo(client.getSupportedCipherSuites());
            client.setEnabledProtocols(client.getSupportedProtocols());
            assertThat(client.getEnabledProtocols()).isEqualTo(client.getSupportedProtocols());
        }
    }

    @ParameterizedTest
    @EnumSource
    void enabled_suites_are_what_is_negotiated(Stack stack) throws Exception {
        for (String suite : List.of(
                "TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384")) {
            try (SocketPair pair = SocketPair.of(stack)) {
                pair.client().setEnabledCipherSuites(new String[] {suite});
                assertThat(pair.client().getEnabledCipherSuites()).containsExactly(suite);
                pair.handshake();
                assertThat(pair.client().getSession().getCipherSuite()).isEqualTo(suite);
                assertThat(pair.server().getSession().getCipherSuite()).isEqualTo(suite);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void made_up_suites_are_refused_and_retired_ones_are_not(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            SSLSocket client = pair.client();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.setEnabledCipherSuites(new String[] {"TLS_WITH_LOVE"}));
            assertThatIllegalArgumentException().isThrownBy(() -> client.setEnabledCipherSuites(new String[] {null}));
            assertThatIllegalArgumentException().isThrownBy(() -> client.setEnabledCipherSuites(null));
            client.setEnabledCipherSuites(new String[] {"SSL_RSA_WITH_RC4_128_MD5", "TLS_AES_128_GCM_SHA256"});
            pair.handshake();
            assertThat(client.getSession().getCipherSuite()).isEqualTo("TLS_AES_128_GCM_SHA256");
        }
    }

    @Test
    void suites_that_leave_a_connection_open_are_supported_only_where_the_list_names_them() throws Exception {
        String open = "TLS_DH_anon_WITH_AES_128_GCM_SHA256";
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE)) {
            assertThat(pair.client().getSupportedCipherSuites()).doesNotContain(open);
        }
        ConnectOptions options =
                Stack.options().ciphers("ADH-AES128-GCM-SHA256:@SECLEVEL=0").build();
        SocketPair.Tcp tcp = SocketPair.Tcp.connect();
        try (SocketPair pair = new SocketPair(Stack.client(tcp.client(), options), Stack.HEDDLE.server(tcp.server()))) {
            assertThat(pair.client().getSupportedCipherSuites()).contains(open);
            assertThat(pair.client().getEnabledCipherSuites()).contains(open);
        }
    }

    // The side

    @ParameterizedTest
    @EnumSource
    void side_cannot_change_after_the_handshake_has_begun(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            assertThat(pair.client().getUseClientMode()).isTrue();
            assertThat(pair.server().getUseClientMode()).isFalse();
            assertThatIllegalArgumentException().isThrownBy(() -> pair.client().setUseClientMode(false));
        }
    }

    @ParameterizedTest
    @EnumSource
    void sides_can_be_swapped_before_it(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            pair.client().setUseClientMode(false);
            pair.client().setUseClientMode(true);
            assertThat(pair.client().getUseClientMode()).isTrue();
            pair.handshake();
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_was_set_before_the_side_stays_set(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            SSLSocket socket = pair.client();
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
            socket.setNeedClientAuth(true);
            socket.setEnableSessionCreation(false);
            socket.setUseClientMode(false);
            assertThat(socket.getEnabledProtocols()).containsExactly("TLSv1.2");
            assertThat(socket.getEnabledCipherSuites()).containsExactly("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
            assertThat(socket.getNeedClientAuth()).isTrue();
            assertThat(socket.getEnableSessionCreation()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void need_and_want_replace_each_other(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            SSLSocket server = pair.server();
            server.setNeedClientAuth(true);
            assertThat(List.of(server.getNeedClientAuth(), server.getWantClientAuth()))
                    .containsExactly(true, false);
            server.setWantClientAuth(true);
            assertThat(List.of(server.getNeedClientAuth(), server.getWantClientAuth()))
                    .containsExactly(false, true);
            server.setNeedClientAuth(false);
            assertThat(List.of(server.getNeedClientAuth(), server.getWantClientAuth()))
                    .containsExactly(false, false);
        }
    }

    @ParameterizedTest
    @EnumSource
    void server_that_needs_a_certificate_refuses_a_client_without(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            pair.server().setNeedClientAuth(true);
            pair.client().setEnabledProtocols(new String[] {"TLSv1.2"});
            assertBothFail(pair);
        }
    }

    @ParameterizedTest
    @EnumSource
    void without_new_sessions_only_an_old_one_would_do(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            assertThat(pair.client().getEnableSessionCreation()).isTrue();
            pair.client().setEnableSessionCreation(false);
            assertThat(pair.client().getEnableSessionCreation()).isFalse();
            assertBothFail(pair);
        }
    }

    // SSLParameters

    @ParameterizedTest
    @EnumSource
    void empty_parameters_keep_the_lists(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            SSLSocket client = pair.client();
            String[] protocols = client.getEnabledProtocols();
            String[] suites = client.getEnabledCipherSuites();
            client.setSSLParameters(new SSLParameters());
            assertThat(client.getEnabledProtocols()).isEqualTo(protocols);
            assertThat(client.getEnabledCipherSuites()).isEqualTo(suites);
            pair.handshake();
        }
    }

    @ParameterizedTest
    @EnumSource
    void parameters_come_back_as_they_were_set(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            SSLSocket client = pair.client();
            var given = new SSLParameters(new String[] {"TLS_AES_128_GCM_SHA256"}, new String[] {"TLSv1.3"});
            given.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            given.setServerNames(List.of(new SNIHostName("other.test")));
            given.setSNIMatchers(List.of(SNIHostName.createSNIMatcher("other\\.test")));
            given.setEndpointIdentificationAlgorithm("LDAPS");
            given.setWantClientAuth(true);
            given.setUseCipherSuitesOrder(false);
            given.setNamedGroups(new String[] {"secp384r1"});
            given.setSignatureSchemes(new String[] {"ecdsa_secp256r1_sha256"});
            client.setSSLParameters(given);

            SSLParameters got = client.getSSLParameters();
            assertThat(got.getCipherSuites()).containsExactly("TLS_AES_128_GCM_SHA256");
            assertThat(got.getProtocols()).containsExactly("TLSv1.3");
            assertThat(got.getApplicationProtocols()).containsExactly("h2", "http/1.1");
            assertThat(got.getServerNames()).containsExactly(new SNIHostName("other.test"));
            assertThat(got.getSNIMatchers()).hasSize(1);
            assertThat(got.getEndpointIdentificationAlgorithm()).isEqualTo("LDAPS");
            assertThat(got.getWantClientAuth()).isTrue();
            assertThat(got.getUseCipherSuitesOrder()).isFalse();
            assertThat(got.getNamedGroups()).containsExactly("secp384r1");
            assertThat(got.getSignatureSchemes()).containsExactly("ecdsa_secp256r1_sha256");
            assertThat(client.getWantClientAuth()).isTrue();
            assertThat(client.getEnabledProtocols()).containsExactly("TLSv1.3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void application_protocol_is_the_servers_first_choice(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            setAlpn(pair.client(), "http/1.1", "h2");
            setAlpn(pair.server(), "h2", "http/1.1");
            assertThat(pair.client().getApplicationProtocol()).isNull();
            pair.handshake();
            assertThat(pair.client().getApplicationProtocol()).isEqualTo("h2");
            assertThat(pair.server().getApplicationProtocol()).isEqualTo("h2");
            assertThat(pair.server().getHandshakeApplicationProtocol()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void without_application_protocols_the_answer_is_empty(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            assertThat(pair.client().getApplicationProtocol()).isEmpty();
            assertThat(pair.server().getApplicationProtocol()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void no_common_application_protocol_is_refused(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            setAlpn(pair.client(), "h3");
            setAlpn(pair.server(), "h2");
            assertBothFail(pair);
        }
    }

    @ParameterizedTest
    @EnumSource
    void empty_application_protocols_switch_them_off(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            setAlpn(pair.client(), "h2");
            setAlpn(pair.client());
            setAlpn(pair.server(), "h2");
            assertThat(pair.client().getSSLParameters().getApplicationProtocols())
                    .isEmpty();
            pair.handshake();
            assertThat(pair.client().getApplicationProtocol()).isEmpty();
        }
    }

    private static void setAlpn(SSLSocket socket, String... protocols) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
    }

    private static void assertBothFail(SocketPair pair) throws Exception {
        Future<?> accepted = pair.run(() -> {
            pair.server().startHandshake();
            return null;
        });
        assertThatThrownBy(pair.client()::startHandshake).isInstanceOf(IOException.class);
        // The JDK's server may meet the closed socket before it reads the alert.
        assertThat(SocketPair.failure(accepted)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource
    void server_name_reaches_the_server_and_must_match(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            setName(pair.client(), "shop.test");
            setMatcher(pair.server(), "shop.*");
            pair.handshake();
            var session = (javax.net.ssl.ExtendedSSLSession) pair.server().getSession();
            assertThat(session.getRequestedServerNames()).containsExactly(new SNIHostName("shop.test"));
        }
        try (SocketPair pair = SocketPair.of(stack)) {
            setName(pair.client(), "shop.test");
            setMatcher(pair.server(), "other\\.test");
            assertBothFail(pair);
        }
    }

    private static void setName(SSLSocket client, String name) {
        SSLParameters parameters = client.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("");
        parameters.setServerNames(List.of(new SNIHostName(name)));
        client.setSSLParameters(parameters);
    }

    private static void setMatcher(SSLSocket server, String pattern) {
        SSLParameters parameters = server.getSSLParameters();
        parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher(pattern)));
        server.setSSLParameters(parameters);
    }

    @ParameterizedTest
    @EnumSource
    void no_server_names_means_none_is_sent(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            SSLParameters parameters = pair.client().getSSLParameters();
            parameters.setServerNames(List.of());
            pair.client().setSSLParameters(parameters);
            pair.handshake();
            var session = (javax.net.ssl.ExtendedSSLSession) pair.server().getSession();
            assertThat(session.getRequestedServerNames()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTPS", "LDAPS"})
    void endpoint_identification_checks_the_requested_name(String algorithm) throws Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE)) {
            setName(pair.client(), "other.test");
            setIdentification(pair.client(), algorithm);
            assertBothFail(pair);
        }
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE)) {
            setIdentification(pair.client(), algorithm);
            pair.handshake();
        }
    }

    @Test
    void names_are_checked_unless_endpoint_identification_is_switched_off() throws Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE)) {
            assertThat(pair.client().getSSLParameters().getEndpointIdentificationAlgorithm())
                    .isEqualTo("HTTPS");
            assertThat(pair.server().getSSLParameters().getEndpointIdentificationAlgorithm())
                    .isNull();
        }
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE)) {
            setName(pair.client(), "other.test");
            pair.handshake();
        }
    }

    private static void setIdentification(SSLSocket client, String algorithm) {
        SSLParameters parameters = client.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(algorithm);
        client.setSSLParameters(parameters);
    }

    @ParameterizedTest
    @EnumSource
    void unknown_endpoint_identification_is_refused_at_the_latest_in_the_handshake(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            SSLParameters parameters = pair.client().getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("GUESS");
            if (stack != Stack.SUN_JSSE) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> pair.client().setSSLParameters(parameters))
                        .withMessage("endpoint identification: \"GUESS\" is not one of HTTPS, LDAPS");
            } else {
                pair.client().setSSLParameters(parameters);
                assertBothFail(pair);
            }
        }
    }
}
