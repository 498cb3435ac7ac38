package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server in a process without free file descriptors. */
@Tag("socket")
@Tag("soak")
@Timeout(value = 120, threadMode = SEPARATE_THREAD)
class FewDescriptorsTest {
    private static final int DESCRIPTORS = 200;

    @Test
    void server_accepts_again_when_descriptors_are_free_again() throws Exception {
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n %d && exec \"$0\" -cp \"$1\" \"$2\"".formatted(DESCRIPTORS),
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        System.getProperty("java.class.path"),
                        Child.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Socket> taken = new ArrayList<>();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int port = Integer.parseInt(String.valueOf(output.readLine()));
            ConnectOptions options = Stack.trustingAnyone().port(port).build();
            assertServes(options);
            for (int i = 0; i < DESCRIPTORS + 20; i++) {
                taken.add(new Socket(InetAddress.getLoopbackAddress(), port));
            }
            assertThat(output.readLine()).isEqualTo("exhausted");
            // Long enough for a loop without pauses to show.
            await().pollDelay(Duration.ofSeconds(1)).until(process::isAlive);
            for (Socket socket : taken) {
                socket.close();
            }
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> assertServes(options));
            process.getOutputStream().close();
            int failures = Integer.parseInt(String.valueOf(output.readLine()));
            // The pauses grow; a spinning loop reaches thousands.
            assertThat(failures).isBetween(2, 60);
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
            for (Socket open : taken) {
                open.close();
            }
        }
    }

    private static void assertServes(ConnectOptions options) throws IOException {
        try (TlsSocket client = Tls.connect(options)) {
            client.setSoTimeout(5000);
            client.getOutputStream().write('a');
            assertThat(client.getInputStream().read()).isEqualTo('a');
        }
    }

    /** Prints its port, a line when accepting first fails, and at the end the number of failures. */
    static final class Child {
        private Child() {}

        /** Loads the classes of a failure, since each is a file that needs a descriptor. */
        private static void failOnce(int port) throws IOException {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
        }

        public static void main(String[] arguments) throws IOException {
            var failures = new AtomicInteger();
            var clientErrors = new AtomicInteger();

            try (TlsServer server = Tls.createServer(
                            Stack.SERVER, socket -> socket.getInputStream().transferTo(socket.getOutputStream()))
                    .onError(error -> {
                        if (error instanceof IOException && failures.incrementAndGet() == 1) {
                            System.out.println("exhausted");
                        }
                    })
                    .onTlsClientError((failure, socket) -> clientErrors.incrementAndGet())
                    .listen("127.0.0.1", 0)) {
                failOnce(server.port());
                await().until(() -> clientErrors.get() == 1);
                System.out.println(server.port());
                while (System.in.read() >= 0) {
                    // The parent closes it when it has seen enough.
                }
                System.out.println(failures.get());
                server.close(Duration.ofMillis(1));
            }
        }
    }
}
