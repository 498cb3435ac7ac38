package io.heddle.engine.handshake.trace;

import io.heddle.session.SessionState;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The observers of one connection, which have no influence on it. Immutable.
 *
 * @param keylog gets each line of the key log, its line end included, while the handshake runs
 * @param trace gets a line, without its end, about each record, message, alert and change of keys; thread-safe
 * @param session gets each session that a client can resume later, on the thread that runs the handshake or reads
 * @param fatalAlert runs on a client once a fatal alert, sent or received, ends the connection; must not block
 */
public record ConnectionObservers(
        Optional<Consumer<String>> keylog,
        Optional<Consumer<String>> trace,
        Optional<Consumer<SessionState>> session,
        Optional<Runnable> fatalAlert) {
    /** No observers. */
    public static final ConnectionObservers NONE =
            new ConnectionObservers(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
