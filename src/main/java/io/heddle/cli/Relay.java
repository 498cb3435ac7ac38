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

/** The data transfer of {@code heddle connect}: from a text or the standard input to the server, and from the server to a stream. */
final class Relay {
    private static final int BUFFER = 16 * 1024;

    private Relay() {}

    /** Sends a text, half-closes, and copies the response until the server closes or a read exceeds {@code timeout}. */
    static void send(TlsSocket socket, String text, Duration timeout, OutputStream answer) throws IOException {
        socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, timeout.toMillis()));
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
        } catch (IOException e) {
            throw reasonOf(socket, e);
        }
        copy(socket.getInputStream(), answer);
    }

    /** Copies in both directions until the server closes; the end of the input half-closes. */
    static void both(TlsSocket socket, InputStream input, OutputStream answer) throws IOException {
        // A daemon, because a read from a terminal cannot be interrupted after the server has closed.
        Thread.ofPlatform().daemon().name("heddle-stdin").start(() -> {
            try {
                copy(input, socket.getOutputStream());
                socket.shutdownOutput();
            } catch (IOException e) {
                // The reading side reports the reason.
            }
        });
        copy(socket.getInputStream(), answer);
    }

    // A server that rejects the client after the handshake sends an alert and closes. A write then fails without the
    // reason;
    // the alert is still to be read.
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
            // PrintStream hides a broken pipe, as after `| head`.
            if (to instanceof PrintStream print && print.checkError()) {
                throw new IOException("Broken pipe");
            }
        }
    }

    /** A buffer for the data of the server, up to a limit. */
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
