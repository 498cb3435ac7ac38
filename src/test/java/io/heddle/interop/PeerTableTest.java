package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.EphemeralKeyInfo;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.interop.Servers.Kind;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The groups that Heddle and each peer negotiate with the defaults of both, in a full handshake and in one that
 * resumes. They are the table "Peers" of {@code docs/node-parity.md}, each row of which is compared with the
 * connections.
 */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
class PeerTableTest {
    private static final Path PAGE = Path.of("docs/node-parity.md");

    /** Connects twice, the second time with the newest session. */
    private static final String NODE_CLIENT = """
            const tls = require('tls'), fs = require('fs');
            const [,, port, ca, version] = process.argv;
            let session;
            function connect(left) {
                if (left === 0) return;
                const socket = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', ca: fs.readFileSync(ca),
                    minVersion: version, maxVersion: version, session });
                socket.on('session', (data) => { session = data; });
                socket.on('error', (error) => console.log('error ' + error.code));
                socket.on('secureConnect', () => {
                    console.log(socket.getProtocol() + ' ' + socket.isSessionReused());
                    socket.write('hello\\n');
                });
                socket.on('data', () => socket.end());
                socket.on('close', () => connect(left - 1));
            }
            connect(2);
            """;

    private static final String NODE_SERVER = """
            const tls = require('tls'), fs = require('fs');
            const [,, cert, key] = process.argv;
            tls.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, (socket) => {
                socket.on('error', (error) => console.log('error ' + error.code));
                socket.end(socket.getProtocol() + ' ' + socket.isSessionReused());
            }).listen(0, '127.0.0.1', function () { console.log('listening ' + this.address().port); });
            """;

    @TempDir
    private Path folder;

    /** A row of the table. */
    private record Row(String peer, String side, String version, String full, String resumed) {
        @Override
        public String toString() {
            return "| %s | %s | %s | %s | %s |".formatted(peer, side, version, full, resumed);
        }
    }

    /** The group of a connection, and whether it resumed. */
    private record Seen(String group, boolean resumed) {
        static Seen of(TlsSocket socket, TlsVersion version) {
            assertThat(socket.getProtocol()).isEqualTo(version.protocol());
            String group =
                    socket.getEphemeralKeyInfo().map(EphemeralKeyInfo::name).orElse("no key exchange");
            return new Seen(group, socket.isSessionReused());
        }

        static Row row(String peer, String side, TlsVersion version, List<Seen> seen) {
            assertThat(seen).hasSize(2);
            assertThat(seen.getFirst().resumed()).isFalse();
            Seen second = seen.getLast();
            return new Row(
                    peer,
                    side,
                    version.protocol(),
                    seen.getFirst().group(),
                    second.resumed() ? second.group() : "not resumed, " + second.group());
        }
    }

    enum Side {
        /** Heddle is the server. */
        SERVER,
        /** Heddle is the client. */
        CLIENT
    }

    record Combination(Optional<NodeRelease> node, Side side, TlsVersion version) {
        /** Returns the peer with the version of OpenSSL that it runs on, which distributions choose for themselves. */
        String peer() {
            return node.map(release -> "Node %d with OpenSSL %s".formatted(release.major(), minor(release.openssl())))
                    .orElseGet(() -> "OpenSSL " + minor(Openssl.release()));
        }

        private static String minor(Version version) {
            return version.toString().replaceFirst("(\\d+\\.\\d+).*", "$1");
        }
    }

    static Stream<Combination> combinations() {
        List<Optional<NodeRelease>> peers = new ArrayList<>(List.of(Optional.empty()));
        NodeRelease.all().forEach(release -> peers.add(Optional.of(release)));
        return peers.stream()
                .flatMap(peer -> Stream.of(Side.values())
                        .flatMap(side -> Stream.of(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2)
                                .map(version -> new Combination(peer, side, version))));
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void the_page_has_what_is_negotiated(Combination combination) throws Exception {
        List<Seen> seen = switch (combination.side()) {
            case SERVER -> serve(combination);
            case CLIENT -> connect(combination);
        };
        Row row = Seen.row(
                combination.peer(),
                combination.side() == Side.SERVER ? "server" : "client",
                combination.version(),
                seen);
        assertThat(Files.readAllLines(PAGE).contains(row.toString()))
                .as("%s has the row %s", PAGE, row)
                .isTrue();
    }

    private List<Seen> serve(Combination combination) throws Exception {
        try (EchoServer server = EchoServer.start(Servers.context(Kind.P256, options -> {}))) {
            if (combination.node().isPresent()) {
                nodeClient(combination.node().get(), server, combination.version());
            } else {
                String session = folder.resolve("session.pem").toString();
                String version = combination.version() == TlsVersion.TLS_1_3 ? "-tls1_3" : "-tls1_2";
                server.openssl(version, "-sess_out", session).succeeded();
                server.openssl(version, "-sess_in", session).succeeded();
            }
            return List.of(
                    Seen.of(server.next(), combination.version()), Seen.of(server.next(), combination.version()));
        }
    }

    private void nodeClient(NodeRelease release, EchoServer server, TlsVersion version) {
        try (RunningProgram node = release.start(
                NODE_CLIENT, Integer.toString(server.port()), new PemFiles(folder).ca(), version.protocol())) {
            node.closeInput();
            assertThat(node.awaitEnd().succeeded().out().lines())
                    .containsExactly(version.protocol() + " false", version.protocol() + " true");
        }
    }

    private List<Seen> connect(Combination combination) throws IOException {
        PemFiles.Pair identity = new PemFiles(folder).write("server", Kind.P256.identity());
        if (combination.node().isEmpty()) {
            try (SServer server = SServer.start(identity)) {
                SServer.Exchange first =
                        server.exchange(server.client(combination.version()).build());
                SServer.Exchange second = server.exchange(server.client(combination.version())
                        .session(first.session())
                        .build());
                return List.of(
                        Seen.of(first.socket(), combination.version()),
                        Seen.of(second.socket(), combination.version()));
            }
        }
        try (RunningServer node = combination.node().get().server(NODE_SERVER, identity.cert(), identity.key())) {
            ConnectOptions.Builder options = ConnectOptions.builder()
                    .host("localhost")
                    .port(node.port())
                    .ca(TestPki.ca().chain())
                    .minVersion(combination.version())
                    .maxVersion(combination.version())
                    .timeout(RunningProgram.LIMIT);
            List<Seen> seen = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                try (TlsSocket socket = Tls.connect(options.build())) {
                    assertThat(socket.getInputStream().readAllBytes())
                            .asString(UTF_8)
                            .isEqualTo(combination.version().protocol() + " " + socket.isSessionReused());
                    seen.add(Seen.of(socket, combination.version()));
                    options.session(socket.awaitSession(Duration.ofSeconds(10)).orElseThrow());
                }
            }
            return seen;
        }
    }
}
