package io.heddle.session;

import java.util.Objects;

/**
 * Holds the ticket keys that are in force. Any number of servers and contexts may share one, and all see new keys at once.
 *
 * <p>Safe for any number of threads. A ticket is sealed or opened with the keys that were current when that began.
 */
public final class TicketKeyManager {
    private volatile TicketKeys current; // written by set(), read by each sealing and opening

    private TicketKeyManager(TicketKeys keys) {
        this.current = Objects.requireNonNull(keys);
    }

    /** Returns a manager with keys that stay until {@link #set} replaces them. */
    public static TicketKeyManager of(TicketKeys keys) {
        return new TicketKeyManager(keys);
    }

    /** Returns the keys in force now. */
    public TicketKeys current() {
        return current;
    }

    /**
     * Replaces the keys, at once and for every connection that has not yet looked at its ticket. Tickets under keys that are
     * not among the new ones lead to a full handshake from then on, and are good again if the old keys are set again.
     */
    public void set(TicketKeys keys) {
        current = Objects.requireNonNull(keys);
    }

    /** Returns the names of the keys, nothing secret. */
    @Override
    public String toString() {
        return "TicketKeyManager[" + current + "]";
    }
}
