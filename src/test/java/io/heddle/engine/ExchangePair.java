package io.heddle.engine;

import io.heddle.engine.handshake.ClientSettings;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.engine.handshake.trace.ConnectionObservers;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Two sides of Heddle that perform a handshake with each other in one thread. */
final class ExchangePair {
    private static final int STEPS = 1_000;

    private ExchangePair() {}

    /** Performs a handshake, and returns the session that the client can resume. */
    static SessionState session(ServerSettings server, ClientSettings client) throws IOException {
        List<SessionState> sessions = new ArrayList<>();
        Consumer<SessionState> listener = sessions::add;
        var observers =
                new ConnectionObservers(Optional.empty(), Optional.empty(), Optional.of(listener), Optional.empty());
        var one = new ExchangeSide(RecordExchange.server(server, ConnectionObservers.NONE));
        var other = new ExchangeSide(RecordExchange.client(client, observers));
        for (int i = 0; i < STEPS && sessions.isEmpty(); i++) {
            byte[] up = other.output();
            one.input(up, 0, up.length);
            byte[] down = one.output();
            other.input(down, 0, down.length);
        }
        return sessions.getFirst();
    }
}
