package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT1;
import static io.heddle.parity.Agents.AGENT2;
import static io.heddle.parity.Agents.AGENT3;
import static io.heddle.parity.Agents.AGENT6;
import static io.heddle.parity.Agents.CA1;
import static io.heddle.parity.Agents.CA2;
import static io.heddle.parity.Agents.CA3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.CertificateInfo;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows of the area verification/hostname, end to end; names and formats have separate tests. */
class VerificationRowsTest {
    /** Accepts any name. */
    private static void anyName(String host, CertificateInfo certificate) {}

    @DisplayName("VER-03: a text with a certificate that is no CA before the root")
    @Test
    void accepts_a_root_after_another_certificate() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT6))) {
            server.exchange(o -> o.ca(Agents.pem(AGENT1) + "\n" + Agents.pem(CA1))
                            .checkServerIdentity(VerificationRowsTest::anyName))
                    .worked();
        }
    }

    @DisplayName("VER-06, VER-23: a chain in the certificate file, as the client sees it")
    @Test
    void shows_the_chain_of_the_certificate_file() throws Exception {
        try (var server =
                Loopback.serve(o -> o.cert(TestPki.pem(AGENT6.chain())).key(TestPki.pem(AGENT6.key())))) {
            threeLinks(server);
        }
    }

    @DisplayName("VER-07: a leaf alone, whose chain is completed from ca")
    @Test
    void completes_the_local_chain_from_ca() throws Exception {
        try (var server = Loopback.serve(
                o -> o.identity(AGENT6.key(), List.of(AGENT6.leaf())).ca(Agents.pem(CA3)))) {
            threeLinks(server);
        }
    }

    private static void threeLinks(Loopback server) throws Exception {
        ConnectionResult result = server.exchange(o -> o.ca(Agents.leaves(CA1)).checkServerIdentity(VerificationRowsTest::anyName))
                .worked();

        assertThat(result.client().peerCertificates()).containsExactly(AGENT6.leaf(), CA3.leaf());
        CertificateInfo leaf = result.client().getPeerCertificate(true).orElseThrow();
        assertThat(leaf.subject().all("CN")).containsExactly("\u00c1d\u00e1m Lippai");
        assertThat(leaf.subject().all("emailAddress")).containsExactly("adam@example.com");
        assertThat(leaf.issuer().all("CN")).containsExactly("ca3");
        CertificateInfo middle = leaf.issuerCertificate().orElseThrow();
        assertThat(middle.certificate()).isEqualTo(CA3.leaf());
        assertThat(middle.issuer().all("CN")).containsExactly("ca1");
        assertThat(result.client().getPeerCertificate().orElseThrow().issuerCertificate())
                .isEmpty();
        assertThat(result.server().getPeerCertificate()).isEmpty();
        assertThat(result.server().getPeerCertificate(true)).isEmpty();
    }

    @DisplayName("VER-10: an intermediate as the only trusted certificate")
    @Test
    void a_partial_chain_must_be_allowed() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT6))) {
            Consumer<ConnectOptions.Builder> client =
                    o -> o.ca(Agents.leaves(CA3)).checkServerIdentity(VerificationRowsTest::anyName);
            server.exchange(client.andThen(o -> o.allowPartialTrustChain(true))).worked();
            server.exchange(client).clientFailed(Code.UNABLE_TO_GET_ISSUER_CERT);
        }
    }

    @DisplayName("VER-11, VER-12, VER-65, WRP-13: a self-signed server, refused, tolerated and trusted")
    @ParameterizedTest
    @EnumSource(
            value = TlsVersion.class,
            names = {"TLS_1_2", "TLS_1_3"})
    void a_self_signed_server(TlsVersion version) throws Exception {
        Identity selfSigned = TestPki.selfSigned("localhost");
        try (var server = Loopback.serve(Agents.identity(selfSigned).andThen(o -> o.maxVersion(version)))) {
            ConnectionResult tolerated = server.exchange(o -> o.rejectUnauthorized(false)).worked();
            assertThat(tolerated.client().authorized()).isFalse();
            assertThat(tolerated.client().authorizationError()).contains(Code.DEPTH_ZERO_SELF_SIGNED_CERT);

            server.exchange(o -> {}).clientFailed(Code.DEPTH_ZERO_SELF_SIGNED_CERT);

            ConnectionResult trusted = server.exchange(o -> o.ca(selfSigned.chain())).worked();
            assertThat(trusted.client().authorized()).isTrue();
            assertThat(trusted.client().authorizationError()).isEmpty();
        }
    }

    @DisplayName("VER-13, VER-63: the servers that are trusted with each set of roots; no server without roots")
    @ParameterizedTest
    @CsvSource({
        "ca1, agent1, ERR_TLS_CERT_ALTNAME_INVALID",
        "ca1, agent2, DEPTH_ZERO_SELF_SIGNED_CERT",
        "ca1, agent3, UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "'', agent1, UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "'', agent2, DEPTH_ZERO_SELF_SIGNED_CERT",
        "'', agent3, UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "ca1+ca2, agent1, ERR_TLS_CERT_ALTNAME_INVALID",
        "ca1+ca2, agent2, DEPTH_ZERO_SELF_SIGNED_CERT",
        "ca1+ca2, agent3, ERR_TLS_CERT_ALTNAME_INVALID"
    })
    void reports_the_defect_of_a_server(String roots, String agent, Code error) throws Exception {
        Identity identity = agent(agent);
        List<X509Certificate> trusted = new ArrayList<>();
        if (roots.contains("ca1")) {
            trusted.add(CA1.leaf());
        }
        if (roots.contains("ca2")) {
            trusted.add(CA2.leaf());
        }
        try (var server = Loopback.serve(Agents.identity(identity))) {
            ConnectionResult result =
                    server.exchange(o -> o.ca(trusted).rejectUnauthorized(false)).worked();
            assertThat(result.client().authorized()).isFalse();
            assertThat(result.client().authorizationError()).contains(error);

            ConnectionResult named = server.exchange(
                            o -> o.ca(trusted).rejectUnauthorized(false).servername(agent))
                    .worked();
            boolean onlyTheName = error == Code.ERR_TLS_CERT_ALTNAME_INVALID;
            assertThat(named.client().authorized()).isEqualTo(onlyTheName);
            assertThat(named.client().authorizationError())
                    .isEqualTo(onlyTheName ? Optional.empty() : Optional.of(error));
        }
    }

    private static Identity agent(String name) {
        return switch (name) {
            case "agent1" -> AGENT1;
            case "agent2" -> AGENT2;
            default -> AGENT3;
        };
    }

    @DisplayName("VER-14, VER-20, VER-68: the default roots do not contain the server's root; it is informed by an alert")
    @Test
    void the_default_roots_do_not_contain_a_private_ca() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT1))) {
            ConnectionResult result = server.exchange(o -> {})
                    .clientFailed(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE)
                    .serverFailed(Code.ERR_SSL_TLSV1_ALERT_UNKNOWN_CA);
            // The listener is called first, and the socket closed after it has returned.
            await().until(result.server()::isClosed);
            assertThat(result.clientSocket()).isNull();
        }
    }

    @DisplayName("VER-18: without a host the certificate must be for localhost")
    @Test
    void the_default_name_is_localhost() throws Exception {
        Identity selfSigned =
                TestPki.certificate("CN=localhost").key(TestPki.Key.P256, 3).selfSigned();
        try (var server = Loopback.serve(Agents.identity(selfSigned))) {
            assertThat(server.exchange(o -> o.ca(selfSigned.chain())).worked().client().authorized())
                    .isTrue();
        }
        try (var server = Loopback.serve(Agents.identity(AGENT1))) {
            ConnectionResult result = server.exchange(o -> o.ca(Agents.leaves(CA1))).clientFailed(Code.ERR_TLS_CERT_ALTNAME_INVALID);
            assertThat(result.clientError())
                    .hasMessageStartingWith(
                            "Hostname/IP does not match certificate's altnames: Host: localhost. is not cert's CN: agent1");
        }
    }

    @DisplayName("VER-21: the certificates of both sides as X.509 objects")
    @Test
    void returns_certificates_as_objects() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT6))) {
            ConnectionResult result = server.exchange(o -> o.rejectUnauthorized(false)).worked();

            assertThat(result.server().getCertificate().orElseThrow().certificate())
                    .isEqualTo(AGENT6.leaf());
            assertThat(result.client().peerCertificates()).containsExactly(AGENT6.leaf(), CA3.leaf());
            assertThat(result.client()
                            .getPeerCertificate(true)
                            .orElseThrow()
                            .issuerCertificate()
                            .orElseThrow()
                            .issuerCertificate())
                    .isEmpty();
        }
    }

    @DisplayName("VER-22, VER-24: the certificate as the peer sees it")
    @Test
    void shows_the_peers_certificate() throws Exception {
        Identity identity = TestPki.certificate("OU=Test TLS Certificate, OU=Engineering, CN=localhost")
                .key(TestPki.Key.RSA_2048, 44)
                .selfSigned();
        try (var server = Loopback.serve(Agents.identity(identity))) {
            ConnectionResult result = server.exchange(o -> o.rejectUnauthorized(false)).worked();

            CertificateInfo received = result.client().getPeerCertificate().orElseThrow();
            assertThat(received.subject().all("OU")).containsExactly("Test TLS Certificate", "Engineering");
            assertThat(received.toMap())
                    .isEqualTo(result.server().getCertificate().orElseThrow().toMap());
            assertThat(result.client().getCertificate()).isEmpty();
        }
        try (var server = Loopback.serve(Agents.identity(AGENT1))) {
            CertificateInfo received = server.exchange(o -> o.rejectUnauthorized(false))
                    .worked()
                    .client()
                    .getPeerCertificate(true)
                    .orElseThrow();
            assertThat(received.infoAccess()).containsEntry("OCSP - URI", List.of("http://ocsp.example/"));
            assertThat(received.ca()).isFalse();
        }
    }

    @DisplayName("VER-62: names that imitate another are refused by a client that trusts their root")
    @Test
    void refuses_hostile_names() throws Exception {
        Identity comma = TestPki.certificate("CN=evil")
                .key(TestPki.Key.P256, 1)
                .server("evil.example.com, DNS:good.example.com")
                .issuedBy(TestPki.ca());
        Identity other = TestPki.certificate("CN=good.example.com")
                .key(TestPki.Key.P256, 1)
                .server("evil.example.com")
                .issuedBy(TestPki.ca());
        Identity addressOnly = TestPki.certificate("CN=good.example.com")
                .key(TestPki.Key.P256, 1)
                .server("1.2.3.4")
                .issuedBy(TestPki.ca());
        Consumer<ConnectOptions.Builder> client =
                o -> o.host("good.example.com").ca(TestPki.ca().chain());
        for (Identity hostile : List.of(comma, other)) {
            try (var server = Loopback.serve(Agents.identity(hostile))) {
                server.exchange(client).clientFailed(Code.ERR_TLS_CERT_ALTNAME_INVALID);
            }
        }
        try (var server = Loopback.serve(Agents.identity(addressOnly))) {
            server.exchange(client).worked();
        }
    }

    @DisplayName("VER-66: a custom name check; it receives the whole chain and is called only if that is valid")
    @Test
    void a_custom_check_replaces_the_name_check() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT6))) {
            Consumer<ConnectOptions.Builder> client = o -> o.ca(Agents.leaves(CA1));
            server.exchange(client).clientFailed(Code.ERR_TLS_CERT_ALTNAME_INVALID);

            var checkedHost = new AtomicReference<String>();
            ConnectionResult result = server.exchange(client.andThen(o -> o.checkServerIdentity((host, certificate) -> {
                        checkedHost.set(host);
                        assertThat(certificate.issuerCertificate()).isPresent();
                    })))
                    .worked();
            assertThat(result.client().authorized()).isTrue();
            assertThat(checkedHost.get()).isEqualTo("localhost");

            checkedHost.set("");
            server.exchange(o -> o.checkServerIdentity((host, certificate) -> checkedHost.set(host)))
                    .clientFailed(Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
            assertThat(checkedHost.get()).isEmpty();

            ConnectionResult thrown = server.exchange(client.andThen(o -> o.checkServerIdentity((host, certificate) -> {
                        throw new IllegalStateException("not today");
                    })))
                    .clientFailed(Code.ERR_TLS_CALLBACK);
            assertThat(thrown.clientError()).hasRootCauseMessage("not today");
        }
    }

    @DisplayName("VER-67: a self-signed certificate that may not sign others, as its own root")
    @Test
    void a_root_without_the_right_to_sign_is_valid_for_itself() throws Exception {
        Identity selfSigned = TestPki.certificate("CN=localhost")
                .key(TestPki.Key.P256, 5)
                .server("localhost")
                .keyUsage(org.bouncycastle.asn1.x509.KeyUsage.digitalSignature)
                .selfSigned();
        try (var server = Loopback.serve(Agents.identity(selfSigned))) {
            server.exchange(o -> o.ca(selfSigned.chain())).worked();
        }
    }

    @DisplayName("VER-11, MSC-35: bytes written immediately are sent after the server was verified, never before")
    @Test
    void nothing_is_sent_to_a_server_that_is_refused() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT1))) {
            ConnectOptions options = server.client().build();
            assertThat(options.rejectUnauthorized()).isTrue();
            try (TlsSocket none = Tls.connect(options)) {
                throw new AssertionError("connected to " + none);
            } catch (io.heddle.failure.TlsFailure refused) {
                assertThat(refused.code()).isEqualTo(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE);
            }
            assertThat(server.serverSide().server().bytesRead()).isZero();
        }
    }
}
