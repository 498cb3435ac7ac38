package io.heddle.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.FutureTask;

/** Opens connections whose handshake is complete, over the loopback interface or in memory. */
final class Loopback implements AutoCloseable {
    private static final int BACKLOG = 511;

    private final ServerSocket listener;

    Loopback() throws IOException {
        this.listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    }

    /** Both ends of a connection. */
    record Ends(Socket client, Socket server) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try (server) {
                client.close();
            }
        }
    }

    Ends plain() throws IOException {
        var client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket server = listener.accept();
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        return new Ends(client, server);
    }

    Ends secure(TlsStack stack) throws Exception {
        return secure(stack, plain());
    }

    /** Returns a connection over two pipes. */
    static Ends inMemory(TlsStack stack) throws Exception {
        var pair = PipeSocket.Pair.make(1);
        return secure(stack, new Ends(pair.client(), pair.server()));
    }

    /** The server's byte makes the client process the messages after the handshake. */
    static Ends secure(TlsStack stack, Ends below) throws Exception {
        var accepted = new FutureTask<>(() -> {
            Socket server = stack.server(below.server());
            server.getOutputStream().write(1);
            return server;
        });
        Thread.ofVirtual().start(accepted);
        Socket client = stack.client(below.client());
        if (client.getInputStream().read() != 1) {
            throw new IOException("the server's byte did not come");
        }
        return new Ends(client, accepted.get());
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
