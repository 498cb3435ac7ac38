package io.heddle.engine.handshake.sessions;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.handshake.sessions.ServerSessions.Found;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A server's sessions as one of its connections uses them: tickets, the store, and behind it the
 * application's listeners.
 *
 * <p>A store that fails costs a full handshake. A listener that throws ends the connection, as every callback does.
 *
 * <p>When a fatal alert ends the connection, no session resumes any more that the connection has made or resumed and
 * that is kept outside of tickets (RFC 5246 7.2.2, RFC 8446 6.2). A session counts as resumed only when the handshake
 * is complete, so that the peer has proved possession of its secret. The id travels in the clear; a party that has only
 * seen it must not be able to take the session from its owner.
 *
 * <p>Confined to the connection's engine lock.
 */
public final class ConnectionSessions {
    /** A handshake makes two at most, but a connection of TLS 1.2 may have any number of handshakes. */
    private static final int MOST = 64;

    private final ServerSessions sessions;
    private final SessionEvents events;

    /** The ids of the kept sessions that this connection has made or resumed. */
    private final Deque<byte[]> ids = new ArrayDeque<>(2);

    public ConnectionSessions(ServerSessions sessions, SessionEvents events) {
        this.sessions = sessions;
        this.events = events;
    }

    public boolean hasTickets() {
        return sessions.hasTickets();
    }

    /** Returns whether sessions without a ticket are kept, in a store or by a listener. */
    public boolean keeps() {
        return sessions.hasStore() || events.keepsSessions();
    }

    /** Returns whether {@link #keep} does not block. */
    public boolean keepsAtOnce() {
        return sessions.keepsAtOnce() && !events.keepsSessions();
    }

    // The NewSessionTicket of TLS 1.3: without tickets it carries the id of a kept session, in these two methods.

    /** Returns the session of the value that a client sent as a ticket. */
    public Optional<Found> ofTicket(byte[] ticket) throws IOException {
        if (!hasTickets()) {
            return ofId(ticket);
        }
        Optional<Found> found = sessions.open(ticket);
        if (found.isPresent()) {
            events.ticketOpened(found.get().renew());
        } else {
            events.ticketRefused();
        }
        return found;
    }

    /**
     * Returns the value that a client gets as the ticket of a session, empty if the session does not fit into a ticket.
     * The secret of a session that is neither kept nor {@code retained} by the caller is wiped.
     */
    public Optional<byte[]> issue(SessionState state, boolean retained) throws IOException {
        if (!hasTickets()) {
            keep(state);
            return Optional.of(state.sessionId());
        }
        Optional<byte[]> ticket = seal(state);
        if (!retained) {
            state.wipe();
        }
        return ticket;
    }

    /** Returns the session that was kept under an id. */
    public Optional<Found> ofId(byte[] id) throws IOException {
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
    public Optional<byte[]> seal(SessionState state) {
        Optional<byte[]> ticket = sessions.seal(state);
        if (ticket.isPresent()) {
            events.ticketSealed();
        }
        return ticket;
    }

    /** Keeps a session under its id. */
    public void keep(SessionState state) throws IOException {
        resumed(state.sessionId());
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

    /**
     * Notes that the connection resumed a kept session. Of too many the oldest one is removed, as no later alert would
     * reach it.
     */
    public void resumed(byte[] id) {
        if (ids.size() == MOST) {
            remove(List.of(ids.removeFirst()));
        }
        ids.addLast(id);
    }

    /** Removes the sessions of this connection from the store and from the application. Does not block. */
    public void remove() {
        remove(List.copyOf(ids));
        ids.clear();
    }

    /** A store that is not in memory and a listener may block, and are called on a thread of their own. */
    private void remove(List<byte[]> removed) {
        if (removed.isEmpty() || !(keeps() || events.removesSessions())) {
            return;
        }
        if (sessions.keepsAtOnce() && !events.removesSessions()) {
            removed.forEach(sessions::remove);
        } else {
            Thread.ofVirtual().name("heddle-forget").start(() -> removed.forEach(this::removeNow));
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
}
