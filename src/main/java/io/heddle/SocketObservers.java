package io.heddle;

import io.heddle.engine.handshake.ConnectionObservers;
import io.heddle.session.SessionState;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who watches the connection of one socket: those of its options, of its server and its own. Not thread-safe. */
final class SocketObservers {
    private static final Logger LOG = System.getLogger("io.heddle.trace");

    private @Nullable Consumer<String> keylog;
    private @Nullable Consumer<String> trace;
    private @Nullable Consumer<SessionState> session;
    private @Nullable Runnable fatalAlert;

    void keylog(Consumer<String> listener) {
        keylog = both(keylog, listener);
    }

    void trace(Consumer<String> listener) {
        trace = both(trace, listener);
    }

    void session(Consumer<byte[]> listener) {
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

    /** Writes a line of a trace where nobody else takes it; who asks for a trace wants to see it, hence the level. */
    static void log(String line, TlsSocket socket) {
        LOG.log(Level.INFO, "{0} {1}", socket.getRemoteSocketAddress(), line);
    }

    /** Adds those of a server, who are told of which connection they hear. */
    void of(
            TlsSocket socket,
            Optional<BiConsumer<String, TlsSocket>> keylogOfAll,
            Optional<BiConsumer<String, TlsSocket>> traceOfAll) {
        keylogOfAll.ifPresent(listener -> keylog(line -> listener.accept(line, socket)));
        traceOfAll.ifPresent(listener -> trace(line -> listener.accept(line, socket)));
    }

    ConnectionObservers toEngine() {
        return new ConnectionObservers(
                Optional.ofNullable(keylog),
                Optional.ofNullable(trace),
                Optional.ofNullable(session),
                Optional.ofNullable(fatalAlert));
    }
}
