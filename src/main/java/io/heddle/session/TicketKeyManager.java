package io.heddle.session;

import java.util.Objects;

/**
 * The holder of the current ticket keys. Any number of servers and contexts may share one, and all use new keys
 * at once.
 *
 * <p>Thread-safe. A ticket is sealed or opened with the keys that are current when the operation begins. A client whose
 * ticket is under another key than the first resumes, and gets a new ticket under the first.
 */
public final class TicketKeyManager {
    private volatile TicketKeys current; // written by set(), read by every sealing and opening

    private TicketKeyManager(TicketKeys keys) {
        this.current = Objects.requireNonNull(keys);
    }

    /** Returns a manager with these keys until {@link #set} replaces them. */
    public static TicketKeyManager of(TicketKeys keys) {
        return new TicketKeyManager(keys);
    }

    /** Returns the current keys. */
    public TicketKeys current() {
        return current;
    }

    /**
     * Replaces the keys, at once and for every connection that has not yet opened its ticket. From then on tickets
     * under keys that are not among the new ones lead to a full handshake; they are valid again if the old keys are
     * set again.
     */
    public void set(TicketKeys keys) {
        current = Objects.requireNonNull(keys);
    }

    /** Returns the names of the keys and no secret. */
    @Override
    public String toString() {
        return "TicketKeyManager[" + current + "]";
    }
}
