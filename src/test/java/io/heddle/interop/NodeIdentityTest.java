package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.path.ServerIdentity;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares the identity check with {@code tls.checkServerIdentity} of the newest Node.js, for spellings of hosts and
 * addresses, and with its connections to a server of each name.
 */
@Tag("interop")
class NodeIdentityTest {
    private static final String PREFIX = "Hostname/IP does not match certificate's altnames: ";

    private static final String CHECK = """
            const tls = require('tls');
            const { hosts, names } = JSON.parse(require('fs').readFileSync(process.argv[2]));
            console.log(JSON.stringify(hosts.map((host) => names.map((subjectaltname) => {
              const refusal = tls.checkServerIdentity(host, { subjectaltname, subject: {} });
              return refusal ? refusal.reason : '';
            }))));
            """;

    /** Connects to the same port with each host in turn, and prints the outcome. */
    private static final String CONNECT = """
            const tls = require('tls'), fs = require('fs');
            const [,, port, ca, hosts] = process.argv;
            const left = JSON.parse(fs.readFileSync(hosts));
            (function next() {
              if (left.length === 0) return;
              const host = left.shift();
              const lookup = (name, options, done) =>
                  options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
              const socket = tls.connect({ host, port, lookup, ca: fs.readFileSync(ca) });
              socket.on('secureConnect', () => { console.log('ok'); socket.end(); });
              socket.on('error', (error) => console.log(error.code));
              socket.on('close', next);
            })();
            """;

    private static final List<String> HOSTS = List.of(
            "::1",
            "0:0:0:0:0:0:0:1",
            "0000::0001",
            "[::1]",
            "::1%lo",
            "::ffff:127.0.0.1",
            "::ffff:7f00:1",
            "0:0:0:0:0:FFFF:127.0.0.1",
            "127.0.0.1",
            "127.0.0.1.",
            "127.1",
            "127.0.1",
            "0x7f.0.0.1",
            "0X7F.0.0.1",
            "0177.0.0.1",
            "2130706433",
            "0x7f000001",
            "127.0.0.256",
            "1.2.3.4.5",
            "08.example",
            "example.08",
            "example.1",
            "x.0x10",
            "0x",
            "\uff11\uff12\uff17.0.0.1",
            "127\u30020\u30020\u30021",
            "a.com",
            "A.COM",
            "a.com.",
            ".a.com",
            "a\u3002com",
            "\uff41.com",
            "m\u00fcnchen.example",
            "M\u00dcNCHEN.example",
            "m\u00fcnchen.example.",
            "xn--mnchen-3ya.example",
            "XN--MNCHEN-3YA.EXAMPLE",
            "fass.de",
            "xn--fa-hia.de",
            "a_b.example",
            "a b.example",
            "\u212a.example.com",
            "k.example.com",
            "1.example.com",
            "fe80::1",
            "FE80::1%eth0",
            "fe80::1%",
            "localhost",
            "a/b.com",
            "a:b",
            "");

    /** Hosts that Node reads in other ways, with a name that it accepts for each. */
    private static final Map<String, String> DIFFERENT = differences();

    private static final List<String> NAMES = List.of(
            "DNS:a.com",
            "DNS:*.com",
            "DNS:*.example",
            "DNS:*.example.com",
            "DNS:xn--mnchen-3ya.example",
            "DNS:m\u00fcnchen.example",
            "DNS:xn--fa-hia.de",
            "DNS:fass.de",
            "DNS:k.example.com",
            "DNS:localhost",
            "DNS:[::1]",
            "DNS:::1",
            "DNS:127.0.0.1",
            "DNS:127.1",
            "DNS:2130706433",
            "DNS:127.0.0.256",
            "DNS:1.2.3.4.5",
            "DNS:example.1",
            "DNS:example.08",
            "DNS:x.0x10",
            "DNS:0x",
            "DNS:a b.example",
            "DNS:a_b.example",
            "IP Address:0:0:0:0:0:0:0:1",
            "IP Address:127.0.0.1",
            "IP Address:0:0:0:0:0:FFFF:7F00:1",
            "IP Address:FE80:0:0:0:0:0:0:1");

    @TempDir
    private Path folder;

    private static Map<String, String> differences() {
        Map<String, String> different = new LinkedHashMap<>();
        // Sharp s is ss in IDNA 2003 and a letter of its own in IDNA 2008, which Node applies; Heddle demands ASCII.
        different.put("fa\u00df.de", "DNS:xn--fa-hia.de");
        // Node parses hosts as URLs do, which drop percent encodings; an empty label is cut off.
        different.put("a%2ecom", "DNS:a.com");
        different.put("a.com..", "DNS:a.com");
        return different;
    }

    private List<List<String>> node(List<String> hosts) throws IOException {
        Path file = Files.writeString(
                folder.resolve("hosts.json"), new Gson().toJson(Map.of("hosts", hosts, "names", NAMES)));
        String out =
                NodeRelease.newest().run(CHECK, file.toString()).succeeded().out();
        List<List<String>> reasons = new ArrayList<>();
        for (var row : JsonParser.parseString(out).getAsJsonArray()) {
            JsonArray cells = row.getAsJsonArray();
            reasons.add(cells.asList().stream().map(cell -> cell.getAsString()).toList());
        }
        return reasons;
    }

    @Test
    void each_spelling_of_a_host_has_the_verdict_and_the_reason_of_node() throws IOException {
        List<List<String>> reasons = node(HOSTS);
        var softly = new SoftAssertions();
        int accepted = 0;
        for (int i = 0; i < HOSTS.size(); i++) {
            for (int k = 0; k < NAMES.size(); k++) {
                String reason = reasons.get(i).get(k);
                Optional<TlsFailure> failure = ServerIdentity.check(HOSTS.get(i), NAMES.get(k), List.of());
                softly.assertThat(failure.map(TlsFailure::getMessage).orElse(""))
                        .as("%s against %s", HOSTS.get(i), NAMES.get(k))
                        .isEqualTo(reason.isEmpty() ? "" : PREFIX + inAscii(reason));
                accepted += reason.isEmpty() ? 1 : 0;
            }
        }
        softly.assertThat(accepted).isGreaterThan(30);
        softly.assertAll();
    }

    /** Returns a text as messages of failures show it. */
    private static String inAscii(String text) {
        var ascii = new StringBuilder();
        text.chars().forEach(c -> ascii.append(c < 0x7f ? String.valueOf((char) c) : "\\u%04x".formatted(c)));
        return ascii.toString();
    }

    @Test
    void hosts_that_are_read_in_other_ways_match_nothing_here() throws IOException {
        List<String> hosts = List.copyOf(DIFFERENT.keySet());
        List<List<String>> reasons = node(hosts);
        for (int i = 0; i < hosts.size(); i++) {
            assertThat(reasons.get(i).get(NAMES.indexOf(DIFFERENT.get(hosts.get(i)))))
                    .as(hosts.get(i))
                    .isEmpty();
            for (String name : NAMES) {
                assertThat(ServerIdentity.check(hosts.get(i), name, List.of()))
                        .as("%s against %s", hosts.get(i), name)
                        .isPresent();
            }
        }
    }

    @Test
    void connections_have_the_verdict_of_node() throws Exception {
        List<String> hosts = List.of(
                "::1",
                "0:0:0:0:0:0:0:1",
                "::1%1",
                "127.0.0.1",
                "127.0.0.2",
                "a.test",
                "A.TEST",
                "a.test.",
                "b.test",
                "m\u00fcnchen.test",
                "xn--mnchen-3ya.test",
                "2130706433",
                "127.1");
        Identity identity = TestPki.certificate("CN=spellings")
                .server("a.test", "xn--mnchen-3ya.test", "127.0.0.1", "::1", "2130706433", "127.1")
                .issuedBy(TestPki.ca());
        Path file = Files.writeString(folder.resolve("hosts.json"), new Gson().toJson(hosts));
        var pem = new PemFiles(folder);
        PemFiles.Pair pair = pem.write("server", identity);
        // A name leads both clients to 127.0.0.1, an address to itself.
        try (RunningServer server = NodeRelease.newest().server("""
                        const tls = require('tls'), fs = require('fs');
                        const [,, cert, key] = process.argv;
                        tls.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, (socket) => {
                          socket.on('error', () => {});
                          socket.resume();
                        }).on('tlsClientError', () => {})
                          .listen(0, '::', function () { console.log('listening ' + this.address().port); });
                        """, pair.cert(), pair.key())) {
            List<String> node = NodeRelease.newest()
                    .run(CONNECT, Integer.toString(server.port()), pem.ca(), file.toString())
                    .succeeded()
                    .out()
                    .lines()
                    .toList();
            List<String> here = new ArrayList<>();
            for (String host : hosts) {
                here.add(outcome(host, server.port()));
            }
            assertThat(here).isEqualTo(node);
            assertThat(node).contains("ok", "ERR_TLS_CERT_ALTNAME_INVALID");
        }
    }

    private static String outcome(String host, int port) throws IOException {
        ConnectOptions options = ConnectOptions.builder()
                .host(host)
                .port(port)
                .lookup((name, family) -> List.of(InetAddress.getLoopbackAddress()))
                .ca(TestPki.ca().chain())
                .build();
        try (TlsSocket socket = Tls.connect(options)) {
            return socket.authorized() ? "ok" : "not authorized";
        } catch (TlsFailure e) {
            return e.code().name();
        }
    }
}
