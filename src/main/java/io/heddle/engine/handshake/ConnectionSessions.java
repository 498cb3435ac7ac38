package io.heddle.engine.handshake;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The sessions that a server keeps outside of tickets and that one of its connections has made or resumed. When a fatal alert
 * ends the connection, none of them resumes any more (RFC 5246 7.2.2, RFC 8446 6.2). A session in a ticket cannot be taken back.
 *
 * <p>A session counts as resumed only when the handshake is complete, so that the peer has proved to know its secret. Its id
 * alone travels in the clear; a party that has only seen it must not be able to take the session from its owner.
 *
 * <p>Confined to the connection's engine lock.
 */
final class ConnectionSessions {
    /** A handshake makes two at most, but a connection of TLS 1.2 may have any number of handshakes. */
    private static final int MOST = 64;

    private final SessionAccess access;
    private final Deque<byte[]> ids = new ArrayDeque<>(2);

    ConnectionSessions(SessionAccess access) {
        this.access = access;
    }

    /** Adds a session. Of too many the oldest one is given up, as no later alert would reach it. */
    void add(byte[] id) {
        if (ids.size() == MOST) {
            access.remove(List.of(ids.removeFirst()));
        }
        ids.addLast(id);
    }

    /** Removes all of them from where they are kept. Does not block. */
    void remove() {
        access.remove(List.copyOf(ids));
        ids.clear();
    }
}
