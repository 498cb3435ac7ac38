package io.heddle.load;

import io.heddle.TlsSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;

/** A request and its response, sent and read by one virtual user. Used by one thread. */
abstract class Exchange {
    /**
     * The result of an exchange.
     *
     * @param keep whether the connection can be used again
     * @param refusal the failure that the response reports; empty if it is a success
     */
    record Result(int sent, long received, boolean keep, Optional<LoadException> refusal) {}

    static Exchange of(LoadOptions options, LoadOptions.Target target) {
        return options.http()
                .<Exchange>map(path -> new HttpGet(path, target))
                .orElseGet(() -> new Echo(options.size()));
    }

    /**
     * Sends the request and reads the whole response.
     *
     * @param end the deadline, on the scale of {@link System#nanoTime}
     */
    abstract Result run(TlsSocket socket, long end) throws IOException;

    /** Reads at least one byte. */
    static int read(TlsSocket socket, InputStream in, byte[] into, int offset, int length, long end)
            throws IOException {
        socket.setSoTimeout(LoadSocket.millisUntil(end));
        int n = in.read(into, offset, length);
        if (n < 0) {
            throw connectionEnded();
        }
        return n;
    }

    /** Returns the failure of a connection that the server ended before a complete response. */
    static LoadException connectionEnded() {
        return new LoadException(
                "ECONNRESET", "request: the server ended the connection before its answer was complete");
    }

    /** An exchange of bytes with a server that sends them back. */
    private static final class Echo extends Exchange {
        /** The most bytes in flight. More could fill the buffers of both sides, which would then wait for each other. */
        private static final int WINDOW = 32 * 1024;

        private static final int PERIOD = 251;

        private final int size;
        private final byte[] pattern;
        private final byte[] answer;

        Echo(int size) {
            this.size = size;
            int piece = Math.min(size, WINDOW / 2);
            // A piece at any offset of the stream begins within the first period.
            pattern = new byte[piece + PERIOD];
            for (int i = 0; i < pattern.length; i++) {
                pattern[i] = (byte) (i % PERIOD);
            }
            answer = new byte[piece];
        }

        @Override
        Result run(TlsSocket socket, long end) throws IOException {
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            int sent = 0;
            int received = 0;
            while (received < size) {
                int ready = Math.min(answer.length, size - sent);
                if (ready > 0 && sent - received + ready <= WINDOW) {
                    out.write(pattern, sent % PERIOD, ready);
                    sent += ready;
                } else {
                    int n = read(socket, in, answer, 0, Math.min(answer.length, size - received), end);
                    int from = received % PERIOD;
                    if (!Arrays.equals(answer, 0, n, pattern, from, from + n)) {
                        throw new LoadException(
                                "ERR_WRONG_ANSWER",
                                "request: the server sent other bytes back than it was sent, within the %d bytes from byte %d on"
                                        .formatted(n, received));
                    }
                    received += n;
                }
            }
            return new Result(sent, received, true, Optional.empty());
        }
    }
}
