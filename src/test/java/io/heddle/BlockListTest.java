package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Block lists: their rules, at a server before anything is read, at a client before it connects. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class BlockListTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final ConnectionHandler ECHO =
            socket -> socket.getInputStream().transferTo(socket.getOutputStream());

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }

    private static BlockList loopback() throws UnknownHostException {
        return new BlockList().addSubnet(address("127.0.0.0"), 8);
    }

    // Rules

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, true",
        "192.0.2.8, false",
        "::ffff:192.0.2.7, true",
        "10.0.0.1, true",
        "10.0.0.5, true",
        "10.0.0.9, true",
        "10.0.0.0, false",
        "10.0.0.10, false",
        "203.0.113.128, true",
        "203.0.113.255, true",
        "203.0.113.127, false",
        "203.0.114.0, false",
        "198.51.100.1, true",
        "2001:db8::1, true",
        "2001:db8::2, false",
        "fe80::1, true",
        "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff, true",
        "fec0::, false",
        "::1, false",
        "127.0.0.1, false"
    })
    void covers_addresses_ranges_and_subnets(String tested, boolean covered) throws Exception {
        var list = new BlockList()
                .addAddress(address("192.0.2.7"))
                .addAddress(address("2001:db8::1"))
                .addAddress(address("::ffff:198.51.100.1"))
                .addRange(address("10.0.0.1"), address("10.0.0.9"))
                .addSubnet(address("203.0.113.200"), 25)
                .addSubnet(address("fe80::"), 10);
        assertThat(list.test(address(tested))).isEqualTo(covered);
    }

    @Test
    void a_prefix_of_nothing_covers_one_family_and_a_whole_one_one_address() throws Exception {
        var all = new BlockList().addSubnet(address("10.1.2.3"), 0);
        assertThat(all.test(address("255.255.255.255"))).isTrue();
        assertThat(all.test(address("::1"))).isFalse();
        var one = new BlockList().addSubnet(address("10.1.2.3"), 32);
        assertThat(one.test(address("10.1.2.3"))).isTrue();
        assertThat(one.test(address("10.1.2.2"))).isFalse();
        assertThat(new BlockList().test(address("::1"))).isFalse();
    }

    @Test
    void lists_its_rules_in_nodes_form() throws Exception {
        var list = new BlockList()
                .addAddress(address("192.0.2.7"))
                .addRange(address("10.0.0.1"), address("10.0.0.9"))
                .addSubnet(address("10.0.0.0"), 8);
        assertThat(list.rules())
                .containsExactly("Address: IPv4 192.0.2.7", "Range: IPv4 10.0.0.1-10.0.0.9", "Subnet: IPv4 10.0.0.0/8");
        assertThat(list).hasToString("BlockList" + list.rules());
    }

    @Test
    void rules_that_are_none_are_refused() throws Exception {
        var list = new BlockList();
        InetAddress low = address("10.0.0.1");
        InetAddress high = address("10.0.0.9");
        InetAddress six = address("2001:db8::1");
        assertThatThrownBy(() -> list.addRange(high, low))
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_INVALID_ARG_VALUE"))
                .hasMessage(
                        "blockList: the range from 10.0.0.9 to 10.0.0.1 was given, its start must come before its end"
                                + " and be of the same family");
        assertThatThrownBy(() -> list.addRange(low, six)).isInstanceOf(InvalidOption.class);
        assertThatThrownBy(() -> list.addSubnet(low, 33))
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_OUT_OF_RANGE"))
                .hasMessage("blockList: a prefix of 33 bits was given for 10.0.0.1, 0 to 32 are allowed");
        assertThatThrownBy(() -> list.addSubnet(six, 129)).isInstanceOf(InvalidOption.class);
        assertThatThrownBy(() -> list.addSubnet(six, -1)).isInstanceOf(InvalidOption.class);
        assertThat(list.rules()).isEmpty();
    }

    // Servers

    @Test
    void a_server_closes_blocked_connections_before_it_reads() throws Exception {
        Queue<DroppedConnection> dropped = new ConcurrentLinkedQueue<>();
        Queue<TlsSocket> begun = new ConcurrentLinkedQueue<>();
        BlockList list = new BlockList();
        try (TlsServer server = Tls.createServer(
                        ServerOptions.builder(Stack.SERVER).blockList(list).build(), ECHO)
                .onDrop(dropped::add)
                .onConnection(begun::add)
                .listen("127.0.0.1", 0)) {
            assertServed(server);
            list.addSubnet(address("127.0.0.0"), 8);
            try (var refused = new Socket("127.0.0.1", server.port())) {
                refused.setSoTimeout(10_000);
                assertThat(refused.getInputStream().read()).isEqualTo(-1);
                await().atMost(LONG).until(() -> dropped.size() == 1);
                assertThat(dropped.element().remoteAddress()).contains(refused.getLocalSocketAddress());
                assertThat(dropped.element().blocked()).isTrue();
            }
            assertThat(begun).hasSize(1);
            assertThat(server.statistics().accepted()).isEqualTo(1);
            assertThat(server.statistics().dropped()).isEqualTo(1);
        }
    }

    @Test
    void a_connection_that_is_brought_is_tested_as_well() throws Exception {
        Queue<DroppedConnection> dropped = new ConcurrentLinkedQueue<>();
        var options = ServerOptions.builder(Stack.SERVER).blockList(loopback()).build();
        try (TlsServer server = Tls.createServer(options, ECHO).onDrop(dropped::add);
                var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = new Socket(listening.getInetAddress(), listening.getLocalPort())) {
            server.accept(TlsTransport.of(listening.accept()));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            await().atMost(LONG).until(() -> dropped.size() == 1);
        }
    }

    @Test
    void a_list_that_throws_closes_its_connection_and_the_server_continues() throws Exception {
        Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
        var fails = new AtomicBoolean(true);
        var options = ServerOptions.builder(Stack.SERVER)
                .blockList(tested -> {
                    if (fails.get()) {
                        throw new IllegalStateException("no answer");
                    }
                    return false;
                })
                .build();
        try (TlsServer server =
                Tls.createServer(options, ECHO).onError(errors::add).listen("127.0.0.1", 0)) {
            try (var refused = new Socket("127.0.0.1", server.port())) {
                refused.setSoTimeout(10_000);
                assertThat(refused.getInputStream().read()).isEqualTo(-1);
            }
            await().atMost(LONG).until(() -> errors.size() == 1);
            fails.set(false);
            assertServed(server);
        }
    }

    @Test
    void a_connection_without_an_ip_address_is_not_tested(@TempDir Path folder) throws Exception {
        var options =
                ServerOptions.builder(Stack.SERVER).blockList(tested -> true).build();
        Path file = folder.resolve("s");
        try (TlsServer server = Tls.createServer(options, ECHO).listen(file);
                TlsSocket client = Tls.connect(Stack.options().path(file).build())) {
            client.getOutputStream().write('a');
            assertThat(client.getInputStream().read()).isEqualTo('a');
            assertThat(server.statistics().dropped()).isZero();
        }
    }

    private static void assertServed(TlsServer server) throws IOException {
        try (TlsSocket client = Tls.connect(Stack.options().port(server.port()).build())) {
            client.getOutputStream().write('a');
            assertThat(client.getInputStream().read()).isEqualTo('a');
        }
    }

    // Clients

    @Test
    void a_client_does_not_connect_to_blocked_addresses() throws Exception {
        InetAddress mapped = address("::ffff:127.0.0.1");
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listening.setSoTimeout(1);
            ConnectOptions options = ConnectOptions.builder()
                    .host("server.test")
                    .port(listening.getLocalPort())
                    .lookup((host, family) -> List.of(mapped, address("127.0.0.2")))
                    .blockList(loopback())
                    .build();
            assertThatExceptionOfType(TlsFailure.class)
                    .isThrownBy(() -> Tls.connect(options))
                    .withMessage(
                            "host: \"server.test\" has only addresses that blockList blocks, the first is 127.0.0.1")
                    .returns(Code.ERR_IP_BLOCKED, TlsFailure::code);
            assertThatThrownBy(listening::accept).hasMessageContaining("timed out");
        }
    }

    @Test
    void a_client_passes_over_blocked_addresses() throws Exception {
        try (TlsServer server =
                Tls.createServer(ServerOptions.of(Stack.SERVER), ECHO).listen("127.0.0.1", 0)) {
            ConnectOptions options = Stack.options()
                    .port(server.port())
                    .lookup((host, family) -> List.of(address("127.0.0.9"), address("127.0.0.1")))
                    .blockList(new BlockList().addAddress(address("127.0.0.9")))
                    .build();
            try (TlsSocket client = Tls.connect(options)) {
                assertThat(client.getInetAddress()).isEqualTo(address("127.0.0.1"));
            }
        }
    }

    @Test
    void options_of_connecting_are_refused_where_nothing_is_connected() throws Exception {
        ConnectOptions.Builder blocks = ConnectOptions.builder().blockList(loopback());
        assertThatThrownBy(() -> blocks.path(Path.of("s")).build())
                .isInstanceOf(InvalidOption.class)
                .hasMessage("blockList: path was given as well,"
                        + " and the option is for a TCP connection that is made to host and port");
        ConnectOptions keepsAlive = ConnectOptions.builder().keepAlive(true).build();
        try (var socket = new Socket()) {
            TlsTransport transport = TlsTransport.of(socket);
            assertThatThrownBy(() -> keepsAlive.toBuilder().transport(transport).build())
                    .isInstanceOf(InvalidOption.class)
                    .hasMessage("noDelay, keepAlive, keepAliveInitialDelay: a transport was given as well,"
                            + " and the option is for a TCP connection that is made to host and port");
            assertThatThrownBy(() -> new TlsSocket(transport, keepsAlive)).isInstanceOf(InvalidOption.class);
        }
    }

    @Test
    void a_servers_options_of_accepting_are_refused_where_it_accepts_nothing() throws Exception {
        ServerOptions blocks = ServerOptions.builder(SecureContext.ofDefaults())
                .blockList(loopback())
                .build();
        ServerOptions keepsAlive = ServerOptions.builder(SecureContext.ofDefaults())
                .keepAlive(true)
                .build();
        try (var socket = new Socket()) {
            TlsTransport transport = TlsTransport.of(socket);
            assertThatThrownBy(() -> Tls.accept(transport, blocks))
                    .isInstanceOf(InvalidOption.class)
                    .hasMessage("blockList: the option is for connections that a TlsServer accepts,"
                            + " and this one is connected elsewhere");
            assertThatThrownBy(() -> Tls.accept(transport, keepsAlive)).isInstanceOf(InvalidOption.class);
        }
        assertThatThrownBy(() -> SslContexts.of(blocks)).isInstanceOf(InvalidOption.class);
        assertThatThrownBy(() -> SslContexts.reloadable(keepsAlive)).isInstanceOf(InvalidOption.class);
    }
}
