package io.heddle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A TCP connection through a relay that can stop forwarding the bytes of one side after any number of bytes. */
final class Relay implements AutoCloseable {
    private final Socket client;
    private final Socket clientEnd;
    private final Socket serverEnd;
    private final Socket server;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by {@link #lock}: the number of bytes of the server that may still pass. */
    private long allowance = Long.MAX_VALUE;

    private Relay(SocketPair.Tcp left, SocketPair.Tcp right) {
        this.client = left.client();
        this.clientEnd = left.server();
        this.serverEnd = right.client();
        this.server = right.server();
    }

    static Relay connect() throws IOException {
        var relay = new Relay(SocketPair.Tcp.connect(), SocketPair.Tcp.connect());
        Thread.ofVirtual().start(() -> relay.pump(relay.clientEnd, relay.serverEnd, false));
        Thread.ofVirtual().start(() -> relay.pump(relay.serverEnd, relay.clientEnd, true));
        return relay;
    }

    Socket client() {
        return client;
    }

    Socket server() {
        return server;
    }

    /** Forwards this many more bytes of the server, and no others. */
    void allow(long bytes) {
        lock.lock();
        try {
            allowance = bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void allowAll() {
        allow(Long.MAX_VALUE);
    }

    private void pump(Socket from, Socket to, boolean limited) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] buffer = new byte[32 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                for (int at = 0; at < n; ) {
                    int passing = limited ? take(n - at) : n - at;
                    out.write(buffer, at, passing);
                    at += passing;
                }
            }
        } catch (IOException | InterruptedException e) {
            // One of the ends has been closed.
        }
    }

    private int take(int wanted) throws InterruptedException {
        lock.lock();
        try {
            while (allowance == 0) {
                changed.await();
            }
            int n = (int) Math.min(wanted, allowance);
            allowance -= n;
            return n;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        allowAll();
        try (client;
                server;
                clientEnd) {
            serverEnd.close();
        }
    }
}
