package io.heddle.fuzz;

import io.heddle.RawRecord;
import io.heddle.engine.HostileConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/**
 * The work of one kind of fault on a {@link FaultTarget} until its time is over. Its connections
 * end with it. Thread-safe.
 */
final class Attack implements AutoCloseable {
    private static final int GRACE_SECONDS = 20;

    private final TargetProcess target;
    private final long begin = System.nanoTime();
    private final long end;

    /** Written by the attacking thread, read by the measuring one. */
    private volatile long atOnce;

    private final ConcurrentLinkedQueue<AutoCloseable> opened = new ConcurrentLinkedQueue<>();
    private final LongAdder connections = new LongAdder();
    private final CountDownLatch over = new CountDownLatch(1);
    private final LongAdder bytes = new LongAdder();

    Attack(TargetProcess target, long endNanos) {
        this.target = target;
        this.end = endNanos;
    }

    TargetProcess target() {
        return target;
    }

    /** Returns whether there is time left. */
    boolean goesOn() {
        return System.nanoTime() < end;
    }

    /** Returns the maximum number of simultaneous connections. */
    long atOnce() {
        return atOnce;
    }

    /** Returns the elapsed share of the time. */
    double elapsed() {
        return (double) (System.nanoTime() - begin) / (end - begin);
    }

    long connections() {
        return connections.sum();
    }

    long bytes() {
        return bytes.sum();
    }

    /** Returns a new TCP connection to the target. */
    Socket socket() throws IOException {
        var socket = new Socket();
        opened.add(socket);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(GRACE_SECONDS * 1000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target.port()));
        connections.increment();
        return socket;
    }

    /** Returns a listener for a connection of the target. */
    ServerSocket listener() throws IOException {
        var listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        opened.add(listener);
        listener.setSoTimeout(500);
        return listener;
    }

    /** Makes the target connect, and returns the connection; a client's ClientHello is about to arrive on it. */
    Socket accept(ServerSocket listener, boolean tls13) throws IOException {
        target.connect(listener.getLocalPort(), tls13 ? "TLSv1.3" : "TLSv1.2");
        try {
            Socket socket = listener.accept();
            opened.add(socket);
            socket.setSoTimeout(GRACE_SECONDS * 1000);
            connections.increment();
            return socket;
        } catch (SocketTimeoutException e) {
            throw new IOException("the target did not connect", e);
        }
    }

    /** Sends the same bytes until the time is over, the connection ends, or the peer stops reading. */
    void flood(Socket socket, byte[] records) throws IOException {
        while (goesOn()) {
            socket.getOutputStream().write(records);
            bytes.add(records.length);
        }
    }

    /** Waits until the time is over. */
    void awaitTime() throws InterruptedException {
        over.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** Adds to the number of bytes sent. */
    void sent(int count) {
        bytes.add(count);
    }

    /**
     * Runs the same step on several threads, again whenever it returns or its connection has ended, until the
     * time is over.
     */
    void repeat(int threads, Step step) throws InterruptedException {
        atOnce = threads;
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit((Callable<Void>) () -> {
                    while (goesOn()) {
                        try {
                            step.run();
                        } catch (IOException e) {
                            // The target ended the connection.
                        }
                    }
                    return null;
                }));
            }
            long wait = end - System.nanoTime();
            for (Future<?> task : running) {
                await(task, wait);
            }
            // Closing wakes threads that are blocked in a write.
            close();
            for (Future<?> task : running) {
                await(task, TimeUnit.SECONDS.toNanos(GRACE_SECONDS));
            }
        }
    }

    private static void await(Future<?> running, long nanos) throws InterruptedException {
        try {
            running.get(Math.max(1, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // Its connection is closed next.
        } catch (ExecutionException e) {
            throw new AssertionError("the attack itself failed", e.getCause());
        }
    }

    /** One connection, or one step to be repeated. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    /** Closes all opened connections. */
    @Override
    public void close() {
        over.countDown();
        for (AutoCloseable resource = opened.poll(); resource != null; resource = opened.poll()) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new AssertionError("closing a socket does not fail", e);
            }
        }
    }

    /**
     * Returns a client of the target whose handshake is complete.
     *
     * @throws IOException if the target ended it
     */
    HostileConnection client(boolean tls13) throws IOException {
        HostileConnection client = HostileConnection.client(socket(), tls13);
        if (!client.handshake()) {
            throw new IOException("the target ended the handshake");
        }
        return client;
    }

    /**
     * Returns a server to which the target has connected, whose handshake is complete.
     *
     * @throws IOException if the target ended it
     */
    HostileConnection server(ServerSocket listener, boolean tls13) throws IOException {
        HostileConnection server = HostileConnection.server(accept(listener, tls13), tls13);
        if (!server.handshake()) {
            throw new IOException("the target ended the handshake");
        }
        return server;
    }

    static void awaitEnd(Socket socket) throws IOException {
        byte[] into = new byte[1 << 12];
        while (socket.getInputStream().read(into) >= 0) {
            // An alert or a flight, and then the end.
        }
    }

    static byte[] record(int type, byte... content) {
        return RawRecord.of(type, content).toBytes();
    }
}
