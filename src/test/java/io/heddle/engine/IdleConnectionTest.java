package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.engine.record.BufferPool;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Idle connections: one that waits for its peer holds no record buffer, so that many can wait. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class IdleConnectionTest {
    private static final int CONNECTIONS = 20;

    private static final SecureContext SERVER = Tls.createSecureContext(o -> o.identity(TestPki.server("localhost")));

    /** Answers each byte with a record of this length, so that a reader of one byte leaves the rest. */
    private static final int ANSWER = 1000;

    private static TlsServer server() throws IOException {
        return Tls.createServer(ServerOptions.of(SERVER), socket -> {
                    while (socket.getInputStream().read() >= 0) {
                        socket.getOutputStream().write(new byte[ANSWER]);
                    }
                })
                .listen("127.0.0.1", 0);
    }

    private static List<TlsSocket> connect(TlsServer server) throws IOException {
        ConnectOptions options = ConnectOptions.builder()
                .host("localhost")
                .port(server.port())
                .ca(List.of(TestPki.ca().leaf()))
                .build();
        List<TlsSocket> sockets = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            sockets.add(Tls.connect(options));
        }
        return sockets;
    }

    private static void awaitLent(long least, long most) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(BufferPool.lent()).isBetween(least, most));
    }

    @Test
    void idle_connection_holds_no_buffer_and_one_with_unread_data_does() throws Exception {
        // Connections left open by other tests may still return buffers, but borrow none.
        long before = BufferPool.lent();
        try (TlsServer server = server()) {
            List<TlsSocket> clients = connect(server);
            try {
                awaitLent(0, before);
                for (TlsSocket socket : clients) {
                    socket.getOutputStream().write(1);
                    assertThat(socket.getInputStream().read()).isZero();
                }
                assertThat(BufferPool.lent()).isGreaterThanOrEqualTo(CONNECTIONS);
                for (TlsSocket end : clients) {
                    end.getInputStream().readNBytes(ANSWER - 1);
                }
                awaitLent(0, before);
                for (TlsSocket each : clients) {
                    each.setSoTimeout(1);
                    try {
                        throw new AssertionError(
                                "not sent: " + each.getInputStream().read());
                    } catch (SocketTimeoutException e) {
                        // It waited for its peer, as those of the server do throughout.
                    }
                }
                awaitLent(0, before);
            } finally {
                for (TlsSocket each : clients) {
                    each.close();
                }
            }
        }
        awaitLent(0, before);
    }

    @Test
    void closed_connection_gives_its_buffer_back() throws Exception {
        long before = BufferPool.lent();
        try (TlsServer server = server()) {
            for (TlsSocket socket : connect(server)) {
                socket.getOutputStream().write(1);
                assertThat(socket.getInputStream().read()).isZero();
                socket.close();
            }
        }
        awaitLent(0, before);
    }
}
