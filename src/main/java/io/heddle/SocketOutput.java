package io.heddle;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** What a socket sends, each write at once. Closing it closes the socket. */
final class SocketOutput extends OutputStream {
    private final TlsSocket socket;

    SocketOutput(TlsSocket socket) {
        this.socket = socket;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        socket.write(from, offset, length);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
