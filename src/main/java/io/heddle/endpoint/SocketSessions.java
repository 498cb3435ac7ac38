package io.heddle.endpoint;

import io.heddle.engine.handshake.HandshakeResult;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * JSSE's sessions of a socket: that of its last handshake and that of the handshake in progress, with the listeners of
 * completed handshakes. Thread-safe.
 */
public final class SocketSessions {
    private final SSLSocket socket;
    private final SslConfiguration configuration;
    private final Endpoint endpoint;
    private final List<HandshakeCompletedListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable SocketSession> current = new AtomicReference<>();

    public SocketSessions(SSLSocket socket, SslConfiguration configuration, Endpoint endpoint) {
        this.socket = socket;
        this.configuration = configuration;
        this.endpoint = endpoint;
    }

    public void addListener(@Nullable HandshakeCompletedListener listener) {
        if (listener == null) {
            throw new IllegalArgumentException("no listener");
        }
        listeners.add(listener);
    }

    public void removeListener(@Nullable HandshakeCompletedListener listener) {
        if (listener == null || !listeners.remove(listener)) {
            throw new IllegalArgumentException("not a listener of this socket");
        }
    }

    /** Returns the session of the last handshake, null before the first is complete. */
    @Nullable
    public SocketSession current() {
        return current.get();
    }

    /**
     * Sets the session of the first handshake; false if another thread that waited for the same handshake has done so.
     */
    public boolean completed(HandshakeResult result) {
        if (current.get() != null) {
            return false;
        }
        endpoint.negotiationEnded();
        return current.compareAndSet(null, session(SessionFacts.of(result, endpoint.identity())));
    }

    /** Sets the session of a renegotiation. */
    public void renegotiated(HandshakeResult result) {
        endpoint.negotiationEnded();
        current.set(session(SessionFacts.of(result, endpoint.identity())));
    }

    /** Notifies each listener of the current session, on a virtual thread of its own. */
    public void notifyCompleted() {
        if (listeners.isEmpty()) {
            return;
        }
        var event = new HandshakeCompletedEvent(socket, current.get());
        for (HandshakeCompletedListener listener : listeners) {
            Thread.ofVirtual().name("heddle-handshake-completed").start(() -> listener.handshakeCompleted(event));
        }
    }

    /** Returns the session of the handshake in progress, with the facts that it has negotiated so far. */
    public SocketSession negotiating() {
        Instant now = configuration.role().context().clock().instant();
        return session(endpoint.negotiating()
                .map(soFar -> SessionFacts.of(soFar, now))
                .orElseGet(() -> SessionFacts.none(now)));
    }

    /** Returns JSSE's null session, for a handshake that failed. */
    public SocketSession none() {
        endpoint.negotiationEnded();
        return negotiating();
    }

    private SocketSession session(SessionFacts facts) {
        ConnectionRole role = configuration.role();
        return role.session(facts, role.isClient() ? role.peerHost() : peerAddress(), socket.getPort());
    }

    private @Nullable String peerAddress() {
        InetAddress address = socket.getInetAddress();
        return address == null ? null : address.getHostAddress();
    }
}
