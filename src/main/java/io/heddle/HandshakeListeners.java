package io.heddle;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** JSSE's listeners of completed handshakes, each told on a virtual thread of its own. Thread-safe. */
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

    void tell(TlsSocket socket, @Nullable SSLSession session) {
        if (listeners.isEmpty()) {
            return;
        }
        var event = new HandshakeCompletedEvent(socket, session);
        for (HandshakeCompletedListener each : listeners) {
            Thread.ofVirtual().name("heddle-handshake-completed").start(() -> each.handshakeCompleted(event));
        }
    }
}
