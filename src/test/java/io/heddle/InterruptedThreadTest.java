package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Blame;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Closing on an interrupted thread, which sends close_notify as on any other and leaves the interrupt pending. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class InterruptedThreadTest {
    private static final int BYTES = 100_000;

    private interface Action {
        void run() throws Exception;
    }

    /** Runs an action on a new, interrupted thread; returns whether the thread is interrupted at the end. */
    private static boolean interrupted(boolean virtual, Action action) throws Exception {
        var task = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            action.run();
            return Thread.currentThread().isInterrupted();
        });
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(task);
        return SocketPair.await(task);
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_1_2, true, true",
        "TLS_1_2, false, true",
        "TLS_1_3, true, true",
        "TLS_1_3, true, false",
        "TLS_1_3, false, true",
        "TLS_1_3, false, false"
    })
    void close_loses_nothing_and_sends_close_notify(TlsVersion version, boolean client, boolean virtual)
            throws Exception {
        try (SocketPair pair = SocketPair.connected(version)) {
            SSLSocket closing = client ? pair.client() : pair.server();
            TlsSocket other = client ? pair.heddleServer() : pair.heddleClient();
            // Unread input would make the kernel reset the connection.
            other.getOutputStream().write(new byte[1000]);
            Future<Void> written = pair.run(() -> {
                closing.getOutputStream().write(new byte[BYTES]);
                return null;
            });
            SocketPair.await(written);
            assertThat(interrupted(virtual, closing::close)).isTrue();
            assertThat(other.getInputStream().readAllBytes()).hasSize(BYTES);
            assertThat(other.closeNotifyReceived()).isTrue();
        }
    }

    @EachVersion
    void alert_of_a_handshake_that_fails_is_sent(TlsVersion version) throws Exception {
        SocketPair.Tcp tcp = SocketPair.Tcp.connect();
        ServerOptions options = ServerOptions.builder(Stack.server(version))
                .sniCallback(name -> {
                    Thread.currentThread().interrupt();
                    throw new IOException("no context");
                })
                .build();
        try (SocketPair pair =
                new SocketPair(Stack.HEDDLE.client(tcp.client()), Tls.accept(TlsTransport.of(tcp.server()), options))) {
            var server = new FutureTask<Void>(() -> {
                pair.server().startHandshake();
                return null;
            });
            Thread.ofPlatform().daemon().start(server);
            Future<Void> client = pair.run(() -> {
                pair.client().startHandshake();
                return null;
            });
            assertThat(SocketPair.failure(client))
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure -> assertThat(failure.code().blame()).isEqualTo(Blame.PEER_ALERT));
            assertThat(SocketPair.failure(server)).isInstanceOf(TlsFailure.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void closing_a_server_lets_handlers_finish(boolean virtual) throws Exception {
        var ending = new CountDownLatch(1);
        var started = new CountDownLatch(1);
        TlsServer server = Tls.createServer(Stack.SERVER, socket -> {
                    started.countDown();
                    ending.await();
                    socket.getOutputStream().write(new byte[1000]);
                })
                .listen("127.0.0.1", 0);
        try (server;
                TlsSocket client =
                        Tls.connect(Stack.options().port(server.port()).build())) {
            started.await();
            Thread.ofVirtual().start(() -> {
                await().until(() -> !server.listening());
                ending.countDown();
            });
            assertThat(interrupted(virtual, () -> server.close(Duration.ofSeconds(20))))
                    .isTrue();
            assertThat(server.connections()).isZero();
            assertThat(client.getInputStream().readAllBytes()).hasSize(1000);
            assertThat(client.closeNotifyReceived()).isTrue();
        }
    }
}
