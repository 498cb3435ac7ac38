package io.heddle.endpoint;

import io.heddle.engine.handshake.trace.ConnectionObservers;
import io.heddle.session.SessionState;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The observers of one connection: those of the options, of the server and of the socket itself. Not thread-safe. */
public final class SocketObservers {
    private static final Logger LOG = System.getLogger("io.heddle.trace");

    private @Nullable Consumer<String> keylog;
    private @Nullable Consumer<String> trace;
    private @Nullable Consumer<SessionState> session;
    private @Nullable Runnable fatalAlert;

    public void keylog(Consumer<String> listener) {
        keylog = both(keylog, listener);
    }

    public void trace(Consumer<String> listener) {
        trace = both(trace, listener);
    }

    public void session(Consumer<byte[]> listener) {
        sessionState(state -> listener.accept(state.toDer()));
    }

    void sessionState(Consumer<SessionState> listener) {
        session = both(session, listener);
    }

    void fatalAlert(Runnable listener) {
        Runnable first = fatalAlert;
        fatalAlert = first == null
                ? listener
                : () -> {
                    first.run();
                    listener.run();
                };
    }

    private static <T> Consumer<T> both(@Nullable Consumer<T> first, Consumer<T> second) {
        return first == null ? second : first.andThen(second);
    }

    /** Logs a line of a trace that has no listener, at INFO: a trace that is enabled is meant to be seen. */
    public static void log(String line, @Nullable SocketAddress remote) {
        LOG.log(Level.INFO, "{0} {1}", remote, line);
    }

    ConnectionObservers toEngine() {
        return new ConnectionObservers(
                Optional.ofNullable(keylog),
                Optional.ofNullable(trace),
                Optional.ofNullable(session),
                Optional.ofNullable(fatalAlert));
    }
}
