package io.heddle.engine;

import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The observer of renegotiations: detects their begin and completion, publishes their results and enforces
 * their deadline.
 *
 * <p>Thread-safe; see {@link Connection} for the order of the locks.
 */
final class RenegotiationMonitor {
    /**
     * How long the deadline waits for the engine, which may be computing or waiting for a callback of the application.
     */
    private static final Duration ENGINE_BOUND = Duration.ofMillis(50);

    private final ConnectionState state;
    private final EngineLock engine;
    private final CurrentProtocol protocol;
    private final RecordWriter writer;
    private final RenegotiationGate gate;

    /** How long a renegotiation may take. Written under the handshake lock, read by any thread. */
    private volatile Duration limit = Duration.ZERO;

    /** The failure of a renegotiation whose time is over. Written by the deadline, read by the threads that wait. */
    private volatile @Nullable TlsFailure expiry;

    /** Written before the handshake, read by any thread. */
    private volatile Consumer<HandshakeResult> listener = result -> {};

    RenegotiationMonitor(
            ConnectionState state,
            EngineLock engine,
            CurrentProtocol protocol,
            RecordWriter writer,
            RenegotiationGate gate) {
        this.state = state;
        this.engine = engine;
        this.protocol = protocol;
        this.writer = writer;
        this.gate = gate;
        protocol.get().onRenegotiation(this::begins);
    }

    void limit(Duration allowed) {
        limit = allowed;
    }

    void onCompleted(Consumer<HandshakeResult> consumer) {
        listener = consumer;
    }

    /** Runs in the engine before the renegotiation calls the application, whose callback may block. */
    private void begins() {
        engine.renegotiationBegins();
        gate.began(limit, this::deadlinePassed);
    }

    /**
     * Detects whether the protocol has begun or completed a renegotiation.
     *
     * @return whether it has completed one
     */
    boolean update() throws IOException {
        HandshakeResult result = engine.call(() -> protocol.get().result());
        if (result != null && state.result() != result) {
            writer.adoptFragmentLimit();
            state.handshakeCompleted(result);
            gate.ended();
            listener.accept(result);
            return true;
        }
        if (engine.isNegotiating()) {
            gate.began(limit, this::deadlinePassed);
        }
        gate.signal();
        return false;
    }

    private void deadlinePassed() {
        TlsFailure failure =
                Code.ERR_TLS_HANDSHAKE_TIMEOUT.failure("renegotiation: not finished within %d ms", limit.toMillis());
        if (tryFail(failure)) {
            return;
        }
        // A callback of the application holds the engine, perhaps forever.
        expiry = failure;
        engine.expire(failure);
        state.breakOff();
        engine.interruptCallback();
        gate.signal();
        Thread.ofVirtual().name("heddle-deadline").start(() -> state.fail(failure));
    }

    /** Ends the connection unless the renegotiation is complete by now; returns false if the engine is not free. */
    private boolean tryFail(TlsFailure failure) {
        try (var interrupt = new DeferredInterrupt()) {
            return engine.tryRun(interrupt, ReadDeadline.end(ENGINE_BOUND), () -> {
                if (protocol.get().negotiating()) {
                    state.fail(failure);
                    state.breakOff();
                }
            });
        } catch (IOException e) {
            throw new IllegalStateException("neither failing nor breaking off throws", e);
        }
    }

    void throwIfExpired() throws TlsFailure {
        TlsFailure failure = expiry;
        if (failure != null) {
            throw failure;
        }
    }
}
