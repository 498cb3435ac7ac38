package io.heddle;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** The JSSE listeners of a socket's completed handshakes. Thread-safe. */
final class HandshakeListeners {
    private final List<HandshakeCompletedListener> listeners = new CopyOnWriteArrayList<>();

    void add(@Nullable HandshakeCompletedListener listener) {
        if (listener == null) {
            throw new IllegalArgumentException("no listener");
        }
        listeners.add(listener);
    }

    void remove(@Nullable HandshakeCompletedListener listener) {
        if (listener == null || !listeners.remove(listener)) {
            throw new IllegalArgumentException("not a listener of this socket");
        }
    }

    /** Notifies each listener on a virtual thread of its own. */
    void notifyCompleted(SSLSocket socket, @Nullable SSLSession session) {
        if (listeners.isEmpty()) {
            return;
        }
        var event = new HandshakeCompletedEvent(socket, session);
        for (HandshakeCompletedListener listener : listeners) {
            Thread.ofVirtual().name("heddle-handshake-completed").start(() -> listener.handshakeCompleted(event));
        }
    }
}
