package io.heddle.cipher;

import io.heddle.HelloBytes;
import io.heddle.RawRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server that reads the ClientHello of each connection and closes it. */
final class HelloCatcher implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final BlockingQueue<Optional<HelloBytes>> caught = new LinkedBlockingQueue<>();
    private final Thread acceptor = Thread.ofVirtual().start(this::accept);

    HelloCatcher() throws IOException {}

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                caught.add(read(socket));
            } catch (IOException e) {
                // At the end the listener is closed.
            }
        }
    }

    private static Optional<HelloBytes> read(Socket socket) {
        try {
            return RawRecord.read(socket.getInputStream())
                    .filter(record -> record.type() == RawRecord.HANDSHAKE)
                    .map(HelloBytes::of);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Returns the next connection's ClientHello, empty if it sent none. */
    Optional<HelloBytes> next() throws InterruptedException {
        Optional<HelloBytes> next = caught.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no connection came within 20 s");
        }
        return next;
    }

    /** Returns the groups and the key shares of a ClientHello as hexadecimal numbers, with | in between. */
    static String groupsAndKeyShares(HelloBytes hello) {
        ByteBuffer groups =
                ByteBuffer.wrap(hello.extension(HelloBytes.SUPPORTED_GROUPS).orElseThrow());
        List<String> numbers = new ArrayList<>();
        groups.getShort();
        while (groups.hasRemaining()) {
            numbers.add("%04x".formatted(groups.getShort()));
        }
        ByteBuffer shares =
                ByteBuffer.wrap(hello.extension(HelloBytes.KEY_SHARE).orElseThrow());
        List<String> shared = new ArrayList<>();
        shares.getShort();
        while (shares.hasRemaining()) {
            shared.add("%04x".formatted(shares.getShort()));
            int length = shares.getShort() & 0xffff;
            shares.position(shares.position() + length);
        }
        return String.join(",", numbers) + "|" + String.join(",", shared);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        listener.close();
        acceptor.join();
    }
}
