package io.heddle.load;

import io.heddle.TlsSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** A bulk transfer over one connection until the end of the window. Bytes that arrive after the end are read but not counted. */
final class BulkStream {
    private final LoadConnection connection;
    private final TlsSocket socket;
    private final LoadOptions options;
    private final Schedule.Window window;
    private final LoadCounters counters;

    BulkStream(LoadConnection connection, LoadOptions options, Schedule.Window window, LoadCounters counters) {
        this.connection = connection;
        this.socket = connection.tls();
        this.options = options;
        this.window = window;
        this.counters = counters;
    }

    void run() throws IOException {
        switch (options.direction()) {
            case SEND -> send();
            case RECEIVE -> receive();
            case BOTH -> both();
        }
    }

    private void both() throws IOException {
        var failure = new AtomicReference<IOException>();
        Thread sender = Thread.ofVirtual().name("heddle-load-sender").start(() -> {
            try {
                send();
            } catch (IOException e) {
                failure.set(e);
            }
        });
        try {
            receive();
            sender.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // The server has stopped reading, so a write would block.
            sender.interrupt();
        }
        IOException broken = failure.get();
        if (broken != null) {
            throw broken;
        }
    }

    private void send() throws IOException {
        OutputStream out = socket.getOutputStream();
        byte[] chunk = new byte[options.size()];
        while (!isOver()) {
            out.write(chunk);
            if (isMeasured()) {
                counters.sent(chunk.length);
                counters.wireSent(connection);
            } else {
                connection.newlySent();
            }
        }
        socket.shutdownOutput();
    }

    private void receive() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] chunk = new byte[Math.max(16 * 1024, options.size())];
        long end = window.end() + options.timeout().toNanos();
        boolean sendsBack = options.direction() == LoadOptions.Direction.BOTH;
        try {
            while (sendsBack || !isOver()) {
                socket.setSoTimeout(LoadSocket.millisUntil(
                        Math.min(end, System.nanoTime() + options.timeout().toNanos())));
                int n = in.read(chunk);
                if (n < 0) {
                    if (isOver()) {
                        return;
                    }
                    throw new LoadException("ECONNRESET", "stream: the server ended the connection");
                }
                if (isMeasured()) {
                    counters.received(n);
                    counters.wireReceived(connection);
                } else {
                    connection.newlyReceived();
                }
            }
        } catch (SocketTimeoutException e) {
            if (!isOver()) {
                throw e;
            }
        }
    }

    private boolean isOver() {
        return System.nanoTime() - window.end() >= 0 || Thread.currentThread().isInterrupted();
    }

    private boolean isMeasured() {
        long now = System.nanoTime();
        return now - window.measured() >= 0 && now - window.end() < 0;
    }
}
