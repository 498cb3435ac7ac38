package io.heddle.load;

import io.heddle.failure.InvalidOption;
import io.heddle.load.LoadOptions.ResumeWith;
import io.heddle.session.MalformedSession;
import io.heddle.session.SessionState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The sessions of one virtual user. Each TLS 1.3 session is used once, the newest first; a session of an older version is used until
 * there is a newer one. Expired sessions are dropped. Used by one thread.
 */
final class SessionCache {
    /** A server may send many tickets; only the next few are needed. */
    private static final int CAPACITY = 4;

    private final ResumeWith with;
    private final InstantSource clock;
    private final Deque<Ticket> singleUse = new ArrayDeque<>(2);
    private Optional<Ticket> reusable = Optional.empty();

    /** A session and the end of its lifetime, after which a client does not offer it. */
    private record Ticket(byte[] session, Instant end) {}

    SessionCache(ResumeWith with, InstantSource clock) {
        this.with = with;
        this.clock = clock;
    }

    /** Stores the usable sessions of a connection. */
    void add(List<byte[]> sessions) {
        for (byte[] bytes : sessions) {
            SessionState state = read(bytes);
            Ticket kept = new Ticket(bytes, state.offeredUntil());
            if (state.protocol() == SessionState.TLS13) {
                singleUse.addLast(kept);
                if (singleUse.size() > CAPACITY) {
                    singleUse.removeFirst();
                }
            } else if (isUsable(state)) {
                reusable = Optional.of(kept);
            }
        }
    }

    // A client offers no session without an extended master secret, RFC 7627 5.3.
    private boolean isUsable(SessionState state) {
        return state.extendedMasterSecret()
                && switch (with) {
                    case TICKET -> state.ticket().isPresent();
                    case ID -> state.ticket().isEmpty() && state.sessionId().length > 0;
                    case ANY -> state.ticket().isPresent() || state.sessionId().length > 0;
                };
    }

    private static SessionState read(byte[] session) {
        try {
            return SessionState.fromDer(session);
        } catch (MalformedSession e) {
            throw new InvalidOption("ERR_INVALID_ARG_VALUE", "session: a session of this client cannot be read", e);
        }
    }

    /** Removes and returns a session to offer, empty if there is none. */
    Optional<byte[]> take() {
        dropExpired();
        Ticket newest = singleUse.pollLast();
        return Optional.ofNullable(newest).or(() -> reusable).map(Ticket::session);
    }

    /** Returns whether there is no session to offer. */
    boolean isEmpty() {
        dropExpired();
        return singleUse.isEmpty() && reusable.isEmpty();
    }

    /** A session is dropped a second early, since time passes until the ClientHello is written. */
    private void dropExpired() {
        if (!singleUse.isEmpty() || reusable.isPresent()) {
            Instant soon = clock.instant().plusSeconds(1);
            singleUse.removeIf(session -> session.end().isBefore(soon));
            reusable = reusable.filter(session -> !session.end().isBefore(soon));
        }
    }

    /** Drops the session that the server refused. */
    void refused() {
        reusable = Optional.empty();
    }
}
