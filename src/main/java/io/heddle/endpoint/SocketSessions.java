package io.heddle.endpoint;

import io.heddle.engine.handshake.HandshakeResult;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
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

    /** Replaced as a whole. */
    private final AtomicReference<List<HandshakeCompletedListener>> listeners = new AtomicReference<>(List.of());

    /** The result of the last handshake, null before the first is complete. */
    private final AtomicReference<@Nullable HandshakeResult> latest = new AtomicReference<>();

    /** The session of a handshake, which exists once it was asked for. */
    private record View(HandshakeResult result, SocketSession session) {}

    private final AtomicReference<@Nullable View> view = new AtomicReference<>();

    public SocketSessions(SSLSocket socket, SslConfiguration configuration, Endpoint endpoint) {
        this.socket = socket;
        this.configuration = configuration;
        this.endpoint = endpoint;
    }

    public void addListener(@Nullable HandshakeCompletedListener listener) {
        if (listener == null) {
            throw new IllegalArgumentException("no listener");
        }
        listeners.updateAndGet(
                before -> Stream.concat(before.stream(), Stream.of(listener)).toList());
    }

    public void removeListener(@Nullable HandshakeCompletedListener listener) {
        List<HandshakeCompletedListener> before = listeners.get();
        List<HandshakeCompletedListener> after = new ArrayList<>(before);
        if (listener == null || !after.remove(listener)) {
            throw new IllegalArgumentException("not a listener of this socket");
        }
        if (!listeners.compareAndSet(before, List.copyOf(after))) {
            removeListener(listener);
        }
    }

    /** Returns the session of the last handshake, null before the first is complete. */
    @Nullable
    public SocketSession current() {
        HandshakeResult result = latest.get();
        if (result == null) {
            return null;
        }
        View shown = view.get();
        while (shown == null || shown.result() != result) {
            var created = new View(result, session(SessionFacts.of(result, endpoint.identity())));
            shown = view.compareAndSet(shown, created) ? created : view.get();
        }
        return shown.session();
    }

    /**
     * Sets the session of the first handshake; false if another thread that waited for the same handshake has done so.
     */
    public boolean completed(HandshakeResult result) {
        if (latest.get() != null) {
            return false;
        }
        endpoint.negotiationEnded();
        return latest.compareAndSet(null, result);
    }

    /** Sets the session of a renegotiation. */
    public void renegotiated(HandshakeResult result) {
        endpoint.negotiationEnded();
        latest.set(result);
    }

    /** Notifies each listener of the current session, on a virtual thread of its own. */
    public void notifyCompleted() {
        List<HandshakeCompletedListener> notified = listeners.get();
        if (notified.isEmpty()) {
            return;
        }
        var event = new HandshakeCompletedEvent(socket, current());
        for (HandshakeCompletedListener listener : notified) {
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
