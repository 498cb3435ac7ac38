package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Negotiation of the application protocol in the handshake (RFC 7301). */
class AlpnFlowTest {
    private static TlsPair pair(TlsVersion version, List<String> client, List<String> server) {
        return TlsPair.of(version)
                .client(options -> options.alpnProtocols(client))
                .server(options -> options.alpnProtocols(server));
    }

    private static TlsPair selecting(
            TlsVersion version, List<String> client, BiFunction<SSLSocket, List<String>, String> selector) {
        return pair(version, client, List.of())
                .serverSocket(socket -> socket.setHandshakeApplicationProtocolSelector(selector));
    }

    private static void assertAgreed(TlsPair pair, Optional<String> protocol) throws IOException {
        TlsPair.Connected both = pair.handshake();
        assertThat(both.client().alpnProtocol()).isEqualTo(protocol);
        assertThat(both.server().alpnProtocol()).isEqualTo(protocol);
        assertThat(both.server().getApplicationProtocol()).isEqualTo(protocol.orElse(""));
    }

    @EachVersion
    void the_servers_order_decides(TlsVersion version) throws IOException {
        try (TlsPair pair = pair(version, List.of("http/1.1", "h2"), List.of("h2", "http/1.1"))) {
            assertAgreed(pair, Optional.of("h2"));
        }
    }

    @EachVersion
    void a_single_common_protocol_is_found(TlsVersion version) throws IOException {
        try (TlsPair pair = pair(version, List.of("h3", "http/1.1"), List.of("h2", "http/1.1"))) {
            assertAgreed(pair, Optional.of("http/1.1"));
        }
    }

    @EachVersion
    void without_a_list_on_one_side_there_is_no_protocol(TlsVersion version) throws IOException {
        try (TlsPair pair = pair(version, List.of(), List.of("h2"))) {
            assertAgreed(pair, Optional.empty());
        }
        try (TlsPair pair = pair(version, List.of("h2"), List.of())) {
            assertAgreed(pair, Optional.empty());
        }
    }

    @EachVersion
    void lists_without_overlap_end_the_handshake(TlsVersion version) throws IOException {
        try (TlsPair pair = pair(version, List.of("h3"), List.of("h2", "http/1.1"))) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith("alpn: client offered [h3], server accepts [h2, http/1.1]")
                    .returns(Code.ERR_SSL_NO_APPLICATION_PROTOCOL, TlsFailure::code)
                    .returns(Optional.of(Alert.NO_APPLICATION_PROTOCOL), TlsFailure::alert);
            assertThat(outcome.clientFailure())
                    .hasMessageStartingWith("alert: the peer ended the connection with no_application_protocol (120)")
                    .returns(Code.ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL, TlsFailure::code);
        }
    }

    @EachVersion
    void what_the_peer_offers_is_printed_without_controls(TlsVersion version) throws IOException {
        try (TlsPair pair = pair(version, List.of("a\nb"), List.of("h2"))) {
            assertThat(pair.attempt().serverFailure())
                    .hasMessageStartingWith("alpn: client offered [a\\u000ab], server accepts [h2]");
        }
    }

    // Node's callback

    private static TlsPair asking(TlsVersion version, List<String> client, AlpnCallback callback) {
        return TlsPair.of(version)
                .client(options -> options.alpnProtocols(client))
                .server(options -> options.alpnCallback(callback));
    }

    @EachVersion
    void a_callback_chooses_and_receives_the_server_name(TlsVersion version) throws IOException {
        List<AlpnCallback.Offer> offers = new ArrayList<>();
        try (TlsPair pair = asking(version, List.of("h2", "http/1.1"), offer -> {
            offers.add(offer);
            return Optional.of(AlpnCallback.Choice.of("http/1.1"));
        })) {
            assertAgreed(pair, Optional.of("http/1.1"));
            assertThat(offers)
                    .containsExactly(new AlpnCallback.Offer(Optional.of("localhost"), List.of("h2", "http/1.1")));
        }
    }

    @EachVersion
    void a_callback_is_not_called_for_a_client_without_protocols(TlsVersion version) throws IOException {
        try (TlsPair pair = asking(version, List.of(), offer -> {
            throw new AssertionError("asked");
        })) {
            assertAgreed(pair, Optional.empty());
        }
    }

    @EachVersion
    void a_callback_refuses(TlsVersion version) throws IOException {
        try (TlsPair pair = asking(version, List.of("h2"), offer -> Optional.empty())) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith("alpn: the callback refused all of [h2]")
                    .returns(Code.ERR_SSL_NO_APPLICATION_PROTOCOL, TlsFailure::code);
            assertThat(outcome.clientFailure().alert()).contains(Alert.NO_APPLICATION_PROTOCOL);
        }
    }

    @EachVersion
    void a_callback_that_returns_a_protocol_not_offered_fails(TlsVersion version) throws IOException {
        try (TlsPair pair = asking(version, List.of("h2"), offer -> Optional.of(AlpnCallback.Choice.of("spdy/3")))) {
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.ERR_TLS_ALPN_CALLBACK_INVALID_RESULT);
        }
    }

    @EachVersion
    void a_callback_that_throws_ends_the_handshake(TlsVersion version) throws IOException {
        try (TlsPair pair = asking(version, List.of("h2"), offer -> {
            throw new IllegalStateException("no idea");
        })) {
            assertThat(pair.attempt().serverFailure())
                    .hasMessageStartingWith(
                            "alpn: the callback failed for [h2]: java.lang.IllegalStateException: no idea");
        }
    }

    /** Another key type as well: the suite is chosen for the certificate that is presented. */
    @EachVersion
    void a_callback_replaces_the_certificate(TlsVersion version) throws IOException {
        Identity challenge = TestPki.certificate("CN=challenge")
                .key(TestPki.Key.RSA_2048, 1)
                .server("localhost")
                .issuedBy(TestPki.ca());
        SecureContext context = SecureContext.builder().identity(challenge).build();
        try (TlsPair pair = asking(
                version, List.of("acme-tls/1"), offer -> Optional.of(new AlpnCallback.Choice("acme-tls/1", context)))) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.client().getPeerX509Certificate()).contains(challenge.leaf());
            assertThat(both.server().getX509Certificate()).contains(challenge.leaf());
            assertThat(both.client().alpnProtocol()).contains("acme-tls/1");
        }
    }

    @Test
    void a_callback_and_a_list_exclude_each_other() {
        ServerOptions.Builder options = ServerOptions.builder(
                        SecureContext.builder().build())
                .alpnProtocols("h2")
                .alpnCallback(offer -> Optional.empty());
        assertThatThrownBy(options::build)
                .hasMessage("alpnCallback: alpnProtocols is given as well, one of them is allowed")
                .isInstanceOfSatisfying(
                        InvalidOption.class,
                        refused -> assertThat(refused.code()).isEqualTo("ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS"));
    }

    // JSSE's selector

    @EachVersion
    void a_selector_chooses(TlsVersion version) throws IOException {
        try (TlsPair pair = selecting(version, List.of("h2", "http/1.1"), (socket, offered) -> offered.getLast())) {
            assertAgreed(pair, Optional.of("http/1.1"));
        }
    }

    @EachVersion
    void a_selector_that_returns_nothing_means_no_protocol(TlsVersion version) throws IOException {
        try (TlsPair pair = selecting(version, List.of("h2"), (socket, offered) -> "")) {
            assertAgreed(pair, Optional.empty());
        }
    }

    @EachVersion
    @SuppressWarnings("NullAway") // null is how a selector of JSSE refuses
    void a_selector_that_returns_null_refuses(TlsVersion version) throws IOException {
        try (TlsPair pair = selecting(version, List.of("h2"), (socket, offered) -> null)) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith("alpn: the selector refused all of [h2]")
                    .returns(Code.ERR_SSL_NO_APPLICATION_PROTOCOL, TlsFailure::code);
            assertThat(outcome.clientFailure().alert()).contains(Alert.NO_APPLICATION_PROTOCOL);
        }
    }

    @EachVersion
    void a_selector_that_returns_a_protocol_not_offered_fails(TlsVersion version) throws IOException {
        try (TlsPair pair = selecting(version, List.of("h2"), (socket, offered) -> "spdy/3")) {
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(outcome.serverFailure())
                    .hasMessageStartingWith("alpn: the selector chose \"spdy/3\", the client offered [h2]")
                    .returns(Code.ERR_TLS_ALPN_CALLBACK_INVALID_RESULT, TlsFailure::code);
            assertThat(outcome.clientFailure().alert()).contains(Alert.INTERNAL_ERROR);
        }
    }

    @EachVersion
    void a_selector_that_throws_ends_the_handshake(TlsVersion version) throws IOException {
        try (TlsPair pair = selecting(version, List.of("h2"), (socket, offered) -> {
            throw new IllegalStateException("no idea");
        })) {
            assertThat(pair.attempt().serverFailure())
                    .hasMessageStartingWith(
                            "alpn: the callback failed for [h2]: java.lang.IllegalStateException: no idea")
                    .returns(Code.ERR_TLS_CALLBACK, TlsFailure::code);
        }
    }
}
