package io.heddle.dropin.contract;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/**
 * An engine over a TCP connection, driven as the documentation of {@link SSLEngine} describes; blocking. For
 * one thread.
 */
final class EngineChannel {
    private final SSLEngine engine;
    private final Socket socket;
    private final ByteBuffer net;

    EngineChannel(SSLEngine engine, Socket socket) {
        this.engine = engine;
        this.socket = socket;
        net = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    }

    /** Writes all of this. */
    void write(byte[] data) throws IOException {
        ByteBuffer source = ByteBuffer.wrap(data);
        while (source.hasRemaining()) {
            wrap(source);
            settle();
        }
    }

    /** Returns the data of the next record, empty after close_notify. */
    byte[] read() throws IOException {
        while (!engine.isInboundDone()) {
            ByteBuffer data = unwrap();
            settle();
            if (data.hasRemaining()) {
                byte[] bytes = new byte[data.remaining()];
                data.get(bytes);
                return bytes;
            }
        }
        return new byte[0];
    }

    /** Sends close_notify. */
    void close() throws IOException {
        engine.closeOutbound();
        while (!engine.isOutboundDone()) {
            wrap(ByteBuffer.allocate(0));
        }
    }

    private void settle() throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (engine.isInboundDone()) {
                        return;
                    }
                    unwrap();
                }
                case NOT_HANDSHAKING, FINISHED -> {
                    return;
                }
            }
        }
    }

    private void wrap(ByteBuffer source) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(source, out);
        socket.getOutputStream().write(out.array(), 0, out.position());
    }

    /** Waits for one record and returns its data. */
    private ByteBuffer unwrap() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        while (true) {
            net.flip();
            SSLEngineResult result = engine.unwrap(net, data);
            net.compact();
            if (result.getStatus() != Status.BUFFER_UNDERFLOW
                    || result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                return data.flip();
            }
            int got = socket.getInputStream().read(net.array(), net.position(), net.remaining());
            if (got < 0) {
                throw new EOFException("the peer left without close_notify");
            }
            net.position(net.position() + got);
        }
    }
}
