package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT1;
import static io.heddle.parity.Agents.AGENT2;
import static io.heddle.parity.Agents.AGENT3;
import static io.heddle.parity.Agents.AGENT6;
import static io.heddle.parity.Agents.CA1;
import static io.heddle.parity.Agents.CA2;
import static io.heddle.parity.Agents.CA3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.Tls;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure.Code;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the area sni. */
class SniRowsTest {
    private static void agent1WithCa1(SecureContext.Builder context) {
        context.identity(AGENT1).ca(Agents.leaves(CA1));
    }

    @DisplayName("SNI-01: contexts added as options and as objects, each with its own trust")
    @Test
    void added_contexts_verify_by_their_own_trust() throws Exception {
        try (var server = Loopback.serve(
                o -> o.identity(AGENT2).ca(Agents.leaves(CA2)),
                o -> o.requestCert(true).rejectUnauthorized(false))) {
            server.server.addContext("context1", SniRowsTest::agent1WithCa1);
            server.server.addContext("context2", Tls.createSecureContext(SniRowsTest::agent1WithCa1));

            for (String name : List.of("context1", "context2")) {
                ConnectionResult result = server.exchange(asking(name, AGENT1)).worked();
                assertThat(result.server().authorized()).as(name).isTrue();
                assertThat(result.client().peerCertificates()).startsWith(AGENT1.leaf());
            }
            ConnectionResult unknown = server.exchange(asking("unknowncontext", AGENT1)).worked();
            assertThat(unknown.server().authorized()).isFalse();
            assertThat(unknown.client().peerCertificates()).startsWith(AGENT2.leaf());
        }
    }

    private static Consumer<ConnectOptions.Builder> asking(String name, Identity identity) {
        return o -> o.servername(name).identity(identity).rejectUnauthorized(false);
    }

    @DisplayName("SNI-02: a context without a certificate on a server without one")
    @Test
    void an_empty_context_cannot_answer() throws Exception {
        try (var server =
                Loopback.serve(o -> {}, o -> o.sniCallback(name -> Optional.of(Tls.createSecureContext(none -> {}))))) {
            ConnectionResult result = server.exchange(o -> o.servername("any.name").rejectUnauthorized(false))
                    .clientFailed(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE)
                    .serverFailed(Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM)
                    .serverSent(Alert.HANDSHAKE_FAILURE);
            assertThat(result.failure()).hasMessageContaining("no suitable signature algorithm");
        }
    }

    @DisplayName("SNI-02: a context without a certificate on a server that has one")
    @Test
    void an_empty_context_keeps_the_servers_certificate() throws Exception {
        SecureContext trustOnly = Tls.createSecureContext(o -> o.ca(Agents.leaves(CA2)));
        try (var server = Loopback.serve(
                Agents.identity(AGENT1), o -> o.requestCert(true).sniCallback(name -> Optional.of(trustOnly)))) {
            ConnectionResult result = server.exchange(asking("any.name", AGENT3)).worked();

            assertThat(result.client().peerCertificates()).startsWith(AGENT1.leaf());
            assertThat(result.server().authorized()).isTrue();
        }
    }

    @DisplayName("SNI-03, SNI-05: a callback that blocks, has two names, and fails for others")
    @Test
    void a_blocking_callback_decides() throws Exception {
        SecureContext a = Tls.createSecureContext(o -> o.identity(AGENT1).ca(Agents.leaves(CA2)));
        SecureContext b = Tls.createSecureContext(o -> o.identity(AGENT3));
        try (var server = Loopback.serve(
                Agents.identity(AGENT2),
                o -> o.requestCert(true).rejectUnauthorized(false).sniCallback(name -> {
                    new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
                    return switch (name) {
                        case "a.example.com" -> Optional.of(a);
                        case "b.example.com" -> Optional.of(b);
                        case "c.another.com" -> noContext();
                        case "d.broken.com" -> throw new IllegalStateException("no such tenant");
                        default -> Optional.empty();
                    };
                }))) {
            ConnectionResult first = server.exchange(trusting("a.example.com", AGENT1)).worked();
            assertThat(first.server().servername()).contains("a.example.com");
            assertThat(first.server().authorized()).isFalse();
            assertThat(first.client().authorizationError()).contains(Code.ERR_TLS_CERT_ALTNAME_INVALID);
            assertThat(server.exchange(trusting("a.example.com", AGENT3))
                            .worked()
                            .server()
                            .authorized())
                    .isTrue();
            assertThat(server.exchange(trusting("b.example.com", AGENT2))
                            .worked()
                            .server()
                            .authorized())
                    .isFalse();
            assertThat(server.exchange(trusting("c.wrong.com", AGENT1))
                            .worked()
                            .client()
                            .authorizationError())
                    .contains(Code.DEPTH_ZERO_SELF_SIGNED_CERT);

            ConnectionResult none = server.exchange(trusting("c.another.com", AGENT1)).serverFailed(Code.ERR_TLS_CALLBACK);
            assertThat(none.failure()).hasMessageContaining("Invalid SNI context");
            assertThat(none.server().servername()).contains("c.another.com");
            none.clientFailed(Code.ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR);
            ConnectionResult thrown = server.exchange(trusting("d.broken.com", AGENT1)).serverFailed(Code.ERR_TLS_CALLBACK);
            assertThat(thrown.failure()).hasRootCauseMessage("no such tenant");
            assertThat(thrown.server().servername()).contains("d.broken.com");
        }
    }

    /** A callback that keeps contexts in a map and forgets that a name may be missing. */
    @SuppressWarnings({"NullAway", "OptionalAssignedToNull", "NullOptional", "ReturnMissingNullable"})
    private static Optional<SecureContext> noContext() {
        return null;
    }

    private static Consumer<ConnectOptions.Builder> trusting(String name, Identity identity) {
        return asking(name, identity).andThen(o -> o.ca(Agents.leaves(CA1, CA2)));
    }

    @DisplayName("SNI-04: exact names, a wildcard for exactly one label, and a chain")
    @ParameterizedTest
    @CsvSource({
        "a.example.com, agent1, ERR_TLS_CERT_ALTNAME_INVALID",
        "A.Example.COM, agent1, ERR_TLS_CERT_ALTNAME_INVALID",
        "b.test.com, agent3, ERR_TLS_CERT_ALTNAME_INVALID",
        "a.b.test.com, agent2, DEPTH_ZERO_SELF_SIGNED_CERT",
        "c.wrong.com, agent2, DEPTH_ZERO_SELF_SIGNED_CERT",
        "chain.example.com, \u00c1d\u00e1m Lippai, ERR_TLS_CERT_ALTNAME_INVALID"
    })
    void finds_the_context_by_name(String name, String commonName, Code error) throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT2))) {
            server.server.addContext("a.example.com", Agents.identity(AGENT1));
            server.server.addContext("*.test.com", Agents.identity(AGENT3));
            server.server.addContext(
                    "chain.example.com",
                    o -> o.identity(AGENT6.key(), AGENT6.chain()).ca(Agents.leaves(CA3)));

            ConnectionResult result = server.exchange(
                            o -> o.servername(name).ca(Agents.leaves(CA1, CA2)).rejectUnauthorized(false))
                    .worked();

            assertThat(result.client().getPeerCertificate().orElseThrow().subject().all("CN"))
                    .containsExactly(commonName);
            assertThat(result.client().authorizationError()).contains(error);
            assertThat(result.server().servername()).contains(name);
        }
    }

    @DisplayName("SNI-07: the context added last replaces the one of that name")
    @Test
    void the_last_context_of_a_name_wins() throws Exception {
        Identity good = TestPki.server("*.example.com");
        Consumer<ConnectOptions.Builder> client =
                o -> o.ca(List.of(TestPki.ca().leaf())).rejectUnauthorized(false);
        try (var server = Loopback.serve(Agents.identity(AGENT2))) {
            server.server.addContext("*.example.com", Agents.identity(TestPki.selfSigned("*.example.com")));
            assertThat(server.exchange(client.andThen(o -> o.servername("a.example.com")))
                            .worked()
                            .client()
                            .authorized())
                    .isFalse();

            server.server.addContext("*.example.com", Agents.identity(good));
            for (int i = 0; i < 3; i++) {
                assertThat(server.exchange(client.andThen(o -> o.servername("b.example.com")))
                                .worked()
                                .client()
                                .authorized())
                        .isTrue();
            }
        }
    }

    @DisplayName("SNI-09: several roots in one text, or one by one")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void accepts_several_roots_as_one_text_or_many(boolean together) throws Exception {
        Consumer<io.heddle.SecureContextBuilder<?>> roots = o -> {
            if (together) {
                o.ca(Agents.pem(CA1, CA2));
            } else {
                o.ca(Agents.pem(CA1)).ca(Agents.pem(CA2));
            }
        };
        try (var server = Loopback.serve(
                o -> roots.accept(o.identity(AGENT1)), o -> o.requestCert(true).rejectUnauthorized(true))) {
            server.server.addContext("agent3", o -> roots.accept(o.identity(AGENT3)));

            ConnectionResult result = server.exchange(o -> {
                        o.servername("agent3").identity(Agents.AGENT4);
                        roots.accept(o);
                    })
                    .worked();

            assertThat(result.client().authorized()).isTrue();
            assertThat(result.server().authorized()).isTrue();
        }
    }

    @DisplayName("SNI-11: an address is no server name")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "2001:db8::7"})
    void refuses_an_address_as_server_name(String name) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> ConnectOptions.builder().servername(name))
                .withMessage("servername: \"%s\" is an IP address, RFC 6066 3 allows host names only", name)
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_INVALID_ARG_VALUE"));
    }

    @DisplayName("SNI-15, VER-19: the server name is what the certificate is checked for, not the host")
    @Test
    void the_server_name_is_checked() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT1))) {
            SecureContext context = Tls.createSecureContext(o -> o.ca(Agents.leaves(CA1)));
            ConnectionResult result = server.exchange(
                            o -> o.host("localhost").servername("agent1").secureContext(context))
                    .worked();

            assertThat(result.client().authorized()).isTrue();
            server.exchange(o -> o.host("localhost").secureContext(context))
                    .clientFailed(Code.ERR_TLS_CERT_ALTNAME_INVALID);
        }
    }

    @DisplayName("SNI-01: replacing the default context of a running server; a bad one changes nothing")
    @Test
    void replaces_the_default_context() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT1))) {
            server.server.setSecureContext(Agents.identity(AGENT3));
            assertThat(server.exchange(o -> o.rejectUnauthorized(false))
                            .worked()
                            .client()
                            .peerCertificates())
                    .startsWith(AGENT3.leaf());

            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> server.server.setSecureContext(o -> o.cert(Agents.pem(AGENT1))));
            assertThat(server.exchange(o -> o.rejectUnauthorized(false))
                            .worked()
                            .client()
                            .peerCertificates())
                    .startsWith(AGENT3.leaf());
        }
    }
}
