package io.heddle.engine;

import io.heddle.engine.handshake.ClientAuthRequirement;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.Protocol;
import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Negotiations on a connection that is secure already (RFC 5246 7.4.1.1, RFC 5746; TLS 1.2 and below).
 *
 * <p>They are made by whoever reads. Where nobody does, who waits for the end of one reads in his place: who asked for it, and
 * who wants to write, since application data is held back meanwhile. What comes for the application is kept for it.
 *
 * <p>Thread-safe; see {@link Connection} for the order of the locks.
 */
final class Renegotiation {
    private interface Condition {
        boolean holds() throws IOException;
    }

    /** How long the deadline waits for the engine, which computes or waits for a callback of the application. */
    private static final Duration ENGINE_BOUND = Duration.ofMillis(50);

    private final Connection connection;
    private final EngineLock engine;
    private final Protocol protocol;
    private final RecordLayer lanes;
    private final ConnectionShutdown farewell;
    private final NegotiationGate gate;

    /** How long one may take. Written under the handshake lock, read by anyone. */
    private volatile Duration limit = Duration.ZERO;

    /** Written when the time of a renegotiation is over, read by whoever waits for its end. */
    private volatile @Nullable TlsFailure expired;

    /** Written before the handshake, read by anyone. */
    private volatile Consumer<HandshakeResult> onCompleted = made -> {};

    Renegotiation(
            Connection connection,
            EngineLock engine,
            Protocol protocol,
            RecordLayer lanes,
            NegotiationGate gate,
            ConnectionShutdown farewell) {
        this.connection = connection;
        this.engine = engine;
        this.protocol = protocol;
        this.lanes = lanes;
        this.gate = gate;
        this.farewell = farewell;
        protocol.onRenegotiation(this::begins);
    }

    NegotiationGate gate() {
        return gate;
    }

    void limit(Duration allowed) {
        limit = allowed;
    }

    void onCompleted(Consumer<HandshakeResult> listener) {
        onCompleted = listener;
    }

    /** Negotiates anew; the caller holds the handshake lock. */
    HandshakeResult run(Optional<ClientAuthRequirement> clientCertificates, Duration allowed) throws IOException {
        connection.throwIfUnusable();
        limit = allowed;
        await();
        Optional<HandshakeResult> before = connection.result();
        begin(clientCertificates);
        ReadDeadline deadline = allowed.isZero() ? ReadDeadline.NONE : ReadDeadline.in(allowed);
        try {
            drive(() -> !connection.result().equals(before) || isRefused(), deadline);
        } catch (SocketTimeoutException e) {
            // A client that does not answer a HelloRequest is in its right; the connection goes on.
            throw Code.ERR_TLS_HANDSHAKE_TIMEOUT.failure(
                    e, "renegotiation: the peer did not take part within %d ms", allowed.toMillis());
        }
        if (connection.result().equals(before)) {
            throw Code.ERR_SSL_NO_RENEGOTIATION.failure("renegotiation: the client refused it");
        }
        return connection.result().orElseThrow();
    }

    private void begin(Optional<ClientAuthRequirement> clientCertificates) throws IOException {
        lanes.out().lock();
        try {
            engine.run(() -> protocol.renegotiate(clientCertificates.orElse(null)));
            note();
            lanes.writer().flush();
        } finally {
            lanes.out().unlock();
        }
        connection.flushLater();
    }

    private boolean isRefused() throws IOException {
        return engine.call(() -> protocol.signals().isRenegotiationRefused());
    }

    /**
     * Looks whether the protocol has begun a negotiation, or completed one.
     *
     * @return whether it has completed one
     */
    boolean note() throws IOException {
        HandshakeResult made = engine.call(protocol::result);
        if (made != null && connection.result().orElse(null) != made) {
            connection.negotiated(made);
            gate.ended();
            onCompleted.accept(made);
            return true;
        }
        if (engine.isNegotiating()) {
            gate.began(limit, this::late);
        }
        gate.signal();
        return false;
    }

    /** Called in the engine: from here on a callback of the application may block. */
    private void begins() {
        engine.negotiationBegins();
        gate.began(limit, this::late);
    }

    private void late() {
        TlsFailure failure =
                Code.ERR_TLS_HANDSHAKE_TIMEOUT.failure("renegotiation: not finished within %d ms", limit.toMillis());
        if (tryFail(failure)) {
            return;
        }
        // A callback of the application holds the engine, perhaps for ever.
        expired = failure;
        engine.expire(failure);
        farewell.breakOff();
        engine.wake();
        gate.signal();
        Thread.ofVirtual().name("heddle-deadline").start(() -> connection.fail(failure));
    }

    /** Ends the connection unless the renegotiation is complete by now; returns false if the engine is not free. */
    private boolean tryFail(TlsFailure failure) {
        try (var interrupt = new DeferredInterrupt()) {
            return engine.tryRun(interrupt, ReadDeadline.end(ENGINE_BOUND), () -> {
                if (protocol.negotiating()) {
                    connection.fail(failure);
                    farewell.breakOff();
                }
            });
        } catch (IOException e) {
            throw new IllegalStateException("neither failing nor breaking off throws", e);
        }
    }

    /** Waits until no negotiation is on. */
    void await() throws IOException {
        if (engine.isNegotiating()) {
            drive(() -> !engine.isNegotiating(), ReadDeadline.NONE);
        }
    }

    /** Reads until the condition holds, in the place of the application where it does not do so itself. */
    private void drive(Condition condition, ReadDeadline deadline) throws IOException {
        gate.join();
        try {
            while (true) {
                long seen = gate.version();
                connection.throwIfUnusable();
                throwIfExpired();
                if (condition.holds()) {
                    return;
                }
                if (!advance(deadline)) {
                    gate.await(seen, deadline);
                }
            }
        } finally {
            gate.leave();
        }
    }

    private void throwIfExpired() throws TlsFailure {
        TlsFailure failure = expired;
        if (failure != null) {
            throw failure;
        }
    }

    /** Takes in one record, unless somebody else reads, or has to read first what is there already. */
    private boolean advance(ReadDeadline deadline) throws IOException {
        // A reader that waits already goes first: it wants the data that may come.
        if (lanes.in().hasQueuedThreads() || !lanes.in().tryLock()) {
            return false;
        }
        try {
            return lanes.reader().advance(deadline);
        } finally {
            lanes.in().unlock();
        }
    }
}
