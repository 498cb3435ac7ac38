package io.heddle.engine;

import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

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

    private final Connection connection;
    private final EngineLock engine;
    private final Protocol protocol;
    private final Lanes lanes;
    private final Farewell farewell;
    private final NegotiationGate gate = new NegotiationGate();

    /** How long one may take. Written under the handshake lock, read by anyone. */
    private volatile Duration limit = Duration.ZERO;

    /** Written before the handshake, read by anyone. */
    private volatile Consumer<HandshakeResult> onCompleted = made -> {};

    Renegotiation(Connection connection, EngineLock engine, Protocol protocol, Lanes lanes, Farewell farewell) {
        this.connection = connection;
        this.engine = engine;
        this.protocol = protocol;
        this.lanes = lanes;
        this.farewell = farewell;
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
    HandshakeResult run(Optional<ClientCertificateDemand> clientCertificates, Duration allowed) throws IOException {
        connection.throwIfUnusable();
        limit = allowed;
        await();
        Optional<HandshakeResult> before = connection.result();
        begin(clientCertificates);
        ReadDeadline deadline =
                allowed.isZero() ? ReadDeadline.NONE : new ReadDeadline(false, System.nanoTime() + allowed.toNanos());
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

    private void begin(Optional<ClientCertificateDemand> clientCertificates) throws IOException {
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

    private void late() {
        connection.fail(
                Code.ERR_TLS_HANDSHAKE_TIMEOUT.failure("renegotiation: not finished within %d ms", limit.toMillis()));
        farewell.breakOff();
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
