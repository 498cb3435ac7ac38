package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Servers.Kind;
import io.heddle.session.TicketKey;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * In a fleet that shares ticket keys, no Heddle ticket makes Node consider a client authorized whose certificate was
 * never verified. Each Heddle server on the route seals with a newer key than the one before, so that each writes its
 * own ticket in TLS 1.2 as well.
 */
@Tag("interop")
@Tag("node")
@ExtendWith(CombinationCounter.class)
class NodeSharedVerdictsTest {
    private static final String NODE = """
            const tls = require('tls'), fs = require('fs');
            const [,, cert, key, ca, ticketKeys, request, reject] = process.argv;
            const server = tls.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key), ca: fs.readFileSync(ca),
                ticketKeys: Buffer.from(ticketKeys, 'hex'), sessionIdContext: 'fleet',
                requestCert: request === 'true', rejectUnauthorized: reject === 'true' }, (socket) => {
                socket.on('error', () => {});
                socket.on('data', (data) => {
                    console.log('reused=' + socket.isSessionReused() + ' authorized=' + socket.authorized
                        + ' cn=' + (socket.getPeerCertificate().subject || {}).CN);
                    socket.write('echo: ' + data);
                });
            });
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    /** The client certificate policy of a Heddle server. */
    private enum Policy {
        NONE,
        REQUEST,
        REQUIRE;

        ServerOptions.Builder set(ServerOptions.Builder server) {
            return server.requestCert(this != NONE).rejectUnauthorized(this != REQUEST);
        }
    }

    /** The Heddle servers that a session passes before it reaches Node; the first one creates it. */
    enum Route {
        TOLERANT,
        TOLERANT_THEN_NONE,
        TOLERANT_THEN_NONE_TWICE,
        TOLERANT_TWICE,
        TOLERANT_THEN_NONE_THEN_TOLERANT;

        private List<Policy> servers() {
            return switch (this) {
                case TOLERANT -> List.of(Policy.REQUEST);
                case TOLERANT_THEN_NONE -> List.of(Policy.REQUEST, Policy.NONE);
                case TOLERANT_THEN_NONE_TWICE -> List.of(Policy.REQUEST, Policy.NONE, Policy.NONE);
                case TOLERANT_TWICE -> List.of(Policy.REQUEST, Policy.REQUEST);
                case TOLERANT_THEN_NONE_THEN_TOLERANT -> List.of(Policy.REQUEST, Policy.NONE, Policy.REQUEST);
            };
        }
    }

    @TempDir
    private Path folder;

    /** The keys of the fleet, newest last. */
    private final List<TicketKey> keys = new ArrayList<>(List.of(TicketKey.random(new SecureRandom())));

    /** The session that the client offers next. */
    private Optional<byte[]> session = Optional.empty();

    private TicketKeys allKeys() {
        return TicketKeys.of(keys.reversed());
    }

    private RunningServer node(boolean requestCert, boolean rejectUnauthorized) {
        return node(Node.release(), requestCert, rejectUnauthorized);
    }

    private RunningServer node(NodeRelease release, boolean requestCert, boolean rejectUnauthorized) {
        var files = new PemFiles(folder);
        PemFiles.Pair pair = files.write("server", Kind.P256.identity());
        String newest = HexFormat.of().formatHex(keys.getLast().toBytes());
        return release.server(
                NODE,
                pair.cert(),
                pair.key(),
                files.ca(),
                newest,
                Boolean.toString(requestCert),
                Boolean.toString(rejectUnauthorized));
    }

    private EchoServer heddle(Policy policy) {
        ServerOptions.Builder options = ServerOptions.builder(Servers.context(
                        Kind.P256, context -> context.ca(TestPki.ca().chain())))
                .ticketKeys(TicketKeyManager.of(allKeys()))
                .sessionIdContext("fleet");
        return EchoServer.start(policy.set(options).build());
    }

    /**
     * Connects with the newest session, exchanges a line, keeps the session that the server sent, and returns whether
     * it resumed.
     */
    private boolean resumes(int port, String version, Optional<Identity> client) throws IOException {
        SecureContext.Builder context = SecureContext.builder()
                .ca(TestPki.ca().chain())
                .minVersion(version)
                .maxVersion(version);
        client.ifPresent(context::identity);
        ConnectOptions.Builder options =
                ConnectOptions.builder().host("localhost").port(port).secureContext(context.build());
        session.ifPresent(options::session);
        try (TlsSocket socket = Tls.connect(options.build())) {
            socket.getOutputStream().write("hello\n".getBytes(UTF_8));
            String answer = "echo: hello\n";
            assertThat(new String(socket.getInputStream().readNBytes(answer.length()), UTF_8))
                    .isEqualTo(answer);
            session = socket.getSessionData();
            return socket.isSessionReused();
        }
    }

    /** Creates a session of this client and resumes it on each further server. */
    private void resumeThrough(List<Policy> servers, String version, Identity client) throws Exception {
        for (int i = 0; i < servers.size(); i++) {
            if (i > 0) {
                keys.add(TicketKey.random(new SecureRandom()));
            }
            try (EchoServer server = heddle(servers.get(i))) {
                assertThat(resumes(server.port(), version, Optional.of(client))).isEqualTo(i > 0);
                TlsSocket accepted = server.next();
                if (servers.get(i) == Policy.NONE) {
                    assertThat(accepted.peerCertificates()).isEmpty();
                }
            }
        }
    }

    private static Identity unverified() {
        return TestPki.certificate("CN=admin").key(TestPki.Key.P256, 7).client().selfSigned();
    }

    @ParameterizedTest
    @EnumSource
    void node_does_not_authorize_a_client_that_was_never_verified_in_tls_1_3(Route route) throws Exception {
        resumeThrough(route.servers(), "TLSv1.3", unverified());
        assertNotAuthorized("TLSv1.3");
    }

    @ParameterizedTest
    @EnumSource
    void node_does_not_authorize_a_client_that_was_never_verified_in_tls_1_2(Route route) throws Exception {
        resumeThrough(route.servers(), "TLSv1.2", unverified());
        assertNotAuthorized("TLSv1.2");
    }

    private void assertNotAuthorized(String version) throws IOException {
        try (RunningServer node = node(true, false)) {
            assertThat(resumes(node.port(), version, Optional.empty())).isTrue();
            node.program().awaitNextLine("^reused=true authorized=false cn=admin");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void node_authorizes_a_verified_client_whichever_server_resumed_it_in_between(String version) throws Exception {
        resumeThrough(List.of(Policy.REQUIRE, Policy.NONE, Policy.REQUEST), version, Clients.good(Kind.P256));
        try (RunningServer node = node(true, true)) {
            assertThat(resumes(node.port(), version, Optional.empty())).isTrue();
            node.program().awaitNextLine("^reused=true authorized=true cn=client P256");
        }
    }

    /**
     * Node before 24.21 and 26.8 treats every resumption of TLS 1.3 without a certificate as one by a pre-shared key,
     * which is authorized, even with its own ticket. No ticket can prevent that; a Heddle ticket makes no difference.
     */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void a_client_without_a_certificate_has_no_name_in_node_as_with_nodes_own_ticket(String version) throws Exception {
        try (RunningServer node = node(false, false)) {
            resumes(node.port(), version, Optional.of(unverified()));
        }
        String withOwn = authorizedWithoutName(version);
        session = Optional.empty();
        resumeThrough(List.of(Policy.NONE, Policy.NONE), version, unverified());
        assertThat(authorizedWithoutName(version)).isEqualTo(withOwn);
    }

    /** The resumption of a client without a certificate that a server tolerates, beside that of the newest Node.js. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void a_client_without_a_certificate_stays_unauthorized_when_it_resumes(String version) throws Exception {
        try (EchoServer server = heddle(Policy.REQUEST)) {
            for (boolean again : List.of(false, true)) {
                assertThat(resumes(server.port(), version, Optional.empty())).isEqualTo(again);
                TlsSocket accepted = server.next();
                assertThat(accepted.isSessionReused()).isEqualTo(again);
                assertThat(accepted.authorized()).isFalse();
                assertThat(accepted.authorizationError()).contains(Code.UNABLE_TO_GET_ISSUER_CERT);
                assertThat(accepted.peerCertificates()).isEmpty();
            }
        }
        session = Optional.empty();
        try (RunningServer node = node(NodeRelease.newest(), true, false)) {
            for (boolean again : List.of(false, true)) {
                assertThat(resumes(node.port(), version, Optional.empty())).isEqualTo(again);
                node.program().awaitNextLine("^reused=%s authorized=false cn=undefined".formatted(again));
            }
        }
    }

    private String authorizedWithoutName(String version) throws IOException {
        try (RunningServer node = node(true, false)) {
            assertThat(resumes(node.port(), version, Optional.empty())).isTrue();
            return node.program()
                    .awaitNextLine("^reused=true authorized=(true|false) cn=undefined")
                    .group(1);
        }
    }
}
