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
 * One side of a connection of engines: an engine and the bytes that came for it. Every result is checked against the positions of
 * its buffers and kept, so that a test can ask what happened.
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

    void meets(EngineEnd other) {
        peer = other;
    }

    SSLEngine engine() {
        return engine;
    }

    /** Returns all results so far. */
    List<SSLEngineResult> results() {
        return results;
    }

    /** Returns how many results were FINISHED. */
    long finished() {
        return results.stream()
                .filter(result -> result.getHandshakeStatus() == HandshakeStatus.FINISHED)
                .count();
    }

    /** Returns what has come and was not unwrapped, ready to be read from; what the test consumes stays consumed. */
    ByteBuffer incoming() {
        incoming.flip();
        ByteBuffer bytes = ByteBuffer.allocate(Math.max(1 << 16, incoming.remaining()));
        bytes.put(incoming).flip();
        incoming.clear();
        return bytes;
    }

    /** Gives bytes to this side, as if they had come from the peer. */
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

    /** Wraps nothing. */
    SSLEngineResult wrap() throws SSLException {
        return wrap(NOTHING.duplicate());
    }

    /** Wraps this for the peer. */
    SSLEngineResult wrap(ByteBuffer source) throws SSLException {
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        SSLEngineResult result = wrap(source, out);
        sends(out.flip());
        return result;
    }

    /** Gives bytes to the peer. */
    void sends(ByteBuffer bytes) {
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

    /** Unwraps at most one record of what has come, into a buffer that has room. */
    SSLEngineResult unwrap() throws SSLException {
        return unwrap(ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
    }

    /** Unwraps at most one record of what has come into this. */
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

    /** Runs all tasks here. */
    void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** Does what the engine needs, or takes what has come; tells whether there was anything to do. */
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

    /** Unwraps everything that has come and returns the application data in it. */
    byte[] takeAll() throws SSLException {
        ByteBuffer taken = ByteBuffer.allocate(1 << 16);
        while (hasIncoming()) {
            ByteBuffer out = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
            SSLEngineResult result = unwrap(out);
            if (result.getStatus() != SSLEngineResult.Status.OK) {
                break;
            }
            runTasks();
            taken.put(out.flip());
        }
        byte[] bytes = new byte[taken.flip().remaining()];
        taken.get(bytes);
        return bytes;
    }
}
