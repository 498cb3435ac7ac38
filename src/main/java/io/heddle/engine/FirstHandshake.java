package io.heddle.engine;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.Protocol;
import io.heddle.engine.transport.PlatformExecutor;
import io.heddle.engine.transport.Watchdog;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The negotiation with which a connection begins, under one deadline, and how it fails.
 *
 * <p>Made by one thread, which holds the connection's locks; woken by others.
 */
final class FirstHandshake {
    private final Connection connection;
    private final EngineLock engine;
    private final Protocol protocol;
    private final RecordLayer lanes;
    private final ConnectionShutdown farewell;

    /** Written by the thread that negotiates, read by who has to wake it; null when nobody does. */
    private volatile @Nullable Negotiation negotiation;

    FirstHandshake(
            Connection connection,
            EngineLock engine,
            Protocol protocol,
            RecordLayer lanes,
            ConnectionShutdown farewell) {
        this.connection = connection;
        this.engine = engine;
        this.protocol = protocol;
        this.lanes = lanes;
        this.farewell = farewell;
    }

    /** Negotiates; the caller holds all locks but engine. {@link Connection#handshake(Duration, Consumer)} says more. */
    HandshakeResult run(Duration limit, Consumer<TlsFailure> atDeadline) throws IOException {
        var running = new Negotiation();
        negotiation = running;
        Watchdog deadline =
                limit.isZero() ? null : Watchdog.after(limit, () -> deadlinePassed(running, limit, atDeadline));
        try {
            engine.run(protocol::start);
            HandshakeResult made;
            while (true) {
                IOException lost = flushOrTell();
                made = engine.call(protocol::result);
                if (made != null) {
                    break;
                }
                if (!lanes.reader().handshakeRecord()) {
                    throw FatalAlerts.hangUp(lost);
                }
            }
            connection.throwIfUnusable();
            engine.run(protocol::releaseBuffers);
            if (!running.complete()) {
                throw Connection.closedFailure();
            }
            connection.negotiated(made);
            return made;
        } catch (IOException | RuntimeException | Error e) {
            throw endHandshake(e, running);
        } finally {
            if (deadline != null) {
                deadline.close();
            }
            negotiation = null;
            running.end();
        }
    }

    /** A peer that hung up may have said why: what it said is still to be read. And tickets are sent as well as can be. */
    private @Nullable IOException flushOrTell() throws IOException {
        try {
            lanes.writer().flush();
            return null;
        } catch (IOException e) {
            if (e instanceof TlsFailure || FatalAlerts.isEngines(e)) {
                throw e;
            }
            return e;
        }
    }

    private IOException endHandshake(Throwable thrown, Negotiation ended) {
        IOException told;
        TlsFailure expired = ended.expired();
        if (expired != null) {
            told = expired;
        } else if (connection.isClosed()) {
            told = Connection.closedFailure();
        } else if (thrown instanceof TlsFailure || !(thrown instanceof IOException io) || FatalAlerts.isEngines(io)) {
            told = FatalAlerts.failure(thrown);
        } else {
            told = FatalAlerts.hangUp(io);
        }
        IOException kept = connection.fail(told);
        farewell.terminate();
        return kept;
    }

    private void deadlinePassed(Negotiation running, Duration limit, Consumer<TlsFailure> atDeadline) {
        TlsFailure failure =
                Code.ERR_TLS_HANDSHAKE_TIMEOUT.failure("handshake: not finished within %d ms", limit.toMillis());
        if (running.expire(failure)) {
            farewell.breakOff();
            running.wake();
            // The application's listener may take its time.
            PlatformExecutor.CLOSING.execute(() -> atDeadline.accept(failure));
        }
    }

    /** Wakes whoever negotiates, which has no end to wait for any more. */
    void wake() {
        Negotiation running = negotiation;
        if (running != null) {
            running.wake();
        }
    }
}
