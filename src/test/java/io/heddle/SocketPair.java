package io.heddle;

import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Both ends of a connection over TCP on the loopback address, with threads for the work of the other end. */
final class SocketPair implements AutoCloseable {
    /** The bound of every wait. */
    static final long LIMIT_SECONDS = 30;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final SSLSocket client;
    private final SSLSocket server;

    SocketPair(SSLSocket client, SSLSocket server) {
        this.client = client;
        this.server = server;
    }

    /** Returns a pair of one stack before its handshake. */
    static SocketPair of(Stack stack) throws IOException {
        Tcp tcp = Tcp.connect();
        return new SocketPair(stack.client(tcp.client()), stack.server(tcp.server()));
    }

    /** Returns a pair of Heddle's sockets after their handshake. */
    static SocketPair connected(TlsVersion version) throws Exception {
        Tcp tcp = Tcp.connect();
        return new SocketPair(
                        Stack.HEDDLE.client(tcp.client()),
                        Tls.accept(TlsTransport.of(tcp.server()), ServerOptions.of(Stack.server(version))))
                .handshake();
    }

    /** Two ends of a TCP connection. */
    record Tcp(Socket client, Socket server) implements AutoCloseable {
        static Tcp connect() throws IOException {
            try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                var client = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
                return new Tcp(client, listener.accept());
            }
        }

        @Override
        public void close() throws IOException {
            try (client) {
                server.close();
            }
        }
    }

    SSLSocket client() {
        return client;
    }

    SSLSocket server() {
        return server;
    }

    TlsSocket heddleClient() {
        return (TlsSocket) client;
    }

    TlsSocket heddleServer() {
        return (TlsSocket) server;
    }

    SocketPair handshake() throws Exception {
        Future<?> accepted = run(() -> {
            server.startHandshake();
            return null;
        });
        client.startHandshake();
        await(accepted);
        return this;
    }

    /** Starts an action on a virtual thread. */
    <T> Future<T> run(Callable<T> work) {
        return threads.submit(work);
    }

    /** Returns the result of the action, or throws its exception unchanged. */
    static <T> T await(Future<T> work) throws Exception {
        try {
            return work.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("it hangs", e);
        }
    }

    /** Returns the exception of the action, null if there was none. */
    static @Nullable Throwable failure(Future<?> work) throws Exception {
        try {
            work.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            return new AssertionError("it threw nothing");
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("it hangs", e);
        }
    }

    @Override
    public void close() throws IOException {
        try (client;
                server) {
            threads.shutdownNow();
        }
    }
}
