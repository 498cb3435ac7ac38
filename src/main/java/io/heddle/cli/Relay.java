package io.heddle.cli;

import io.heddle.TlsSocket;
import io.heddle.failure.TlsFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The bytes of {@code heddle connect}: from a text or the standard input to the peer, and from the peer to somewhere. */
final class Relay {
    private static final int BUFFER = 16 * 1024;

    private Relay() {}

    /** Sends a text, half-closes, and copies what comes back until the peer ends, or is silent for {@code patience}. */
    static void send(TlsSocket socket, String text, Duration patience, OutputStream answer) throws IOException {
        socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, patience.toMillis()));
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
        } catch (IOException e) {
            throw reasonOf(socket, e);
        }
        copy(socket.getInputStream(), answer);
    }

    /** Copies both ways until the peer ends; the end of the input half-closes. */
    static void both(TlsSocket socket, InputStream input, OutputStream answer) throws IOException {
        // A daemon, because a read from a terminal cannot be interrupted; when the peer has ended, nobody needs it.
        Thread.ofPlatform().daemon().name("heddle-stdin").start(() -> {
            try {
                copy(input, socket.getOutputStream());
                socket.shutdownOutput();
            } catch (IOException e) {
                // What ended the connection is for the reading side to say.
            }
        });
        copy(socket.getInputStream(), answer);
    }

    // A peer that refuses us after the handshake sends an alert and closes. Whoever writes then only learns that it is
    // gone; the alert waits to be read.
    private static IOException reasonOf(TlsSocket socket, IOException broken) {
        try {
            copy(socket.getInputStream(), OutputStream.nullOutputStream());
        } catch (TlsFailure reason) {
            return reason;
        } catch (IOException e) {
            broken.addSuppressed(e);
        }
        return broken;
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            to.write(buffer, 0, n);
            to.flush();
            // The standard output keeps quiet about a reader that has left, as head does when it has enough.
            if (to instanceof PrintStream print && print.checkError()) {
                throw new IOException("Broken pipe");
            }
        }
    }

    /** Keeps a text that a peer sends, up to a bound. */
    static final class Kept extends OutputStream {
        private static final int LONGEST = 16 << 20;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            if (bytes.size() + length > LONGEST) {
                throw new IOException("the peer sent more than the %d bytes that --json keeps".formatted(LONGEST));
            }
            bytes.write(from, offset, length);
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
