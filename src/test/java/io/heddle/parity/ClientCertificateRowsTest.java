package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT1;
import static io.heddle.parity.Agents.AGENT10;
import static io.heddle.parity.Agents.AGENT2;
import static io.heddle.parity.Agents.AGENT3;
import static io.heddle.parity.Agents.AGENT4;
import static io.heddle.parity.Agents.CA1;
import static io.heddle.parity.Agents.CA2;
import static io.heddle.parity.Agents.CA5;
import static io.heddle.parity.Agents.EC10;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.file.Pem;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows of the area client-cert: the chains of both sides. */
class ClientCertificateRowsTest {
    private static final X509Certificate CA4 = AGENT10.chain().get(1);
    private static final X509Certificate CA6 = EC10.chain().get(1);

    private static Consumer<ConnectOptions.Builder> ec10(List<X509Certificate> chain, String... ca) {
        return o -> {
            o.host("agent10.example.com").identity(EC10.key(), chain);
            for (String pem : ca) {
                o.ca(pem);
            }
        };
    }

    private static Consumer<SecureContext.Builder> agent10(List<X509Certificate> chain, String... ca) {
        return o -> {
            o.identity(AGENT10.key(), chain);
            for (String pem : ca) {
                o.ca(pem);
            }
        };
    }

    private static Loopback asking(Consumer<SecureContext.Builder> context) throws Exception {
        return Loopback.serve(context, o -> o.requestCert(true));
    }

    @DisplayName("CC-01: complete chains on both sides, and no client certificate requested")
    @Test
    void complete_chains_are_valid() throws Exception {
        try (var server = asking(agent10(AGENT10.chain(), Agents.pem(CA5)))) {
            ConnectionResult result = server.exchange(ec10(EC10.chain(), Agents.pem(CA2))).worked();
            assertThat(result.server().authorized()).isTrue();
            assertThat(result.client().authorized()).isTrue();
        }
        try (var server = Loopback.serve(agent10(AGENT10.chain()))) {
            ConnectionResult result = server.exchange(ec10(EC10.chain(), Agents.pem(CA2))).worked();
            assertThat(result.server().authorized()).isFalse();
            assertThat(result.server().authorizationError()).isEmpty();
        }
    }

    @DisplayName("CC-01: a client without a certificate where one is required")
    @ParameterizedTest
    @CsvSource({
        "TLSv1.2, ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE, HANDSHAKE_FAILURE",
        "TLSv1.3, ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED, CERTIFICATE_REQUIRED"
    })
    void a_client_must_have_a_certificate(String version, Code code, Alert alert) throws Exception {
        try (var server = asking(agent10(AGENT10.chain(), Agents.pem(CA5)))) {
            server.exchange(o -> o.host("agent10.example.com").ca(Agents.pem(CA2)).maxVersion(version))
                    .clientFailed(code)
                    .serverFailed(Code.ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE)
                    .serverSent(alert);
        }
    }

    static List<List<String>> knownIntermediates() {
        return List.of(
                List.of(TestPki.pem(List.of(CA2.leaf(), CA4)), TestPki.pem(List.of(CA5.leaf(), CA6))),
                List.of(TestPki.pem(List.of(CA4, CA2.leaf())), TestPki.pem(List.of(CA6, CA5.leaf()))));
    }

    @DisplayName("CC-01: leaves alone, where the verifier has the intermediate")
    @ParameterizedTest
    @MethodSource("knownIntermediates")
    void leaves_are_enough_if_the_verifier_has_the_intermediate(List<String> anchors) throws Exception {
        try (var server =
                asking(o -> o.identity(AGENT10.key(), List.of(AGENT10.leaf())).ca(anchors.get(1)))) {
            ConnectionResult result = server.exchange(ec10(List.of(EC10.leaf()), anchors.get(0))).worked();
            assertThat(result.server().authorized()).isTrue();
        }
        try (var server = asking(agent10(List.of(AGENT10.leaf()), Agents.pem(CA5), TestPki.pem(List.of(CA6))))) {
            server.exchange(ec10(List.of(EC10.leaf()), Agents.pem(CA2), TestPki.pem(List.of(CA4))))
                    .worked();
        }
    }

    @DisplayName("CC-01: the missing part of the server's chain")
    @Test
    void reports_the_missing_part_of_the_servers_chain() throws Exception {
        try (var server = Loopback.serve(agent10(List.of(AGENT10.leaf())))) {
            server.exchange(ec10(EC10.chain(), Agents.pem(CA2)))
                    .clientFailed(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE)
                    .serverFailed(Code.ERR_SSL_TLSV1_ALERT_UNKNOWN_CA);
        }
        try (var server = Loopback.serve(agent10(AGENT10.chain()))) {
            server.exchange(ec10(EC10.chain())).clientFailed(Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
        }
        List<X509Certificate> withRoot = List.of(AGENT10.leaf(), CA4, CA2.leaf());
        try (var server = Loopback.serve(agent10(withRoot))) {
            server.exchange(ec10(EC10.chain())).clientFailed(Code.SELF_SIGNED_CERT_IN_CHAIN);
            server.exchange(ec10(EC10.chain(), Agents.pem(CA2))).worked();
        }
    }

    @DisplayName("CC-01: a client's chain that the server cannot complete; the alert gives the reason, where Node sends none")
    @ParameterizedTest
    @EnumSource(
            value = TlsVersion.class,
            names = {"TLS_1_2", "TLS_1_3"})
    void refuses_a_client_with_the_proper_alert(TlsVersion version) throws Exception {
        try (var server = asking(agent10(AGENT10.chain(), Agents.pem(CA5)))) {
            server.exchange(ec10(List.of(EC10.leaf()), Agents.pem(CA2)).andThen(o -> o.maxVersion(version)))
                    .serverFailed(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE)
                    .serverSent(Alert.UNKNOWN_CA)
                    .clientFailed(Code.ERR_SSL_TLSV1_ALERT_UNKNOWN_CA);
        }
        try (var server = asking(agent10(AGENT10.chain()))) {
            server.exchange(ec10(EC10.chain(), Agents.pem(CA2)).andThen(o -> o.maxVersion(version)))
                    .serverFailed(Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
                    .clientFailed(Code.ERR_SSL_TLSV1_ALERT_UNKNOWN_CA);
        }
    }

    @DisplayName("CC-01: roots under the other labels of PEM")
    @ParameterizedTest
    @CsvSource({"TRUSTED CERTIFICATE", "X509 CERTIFICATE"})
    void accepts_roots_under_other_labels(String label) throws Exception {
        try (var server = asking(agent10(AGENT10.chain(), labelled(label, CA5)))) {
            server.exchange(ec10(EC10.chain(), labelled(label, CA2))).worked();
        }
    }

    private static String labelled(String label, Identity identity) throws Exception {
        return Pem.write(label, identity.leaf().getEncoded());
    }

    /**
     * The clients that are accepted and authorized: agent1, agent2, agent3, agent4, none; {@code +}, {@code -} or
     * {@code x}.
     */
    @DisplayName("CC-02: the clients that are accepted under each trust, and those that are authorized")
    @ParameterizedTest
    @CsvSource({
        "no, no, ca1, '-----'",
        "yes, no, ca1, '+----'",
        "yes, yes, ca1, '+xxxx'",
        "yes, yes, ca1+ca2, '+x++x'",
        "yes, yes, ca2+crl, 'xx+xx'"
    })
    void accepts_clients_according_to_the_trust(String request, String reject, String trust, String expected) throws Exception {
        try (var server = Loopback.serve(
                o -> {
                    o.identity(AGENT2);
                    if (trust.contains("ca1")) {
                        o.ca(Agents.leaves(CA1));
                    }
                    if (trust.contains("ca2")) {
                        o.ca(Agents.leaves(CA2));
                    }
                    if (trust.contains("crl")) {
                        o.crl(TestPki.pem(TestPki.crl(CA2, AGENT4.leaf())));
                    }
                },
                o -> o.requestCert(request.equals("yes")).rejectUnauthorized(reject.equals("yes")))) {
            var outcomes = new StringBuilder();
            outcomes.append(outcome(server, o -> o.identity(AGENT1)));
            outcomes.append(outcome(server, o -> o.identity(AGENT2)));
            outcomes.append(outcome(server, o -> o.identity(AGENT3)));
            outcomes.append(outcome(server, o -> o.identity(AGENT4)));
            outcomes.append(outcome(server, o -> {}));

            assertThat(outcomes.toString()).isEqualTo(expected);
        }
    }

    private static char outcome(Loopback server, Consumer<ConnectOptions.Builder> client) throws Exception {
        ConnectionResult result = server.exchange(client.andThen(o -> o.rejectUnauthorized(false)));
        if (result.serverError() != null) {
            return 'x';
        }
        return result.worked().server().authorized() ? '+' : '-';
    }
}
