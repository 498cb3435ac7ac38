package io.heddle;

import io.heddle.callback.NewSessionListener;
import io.heddle.callback.OcspProblemListener;
import io.heddle.callback.OcspRequestListener;
import io.heddle.callback.RemoveSessionListener;
import io.heddle.callback.ResumeSessionListener;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The listeners of a server. As in Node each registration adds one, they are called in the order of adding, and a connection
 * tells those that were there when it began ({@link ConnectionEvents}). Thread-safe.
 */
final class ServerEvents {
    private static final Logger LOG = System.getLogger(TlsServer.class.getName());

    /** Nobody is ever added. */
    private static final ServerEvents NOBODY = new ServerEvents();

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

    /** Returns what a connection without a server tells: nobody. */
    static ConnectionEvents unheard() {
        return NOBODY.begin();
    }

    /** Returns the listeners as they are now, for a connection that begins. */
    ConnectionEvents begin() {
        return new ConnectionEvents(this);
    }

    /** Tells of something that belongs to no connection. */
    void tellError(Throwable thrown) {
        tellError(error.listeners(), thrown);
    }

    /** Tells of a connection that there was no place for, on a thread of its own, since accepting does not wait. */
    void dropped(DroppedConnection connection) {
        counters.dropped.increment();
        List<Consumer<DroppedConnection>> listeners = drop.listeners();
        if (!listeners.isEmpty()) {
            Thread.ofVirtual().name("heddle-drop").start(() -> {
                for (Consumer<DroppedConnection> each : listeners) {
                    guarded(() -> each.accept(connection));
                }
            });
        }
    }

    /** Tells that the server has ended. */
    void closed() {
        for (Runnable each : close.listeners()) {
            guarded(each);
        }
    }

    private void guarded(Runnable listener) {
        try {
            listener.run();
        } catch (Throwable e) {
            tellError(e);
        }
    }

    static void tellError(List<Consumer<Throwable>> listeners, Throwable thrown) {
        if (listeners.isEmpty()) {
            LOG.log(thrown instanceof IOException ? Level.DEBUG : Level.WARNING, "connection ended", thrown);
        }
        for (Consumer<Throwable> each : listeners) {
            try {
                each.accept(thrown);
            } catch (Throwable e) {
                LOG.log(Level.WARNING, "the error listener failed", e);
            }
        }
    }

    /** Who listens to one event. */
    static final class Event<L> {
        private final AtomicReference<List<L>> listeners = new AtomicReference<>(List.of());

        void add(L listener) {
            listeners.updateAndGet(before -> {
                var after = new ArrayList<>(before);
                after.add(listener);
                return List.copyOf(after);
            });
        }

        /** Returns those who listen now, in the order of adding. */
        List<L> listeners() {
            return listeners.get();
        }
    }
}
