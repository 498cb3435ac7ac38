package io.heddle.engine;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.transport.Transport;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.net.SocketException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The state that all parts of a {@link Connection} share: the result of its last handshake, its first failure, and
 * whether it is closed.
 *
 * <p>Thread-safe. Each field may be read by any thread.
 */
final class ConnectionState {
    private final EngineLock engine;
    private final CurrentProtocol protocol;
    private final Transport transport;
    private final RenegotiationGate gate;
    private final Runnable terminate;

    private final AtomicBoolean closed = new AtomicBoolean();

    /** Written when a handshake is complete, under in. */
    private volatile @Nullable HandshakeResult result;

    /** The first failure, which every later operation throws again. Written once, under engine. */
    private volatile @Nullable IOException failure;

    /** Written by the thread that shuts the input down. */
    private volatile boolean inputShutdown;

    /** Whether the transport failed. Written by the thread whose read or write failed. */
    private volatile boolean transportFailed;

    /** The failure of a write of the transport. Data from the peer can still be read after it. Written under out. */
    private volatile @Nullable IOException writeFailure;

    /**
     * Creates the state of a connection that is open.
     *
     * @param terminate sends the last alert and closes the transport; called on a thread of its own
     */
    ConnectionState(
            EngineLock engine,
            CurrentProtocol protocol,
            Transport transport,
            RenegotiationGate gate,
            Runnable terminate) {
        this.engine = engine;
        this.protocol = protocol;
        this.transport = transport;
        this.gate = gate;
        this.terminate = terminate;
    }

    void throwIfUnusable() throws IOException {
        if (closed.get()) {
            throw closedException();
        }
        IOException first = failure;
        if (first != null) {
            throw first;
        }
    }

    static SocketException closedException() {
        return new SocketException("Socket is closed");
    }

    /**
     * Returns the exception to throw for a failed read or write. A failure of TLS ends the connection; one of the
     * transport does not, since the other direction may still have data to deliver.
     */
    IOException translate(Exception thrown) {
        if (closed.get()) {
            return closedException();
        }
        IOException first = failure;
        if (first != null) {
            return first;
        }
        if (thrown instanceof IOException io && !(io instanceof TlsFailure) && !FatalAlerts.isEngines(io)) {
            transportFailed = true;
            return io;
        }
        IOException recorded = fail(FatalAlerts.failure(thrown));
        Thread.ofVirtual().name("heddle-alert").start(terminate);
        return recorded;
    }

    /**
     * Records a failure, unless there is an earlier one, and lets the protocol send its alert if it has not done
     * so itself.
     *
     * @return the first failure
     */
    IOException fail(IOException cause) {
        try {
            return recordAndSendAlert(cause);
        } finally {
            gate.ended();
        }
    }

    private IOException recordAndSendAlert(IOException cause) {
        try {
            return engine.call(() -> {
                IOException first = failure;
                if (first != null) {
                    return first;
                }
                IOException recorded = cause instanceof TlsFailure tls ? sendAlert(tls) : cause;
                failure = recorded;
                if (cause instanceof TlsFailure tls && tls.alert().isPresent()) {
                    protocol.get().forgetSessions();
                }
                return recorded;
            });
        } catch (IOException e) {
            return cause;
        }
    }

    private TlsFailure sendAlert(TlsFailure cause) throws IOException {
        if (cause.code().blame() == TlsFailure.Blame.PEER_ALERT) {
            return cause;
        }
        Optional<Alert> alert = cause.alert();
        if (alert.isPresent()) {
            protocol.get().sendFatal((short) alert.get().number(), cause);
        }
        return cause.ended(writeFailure == null ? protocol.get().signals().alertSent() : Optional.empty());
    }

    /** Closes the transport without waiting, which wakes the threads that are blocked in it. */
    void breakOff() {
        try {
            transport.breakOff();
        } catch (IOException e) {
            // It is as closed as it can be.
        }
    }

    /** Marks the connection as closed; returns false if it is so already. */
    boolean close() {
        return closed.compareAndSet(false, true);
    }

    boolean isClosed() {
        return closed.get();
    }

    void handshakeCompleted(HandshakeResult negotiated) {
        result = negotiated;
    }

    /** Returns the result of the last handshake, null before the first is complete. */
    @Nullable
    HandshakeResult result() {
        return result;
    }

    boolean hasFailed() {
        return failure != null;
    }

    /** Returns the code of the TLS failure that ended the connection, empty if there is none. */
    Optional<Code> failureCode() {
        return failure instanceof TlsFailure tls ? Optional.of(tls.code()) : Optional.empty();
    }

    boolean hasTransportFailed() {
        return transportFailed;
    }

    void shutdownInput() {
        inputShutdown = true;
    }

    boolean isInputShutdown() {
        return inputShutdown;
    }

    void writeFailed(IOException cause) {
        writeFailure = cause;
    }

    /** Returns the failure of the transport's output, null while it accepts bytes. */
    @Nullable
    IOException writeFailure() {
        return writeFailure;
    }
}
