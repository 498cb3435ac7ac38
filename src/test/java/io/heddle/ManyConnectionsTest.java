package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many connections at once in one process, which leave nothing behind when they end. */
@Tag("socket")
@Timeout(value = 300, threadMode = SEPARATE_THREAD)
class ManyConnectionsTest {
    private static final int CONNECTIONS = 8_000;

    /** The number of concurrent handshakes, within the backlog. */
    private static final int AT_ONCE = 200;

    /** 2 descriptors a connection, since both ends are in this process, and some for everything else. */
    private static int possible() throws IOException {
        long limit = openFilesLimit();
        return (int) Math.min(CONNECTIONS, (limit - 500) / 2);
    }

    private static long openFilesLimit() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/limits"))) {
            return lines.filter(line -> line.startsWith("Max open files"))
                    .map(line ->
                            line.substring("Max open files".length()).strip().replaceFirst("\\s.*", ""))
                    .mapToLong(soft -> soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void thousands_of_connections_are_open_at_once_and_exchange_a_message_each() throws Exception {
        int count = possible();
        Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
        ConnectOptions.Builder builder = Stack.options();
        long filesBefore = openFiles();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                TlsServer server = Tls.createServer(
                                Stack.SERVER, socket -> socket.getInputStream().transferTo(socket.getOutputStream()))
                        .onError(errors::add)
                        .onTlsClientError((failure, socket) -> errors.add(failure))
                        .listen("127.0.0.1", 0)) {
            ConnectOptions options = builder.port(server.port()).build();
            var running = new Semaphore(AT_ONCE);
            var open = new CountDownLatch(count);
            var mayTalk = new CountDownLatch(1);
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                clients.add(threads.submit(() -> {
                    running.acquire();
                    try (TlsSocket socket = Tls.connect(options)) {
                        running.release();
                        open.countDown();
                        mayTalk.await();
                        socket.getOutputStream()
                                .write(ByteBuffer.allocate(4).putInt(number).array());
                        return ByteBuffer.wrap(socket.getInputStream().readNBytes(4))
                                .getInt();
                    } catch (IOException e) {
                        running.release();
                        errors.add(e);
                        throw e;
                    }
                }));
            }
            await().atMost(Duration.ofSeconds(150))
                    .until(() -> !errors.isEmpty() || open.await(1, TimeUnit.MILLISECONDS));
            assertThat(errors).isEmpty();
            await().untilAsserted(() -> assertThat(server.connections()).isEqualTo(count));
            mayTalk.countDown();
            for (int i = 0; i < count; i++) {
                assertThat(clients.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(i);
            }
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(server.connections()).isZero());
            assertThat(errors).isEmpty();
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(openFiles()).isLessThan(filesBefore + 100));
    }

    @Test
    void failed_handshakes_leave_nothing_behind() throws Exception {
        try (TlsServer server = Tls.createServer(Stack.SERVER, socket -> {}).listen("127.0.0.1", 0)) {
            List<ConnectOptions> failing = List.of(
                    // Does not trust the server.
                    ConnectOptions.builder()
                            .host("localhost")
                            .port(server.port())
                            .ca(List.of(io.heddle.certificate.TestPki.selfSigned("other")
                                    .leaf()))
                            .build(),
                    // Is refused by the server.
                    Stack.options()
                            .port(server.port())
                            .ciphers("ECDHE-RSA-AES128-GCM-SHA256")
                            .maxVersion(io.heddle.protocol.TlsVersion.TLS_1_2)
                            .build());
            fail(failing, server.port(), 20);
            awaitQuiet(server);
            long files = openFiles();
            long threads = LiveThreads.named("heddle-");
            fail(failing, server.port(), 300);
            awaitQuiet(server);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(openFiles()).isLessThanOrEqualTo(files + 10));
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(LiveThreads.named("heddle-")).isLessThanOrEqualTo(threads + 3));
        }
    }

    private static void awaitQuiet(TlsServer server) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(server.connections()).isZero());
    }

    private static void fail(List<ConnectOptions> failing, int port, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            switch (i % 3) {
                case 0, 1 -> {
                    try (TlsSocket socket = Tls.connect(failing.get(i % 3))) {
                        throw new AssertionError("connected: " + socket);
                    } catch (io.heddle.failure.TlsFailure e) {
                        // Expected.
                    }
                }
                default -> new Socket(InetAddress.getLoopbackAddress(), port).close();
            }
        }
    }
}
