package io.heddle.load;

import io.heddle.TlsSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** As many bytes over one connection as go through, until the end of the window. What comes after the end is read and not counted. */
final class BulkStream {
    private final LoadConnection connection;
    private final TlsSocket socket;
    private final LoadOptions options;
    private final Schedule.Window window;
    private final Tally tally;

    BulkStream(LoadConnection connection, LoadOptions options, Schedule.Window window, Tally tally) {
        this.connection = connection;
        this.socket = connection.tls();
        this.options = options;
        this.window = window;
        this.tally = tally;
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
            // Who still writes writes to a server that does not read any more.
            sender.interrupt();
        }
        IOException broken = failure.get();
        if (broken != null) {
            throw broken;
        }
    }

    private void send() throws IOException {
        OutputStream out = socket.getOutputStream();
        byte[] piece = new byte[options.size()];
        while (!over()) {
            out.write(piece);
            if (counts()) {
                tally.sent(piece.length);
                tally.wireSent(connection);
            } else {
                connection.newlySent();
            }
        }
        socket.shutdownOutput();
    }

    private void receive() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] piece = new byte[Math.max(16 * 1024, options.size())];
        long end = window.end() + options.timeout().toNanos();
        boolean sendsBack = options.direction() == StreamDirection.BOTH;
        try {
            while (sendsBack || !over()) {
                socket.setSoTimeout(LoadConnection.millisUntil(
                        Math.min(end, System.nanoTime() + options.timeout().toNanos())));
                int n = in.read(piece);
                if (n < 0) {
                    if (over()) {
                        return;
                    }
                    throw new LoadBroken("ECONNRESET", "stream: the server ended the connection");
                }
                if (counts()) {
                    tally.received(n);
                    tally.wireReceived(connection);
                } else {
                    connection.newlyReceived();
                }
            }
        } catch (SocketTimeoutException e) {
            if (!over()) {
                throw e;
            }
        }
    }

    private boolean over() {
        return System.nanoTime() - window.end() >= 0 || Thread.currentThread().isInterrupted();
    }

    private boolean counts() {
        long now = System.nanoTime();
        return now - window.measured() >= 0 && now - window.end() < 0;
    }
}
