package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectionHandler;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.failure.TlsFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A Heddle server on a free port of 127.0.0.1 that answers each line {@code x} with {@code echo: x} and reports its
 * connections to a test. Closing it fails if a handler or the server itself failed.
 */
final class EchoServer implements AutoCloseable {
    private final BlockingQueue<TlsSocket> accepted = new LinkedBlockingQueue<>();
    private final BlockingQueue<TlsFailure> failures = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> errors = new LinkedBlockingQueue<>();
    private final TlsServer server;

    private EchoServer(ServerOptions options, ConnectionHandler handler) {
        server = Tls.createServer(options, socket -> {
                    accepted.add(socket);
                    handler.handle(socket);
                })
                .onTlsClientError((failure, socket) -> failures.add(failure))
                .onError(errors::add);
    }

    static EchoServer start(SecureContext context) {
        return start(ServerOptions.of(context));
    }

    static EchoServer start(ServerOptions options) {
        return start(options, EchoServer::echo);
    }

    /** Starts a server with a handler of its own instead of the echo. */
    static EchoServer start(ServerOptions options, ConnectionHandler handler) {
        var started = new EchoServer(options, handler);
        try {
            started.server.listen("127.0.0.1", 0);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TlsServer server() {
        return server;
    }

    int port() {
        return server.port();
    }

    /** Sends a line from {@code openssl s_client}, waits for the answer, and returns the client's output. */
    ProgramResult openssl(String... args) {
        return Openssl.exchange(port(), "hello\n", "echo: hello", args);
    }

    /** Connects {@code openssl s_client} to a server that refuses it, and returns the client's output. */
    ProgramResult opensslRefused(String... args) {
        try (RunningProgram client = Openssl.client(port(), args)) {
            return client.awaitEnd();
        }
    }

    /** Returns the next connection that completed its handshake; its results stay readable after it has ended. */
    TlsSocket next() throws InterruptedException {
        return next(accepted, "connection");
    }

    /** Returns the next failure of a connection before its handshake completed. */
    TlsFailure nextFailure() throws InterruptedException {
        return next(failures, "failure");
    }

    /** Returns the next failure of a connection after its handshake. */
    Throwable nextError() throws InterruptedException {
        return next(errors, "error");
    }

    private <T> T next(BlockingQueue<T> queue, String what) throws InterruptedException {
        T found = queue.poll(RunningProgram.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        if (found == null) {
            throw new AssertionError("the server saw no %s; connections %s, failures %s, errors %s"
                    .formatted(what, accepted, failures, errors));
        }
        return found;
    }

    private static void echo(TlsSocket socket) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            socket.getOutputStream().write(("echo: " + line + "\n").getBytes(UTF_8));
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (RuntimeException e) {
            errors.add(e);
        }
        assertThat(errors).as("failures of connections after their handshakes").isEmpty();
    }
}
