package io.heddle.engine.handshake.sessions;

import io.heddle.session.ResumptionRefusal;
import java.util.Optional;

/**
 * The listeners of a server's connection for its sessions, which it also consults beside the store, and the counters.
 * Listeners may block, counters must not. The default methods do nothing.
 */
public interface SessionEvents {
    /** No listeners. */
    SessionEvents NONE = new SessionEvents() {};

    /** Returns whether a listener keeps new sessions, so that they need an id even without a store. */
    default boolean keepsSessions() {
        return false;
    }

    /** Returns whether a listener is consulted for sessions beside the store. */
    default boolean findsSessions() {
        return false;
    }

    /**
     * Receives a new session that no ticket carries.
     *
     * @throws Exception to end the connection
     */
    default void newSession(byte[] id, byte[] session) throws Exception {}

    /**
     * Returns the session under an id that the store does not have.
     *
     * @throws Exception to end the connection
     */
    default Optional<byte[]> resumeSession(byte[] id) throws Exception {
        return Optional.empty();
    }

    /** Returns whether the application is informed of sessions that must not be resumed any more. */
    default boolean removesSessions() {
        return false;
    }

    /**
     * Receives the id of a session that must not be resumed any more, since a fatal alert ended a connection of it.
     *
     * @throws Exception to have it reported; the connection has ended already
     */
    default void removeSession(byte[] id) throws Exception {}

    /** Reports a failure of a listener after the end of the connection. */
    default void failed(Exception thrown) {}

    /**
     * Reports why a handshake is a full one: an offered session was refused, or no session is made that could resume.
     */
    default void resumptionRefused(ResumptionRefusal reason) {}

    /** Counts a session that went into the store or to a listener. */
    default void sessionKept() {}

    /** Counts a lookup of a session by its id. */
    default void sessionSought(boolean found) {}

    /** Counts a new ticket. */
    default void ticketSealed() {}

    /** Counts an opened ticket; {@code renew} if its key no longer seals. */
    default void ticketOpened(boolean renew) {}

    /** Counts a ticket that could not be opened: its key is unknown, or it is none. */
    default void ticketRefused() {}
}
