package io.heddle.engine;

import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The renegotiation of a connection (RFC 5246 7.4.1.1, RFC 5746; TLS 1.2 and below).
 *
 * <p>The thread that reads performs it. If no application thread is reading, a thread that waits for the end of the
 * renegotiation performs the reads itself: the one that requested it, or one that wants to write, since application
 * data is held back meanwhile. Application data that arrives is kept for the application.
 *
 * <p>Thread-safe; see {@link Connection} for the order of the locks.
 */
final class Renegotiation {
    private interface Condition {
        boolean holds() throws IOException;
    }

    private final ConnectionState state;
    private final EngineLock engine;
    private final CurrentProtocol protocol;
    private final RecordReader reader;
    private final RecordWriter writer;
    private final RenegotiationMonitor monitor;
    private final RenegotiationGate gate;
    private final DeferredFlush deferredFlush;

    Renegotiation(
            ConnectionState state,
            EngineLock engine,
            CurrentProtocol protocol,
            RecordReader reader,
            RecordWriter writer,
            RenegotiationMonitor monitor,
            RenegotiationGate gate,
            DeferredFlush deferredFlush) {
        this.state = state;
        this.engine = engine;
        this.protocol = protocol;
        this.reader = reader;
        this.writer = writer;
        this.monitor = monitor;
        this.gate = gate;
        this.deferredFlush = deferredFlush;
    }

    /** Renegotiates as {@link Connection#renegotiate}; the caller holds the handshake lock. */
    HandshakeResult run(Optional<ClientAuthRequirement> clientCertificates, Duration limit) throws IOException {
        state.throwIfUnusable();
        monitor.limit(limit);
        await();
        @Nullable HandshakeResult before = state.result();
        start(clientCertificates);
        ReadDeadline deadline = limit.isZero() ? ReadDeadline.NONE : ReadDeadline.in(limit);
        try {
            waitUntil(() -> state.result() != before || isRefused(), deadline);
        } catch (SocketTimeoutException e) {
            // A client need not answer a HelloRequest; the connection goes on.
            throw Code.ERR_TLS_HANDSHAKE_TIMEOUT.failure(
                    e, "renegotiation: the peer did not take part within %d ms", limit.toMillis());
        }
        HandshakeResult result = state.result();
        if (result == null || result == before) {
            throw Code.ERR_SSL_NO_RENEGOTIATION.failure("renegotiation: the client refused it");
        }
        return result;
    }

    private void start(Optional<ClientAuthRequirement> clientCertificates) throws IOException {
        writer.lock().lock();
        try {
            engine.run(() -> protocol.get().renegotiate(clientCertificates.orElse(null)));
            monitor.update();
            writer.flush();
        } finally {
            writer.lock().unlock();
        }
        deferredFlush.schedule();
    }

    private boolean isRefused() throws IOException {
        return engine.call(() -> protocol.get().signals().isRenegotiationRefused());
    }

    /** Waits until no renegotiation runs. */
    void await() throws IOException {
        if (engine.isNegotiating()) {
            waitUntil(() -> !engine.isNegotiating(), ReadDeadline.NONE);
        }
    }

    /** Waits until the condition holds, and reads meanwhile unless the application does. */
    private void waitUntil(Condition condition, ReadDeadline deadline) throws IOException {
        gate.join();
        try {
            while (true) {
                long seen = gate.version();
                state.throwIfUnusable();
                monitor.throwIfExpired();
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

    /** Processes one record; returns false if another thread reads, or has to read first what is buffered already. */
    private boolean advance(ReadDeadline deadline) throws IOException {
        // A reader in the queue has precedence: it wants the data that may come.
        if (reader.lock().hasQueuedThreads() || !reader.lock().tryLock()) {
            return false;
        }
        try {
            return reader.advance(deadline);
        } finally {
            reader.lock().unlock();
        }
    }
}
