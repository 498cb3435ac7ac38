package io.heddle.load;

import io.heddle.TlsSocket;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A request and its answer, of one virtual user. Used by one thread. */
abstract class Exchange {
    /** What the server said when it should have answered, and did not. */
    static LoadBroken hungUp() {
        return new LoadBroken("ECONNRESET", "request: the server ended the connection before its answer was complete");
    }

    /**
     * What an exchange cost.
     *
     * @param keep whether the connection can be used again
     * @param refusal what the server answered in place of what was asked for; empty if all is well
     */
    record Done(int sent, long received, boolean keep, Optional<LoadBroken> refusal) {}

    static Exchange of(LoadOptions options, LoadTarget target) {
        return options.http()
                .<Exchange>map(path -> new HttpGet(path, target))
                .orElseGet(() -> new RawEcho(options.size()));
    }

    /**
     * Sends the request and reads the whole answer.
     *
     * @param end when it has to be there, on the scale of {@link System#nanoTime}
     */
    abstract Done run(TlsSocket socket, long end) throws IOException;

    /** Reads what there is, at least a byte. */
    static int read(TlsSocket socket, InputStream in, byte[] into, int offset, int length, long end)
            throws IOException {
        socket.setSoTimeout(LoadConnection.millisUntil(end));
        int n = in.read(into, offset, length);
        if (n < 0) {
            throw hungUp();
        }
        return n;
    }
}
