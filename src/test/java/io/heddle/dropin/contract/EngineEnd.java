package io.heddle.dropin.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One side of a connection between engines: an engine and the bytes received for it. Every result is checked against
 * the positions of its buffers and kept for the test.
 */
final class EngineEnd {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final List<SSLEngineResult> results = new ArrayList<>();
    private ByteBuffer incoming = ByteBuffer.allocate(1 << 16);
    private @Nullable EngineEnd peer;

    EngineEnd(SSLEngine engine) {
        this.engine = engine;
    }

    void connectTo(EngineEnd other) {
        peer = other;
    }

    SSLEngine engine() {
        return engine;
    }

    /** Returns all results so far. */
    List<SSLEngineResult> results() {
        return results;
    }

    /** Returns the number of results with the status FINISHED. */
    long finished() {
        return results.stream()
                .filter(result -> result.getHandshakeStatus() == HandshakeStatus.FINISHED)
                .count();
    }

    /**
     * Returns the received bytes that are not unwrapped yet, ready for reading; bytes that the test consumes
     * stay consumed.
     */
    ByteBuffer incoming() {
        incoming.flip();
        ByteBuffer bytes = ByteBuffer.allocate(Math.max(1 << 16, incoming.remaining()));
        bytes.put(incoming).flip();
        incoming.clear();
        return bytes;
    }

    /** Adds bytes to the input of this side, as if the peer had sent them. */
    void receive(ByteBuffer bytes) {
        if (incoming.remaining() < bytes.remaining()) {
            incoming.flip();
            incoming = ByteBuffer.allocate(2 * (incoming.remaining() + bytes.remaining()))
                    .put(incoming);
        }
        incoming.put(bytes);
    }

    boolean hasIncoming() {
        return incoming.position() > 0;
    }

    /** Wraps no data. */
    SSLEngineResult wrap() throws SSLException {
        return wrap(NOTHING.duplicate());
    }

    /** Wraps this for the peer. */
    SSLEngineResult wrap(ByteBuffer source) throws SSLException {
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        SSLEngineResult result = wrap(source, out);
        sendToPeer(out.flip());
        return result;
    }

    /** Adds bytes to the input of the peer. */
    void sendToPeer(ByteBuffer bytes) {
        if (peer != null) {
            peer.receive(bytes);
        }
    }

    /** Wraps this into a buffer of the test. */
    SSLEngineResult wrap(ByteBuffer source, ByteBuffer out) throws SSLException {
        int from = source.position();
        int to = out.position();
        SSLEngineResult result = engine.wrap(source, out);
        assertThat(source.position() - from).isEqualTo(result.bytesConsumed());
        assertThat(out.position() - to).isEqualTo(result.bytesProduced());
        return kept(result);
    }

    /** Unwraps at most one received record, into a buffer with enough room. */
    SSLEngineResult unwrap() throws SSLException {
        return unwrap(ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
    }

    /** Unwraps at most one received record into this. */
    SSLEngineResult unwrap(ByteBuffer out) throws SSLException {
        incoming.flip();
        try {
            return unwrap(incoming, out);
        } finally {
            incoming.compact();
        }
    }

    /** Unwraps at most one record of this. */
    SSLEngineResult unwrap(ByteBuffer source, ByteBuffer out) throws SSLException {
        int from = source.position();
        int to = out.position();
        SSLEngineResult result = engine.unwrap(source, out);
        assertThat(source.position() - from).isEqualTo(result.bytesConsumed());
        assertThat(out.position() - to).isEqualTo(result.bytesProduced());
        return kept(result);
    }

    private SSLEngineResult kept(SSLEngineResult result) {
        results.add(result);
        return result;
    }

    /** Runs all delegated tasks on this thread. */
    void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** Performs the step that the engine needs, or unwraps input; returns whether there was anything to do. */
    boolean step() throws SSLException {
        return switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                runTasks();
                yield true;
            }
            case NEED_WRAP -> {
                SSLEngineResult result = wrap();
                yield result.bytesProduced() > 0 || result.getHandshakeStatus() != HandshakeStatus.NEED_WRAP;
            }
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING, FINISHED -> hasIncoming() && takes();
        };
    }

    private boolean takes() throws SSLException {
        if (engine.isInboundDone()) {
            return false;
        }
        SSLEngineResult result = unwrap();
        return result.bytesConsumed() > 0
                || result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                || result.getHandshakeStatus() == HandshakeStatus.NEED_TASK;
    }

    /** Wraps all of this for the peer. */
    void send(ByteBuffer data) throws SSLException {
        while (data.hasRemaining()) {
            SSLEngineResult result = wrap(data);
            assertThat(result.getStatus()).isEqualTo(SSLEngineResult.Status.OK);
            assertThat(result.bytesConsumed() + result.bytesProduced()).isPositive();
        }
    }

    /** Unwraps all received records and returns their application data. */
    byte[] takeAll() throws SSLException {
        ByteBuffer received = ByteBuffer.allocate(1 << 16);
        while (hasIncoming()) {
            ByteBuffer out = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
            SSLEngineResult result = unwrap(out);
            if (result.getStatus() != SSLEngineResult.Status.OK) {
                break;
            }
            runTasks();
            received.put(out.flip());
        }
        byte[] bytes = new byte[received.flip().remaining()];
        received.get(bytes);
        return bytes;
    }
}
