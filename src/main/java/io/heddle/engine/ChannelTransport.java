package io.heddle.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/** Records over a connected channel in blocking mode, which is how Java reaches Unix-domain sockets. */
public final class ChannelTransport implements Transport {
    private final SocketChannel channel;
    private final TimedReader reader;

    /** Takes a connected channel in blocking mode. */
    public ChannelTransport(SocketChannel channel) {
        this.channel = channel;
        this.reader = new TimedReader(Channels.newInputStream(channel));
    }

    @Override
    public int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException {
        if (timeoutMillis > 0 || reader.busy()) {
            return reader.read(into, offset, length, timeoutMillis);
        }
        return channel.read(ByteBuffer.wrap(into, offset, length));
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(from, offset, length);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
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
