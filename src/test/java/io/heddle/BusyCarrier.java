package io.heddle;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * A program for a JVM with one carrier thread, which a handler keeps busy, to check the steps that must happen all the
 * same. It prints a line for each step, with its duration in milliseconds.
 */
final class BusyCarrier {
    static final Duration HANDSHAKE = Duration.ofMillis(1_500);
    static final Duration CONNECT = Duration.ofMillis(500);

    static final int KEY_UPDATES = 200;

    /** The bound of the whole run. */
    private static final Duration LONG = Duration.ofSeconds(30);

    private static final AtomicBoolean FREE = new AtomicBoolean();

    private BusyCarrier() {}

    private interface Step {
        String run() throws Exception;
    }

    private static void time(String name, Step step) throws Exception {
        long begin = System.nanoTime();
        String outcome = step.run();
        System.out.println("%s: %s after %d ms".formatted(name, outcome, (System.nanoTime() - begin) / 1_000_000));
    }

    public static void main(String[] args) throws Exception {
        var busy = new CountDownLatch(1);
        ServerOptions options =
                ServerOptions.builder(Stack.SERVER).handshakeTimeout(HANDSHAKE).build();
        TlsServer server = Tls.createServer(options, socket -> {
                    if (socket.getInputStream().read() == 'w') {
                        socket.getInputStream().read();
                        return;
                    }
                    busy.countDown();
                    long end = System.nanoTime() + LONG.toNanos();
                    while (!FREE.get() && System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                })
                .onTlsClientError((failure, socket) -> System.out.println(failure.getMessage()))
                .listen("127.0.0.1", 0);
        ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        TlsSocket waiting = Tls.connect(Stack.options().port(server.port()).build());
        waiting.getOutputStream().write('w');
        Socket before = connect(server);
        await().atMost(LONG).until(() -> server.statistics().accepted() == 2);
        TlsSocket client = Tls.connect(Stack.options().port(server.port()).build());
        client.getOutputStream().write('b');
        busy.await();
        time("silent client from before", () -> read(before));
        Socket after = connect(server);
        time("accepted", () -> {
            await().atMost(LONG).until(() -> server.statistics().accepted() == 4);
            return "done";
        });
        time("silent client from then", () -> read(after));
        ConnectOptions.Builder toMute = Stack.options().timeout(CONNECT);
        time("client over a socket", () -> failure(toMute.port(mute.getLocalPort())));
        time("client over streams", () -> {
            Socket below = new Socket(mute.getInetAddress(), mute.getLocalPort());
            return failure(toMute.transport(TlsTransport.of(below.getInputStream(), below.getOutputStream())));
        });
        time(
                "client over a channel",
                () -> failure(Stack.options()
                        .timeout(CONNECT)
                        .transport(TlsTransport.of(SocketChannel.open(mute.getLocalSocketAddress())))));
        time(
                "key updates",
                () -> "%d, answered by %d threads".formatted(keyUpdates(), LiveThreads.named("heddle-flush")));
        time("closed", () -> {
            server.close(Duration.ofMillis(100));
            return "with %d connections".formatted(server.connections());
        });
        time("client that waits", () -> read(waiting));
        System.out.println("close_notify: " + waiting.closeNotifyReceived());
        System.out.println("still busy: " + !FREE.getAndSet(true));
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    /** Reads from a peer that requests new keys before each byte. Both run on platform threads. */
    private static int keyUpdates() throws Exception {
        SSLContext context = SslContexts.of(Stack.SERVER);
        try (var listening = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread peer = Thread.ofPlatform().start(() -> {
                try (var accepted = (TlsSocket) listening.accept()) {
                    for (int i = 0; i < KEY_UPDATES; i++) {
                        accepted.updateKeys();
                        accepted.getOutputStream().write('x');
                    }
                } catch (IOException e) {
                    System.out.println("key updates: " + e);
                }
            });
            TlsSocket reader =
                    Tls.connect(Stack.options().port(listening.getLocalPort()).build());
            int read = reader.getInputStream().readNBytes(KEY_UPDATES).length;
            peer.join();
            return read;
        }
    }

    private static Socket connect(TlsServer server) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.port());
    }

    private static String read(Socket from) throws IOException {
        from.setSoTimeout((int) LONG.toMillis());
        try {
            // An alert may come first.
            from.getInputStream().readAllBytes();
            return "ended";
        } catch (SocketTimeoutException e) {
            return "still there";
        } catch (IOException e) {
            return "ended";
        }
    }

    private static String failure(ConnectOptions.Builder options) {
        try (TlsSocket socket = Tls.connect(options.build())) {
            return "connected";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
