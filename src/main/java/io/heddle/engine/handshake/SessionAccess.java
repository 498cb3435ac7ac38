package io.heddle.engine.handshake;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.handshake.ServerSessions.Found;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A server's sessions as one of its connections reaches them: tickets, the store, and behind it the application's listeners.
 *
 * <p>A store that fails costs a full handshake. A listener that throws ends the connection, as every callback does.
 */
record SessionAccess(ServerSessions sessions, SessionEvents events) {
    boolean hasTickets() {
        return sessions.hasTickets();
    }

    /** Returns whether a session without a ticket is kept by anyone. */
    boolean keeps() {
        return sessions.hasStore() || events.keepsSessions();
    }

    /** Returns whether {@link #keep} does not block. */
    boolean keepsAtOnce() {
        return sessions.keepsAtOnce() && !events.keepsSessions();
    }

    /** Returns the session of what a client sent as a ticket. */
    Optional<Found> ofTicket(byte[] ticket) throws IOException {
        if (!sessions.hasTickets()) {
            return ofId(ticket);
        }
        Optional<Found> found = sessions.ofTicket(ticket);
        if (found.isPresent()) {
            events.ticketOpened(found.get().renew());
        } else {
            events.ticketRefused();
        }
        return found;
    }

    /** Returns the session that was kept under an id. */
    Optional<Found> ofId(byte[] id) throws IOException {
        if (id.length != ServerSessions.ID_LENGTH) {
            return Optional.empty();
        }
        Optional<Found> found = sessions.ofId(id);
        if (found.isEmpty()) {
            found = ask(id).flatMap(der -> ServerSessions.read(id, der));
        }
        if (sessions.hasStore() || events.findsSessions()) {
            events.sessionSought(found.isPresent());
        }
        return found;
    }

    private Optional<byte[]> ask(byte[] id) throws IOException {
        try {
            return Objects.requireNonNull(events.resumeSession(id), "the listener returned null");
        } catch (Exception e) {
            throw FatalAlerts.callback("resumeSession", e);
        }
    }

    /** Returns the ticket of a session, empty if it does not fit into one or tickets are off. */
    Optional<byte[]> ticket(SessionState state) {
        Optional<byte[]> ticket = sessions.ticket(state);
        if (ticket.isPresent()) {
            events.ticketSealed();
        }
        return ticket;
    }

    /**
     * Removes sessions that must not be resumed any more. Does not block: what may take its time, a store that is not in memory or a
     * listener, is called on a thread of its own.
     */
    void remove(List<byte[]> ids) {
        if (ids.isEmpty() || !(keeps() || events.removesSessions())) {
            return;
        }
        if (sessions.keepsAtOnce() && !events.removesSessions()) {
            ids.forEach(sessions::remove);
        } else {
            Thread.ofVirtual().name("heddle-forget").start(() -> ids.forEach(this::removeNow));
        }
    }

    private void removeNow(byte[] id) {
        sessions.remove(id);
        try {
            events.removeSession(id);
        } catch (Exception e) {
            events.failed(e);
        }
    }

    /** Keeps a session under its id. */
    void keep(SessionState state) throws IOException {
        if (!keeps()) {
            return;
        }
        sessions.keep(state);
        events.sessionKept();
        try {
            events.newSession(state.sessionId(), state.toDer());
        } catch (Exception e) {
            throw FatalAlerts.callback("newSession", e);
        }
    }
}
