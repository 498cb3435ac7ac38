package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.AlpnCallback;
import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.interop.Servers.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The order of a connection's events and callbacks at a server and at a client of the newest Node.js and of Heddle,
 * each with the same peer: a full handshake, and one with the session that it made. Several lines of the key log in a
 * row count as one.
 */
@Tag("interop")
class NodeEventOrderTest {
    /** Connects twice, with the session of the first connection in the second one. */
    private static final String CLIENT = """
            const tls = require('tls'), fs = require('fs');
            const [,, port, ca, version] = process.argv;
            let session;
            function connect(left) {
              if (left === 0) return;
              let events = [];
              const see = (name) => { if (events.at(-1) !== name || name !== 'keylog') events.push(name); };
              const socket = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', ca: fs.readFileSync(ca),
                  minVersion: version, maxVersion: version, ALPNProtocols: ['h2'], requestOCSP: true, session });
              for (const name of ['OCSPResponse', 'session', 'secureConnect', 'keylog', 'end'])
                socket.on(name, (data) => { see(name); if (name === 'session') session = data; });
              socket.on('error', (error) => see(error.code));
              socket.on('close', () => { console.log(events.join(' ')); connect(left - 1); });
              socket.resume();
            }
            connect(2);
            """;

    private static final String SERVER = """
            const tls = require('tls'), fs = require('fs'), crypto = require('crypto');
            const [,, cert, key, version, tickets] = process.argv;
            const own = { cert: fs.readFileSync(cert), key: fs.readFileSync(key) };
            const context = tls.createSecureContext(own), store = new Map();
            let events = [];
            const server = tls.createServer({ ...own, minVersion: version, maxVersion: version,
              secureOptions: tickets === 'true' ? 0 : crypto.constants.SSL_OP_NO_TICKET,
              SNICallback: (name, done) => { events.push('SNICallback'); done(null, context); },
              ALPNCallback: ({ protocols }) => { events.push('ALPNCallback'); return protocols[0]; } });
            server.on('connection', (socket) => {
              const own = events = ['connection'];
              socket.on('close', () => console.log(own.join(' ')));
            });
            server.on('keylog', () => { if (events.at(-1) !== 'keylog') events.push('keylog'); });
            server.on('OCSPRequest', (cert, issuer, done) => { events.push('OCSPRequest'); done(null, null); });
            server.on('newSession', (id, data, done) => {
              events.push('newSession'); store.set(id.toString('hex'), data); done(); });
            server.on('resumeSession', (id, done) => {
              events.push('resumeSession'); done(null, store.get(id.toString('hex')) || null); });
            server.on('secureConnection', (socket) => { events.push('secureConnection'); socket.end('x'); });
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    @TempDir
    private Path folder;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    /** Removes and returns the events so far, in which several key log events in a row are one. */
    private String seen() {
        List<String> all = new ArrayList<>();
        events.drainTo(all);
        var text = new ArrayList<String>();
        for (String event : all) {
            if (!event.equals("keylog") || text.isEmpty() || !text.getLast().equals("keylog")) {
                text.add(event);
            }
        }
        return String.join(" ", text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            TLSv1.2 | true  | connection SNICallback OCSPRequest ALPNCallback keylog secureConnection            | connection ALPNCallback keylog secureConnection
            TLSv1.2 | false | connection SNICallback OCSPRequest ALPNCallback keylog newSession secureConnection | connection resumeSession ALPNCallback keylog secureConnection
            TLSv1.3 | true  | connection resumeSession ALPNCallback SNICallback OCSPRequest keylog secureConnection newSession newSession | connection resumeSession ALPNCallback keylog secureConnection
            TLSv1.3 | false | connection resumeSession ALPNCallback SNICallback OCSPRequest keylog secureConnection newSession newSession | connection resumeSession ALPNCallback SNICallback OCSPRequest keylog secureConnection newSession newSession
            """)
    void events_of_a_node_server(String version, boolean tickets, String full, String second) {
        var pem = new PemFiles(folder);
        PemFiles.Pair pair = pem.write("server", TestPki.server("localhost"));
        try (RunningServer node =
                NodeRelease.newest().server(SERVER, pair.cert(), pair.key(), version, Boolean.toString(tickets))) {
            nodeClient(node.port(), version);
            assertThat(node.program().awaitNextLine("^(connection .*)").group(1))
                    .isEqualTo(full);
            assertThat(node.program().awaitNextLine("^(connection .*)").group(1))
                    .isEqualTo(second);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            TLSv1.2 | true  | connection SNICallback ALPNCallback OCSPRequest keylog secureConnection            | connection SNICallback ALPNCallback keylog secureConnection
            TLSv1.2 | false | connection SNICallback ALPNCallback OCSPRequest keylog newSession secureConnection | connection SNICallback ALPNCallback resumeSession keylog secureConnection
            TLSv1.3 | true  | connection SNICallback ALPNCallback keylog OCSPRequest keylog secureConnection     | connection SNICallback ALPNCallback keylog secureConnection
            TLSv1.3 | false | connection SNICallback ALPNCallback keylog OCSPRequest keylog newSession newSession secureConnection | connection SNICallback resumeSession ALPNCallback keylog newSession secureConnection
            """)
    void events_of_a_heddle_server(String version, boolean tickets, String full, String second) throws Exception {
        Map<String, byte[]> store = new ConcurrentHashMap<>();
        SecureContext context =
                Servers.context(Kind.P256, o -> o.minVersion(version).maxVersion(version));
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        ServerOptions options = ServerOptions.builder(context)
                .tickets(tickets)
                .sniCallback(name -> {
                    events.add("SNICallback");
                    return Optional.of(context);
                })
                .alpnCallback(offer -> {
                    events.add("ALPNCallback");
                    return Optional.of(AlpnCallback.Choice.of(offer.protocols().getFirst()));
                })
                .onOcspRequest((certificate, issuer) -> {
                    events.add("OCSPRequest");
                    return Optional.empty();
                })
                .build();
        try (TlsServer server = Tls.createServer(options, socket -> {
            socket.getOutputStream().write('x');
            lines.add(seen());
        })) {
            server.onConnection(socket -> events.add("connection"));
            server.onKeylog((line, socket) -> events.add("keylog"));
            server.onNewSession((id, data) -> {
                events.add("newSession");
                store.put(HexFormat.of().formatHex(id), data);
            });
            server.onResumeSession(id -> {
                events.add("resumeSession");
                return Optional.ofNullable(store.get(HexFormat.of().formatHex(id)));
            });
            server.onSecureConnection(socket -> events.add("secureConnection"));
            server.listen("127.0.0.1", 0);
            nodeClient(server.port(), version);
            assertThat(lines.poll(20, TimeUnit.SECONDS)).isEqualTo(full);
            assertThat(lines.poll(20, TimeUnit.SECONDS)).isEqualTo(second);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            TLSv1.2 | OCSPResponse keylog secureConnect session end | OCSPResponse keylog session secureConnect end | keylog secureConnect end
            TLSv1.3 | keylog OCSPResponse keylog secureConnect session session end | keylog OCSPResponse keylog secureConnect session session end | keylog OCSPResponse keylog secureConnect end
            """)
    void events_of_clients(String version, String node, String heddle, String nodeAgain) throws Exception {
        var pem = new PemFiles(folder);
        PemFiles.Pair pair = pem.write("server", TestPki.server("localhost"));
        try (RunningServer server = NodeRelease.newest().server(SERVER, pair.cert(), pair.key(), version, "true")) {
            assertThat(nodeClient(server.port(), version)).containsExactly(node, nodeAgain);
            try (TlsSocket socket = Tls.connect(ConnectOptions.builder()
                    .host("127.0.0.1")
                    .port(server.port())
                    .servername("localhost")
                    .ca(TestPki.ca().chain())
                    .minVersion(version)
                    .maxVersion(version)
                    .alpnProtocols("h2")
                    .onKeylog(line -> events.add("keylog"))
                    .onSession(data -> events.add("session"))
                    .onOcspResponse((response, chain, verdict) -> events.add("OCSPResponse"))
                    .build())) {
                events.add("secureConnect");
                assertThat(socket.getInputStream().readAllBytes()).hasSize(1);
                events.add("end");
            }
            assertThat(seen()).isEqualTo(heddle);
        }
    }

    private List<String> nodeClient(int port, String version) {
        return NodeRelease.newest()
                .run(CLIENT, Integer.toString(port), new PemFiles(folder).ca(), version)
                .succeeded()
                .out()
                .lines()
                .toList();
    }
}
