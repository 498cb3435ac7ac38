package io.heddle.dropin.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Two ends of a TCP connection on the loopback address, and threads for their blocking operations; closing it ends all.
 */
record SocketEnds(Socket client, Socket server, ExecutorService threads) implements AutoCloseable {
    static SocketEnds connect() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var client = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
            return new SocketEnds(client, listener.accept(), Executors.newVirtualThreadPerTaskExecutor());
        }
    }

    /** Starts a task on a virtual thread. */
    <T> Future<T> run(Callable<T> work) {
        return threads.submit(work);
    }

    @Override
    public void close() throws IOException {
        try (client;
                server) {
            threads.shutdownNow();
        }
    }
}
