package io.heddle.engine.handshake;

import io.heddle.engine.crypto.NonceSource;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.jspecify.annotations.Nullable;

/**
 * Sees what the protocol object of one connection does, and tells those who observe it. With nobody there it does nothing.
 *
 * <p>Confined to the connection's engine lock, but for what says otherwise.
 */
public final class ConnectionTracer {
    private final ConnectionObservers observers;
    private final @Nullable Trace trace;

    private @Nullable KeyLogLines keylog;
    private List<SessionState> sessions = List.of();

    public ConnectionTracer(ConnectionObservers observers) {
        this.observers = observers;
        this.trace = observers.trace().map(Trace::new).orElse(null);
    }

    /** The protocol object has its context; no keys were made yet. */
    public void begin(TlsContext context) {
        keylog = observers
                .keylog()
                .map(listener -> new KeyLogLines(listener, context.getCrypto()))
                .orElse(null);
        if (keylog != null || trace != null) {
            NonceSource.of(context).listener(this::keysMade);
        }
    }

    private void keysMade(SecurityParameters handshake) {
        if (trace != null) {
            trace.keysMade(handshake);
        }
        if (keylog != null) {
            keylog.keysMade(handshake);
        }
    }

    /** The handshake is about to complete; its secrets are still there. */
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

    /** Called under the in lock, for records that the protocol object may drop unseen. */
    public void changeCipherSpecReceived(int length) {
        if (trace != null) {
            trace.record("Received", ContentType.change_cipher_spec, length);
        }
    }

    /** A record of early data was dropped. Called under the engine lock. */
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

    /** The lane sealed a record. */
    public void dataSent(int length) {
        if (trace != null) {
            trace.record("Sent", ContentType.application_data, length);
        }
    }

    /** The lane opened a record. Called under the in lock. */
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

    /** A client can resume something new. It is told of where no lock is held that others wait for. */
    public void sessionArrived(SessionState session) {
        if (observers.session().isPresent()) {
            sessions = new ArrayList<>(sessions);
            sessions.add(session);
        }
    }

    /** A fatal alert ends the connection. */
    public void fatalAlert() {
        sessions = List.of();
        observers.fatalAlert().ifPresent(Runnable::run);
    }

    /** Returns the sessions that nobody was told of yet, and forgets them. */
    public List<SessionState> takeSessions() {
        List<SessionState> taken = sessions;
        sessions = List.of();
        return taken;
    }

    /** Tells of sessions that were taken. Called without the engine lock: the listener may do what it likes. */
    public void tell(List<SessionState> taken) {
        observers.session().ifPresent(taken::forEach);
    }
}
