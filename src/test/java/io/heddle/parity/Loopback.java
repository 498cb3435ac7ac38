package io.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Heddle echo server on 127.0.0.1 and its Heddle clients, each of which sends one word. The result of each connection
 * is available for both ends. For one test thread; every wait is bounded.
 */
final class Loopback implements AutoCloseable {
    private static final byte[] WORD = "hello world".getBytes(StandardCharsets.US_ASCII);
    private static final long WAIT_SECONDS = 20;

    final TlsServer server;

    /** The result of each connection on the server: a secure socket, or the failure. */
    private final BlockingQueue<ServerEnd> ends = new LinkedBlockingQueue<>();

    private record ServerEnd(TlsSocket socket, @Nullable TlsFailure failure) {}

    private Loopback(ServerOptions options) throws IOException {
        server = Tls.createServer(options, socket -> {
            ends.add(new ServerEnd(socket, null));
            socket.getInputStream().transferTo(socket.getOutputStream());
        });
        server.onTlsClientError((failure, socket) -> ends.add(new ServerEnd(socket, failure)));
        server.onError(ignored -> {});
        server.listen("127.0.0.1", 0);
    }

    static Loopback serve(Consumer<SecureContext.Builder> context) throws IOException {
        return serve(context, options -> {});
    }

    static Loopback serve(Consumer<SecureContext.Builder> context, Consumer<ServerOptions.Builder> options)
            throws IOException {
        ServerOptions.Builder builder = ServerOptions.builder(Tls.createSecureContext(context));
        options.accept(builder);
        return new Loopback(builder.build());
    }

    /** Returns the options of a client of this server, whatever host they name. */
    ConnectOptions.Builder client() {
        return ConnectOptions.builder()
                .port(server.port())
                .lookup((host, family) -> List.of(InetAddress.getLoopbackAddress()))
                .timeout(Duration.ofSeconds(WAIT_SECONDS));
    }

    /** Connects, sends a word and reads its echo, and closes; the result contains the outcome on both sides. */
    ConnectionResult exchange(Consumer<ConnectOptions.Builder> options) throws InterruptedException {
        ConnectOptions.Builder builder = client();
        options.accept(builder);
        ConnectOptions built = builder.build();
        TlsSocket client = null;
        IOException clientError = null;
        try {
            client = Tls.connect(built);
            client.getOutputStream().write(WORD);
            assertThat(client.getInputStream().readNBytes(WORD.length)).isEqualTo(WORD);
        } catch (IOException e) {
            clientError = e;
        } finally {
            close(client);
        }
        ServerEnd end = serverEnd();
        return new ConnectionResult(client, clientError, end.socket(), end.failure());
    }

    /** Waits for the server's side of a connection that a test opened itself. */
    ConnectionResult serverSide() throws InterruptedException {
        ServerEnd end = serverEnd();
        return new ConnectionResult(null, null, end.socket(), end.failure());
    }

    /** Returns whether the server has no connection whose result was not taken. */
    boolean quiet() {
        return ends.isEmpty();
    }

    private ServerEnd serverEnd() throws InterruptedException {
        ServerEnd end = ends.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(end).as("the server's side of the connection").isNotNull();
        return end;
    }

    private static void close(@Nullable TlsSocket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.close(Duration.ZERO);
    }
}
