package io.heddle.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.LiveThreads;
import io.heddle.SecureContext;
import io.heddle.Tls;
import io.heddle.TlsPair;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A listening server after a few hundred hostile clients: none of their connections and threads is left, and
 * it still serves.
 */
@Tag("fuzz")
class ServerFuzzTest {
    private static final int CLIENTS = 400;
    private static final long SEED = Long.getLong("heddle.fuzz.seed", System.nanoTime());

    @Test
    void hostile_clients_leave_nothing_behind_and_the_server_continues() throws IOException {
        System.out.println("ServerFuzzTest: -Dheddle.fuzz.seed=" + SEED);
        var random = new Random(SEED);
        List<Throwable> errors = new CopyOnWriteArrayList<>();
        SecureContext context = Tls.createSecureContext(o -> o.identity(TestPki.server("localhost")));
        byte[] hello;
        try (TlsPair pair = TlsPair.create()) {
            hello = pair.clientHello().toBytes();
        }
        try (TlsServer server =
                Tls.createServer(context, socket -> socket.getInputStream().transferTo(socket.getOutputStream()))) {
            server.onError(errors::add);
            server.listen("127.0.0.1", 0);
            echo(server);
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> server.connections() == 0);
            long threads = LiveThreads.named("heddle-");
            for (int i = 0; i < CLIENTS; i++) {
                byte[] sent =
                        random.nextBoolean() ? hello.clone() : Arrays.copyOf(hello, random.nextInt(hello.length) + 1);
                sent[random.nextInt(sent.length)] ^= (byte) (1 + random.nextInt(255));
                hostile(server, sent, random.nextBoolean());
            }
            echo(server);
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> server.connections() == 0);
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> LiveThreads.named("heddle-") <= threads);
            assertThat(errors).as("seed %d", SEED).isEmpty();
        }
    }

    private static void hostile(TlsServer server, byte[] sent, boolean reset) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            if (reset) {
                socket.setSoLinger(true, 0);
            }
            socket.getOutputStream().write(sent);
        } catch (IOException e) {
            // The server closed first.
        }
    }

    private static void echo(TlsServer server) throws IOException {
        try (TlsSocket socket = Tls.connect(ConnectOptions.builder()
                .host("localhost")
                .port(server.port())
                .ca(TestPki.trust().certificates())
                .build())) {
            socket.getOutputStream().write(42);
            assertThat(socket.getInputStream().read()).isEqualTo(42);
        }
    }
}
