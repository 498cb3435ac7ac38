package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.Gson;
import io.heddle.BlockList;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.interop.Servers.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options of {@code net} that {@code tls} passes on, beside those of the newest Node.js. */
@Tag("interop")
class NodeNetOptionsTest {
    private static final int CASES = 400;

    /** Adds one rule to a list for each case, and prints whether it covers the address. */
    private static final String CHECK = """
            const { BlockList, isIP } = require('net');
            const family = (address) => 'ipv' + isIP(address);
            for (const [kind, first, second, tested] of JSON.parse(require('fs').readFileSync(process.argv[2]))) {
              const list = new BlockList();
              if (kind === 'address') list.addAddress(first, family(first));
              if (kind === 'range') list.addRange(first, second, family(first));
              if (kind === 'subnet') list.addSubnet(first, Number(second), family(first));
              console.log(list.check(tested, family(tested)));
            }
            """;

    private static final String CONNECT = """
            const tls = require('tls'), net = require('net');
            const blockList = new net.BlockList();
            blockList.addSubnet('127.0.0.0', 8);
            const to = { host: '127.0.0.1', port: process.argv[2], blockList, rejectUnauthorized: false };
            const show = (name, socket) => socket.on('error', (error) => console.log(name, error.code));
            show('tls', tls.connect(to));
            show('net', net.connect(to));
            """;

    private static final String BLOCKING_SERVER = """
            const tls = require('tls'), net = require('net'), fs = require('fs');
            const [,, cert, key] = process.argv;
            const blockList = new net.BlockList();
            blockList.addSubnet('127.0.0.0', 8);
            const server = tls.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key), blockList });
            for (const name of ['connection', 'drop', 'tlsClientError', 'secureConnection'])
              server.on(name, () => console.log('event ' + name));
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    @TempDir
    private Path folder;

    @Test
    void block_lists_cover_what_nodes_cover() throws Exception {
        var random = new Random(26);
        List<List<String>> cases = new ArrayList<>();
        List<Boolean> here = new ArrayList<>();
        while (cases.size() < CASES) {
            boolean four = random.nextBoolean();
            String first = address(random, four);
            String second = address(random, four);
            String tested = address(random, random.nextInt(4) == 0 ? !four : four);
            if (four && random.nextInt(4) == 0 && tested.indexOf(':') < 0) {
                tested = "::ffff:" + tested;
            }
            var list = new BlockList();
            switch (random.nextInt(3)) {
                case 0 -> {
                    first = random.nextBoolean() ? tested : first;
                    list.addAddress(of(first));
                    cases.add(List.of("address", first, "", tested));
                }
                case 1 -> {
                    if (compare(first, second) > 0) {
                        String swapped = first;
                        first = second;
                        second = swapped;
                    }
                    list.addRange(of(first), of(second));
                    cases.add(List.of("range", first, second, tested));
                }
                default -> {
                    int prefix = random.nextInt(four ? 33 : 129);
                    list.addSubnet(of(first), prefix);
                    cases.add(List.of("subnet", first, Integer.toString(prefix), tested));
                }
            }
            here.add(list.test(of(tested)));
        }
        Path file = Files.writeString(folder.resolve("cases.json"), new Gson().toJson(cases));
        List<Boolean> node = NodeRelease.newest()
                .run(CHECK, file.toString())
                .succeeded()
                .out()
                .lines()
                .map(Boolean::valueOf)
                .toList();
        for (int i = 0; i < CASES; i++) {
            assertThat(here.get(i)).as("%s", cases.get(i)).isEqualTo(node.get(i));
        }
        assertThat(node).contains(true, false);
    }

    /** Returns an address of few values, so that rules and addresses meet. */
    private static String address(Random random, boolean four) {
        int first = random.nextInt(4);
        int last = random.nextInt(8);
        return four ? "10.0.%d.%d".formatted(first, last) : "2001:db8::%x:%x".formatted(first, last);
    }

    private static int compare(String one, String other) throws UnknownHostException {
        return java.util.Arrays.compareUnsigned(of(one).getAddress(), of(other).getAddress());
    }

    private static InetAddress of(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }

    @Test
    void blocked_node_clients_meet_the_same_at_either_server() throws IOException {
        var pem = new PemFiles(folder);
        PemFiles.Pair pair = pem.write("server", Kind.P256.identity());
        var dropped = new AtomicInteger();
        ServerOptions options = ServerOptions.builder(Servers.context(Kind.P256))
                .blockList(new BlockList().addSubnet(of("127.0.0.0"), 8))
                .build();
        try (RunningServer node = NodeRelease.newest().server(BLOCKING_SERVER, pair.cert(), pair.key());
                TlsServer heddle = Tls.createServer(options, socket -> {})) {
            heddle.onDrop(connection -> dropped.incrementAndGet()).listen("127.0.0.1", 0);
            // tls.connect ignores the option: it reaches the server, which closes the connection.
            for (int port : new int[] {node.port(), heddle.port()}) {
                assertThat(NodeRelease.newest()
                                .run(CONNECT, Integer.toString(port))
                                .succeeded()
                                .out()
                                .lines())
                        .containsExactlyInAnyOrder("net ERR_IP_BLOCKED", "tls ECONNRESET");
            }
            assertThat(node.program().output()).doesNotContain("event");
            await().atMost(RunningProgram.LIMIT).until(() -> dropped.get() == 1);
            assertThat(heddle.statistics().dropped()).isEqualTo(1);
        }
    }
}
