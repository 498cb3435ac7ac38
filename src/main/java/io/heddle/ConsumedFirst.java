package io.heddle;

import java.io.IOException;
import java.io.InputStream;

/**
 * Bytes that were read from a socket before, then the socket.
 *
 * <p>Unlike {@link java.io.SequenceInputStream} it closes nothing when it comes to an end: the end of a socket's input is not
 * the end of the socket. One reader at a time.
 */
final class ConsumedFirst extends InputStream {
    private final InputStream consumed;
    private final InputStream rest;
    private boolean usedUp;

    ConsumedFirst(InputStream consumed, InputStream rest) {
        this.consumed = consumed;
        this.rest = rest;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (!usedUp) {
            int n = consumed.read(into, offset, length);
            if (n >= 0) {
                return n;
            }
            usedUp = true;
        }
        return rest.read(into, offset, length);
    }

    @Override
    public int available() throws IOException {
        int first = usedUp ? 0 : consumed.available();
        return first > 0 ? first : rest.available();
    }

    @Override
    public void close() throws IOException {
        rest.close();
    }
}
