package io.heddle;

import io.heddle.callback.NewSessionListener;
import io.heddle.callback.OcspProblemListener;
import io.heddle.callback.OcspRequestListener;
import io.heddle.callback.RemoveSessionListener;
import io.heddle.callback.ResumeSessionListener;
import io.heddle.endpoint.HandshakeEvents;
import io.heddle.endpoint.ServerCounters;
import io.heddle.failure.TlsFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The listeners of a server. As in Node each registration adds one, they are called in the order of adding, and a
 * connection notifies those that were registered when it began ({@link ConnectionEvents}). Thread-safe.
 */
final class ServerEvents {
    final Event<NewSessionListener> newSession = new Event<>();
    final Event<ResumeSessionListener> resumeSession = new Event<>();
    final Event<RemoveSessionListener> removeSession = new Event<>();
    final Event<OcspRequestListener> ocspRequest = new Event<>();
    final Event<OcspProblemListener> ocspProblem = new Event<>();
    final Event<ConnectionHandler> connection = new Event<>();
    final Event<ConnectionHandler> secureConnection = new Event<>();
    final Event<BiConsumer<TlsFailure, TlsSocket>> tlsClientError = new Event<>();
    final Event<BiConsumer<String, TlsSocket>> keylog = new Event<>();
    final Event<Consumer<Throwable>> error = new Event<>();

    final Event<Consumer<DroppedConnection>> drop = new Event<>();
    final Event<Runnable> close = new Event<>();

    final ServerCounters counters = new ServerCounters();

    /** Returns the listeners as they are now, for a connection that begins. */
    ConnectionEvents begin() {
        return new ConnectionEvents(this);
    }

    /** Notifies the listeners of errors of one that belongs to no connection. */
    void notifyError(Throwable thrown) {
        HandshakeEvents.notifyError(error.listeners(), thrown);
    }

    /**
     * Notifies of a connection above the limit or from a blocked address, on a thread of its own, since accepting does
     * not wait.
     */
    void dropped(DroppedConnection connection) {
        counters.dropped.increment();
        List<Consumer<DroppedConnection>> listeners = drop.listeners();
        if (!listeners.isEmpty()) {
            Thread.ofVirtual().name("heddle-drop").start(() -> {
                for (Consumer<DroppedConnection> listener : listeners) {
                    guarded(() -> listener.accept(connection));
                }
            });
        }
    }

    /** Notifies that the server has ended. */
    void closed() {
        for (Runnable listener : close.listeners()) {
            guarded(listener);
        }
    }

    private void guarded(Runnable listener) {
        try {
            listener.run();
        } catch (Throwable e) {
            notifyError(e);
        }
    }

    /** The listeners of one event. */
    static final class Event<L> {
        private final AtomicReference<List<L>> listeners = new AtomicReference<>(List.of());

        void add(L listener) {
            listeners.updateAndGet(before -> {
                var after = new ArrayList<>(before);
                after.add(listener);
                return List.copyOf(after);
            });
        }

        /** Returns the present listeners, in the order of adding. */
        List<L> listeners() {
            return listeners.get();
        }
    }
}
