package io.heddle.engine;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The handshake with which a connection begins, under one deadline.
 *
 * <p>Performed by one thread, which holds the connection's locks; other threads may interrupt it.
 */
final class FirstHandshake {
    private final ConnectionState state;
    private final EngineLock engine;
    private final CurrentProtocol protocol;
    private final RecordReader reader;
    private final RecordWriter writer;
    private final ConnectionShutdown shutdown;

    /** Written by the thread that performs the handshake, read by those that interrupt it; null while there is none. */
    private volatile @Nullable HandshakeDeadline running;

    FirstHandshake(
            ConnectionState state,
            EngineLock engine,
            CurrentProtocol protocol,
            RecordReader reader,
            RecordWriter writer,
            ConnectionShutdown shutdown) {
        this.state = state;
        this.engine = engine;
        this.protocol = protocol;
        this.reader = reader;
        this.writer = writer;
        this.shutdown = shutdown;
    }

    /**
     * Performs the handshake as {@link Connection#handshake(Duration, Consumer)}; the caller holds all locks
     * but engine.
     */
    HandshakeResult run(Duration limit, Consumer<TlsFailure> atDeadline) throws IOException {
        HandshakeDeadline deadline = HandshakeDeadline.start(limit, state::breakOff, atDeadline);
        running = deadline;
        try {
            HandshakeResult result = exchangeFlights();
            state.throwIfUnusable();
            engine.run(protocol::dropHandshake);
            if (!deadline.complete()) {
                throw ConnectionState.closedException();
            }
            writer.adoptFragmentLimit();
            state.handshakeCompleted(result);
            return result;
        } catch (IOException | RuntimeException | Error e) {
            throw fail(e, deadline);
        } finally {
            running = null;
            deadline.end();
        }
    }

    private HandshakeResult exchangeFlights() throws IOException {
        engine.run(() -> protocol.get().start());
        while (true) {
            IOException writeFailure = flush();
            HandshakeResult result = engine.call(() -> protocol.get().result());
            if (result != null) {
                return result;
            }
            if (!reader.handshakeRecord()) {
                throw FatalAlerts.hangUp(writeFailure);
            }
        }
    }

    /**
     * Sends the protocol's output. Returns a failure of the transport instead of throwing it: a peer that hung up may
     * have sent an alert that is still to be read, and a handshake does not fail for tickets that could not be sent.
     */
    private @Nullable IOException flush() throws IOException {
        try {
            writer.flush();
            return null;
        } catch (IOException e) {
            if (e instanceof TlsFailure || FatalAlerts.isEngines(e)) {
                throw e;
            }
            return e;
        }
    }

    private IOException fail(Throwable thrown, HandshakeDeadline deadline) {
        IOException failure;
        TlsFailure expiry = deadline.expiry();
        if (expiry != null) {
            failure = expiry;
        } else if (state.isClosed()) {
            failure = ConnectionState.closedException();
        } else if (thrown instanceof TlsFailure || !(thrown instanceof IOException io) || FatalAlerts.isEngines(io)) {
            failure = FatalAlerts.failure(thrown);
        } else {
            failure = FatalAlerts.hangUp(io);
        }
        IOException first = state.fail(failure);
        shutdown.terminate();
        return first;
    }

    /** Interrupts the thread that performs the handshake, if there is one: its connection was closed. */
    void interrupt() {
        HandshakeDeadline deadline = running;
        if (deadline != null) {
            deadline.interrupt();
        }
    }
}
