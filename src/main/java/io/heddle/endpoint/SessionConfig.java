package io.heddle.endpoint;

import io.heddle.engine.handshake.sessions.ServerSessions;
import io.heddle.session.SessionIdContext;
import io.heddle.session.SessionStore;
import io.heddle.session.TicketKeyManager;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The options of a server's sessions, and the sessions that its connections share. Immutable and thread-safe. */
public final class SessionConfig {
    /** The time after its full handshake during which a session is resumed, unless the options set another. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);

    private final SessionIdContext idContext;
    private final Duration timeout;
    private final boolean tickets;
    private final TicketKeyManager ticketKeys;
    private final Optional<SessionStore> store;

    /**
     * For the context of the last connection, which the next one most often shares. Written by any thread; each value
     * is right.
     */
    private volatile @Nullable Entry last;

    private record Entry(ContextSettings context, ServerSessions sessions) {}

    /**
     * Creates the options.
     *
     * @param timeout how long after its full handshake a session is resumed
     * @param tickets whether session tickets are sent and accepted
     */
    public SessionConfig(
            SessionIdContext idContext,
            Duration timeout,
            boolean tickets,
            TicketKeyManager ticketKeys,
            Optional<SessionStore> store) {
        this.idContext = idContext;
        this.timeout = timeout;
        this.tickets = tickets;
        this.ticketKeys = ticketKeys;
        this.store = store;
    }

    public SessionIdContext idContext() {
        return idContext;
    }

    public Duration timeout() {
        return timeout;
    }

    public boolean tickets() {
        return tickets;
    }

    public TicketKeyManager ticketKeys() {
        return ticketKeys;
    }

    public Optional<SessionStore> store() {
        return store;
    }

    /** Returns these options, with the same ticket keys and store, and another timeout. */
    public SessionConfig withTimeout(Duration other) {
        return new SessionConfig(idContext, other, tickets, ticketKeys, store);
    }

    /** Returns these options, with the same ticket keys, and another store. */
    public SessionConfig withStore(SessionStore other) {
        return new SessionConfig(idContext, timeout, tickets, ticketKeys, Optional.of(other));
    }

    /** Returns the sessions of connections that start with this context, which the connections share. */
    public ServerSessions of(ContextSettings context) {
        Entry entry = last;
        if (entry == null || entry.context() != context) {
            entry = new Entry(context, sessions(context));
            last = entry;
        }
        return entry.sessions();
    }

    private ServerSessions sessions(ContextSettings context) {
        return new ServerSessions(
                idContext,
                timeout,
                tickets && context.policy().tickets() ? Optional.of(ticketKeys) : Optional.empty(),
                store,
                context.random(),
                context.clock());
    }
}
