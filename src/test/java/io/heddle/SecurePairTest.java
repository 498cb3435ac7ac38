package io.heddle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Node's secure pairs: TLS in memory, whose ciphertext the caller carries. */
@SuppressWarnings("deprecation")
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SecurePairTest {
    private static final byte[] HELLO = "hello".getBytes(US_ASCII);

    /** Carries ciphertext between a pair and a socket, as long as there is any. */
    private static void carry(SecurePair pair, Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        carry(pair.encrypted().getInputStream(), out, socket::shutdownOutput);
        OutputStream into = pair.encrypted().getOutputStream();
        carry(in, into, into::close);
    }

    private interface End {
        void close() throws IOException;
    }

    private static void carry(InputStream from, OutputStream to, End end) {
        Thread.ofVirtual().start(() -> {
            try {
                from.transferTo(to);
                end.close();
            } catch (IOException e) {
                // One of the ends has disconnected, which both sides of a test detect by themselves.
            }
        });
    }

    /** Carries ciphertext between two pairs. */
    private static void carry(SecurePair one, SecurePair other) {
        OutputStream there = other.encrypted().getOutputStream();
        OutputStream back = one.encrypted().getOutputStream();
        carry(one.encrypted().getInputStream(), there, there::close);
        carry(other.encrypted().getInputStream(), back, back::close);
    }

    private static SecurePair client() {
        return Tls.createSecurePair(Stack.options().build());
    }

    private static SecurePair server() {
        return Tls.createSecurePair(Stack.SERVER, true);
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void two_pairs_talk_to_each_other(TlsVersion version) throws Exception {
        try (SecurePair client = client();
                SecurePair server = Tls.createSecurePair(Stack.server(version), true)) {
            carry(client, server);
            var secure = new CountDownLatch(2);
            client.onSecure(secure::countDown);
            server.onSecure(secure::countDown);
            byte[] much = new byte[500_000];
            new Random(7).nextBytes(much);
            SocketPair sides = new SocketPair(client.cleartext(), server.cleartext());
            Future<byte[]> got =
                    sides.run(() -> server.cleartext().getInputStream().readNBytes(much.length));
            Future<?> echoed = sides.run(() -> {
                byte[] all = SocketPair.await(got);
                server.cleartext().getOutputStream().write(all);
                server.cleartext().shutdownOutput();
                return null;
            });
            client.cleartext().getOutputStream().write(much);
            assertThat(client.cleartext().getInputStream().readAllBytes()).isEqualTo(much);
            SocketPair.await(echoed);
            assertThat(secure.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(client.cleartext().authorized()).isTrue();
            assertThat(client.cleartext().getProtocol()).isEqualTo(version.protocol());
            assertThat(client.cleartext().closeNotifyReceived()).isTrue();
            // The ciphertext is longer than the plaintext by headers, tags and the handshake.
            assertThat(client.encrypted().bytesWritten()).isBetween(much.length + 500L, much.length + 20_000L);
            assertThat(server.encrypted().bytesWritten()).isBetween(much.length + 1000L, much.length + 20_000L);
        }
    }

    @DisplayName("WRP-18: a server's pair over TCP talks to a client")
    @Test
    void a_servers_pair_over_tcp() throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                SecurePair pair = server();
                TlsSocket client = new TlsSocket(
                        TlsTransport.of(tcp.client()), Stack.options().build())) {
            carry(pair, tcp.server());
            SocketPair sides = new SocketPair(client, pair.cleartext());
            Future<byte[]> answer = sides.run(() -> {
                assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);
                client.getOutputStream().write("world".getBytes(US_ASCII));
                client.close();
                return HELLO;
            });
            pair.cleartext().getOutputStream().write(HELLO);
            assertThat(pair.cleartext().getInputStream().readAllBytes()).isEqualTo("world".getBytes(US_ASCII));
            SocketPair.await(answer);
            assertThat(pair.cleartext().closeNotifyReceived()).isTrue();
        }
    }

    @DisplayName("WRP-19: a client's pair over TCP, first written to when the connection is there for a while")
    @Test
    void a_clients_pair_over_tcp() throws Exception {
        try (TlsServer server = Tls.createServer(
                                Stack.SERVER, socket -> socket.getInputStream().transferTo(socket.getOutputStream()))
                        .listen("127.0.0.1", 0);
                var tcp = new Socket("127.0.0.1", server.port());
                SecurePair pair = client()) {
            carry(pair, tcp);
            await().until(() -> server.connections() == 1);
            assertThat(pair.encrypted().bytesWritten())
                    .as("nothing is said before the first use")
                    .isZero();
            pair.cleartext().getOutputStream().write(HELLO);
            assertThat(pair.cleartext().getInputStream().readNBytes(5)).isEqualTo(HELLO);
            assertThat(pair.cleartext().getPeerCertificate()).isPresent();
        }
    }

    @DisplayName("WRP-20: an SNI callback of a pair")
    @Test
    void a_callback_is_called_with_the_name() throws Exception {
        ServerOptions options = ServerOptions.builder(Stack.SERVER)
                .sniCallback(name -> Optional.of(Stack.server(TlsVersion.TLS_1_2)))
                .alpnProtocols("h2")
                .build();
        try (SecurePair client =
                        Tls.createSecurePair(Stack.options().alpnProtocols("h2").build());
                SecurePair server = Tls.createSecurePair(options)) {
            carry(client, server);
            new SocketPair(client.cleartext(), server.cleartext()).handshake();
            assertThat(server.cleartext().servername()).contains("localhost");
            assertThat(server.cleartext().alpnProtocol()).contains("h2");
        }
    }

    @DisplayName("WRP-23: a callback that throws ends both pairs")
    @Test
    void a_callback_that_throws_ends_both() throws Exception {
        ServerOptions options = ServerOptions.builder(Stack.SERVER)
                .sniCallback(name -> {
                    throw new IllegalStateException("destroyed");
                })
                .build();
        try (SecurePair client = client();
                SecurePair server = Tls.createSecurePair(options)) {
            carry(client, server);
            SocketPair sides = new SocketPair(client.cleartext(), server.cleartext());
            Future<?> failed = sides.run(() -> {
                server.cleartext().startHandshake();
                return null;
            });
            assertThatThrownBy(client.cleartext()::startHandshake)
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR));
            assertThat(SocketPair.failure(failed)).hasRootCauseMessage("destroyed");
        }
    }

    @DisplayName("WRP-24: the forms of its arguments; nothing runs before the first use")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void each_form_gives_a_pair_that_waits(boolean isServer) {
        for (SecurePair pair : new SecurePair[] {
            Tls.createSecurePair(Stack.SERVER, isServer), Tls.createSecurePair(Stack.SERVER, isServer, false, false)
        }) {
            assertThat(pair.cleartext().getUseClientMode()).isEqualTo(!isServer);
            assertThat(pair.cleartext().getProtocol()).isNull();
            assertThat(pair.encrypted().bytesWritten()).isZero();
            pair.destroy();
            assertThat(pair.cleartext().isClosed()).isTrue();
        }
        assertThat(Tls.createSecurePair().cleartext().getUseClientMode()).isTrue();
    }

    @Test
    void a_client_reports_a_bad_server_unless_it_is_to_refuse_it() throws Exception {
        SecureContext withoutRoots = Tls.createSecureContext(o -> o.ca(java.util.List.of()));
        try (SecurePair client = Tls.createSecurePair(withoutRoots, false);
                SecurePair server = server()) {
            carry(client, server);
            new SocketPair(client.cleartext(), server.cleartext()).handshake();
            assertThat(client.cleartext().authorized()).isFalse();
            assertThat(client.cleartext().authorizationError()).isPresent();
            assertThat(server.cleartext().servername()).isEmpty();
        }
        try (SecurePair client = Tls.createSecurePair(withoutRoots, false, true, true);
                SecurePair server = server()) {
            carry(client, server);
            Thread.ofVirtual().start(() -> server.cleartext().getSession());
            assertThatThrownBy(client.cleartext()::startHandshake).isInstanceOf(TlsFailure.class);
        }
    }

    @Test
    void what_would_be_ignored_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tls.createSecurePair(
                        Stack.options().transport(TlsTransport.of(new Socket())).build()))
                .withMessage("transport: the options have one of their own (transport or path)");
    }

    // The end

    @Test
    void closing_the_text_ends_the_ciphertext_behind_a_close_notify() throws Exception {
        try (SecurePair client = client();
                SecurePair server = server()) {
            carry(client, server);
            new SocketPair(client.cleartext(), server.cleartext()).handshake();
            client.cleartext().close();
            assertThat(server.cleartext().getInputStream().read()).isEqualTo(-1);
            assertThat(server.cleartext().closeNotifyReceived()).isTrue();
            assertThat(client.encrypted().getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void destroying_wakes_a_waiting_thread_at_either_end() throws Exception {
        SecurePair pair = server();
        Parked<Integer> text = Parked.in(() -> pair.cleartext().getInputStream().read());
        Parked<Integer> cipher =
                Parked.in(() -> pair.encrypted().getInputStream().read(), "BoundedPipe");
        pair.destroy();
        assertThat(text.failure()).isInstanceOf(SocketException.class);
        assertThat(cipher.failure()).isInstanceOf(SocketException.class).hasMessage("Socket is closed");
        assertThatThrownBy(() -> pair.encrypted().getOutputStream().write(1)).isInstanceOf(SocketException.class);
        assertThat(pair.cleartext().isClosed()).isTrue();
        pair.destroy();
    }

    @Test
    void destroying_wakes_a_writer_whose_data_is_not_read() throws Exception {
        try (SecurePair pair = server()) {
            // Invalid ciphertext of a peer, which has no effect until it is read.
            Parked<Void> writer = Parked.in(
                    () -> {
                        pair.encrypted().getOutputStream().write(new byte[1 << 17]);
                        return null;
                    },
                    "BoundedPipe");
            pair.destroy();
            assertThat(writer.failure()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void rubbish_at_the_encrypted_end_is_a_failure_of_the_handshake() throws Exception {
        try (SecurePair pair = server()) {
            // A record with a ClientHello of one byte.
            pair.encrypted().getOutputStream().write(new byte[] {22, 3, 1, 0, 5, 1, 0, 0, 1, 0});
            assertThatThrownBy(pair.cleartext()::startHandshake).isInstanceOf(TlsFailure.class);
            assertThat(pair.encrypted().getInputStream().readAllBytes())
                    .as("decode_error")
                    .containsExactly(21, 3, 1, 0, 2, 2, 50);
        }
    }

    @DisplayName("WRP-21: ten thousand pairs that were made and destroyed leave nothing behind")
    @Test
    void many_pairs_leave_nothing_behind() {
        Runtime runtime = Runtime.getRuntime();
        long before = used(runtime);
        for (int i = 0; i < 10_000; i++) {
            Tls.createSecurePair(Stack.SERVER, i % 2 == 0).destroy();
        }
        await().untilAsserted(() -> assertThat(used(runtime) - before).isLessThan(25L << 20));
    }

    private static long used(Runtime runtime) {
        runtime.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
