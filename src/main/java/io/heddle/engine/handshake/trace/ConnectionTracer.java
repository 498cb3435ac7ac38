package io.heddle.engine.handshake.trace;

import io.heddle.engine.crypto.ConnectionCiphers;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.jspecify.annotations.Nullable;

/**
 * The tracer of one connection: informs the observers of what its protocol object does. Without observers it
 * does nothing.
 *
 * <p>Confined to the connection's engine lock, except where a method says otherwise.
 */
public final class ConnectionTracer {
    private final ConnectionObservers observers;
    private final @Nullable Trace trace;

    private @Nullable KeyLogLines keylog;
    private List<SessionState> sessions = List.of();

    /** The tracer of all connections without observers. */
    private static final ConnectionTracer SILENT = new ConnectionTracer(ConnectionObservers.NONE);

    /** Returns the tracer of a connection. */
    public static ConnectionTracer of(ConnectionObservers observers) {
        return observers.equals(ConnectionObservers.NONE) ? SILENT : new ConnectionTracer(observers);
    }

    private ConnectionTracer(ConnectionObservers observers) {
        this.observers = observers;
        this.trace = observers.trace().map(Trace::new).orElse(null);
    }

    /** Begins with the context of the protocol object, before any keys are derived. */
    public void begin(TlsContext context) {
        if (observers.keylog().isEmpty() && trace == null) {
            return;
        }
        keylog = observers
                .keylog()
                .map(listener -> new KeyLogLines(listener, context.getCrypto()))
                .orElse(null);
        ConnectionCiphers.of(context).listener(this::keysCreated);
    }

    private void keysCreated(SecurityParameters handshake) {
        if (trace != null) {
            trace.keysCreated(handshake);
        }
        if (keylog != null) {
            keylog.keysCreated(handshake);
        }
    }

    /** Logs the last secrets of a handshake that is about to complete. */
    public void completing(SecurityParameters handshake) throws IOException {
        if (keylog != null) {
            keylog.completing(handshake);
        }
    }

    public void sent(short type, byte[] buffer, int offset, int length) throws IOException {
        if (keylog != null && type == ContentType.handshake) {
            keylog.throwIfFailed();
        }
        if (trace != null) {
            trace.sent(type, buffer, offset, length);
        }
    }

    public void received(short type, byte[] buffer, int offset, int length) {
        if (trace != null && type != ContentType.change_cipher_spec) {
            trace.received(type, buffer, offset, length);
        }
    }

    /** Takes a ChangeCipherSpec. Called under the in lock, for records that the protocol object may drop unseen. */
    public void changeCipherSpecReceived(int length) {
        if (trace != null) {
            trace.record("Received", ContentType.change_cipher_spec, length);
        }
    }

    /** Takes a dropped record of early data. Called under the engine lock. */
    public void earlyDataSkipped(int length) {
        if (trace != null) {
            trace.record("Skipped", ContentType.application_data, length);
        }
    }

    public void messageReceived(short type, int length) throws IOException {
        if (keylog != null) {
            keylog.throwIfFailed();
        }
        if (trace != null) {
            trace.message("Received", type, length);
        }
    }

    /** Takes a record of application data that the driver sealed. */
    public void dataSent(int length) {
        if (trace != null) {
            trace.record("Sent", ContentType.application_data, length);
        }
    }

    /** Takes a record of application data that the driver opened. Called under the in lock. */
    public void dataReceived(int length) {
        if (trace != null) {
            trace.record("Received", ContentType.application_data, length);
        }
    }

    public void keysUpdated(String direction) {
        if (trace != null) {
            trace.keysUpdated(direction);
        }
    }

    /** Takes a session that a client can resume. The observer is informed later, see {@link #notifySessions}. */
    public void sessionArrived(SessionState session) {
        if (observers.session().isPresent()) {
            sessions = new ArrayList<>(sessions);
            sessions.add(session);
        }
    }

    /** Takes the fatal alert that ends the connection. */
    public void fatalAlert() {
        if (!sessions.isEmpty()) {
            sessions = List.of();
        }
        observers.fatalAlert().ifPresent(Runnable::run);
    }

    /** Returns the sessions that no observer was informed of yet, and drops them. */
    public List<SessionState> takeSessions() {
        List<SessionState> taken = sessions;
        if (!taken.isEmpty()) {
            sessions = List.of();
        }
        return taken;
    }

    /**
     * Informs the observer of sessions that were taken. Called without the engine lock, since the observer may use
     * the connection.
     */
    public void notifySessions(List<SessionState> taken) {
        observers.session().ifPresent(taken::forEach);
    }
}
