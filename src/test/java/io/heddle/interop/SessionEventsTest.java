package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ServerOptions;
import io.heddle.interop.Servers.Kind;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** openssl and Node clients with a server whose sessions the application stores itself. */
@Tag("interop")
class SessionEventsTest {
    /** Six connections, each with the newest session. */
    private static final String NODE = """
            const tls = require('tls'), fs = require('fs');
            const [,, port, ca, version] = process.argv;
            let session;
            function connect(left) {
                if (left === 0) return;
                const socket = tls.connect({ host: '127.0.0.1', port, ca: fs.readFileSync(ca), servername: 'localhost',
                    minVersion: version, maxVersion: version, session });
                socket.setEncoding('utf8');
                socket.on('session', (data) => { session = data; });
                socket.on('error', (error) => console.log('error ' + error.code));
                socket.on('secureConnect', () => { console.log(socket.isSessionReused()); socket.write('hello\\n'); });
                socket.on('data', () => socket.end());
                socket.on('close', () => connect(left - 1));
            }
            connect(6);
            """;

    @TempDir
    private Path folder;

    private final Map<String, byte[]> kept = new ConcurrentHashMap<>();
    private final AtomicInteger created = new AtomicInteger();
    private final AtomicInteger sought = new AtomicInteger();

    /** Starts a server without tickets; with {@code garbage} the store returns bytes that are no session. */
    private EchoServer start(boolean garbage) {
        EchoServer server = EchoServer.start(
                ServerOptions.builder(Servers.context(Kind.P256)).tickets(false).build());
        server.server()
                .onNewSession((id, data) -> {
                    created.incrementAndGet();
                    kept.put(HexFormat.of().formatHex(id), data);
                })
                .onResumeSession(id -> {
                    sought.incrementAndGet();
                    return garbage
                            ? Optional.of(new byte[] {1, 2, 3, 4, 5})
                            : Optional.ofNullable(kept.get(HexFormat.of().formatHex(id)));
                });
        return server;
    }

    private List<String> node(EchoServer server, String version) {
        return Node.run(NODE, Integer.toString(server.port()), new PemFiles(folder).ca(), version)
                .succeeded()
                .out()
                .lines()
                .toList();
    }

    @ParameterizedTest
    @Tag("node")
    @CsvSource({"TLSv1.2, 1", "TLSv1.3, 7"})
    void node_resumes_five_times(String version, int sessions) {
        try (EchoServer server = start(false)) {
            assertThat(node(server, version)).containsExactly("false", "true", "true", "true", "true", "true");
            // In TLS 1.3 two for the full handshake, and one for each resumption.
            assertThat(created).hasValue(sessions);
            assertThat(sought).hasValue(5);
        }
    }

    @ParameterizedTest
    @Tag("node")
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void node_makes_full_handshakes_if_the_store_returns_garbage(String version) {
        try (EchoServer server = start(true)) {
            assertThat(node(server, version)).hasSize(6).containsOnly("false");
            assertThat(created).hasValue(version.equals("TLSv1.2") ? 6 : 12);
            assertThat(sought).hasValue(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 6"})
    void openssl_reconnects_five_times_without_tickets(boolean garbage, int sessions) {
        try (EchoServer server = start(garbage)) {
            ProgramResult client =
                    server.openssl("-tls1_2", "-no_ticket", "-reconnect").succeeded();
            assertThat(OpensslReport.of(client).resumptions()).isEqualTo(garbage ? 0 : 5);
            assertThat(created).hasValue(sessions);
            assertThat(sought).hasValue(5);
        }
    }
}
