package io.heddle.engine.handshake;

import io.heddle.session.ResumptionRefusal;
import java.util.Optional;

/**
 * What a connection of a server tells of its sessions, and whom it asks beside the store. The listeners may block; the counts
 * are only counted. What does nothing is the default.
 */
public interface SessionEvents {
    /** Nobody listens. */
    SessionEvents NONE = new SessionEvents() {};

    /** Returns whether somebody keeps new sessions, so that they need an id even without a store. */
    default boolean keepsSessions() {
        return false;
    }

    /** Returns whether somebody is asked for sessions beside the store. */
    default boolean findsSessions() {
        return false;
    }

    /**
     * A session that no ticket carries was made.
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
     * A session that no ticket carries must not be resumed any more, since a fatal alert ended a connection of it.
     *
     * @throws Exception to have it reported; the connection has ended already
     */
    default void removeSession(byte[] id) throws Exception {}

    /** Something that was done for a connection that has ended failed. */
    default void failed(Exception thrown) {}

    /** The handshake is a full one, for this reason: an offered session was refused, or none is made that could resume. */
    default void resumptionRefused(ResumptionRefusal reason) {}

    /** A session went into the store or to a listener. */
    default void sessionKept() {}

    /** A session was looked for by its id. */
    default void sessionSought(boolean found) {}

    /** A ticket was made. */
    default void ticketSealed() {}

    /** A ticket was opened; {@code renew} if its key no longer seals. */
    default void ticketOpened(boolean renew) {}

    /** A ticket could not be opened: its key is unknown, or it is none. */
    default void ticketRefused() {}
}
