package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketOption;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the area options-validation. Types that Node checks at run time and Java at compile time are not here. */
class OptionRowsTest {
    private static void refused(String code, ThrowingCallable call) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    @DisplayName("OPT-01, SID-07, TKT-04, MSC-02, MSC-03: values that are out of range")
    @Test
    void refuses_values_out_of_range() {
        refused("ERR_INVALID_ARG_VALUE", () -> Tls.createSecureContext(o -> o.ticketKeys(new byte[0])));
        refused("ERR_INVALID_ARG_VALUE", () -> Tls.createSecureContext(o -> o.ticketKeys(new byte[47])));
        refused("ERR_INVALID_ARG_VALUE", () -> Tls.createSecureContext(o -> o.sessionIdContext("x".repeat(33))));
        refused("ERR_INVALID_ARG_VALUE", () -> Tls.createSecureContext(o -> o.sigalgs("")));
        refused("ERR_CRYPTO_OPERATION_FAILED", () -> Tls.createSecureContext(o -> o.ecdhCurve("")));
        refused("ERR_OUT_OF_RANGE", () -> Tls.createSecureContext(o -> o.sessionTimeout(Duration.ofSeconds(-1))));
        refused("ERR_OUT_OF_RANGE", () -> ConnectOptions.builder().alpnProtocols("h2", "x".repeat(256)));
        refused("ERR_OUT_OF_RANGE", () -> ServerOptions.builder().alpnProtocols("x".repeat(256)));
        refused("ERR_INVALID_ARG_VALUE", () -> ConnectOptions.builder().alpnProtocols("h2", ""));
        refused("ERR_INVALID_ARG_VALUE", () -> ServerOptions.builder().alpnProtocols(""));
        refused("ERR_SOCKET_BAD_PORT", () -> ConnectOptions.builder().port(65536));
        refused("ERR_SOCKET_BAD_PORT", () -> ConnectOptions.builder().port(0));
        refused("ERR_OUT_OF_RANGE", () -> Tls.createSecureContext(o -> o.sessionTimeout(Duration.ofDays(8))));
        SecureContext context = Tls.createSecureContext(o -> {});
        refused("ERR_OUT_OF_RANGE", () -> ServerOptions.builder(context).handshakeTimeout(Duration.ZERO));
    }

    @DisplayName("OPT-01: arrays are copied")
    @Test
    void copies_its_arguments() throws Exception {
        byte[] keys = new byte[48];
        char[] secret = "sample".toCharArray();
        SecureContext.Builder builder = SecureContext.builder().ticketKeys(keys).passphrase(secret);
        keys[0] = 1;
        secret[0] = 'x';
        builder.build();
        byte[] kept = ServerOptions.of(builder.build()).ticketKeys().current().toBytes();
        assertThat(kept).isEqualTo(new byte[48]);
    }

    @DisplayName(
            "OPT-02: text and files, once and several times; what belongs to nothing is refused, where Node says nothing")
    @Test
    void accepts_key_cert_and_ca_in_each_form(@org.junit.jupiter.api.io.TempDir Path directory) throws Exception {
        String cert = Agents.pem(AGENT1);
        String key = TestPki.pem(AGENT1.key());
        Path certFile = java.nio.file.Files.writeString(directory.resolve("cert.pem"), cert);
        Path keyFile = java.nio.file.Files.writeString(directory.resolve("key.pem"), key);
        List<Consumer<SecureContext.Builder>> good = List.of(
                o -> {},
                o -> o.cert(cert).key(key),
                o -> o.cert(certFile).key(keyFile),
                o -> o.cert(cert).key(keyFile).ca(certFile).ca(cert),
                o -> o.ca(List.of()));
        for (Consumer<SecureContext.Builder> options : good) {
            assertThat(Tls.createSecureContext(options)).isNotNull();
        }

        mismatch("key: 1 of 1 keys have no certificate, 0 certificates were given", o -> o.key(key));
        mismatch("cert: no key fits CN=agent1 (RSA key), none was given (key values mismatch)", o -> o.cert(cert));
        mismatch(
                "cert \"" + certFile
                        + "\": no key fits CN=agent1 (RSA key), keys of [EC] were given (key values mismatch)",
                o -> o.cert(certFile).key(TestPki.pem(TestPki.ca().key())));
        Path missing = directory.resolve("missing.pem");
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Tls.createSecureContext(o -> o.ca(missing)))
                .withMessage("ca \"%s\": there is no such file", missing)
                .satisfies(e -> assertThat(e.code()).isEqualTo("ENOENT"));
        refused("EIO", () -> Tls.createSecureContext(o -> o.cert(directory)));
        refused("ERR_OSSL_PEM_NO_START_LINE", () -> Tls.createSecureContext(o -> o.ca("no PEM")));
        refused("ERR_OSSL_PEM_NO_START_LINE", () -> Tls.createSecureContext(o -> o.cert("")));
        refused(
                "ERR_OSSL_UNSUPPORTED",
                () -> Tls.createSecureContext(o -> o.cert(cert).key("no key")));
    }

    private static void mismatch(String message, Consumer<SecureContext.Builder> options) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Tls.createSecureContext(options))
                .withMessage(message)
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_X509_KEY_VALUES_MISMATCH"));
    }

    @DisplayName("OPT-09, OPT-14, OPT-19: the address family, and a custom lookup that receives it")
    @Test
    void connects_to_addresses_of_one_kind() throws Exception {
        InetAddress four = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        InetAddress six = InetAddress.getByName("::1");
        try (var server = Loopback.serve(Agents.identity(AGENT1))) {
            var lookup = new AtomicReference<String>();
            server.exchange(o -> o.host("dummy")
                            .family(4)
                            .rejectUnauthorized(false)
                            .lookup((host, family) -> {
                                lookup.set(host + " " + family);
                                return List.of(six, four);
                            }))
                    .worked();
            assertThat(lookup.get()).isEqualTo("dummy 4");

            assertThatIOException()
                    .isThrownBy(() -> Tls.connect(server.client()
                            .host("dummy")
                            .family(6)
                            .lookup((host, family) -> List.of(four))
                            .build()))
                    .isInstanceOf(UnknownHostException.class)
                    .withMessage("host: \"dummy\" has no IPv6 address");
            // The first address has no listener.
            server.exchange(o -> o.host("dummy")
                            .rejectUnauthorized(false)
                            .lookup((host, family) -> List.of(InetAddress.getByName("127.0.0.9"), four)))
                    .worked();
        }
        refused("ERR_INVALID_ARG_VALUE", () -> ConnectOptions.builder().family(5));
    }

    @DisplayName("OPT-16, OPT-17, OPT-18: the local address and port")
    @Test
    void connects_from_an_address_and_a_port() throws Exception {
        int free;
        try (var probe = new ServerSocket(0)) {
            free = probe.getLocalPort();
        }
        InetAddress two = InetAddress.getByName("127.0.0.2");
        try (var server = Loopback.serve(Agents.identity(AGENT1));
                TlsSocket client = Tls.connect(server.client()
                        .family(4)
                        .localAddress(two)
                        .localPort(free)
                        .rejectUnauthorized(false)
                        .build())) {
            assertThat(client.getLocalPort()).isEqualTo(free);
            assertThat(client.getPort()).isEqualTo(server.server.port());
            assertThat(server.serverSide().server().getRemoteSocketAddress())
                    .isEqualTo(new InetSocketAddress(two, free));

            assertThatIOException()
                    .isThrownBy(() -> Tls.connect(server.client()
                            .localAddress(InetAddress.getByName("192.0.2.1"))
                            .build()))
                    .isInstanceOf(BindException.class);
        }
    }

    @DisplayName("OPT-13, OPT-21, OPT-22: a handshake can be ended from another thread, by interrupt on a virtual one")
    @Test
    void an_interrupt_ends_a_handshake() throws Exception {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var thrown = new AtomicReference<Throwable>();
            var ended = new CountDownLatch(1);
            ConnectOptions options = ConnectOptions.builder()
                    .port(silent.getLocalPort())
                    .lookup((host, family) -> List.of(silent.getInetAddress()))
                    .build();
            Thread client = Thread.ofVirtual().start(() -> {
                try (TlsSocket socket = Tls.connect(options)) {
                    thrown.set(new AssertionError("connected to " + socket));
                } catch (IOException e) {
                    thrown.set(e);
                } finally {
                    ended.countDown();
                }
            });
            silent.accept().getInputStream().readNBytes(5);
            client.interrupt();

            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(thrown.get()).isInstanceOf(IOException.class);
        }
    }

    @DisplayName("OPT-15: the maximum length of sent records")
    @ParameterizedTest
    @ValueSource(ints = {511, 16385, 0, Integer.MAX_VALUE})
    void refuses_other_fragment_lengths(int bytes) throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT1));
                TlsSocket client =
                        Tls.connect(server.client().rejectUnauthorized(false).build())) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> client.setMaxSendFragment(bytes))
                    .withMessage("maxSendFragment: %d was given, 512 to 16384 are allowed", bytes);
        }
    }

    @DisplayName("OPT-15: data arrives in fragments of that length")
    @Test
    void sends_fragments_of_the_configured_length() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT1));
                TlsSocket client =
                        Tls.connect(server.client().rejectUnauthorized(false).build())) {
            TlsSocket other = server.serverSide().server();
            other.setMaxSendFragment(768);
            client.getOutputStream().write(new byte[10_000]);
            byte[] buffer = new byte[16_384];
            int total = 0;
            while (total < 10_000) {
                int read = client.getInputStream().read(buffer);
                assertThat(read).isBetween(1, 768);
                total += read;
            }
            assertThat(total).isEqualTo(10_000);
        }
    }

    @DisplayName("OPT-20: options of the TCP socket below")
    @Test
    void passes_socket_options_on() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT1));
                TlsSocket client =
                        Tls.connect(server.client().rejectUnauthorized(false).build())) {
            client.setTcpNoDelay(true);
            client.setKeepAlive(true);
            client.setSoTimeout(1000);

            assertThat(client.getTcpNoDelay()).isTrue();
            assertThat(client.getKeepAlive()).isTrue();
            assertThat(client.getSoTimeout()).isEqualTo(1000);
        }
    }

    @DisplayName("OPT-20, SRV-03: TCP options of both sides, by Node's names")
    @Test
    void sets_the_tcp_options_of_both_sides() throws Exception {
        SocketOption<Integer> keepIdle = ExtendedSocketOptions.TCP_KEEPIDLE;
        try (var server = Loopback.serve(
                Agents.identity(AGENT1),
                o -> o.noDelay(false).keepAlive(true).keepAliveInitialDelay(Duration.ofSeconds(42)))) {
            try (TlsSocket client = Tls.connect(server.client()
                    .rejectUnauthorized(false)
                    .noDelay(false)
                    .keepAlive(true)
                    .keepAliveInitialDelay(Duration.ofMillis(61_999))
                    .build())) {
                TlsSocket accepted = server.serverSide().server();
                assertThat(client.getTcpNoDelay()).isFalse();
                assertThat(client.getKeepAlive()).isTrue();
                assertThat(client.getOption(keepIdle)).isEqualTo(61);
                assertThat(accepted.getTcpNoDelay()).isFalse();
                assertThat(accepted.getKeepAlive()).isTrue();
                assertThat(accepted.getOption(keepIdle)).isEqualTo(42);
            }
        }
        try (var server = Loopback.serve(Agents.identity(AGENT1));
                TlsSocket client =
                        Tls.connect(server.client().rejectUnauthorized(false).build())) {
            TlsSocket accepted = server.serverSide().server();
            for (TlsSocket side : List.of(client, accepted)) {
                assertThat(side.getTcpNoDelay()).isTrue();
                assertThat(side.getKeepAlive()).isFalse();
            }
        }
    }

    @DisplayName("OPT-20: TCP options that cannot be set")
    @Test
    void refuses_tcp_options_that_cannot_be_set() {
        refused("ERR_OUT_OF_RANGE", () -> ConnectOptions.builder().keepAliveInitialDelay(Duration.ofMillis(999)));
        refused("ERR_OUT_OF_RANGE", () -> ServerOptions.builder().keepAliveInitialDelay(Duration.ofSeconds(32_768)));
        refused(
                "ERR_INVALID_ARG_VALUE",
                () -> ConnectOptions.builder()
                        .keepAliveInitialDelay(Duration.ofSeconds(1))
                        .build());
        refused(
                "ERR_INVALID_ARG_VALUE",
                () -> ServerOptions.builder()
                        .keepAliveInitialDelay(Duration.ofSeconds(1))
                        .build());
    }

    @DisplayName("VER-19: a context together with options to create one")
    @ParameterizedTest
    @CsvSource({"ciphers", "ca"})
    void refuses_a_context_together_with_its_options(String option) {
        SecureContext context = Tls.createSecureContext(o -> {});
        ConnectOptions.Builder builder = ConnectOptions.builder().secureContext(context);
        refused(
                "ERR_INVALID_ARG_VALUE",
                () -> (option.equals("ca") ? builder.ca(List.of()) : builder.ciphers("HIGH")).build());
    }
}
