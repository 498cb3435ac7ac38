package io.heddle.engine.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SocketChannel;

/**
 * A transport over a connected channel in blocking mode that has no socket, as those of Unix-domain sockets. A channel
 * that is switched to non-blocking mode meanwhile fails with an {@link IOException}.
 */
public final class ChannelTransport implements Transport {
    private final SocketChannel channel;
    private final TimedReader reader;

    /** Creates a transport over a connected channel in blocking mode. */
    public ChannelTransport(SocketChannel channel) {
        this.channel = channel;
        this.reader = new TimedReader(Channels.newInputStream(channel));
    }

    @Override
    public int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException {
        if (timeoutMillis > 0 || reader.busy()) {
            return reader.read(into, offset, length, timeoutMillis);
        }
        int n = channel.read(ByteBuffer.wrap(into, offset, length));
        if (n == 0) {
            throw SocketTransport.notBlocking(new IllegalBlockingModeException());
        }
        return n;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(from, offset, length);
        while (buffer.hasRemaining()) {
            if (channel.write(buffer) == 0 && !channel.isBlocking()) {
                throw SocketTransport.notBlocking(new IllegalBlockingModeException());
            }
        }
    }

    @Override
    public int available() {
        return reader.waiting();
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void shutdownInput() throws IOException {
        channel.shutdownInput();
        reader.end();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        reader.end();
    }
}
