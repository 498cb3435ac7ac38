package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import com.sun.management.UnixOperatingSystemMXBean;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Leak tests: connections whose callbacks block or throw, or whose peers are stuck, leave no descriptor and no thread.
 */
@Tag("socket")
@Timeout(value = 180, threadMode = SEPARATE_THREAD)
class LeftoversTest {
    private static final int TIMES = 200;
    private static final Duration LONG = Duration.ofSeconds(40);

    /** The tolerance for other parts of the JVM; a leaking connection leaks {@value #TIMES} times. */
    private static final int NOISE = 10;

    private final Queue<TlsFailure> clientErrors = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final CountDownLatch never = new CountDownLatch(1);

    /** The callbacks that a handshake waits for. */
    enum Callback {
        SNI,
        ALPN,
        OCSP,
        PSK,
        KEYLOG
    }

    private interface Deed {
        void run() throws Exception;
    }

    private record Held(long descriptors, long threads) {
        static Held now() {
            var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Held(system.getOpenFileDescriptorCount(), LiveThreads.named("heddle-"));
        }
    }

    private static void awaitAsBefore(Held before) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            Held now = Held.now();
            assertThat(now.descriptors()).as("descriptors").isLessThan(before.descriptors() + NOISE);
            assertThat(now.threads()).as("threads").isLessThan(before.threads() + NOISE);
        });
    }

    @AfterEach
    void let_everything_go() {
        never.countDown();
    }

    private TlsServer server(Callback which, Deed deed, Duration deadline) throws IOException {
        ServerOptions.Builder options = ServerOptions.builder(Stack.SERVER).handshakeTimeout(deadline);
        switch (which) {
            case SNI ->
                options.sniCallback(name -> {
                    deed.run();
                    return Optional.empty();
                });
            case ALPN ->
                options.alpnCallback(offer -> {
                    deed.run();
                    return Optional.of(AlpnCallback.Choice.of("a"));
                });
            case OCSP ->
                options.onOcspRequest((certificate, issuer) -> {
                    deed.run();
                    return Optional.empty();
                });
            case PSK ->
                options.pskCallback((socket, identity) -> {
                    deed.run();
                    return Optional.empty();
                });
            case KEYLOG ->
                options.onKeylog((line, socket) -> {
                    try {
                        deed.run();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
        }
        return Tls.createServer(
                        options.build(), socket -> socket.getInputStream().read())
                .onTlsClientError((failure, socket) -> clientErrors.add(failure))
                .onError(errors::add)
                .listen("127.0.0.1", 0);
    }

    private static void connect(ConnectOptions.Builder options, int port) {
        try (TlsSocket socket = Tls.connect(options.port(port).build())) {
            socket.getInputStream().read();
        } catch (IOException e) {
            // Any failure is expected.
        }
    }

    /** A client that makes the server call each of its callbacks. */
    private static ConnectOptions.Builder asking() {
        return Stack.options().alpnProtocols("a").requestOCSP(true).pskCallback(hint -> PskKind.credential());
    }

    private static void uninterrupted(Deed deed) {
        try {
            deed.run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void closeLater(TlsSocket socket) {
        await().atMost(LONG).until(() -> socket.bytesWritten() > 1_000_000);
        uninterrupted(socket::close);
    }

    private static void together(int times, Runnable each) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            threads.add(Thread.ofVirtual().start(each));
        }
        for (Thread thread : threads) {
            assertThat(thread.join(LONG)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void callbacks_that_block_until_the_deadline(Callback which) throws Exception {
        try (TlsServer server = server(which, never::await, Duration.ofMillis(700))) {
            together(5, () -> connect(asking(), server.port()));
            await().atMost(LONG).until(() -> server.connections() == 0);
            clientErrors.clear();
            Held before = Held.now();
            together(TIMES, () -> connect(asking(), server.port()));
            await().atMost(LONG).until(() -> server.connections() == 0);
            awaitAsBefore(before);
            assertThat(clientErrors).hasSize(TIMES).allMatch(e -> e.code() == Code.ERR_TLS_HANDSHAKE_TIMEOUT);
            assertThat(errors).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void callbacks_that_throw(Callback which) throws Exception {
        Deed broken = () -> {
            throw new IllegalStateException("broken");
        };
        try (TlsServer server = server(which, broken, Duration.ofSeconds(40))) {
            together(5, () -> connect(asking(), server.port()));
            await().atMost(LONG).until(() -> server.connections() == 0);
            clientErrors.clear();
            Held before = Held.now();
            together(TIMES, () -> connect(asking(), server.port()));
            await().atMost(LONG).until(() -> server.connections() == 0);
            awaitAsBefore(before);
            assertThat(clientErrors).hasSize(TIMES).allMatch(e -> e.code() == Code.ERR_TLS_CALLBACK);
            assertThat(errors).isEmpty();
        }
    }

    @Test
    void clients_at_a_server_that_sends_nothing() throws Exception {
        try (var mute = new ServerSocket(0, 500, InetAddress.getLoopbackAddress())) {
            Runnable one = () -> connect(Stack.options().timeout(Duration.ofMillis(500)), mute.getLocalPort());
            together(5, one);
            for (int i = 0; i < 5; i++) {
                mute.accept().close();
            }
            Held before = Held.now();
            together(TIMES, one);
            for (int i = 0; i < TIMES; i++) {
                mute.accept().close();
            }
            awaitAsBefore(before);
        }
    }

    @Test
    void clients_whose_callback_blocks() throws Exception {
        try (TlsServer server = server(Callback.SNI, () -> {}, Duration.ofSeconds(40))) {
            Runnable one = () -> connect(
                    Stack.options()
                            .timeout(Duration.ofMillis(700))
                            .checkServerIdentity((host, certificate) -> uninterrupted(never::await)),
                    server.port());
            together(5, one);
            await().atMost(LONG).until(() -> server.connections() == 0);
            Held before = Held.now();
            together(TIMES, one);
            await().atMost(LONG).until(() -> server.connections() == 0);
            awaitAsBefore(before);
        }
    }

    @Test
    void peers_that_say_nothing_or_do_not_read() throws Exception {
        try (TlsServer server = Tls.createServer(
                        ServerOptions.builder(Stack.server(TlsVersion.TLS_1_2))
                                .handshakeTimeout(Duration.ofMillis(700))
                                .build(),
                        socket -> {
                            Thread.ofVirtual().start(() -> closeLater(socket));
                            while (true) {
                                socket.getOutputStream().write(new byte[1 << 16]);
                            }
                        })
                .onError(errors::add)
                .listen("127.0.0.1", 0)) {
            Held before = Held.now();
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                open.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
                open.add(Tls.connect(Stack.options().port(server.port()).build()));
            }
            await().atMost(LONG).until(() -> server.connections() == 0);
            for (Socket each : open) {
                each.close();
            }
            awaitAsBefore(before);
        }
    }
}
