package io.heddle.dropin.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** An echo server with a virtual thread per connection. Failures appear at the client. */
final class EchoingServer implements AutoCloseable {
    private final SSLServerSocket listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Future<Object> accepting;

    private EchoingServer(SSLServerSocket listener) {
        this.listener = listener;
        accepting = threads.submit(this::accept);
    }

    static EchoingServer start(Jsse jsse) throws IOException {
        return start(jsse.context());
    }

    static EchoingServer start(SSLContext context) throws IOException {
        return new EchoingServer((SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    int port() {
        return listener.getLocalPort();
    }

    private Object accept() throws IOException {
        while (true) {
            SSLSocket socket = (SSLSocket) listener.accept();
            threads.execute(() -> echo(socket));
        }
    }

    private static void echo(SSLSocket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // The client sees the failure, or the test is over.
        }
    }

    @Override
    public void close() throws IOException {
        try (listener) {
            accepting.cancel(true);
            threads.shutdownNow();
        }
    }
}
