package io.heddle.load;

import io.heddle.TlsSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;

/** Bytes that the server sends back. */
final class RawEcho extends Exchange {
    /** A server that sends back while it reads must not have to wait for us, nor we for it: so much is on its way at most. */
    private static final int AHEAD = 32 * 1024;

    private static final int PERIOD = 251;

    private final int size;
    private final byte[] pattern;
    private final byte[] answer;

    RawEcho(int size) {
        this.size = size;
        int piece = Math.min(size, AHEAD / 2);
        // Whatever the offset, a piece of it begins within the first period.
        pattern = new byte[piece + PERIOD];
        for (int i = 0; i < pattern.length; i++) {
            pattern[i] = (byte) (i % PERIOD);
        }
        answer = new byte[piece];
    }

    @Override
    Done run(TlsSocket socket, long end) throws IOException {
        OutputStream out = socket.getOutputStream();
        InputStream in = socket.getInputStream();
        int sent = 0;
        int received = 0;
        while (received < size) {
            int ready = Math.min(answer.length, size - sent);
            if (ready > 0 && sent - received + ready <= AHEAD) {
                out.write(pattern, sent % PERIOD, ready);
                sent += ready;
            } else {
                int n = read(socket, in, answer, 0, Math.min(answer.length, size - received), end);
                int from = received % PERIOD;
                if (!Arrays.equals(answer, 0, n, pattern, from, from + n)) {
                    throw new LoadBroken(
                            "ERR_WRONG_ANSWER",
                            "request: the server sent other bytes back than it was sent, within the %d bytes from byte %d on"
                                    .formatted(n, received));
                }
                received += n;
            }
        }
        return new Done(sent, received, true, Optional.empty());
    }
}
