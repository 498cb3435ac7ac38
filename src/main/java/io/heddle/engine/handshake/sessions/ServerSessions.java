package io.heddle.engine.handshake.sessions;

import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.MalformedSession;
import io.heddle.session.SessionIdContext;
import io.heddle.session.SessionState;
import io.heddle.session.SessionStore;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.server.FailSoftStore;
import io.heddle.session.server.ResumptionPolicy;
import io.heddle.session.server.TicketSealer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a server: sealed into tickets, or kept in a store under an id.
 *
 * <p>With tickets off, the store serves TLS 1.3 as well, see {@link ConnectionSessions}. Thread-safe.
 */
public final class ServerSessions {
    /**
     * As many as Node and OpenSSL send, so that a client has one for each of two connections (RFC 8446 appendix C.4).
     */
    public static final int TICKETS_AFTER_FULL_HANDSHAKE = 2;

    /** One, so that a client need not use a ticket twice. */
    public static final int TICKETS_AFTER_RESUMPTION = 1;

    static final int ID_LENGTH = 32;

    private final SessionIdContext context;
    private final Duration timeout;
    private final @Nullable TicketSealer sealer;
    private final @Nullable SessionStore store;
    private final boolean inMemory;
    private final SecureRandom random;
    private final InstantSource clock;

    /**
     * Makes the sessions of a server.
     *
     * @param timeout how long after its full handshake a session may be resumed, at most 7 days
     * @param keys the ticket keys, empty for no tickets
     * @param store the store, empty for none
     */
    public ServerSessions(
            SessionIdContext context,
            Duration timeout,
            Optional<TicketKeyManager> keys,
            Optional<SessionStore> store,
            SecureRandom random,
            InstantSource clock) {
        this.context = context;
        this.timeout = timeout;
        this.sealer = keys.map(manager -> new TicketSealer(manager, random)).orElse(null);
        this.store = store.map(kept -> new FailSoftStore(kept, clock)).orElse(null);
        this.inMemory = store.map(CaffeineSessionStore.class::isInstance).orElse(true);
        this.random = random;
        this.clock = clock;
    }

    /**
     * A session that could be read; whether it may resume is another question.
     *
     * @param kept whether it was kept under its id, and not carried by a ticket
     * @param renew whether its ticket was sealed with a key that no longer seals
     */
    public record Found(SessionState state, boolean kept, boolean renew) {}

    public ResumptionPolicy policy(ClientCertificatePolicy clientCertificates, boolean dependsOnName) {
        return new ResumptionPolicy(
                new ResumptionPolicy.ServerSide(context, timeout, clientCertificates, dependsOnName), clock);
    }

    public SessionIdContext context() {
        return context;
    }

    public Duration timeout() {
        return timeout;
    }

    boolean hasTickets() {
        return sealer != null;
    }

    boolean hasStore() {
        return store != null;
    }

    /** Returns whether keeping a session does not block: there is no store, or it is in memory. */
    boolean keepsAtOnce() {
        return inMemory;
    }

    public byte[] newId() {
        byte[] id = new byte[ID_LENGTH];
        random.nextBytes(id);
        return id;
    }

    /** Returns the session in a ticket, empty if it cannot be opened or tickets are off. */
    Optional<Found> open(byte[] ticket) {
        return sealer == null
                ? Optional.empty()
                : sealer.open(ticket).map(opened -> new Found(opened.state(), false, opened.renew()));
    }

    /** Returns the session that was kept under an id. */
    Optional<Found> ofId(byte[] id) {
        if (store == null || id.length != ID_LENGTH) {
            return Optional.empty();
        }
        return store.get(id).flatMap(der -> read(id, der));
    }

    /** Returns the session in bytes that were kept under an id, empty if they are none or another's. */
    static Optional<Found> read(byte[] id, byte[] der) {
        try {
            SessionState state = SessionState.fromDer(der);
            return MessageDigest.isEqual(state.sessionId(), id)
                    ? Optional.of(new Found(state, true, false))
                    : Optional.empty();
        } catch (MalformedSession e) {
            return Optional.empty();
        }
    }

    /** Returns the ticket of a session, empty if it does not fit into one or tickets are off. */
    Optional<byte[]> seal(SessionState state) {
        return sealer == null ? Optional.empty() : sealer.seal(state);
    }

    /** Removes the session with this id from the store. */
    void remove(byte[] id) {
        if (store != null) {
            store.remove(id);
        }
    }

    /** Keeps a session under its id. */
    void keep(SessionState state) {
        if (store != null) {
            store.put(state.sessionId(), state.toDer(), state.timeout());
        }
    }
}
