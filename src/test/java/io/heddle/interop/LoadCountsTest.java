package io.heddle.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.interop.Servers.Kind;
import io.heddle.load.Load;
import io.heddle.load.LoadFigures;
import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadOptions;
import io.heddle.load.LoadResult;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The counts of the load generator are those of other servers: the statistics of {@code openssl s_server -www}, and the
 * events of Node.js. {@code -Dheddle.load.handshakes=2000} makes longer runs.
 */
@Tag("interop")
class LoadCountsTest {
    private static final int HANDSHAKES = Integer.getInteger("heddle.load.handshakes", 300);
    private static final int USERS = 10;

    private static final String NODE = """
            const tls = require('tls'), fs = require('fs');
            const [cert, key] = process.argv.slice(2).map((file) => fs.readFileSync(file));
            const counts = { full: 0, resumed: 0, failed: 0 };
            const server = tls.createServer({ cert, key }, (socket) => {
              counts[socket.isSessionReused() ? 'resumed' : 'full']++;
              socket.on('error', () => {});
              socket.resume();
            });
            server.on('tlsClientError', () => counts.failed++);
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            process.stdin.on('data', () => console.log(`full ${counts.full} resumed ${counts.resumed} failed ${counts.failed}`));
            """;

    @TempDir
    private Path folder;

    private static Stream<Arguments> cases() {
        return Stream.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)
                .flatMap(version -> Stream.of(0.0, 0.5, 1.0).map(share -> Arguments.of(version, share)));
    }

    private static ConnectOptions target(int port, TlsVersion version) {
        return ConnectOptions.builder()
                .host("localhost")
                .port(port)
                .ca(TestPki.ca().chain())
                .minVersion(version)
                .maxVersion(version)
                .timeout(RunningProgram.LIMIT)
                .build();
    }

    /** Performs the handshakes and returns their combined result. */
    private static HandshakeCounts load(ConnectOptions target, double share) throws Exception {
        LoadResult result = Load.run(LoadOptions.builder(target)
                .connections(USERS)
                .handshakes(HANDSHAKES)
                .resume(share)
                .build());
        long resumed = (long) Math.floor(HANDSHAKES * share);
        assertThat(result.total().failures())
                .extracting(LoadFigures.Failure::example)
                .isEmpty();
        assertThat(result.total().handshakes())
                .isEqualTo(new HandshakeCounts(HANDSHAKES - resumed, resumed, 0, resumed, 0, 0));
        // A Node.js server of TLS 1.3 sends no ticket when it resumes, so that more than one ticket per user is needed.
        assertThat(result.setup().full()).isGreaterThanOrEqualTo(share > 0 ? USERS : 0);
        return result.allHandshakes();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void of_openssl(TlsVersion version, double share) throws Exception {
        PemFiles.Pair identity = new PemFiles(folder).write("server", Kind.P256.identity());
        try (RunningServer server = Openssl.server("-www", "-cert", identity.cert(), "-key", identity.key())) {
            ConnectOptions target = target(server.port(), version);
            // OpenSSL 3.5 counts a resumption of TLS 1.3 as two hits: the number of hits per resumption is measured
            // before the load.
            byte[] session = get(target).session();
            long hit = get(target.toBuilder().session(session).build()).hits();
            assertThat(hit).isBetween(1L, 2L);
            HandshakeCounts loadCounts = load(target, share);
            StatusPage page = get(target);
            assertThat(page.hits() - hit).isEqualTo(hit * loadCounts.resumed());
            // Two connections came before the load, and one requested the statistics.
            assertThat(page.accepted() - 3).isEqualTo(loadCounts.full() + loadCounts.resumed());
        }
    }

    /** The statistics page of {@code s_server -www}, and the session of the connection that requested it. */
    private record StatusPage(String text, byte[] session) {
        private long accepted() {
            return number("(\\d+) server accepts that finished");
        }

        private long hits() {
            return number("(\\d+) session cache hits");
        }

        private long number(String pattern) {
            Matcher found = Pattern.compile(pattern).matcher(text);
            assertThat(found.find()).as("%s in %s", pattern, text).isTrue();
            return Long.parseLong(found.group(1));
        }
    }

    private static StatusPage get(ConnectOptions target) throws IOException {
        try (TlsSocket socket = Tls.connect(target)) {
            socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
            String text = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            return new StatusPage(text, socket.getSessionData().orElseThrow());
        }
    }

    @ParameterizedTest
    @Tag("node")
    @MethodSource("cases")
    void of_node(TlsVersion version, double share) throws Exception {
        PemFiles.Pair identity = new PemFiles(folder).write("server", Kind.P256.identity());
        try (RunningServer server = Node.server(NODE, identity.cert(), identity.key())) {
            HandshakeCounts loadCounts = load(target(server.port(), version), share);
            server.program().sendLine("counts");
            MatchResult serverCounts = server.program().awaitNextLine("^full (\\d+) resumed (\\d+) failed (\\d+)$");
            assertThat(List.of(serverCounts.group(1), serverCounts.group(2), serverCounts.group(3)))
                    .containsExactly(String.valueOf(loadCounts.full()), String.valueOf(loadCounts.resumed()), "0");
        }
    }
}
