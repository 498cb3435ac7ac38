package io.heddle.load;

import io.heddle.failure.InvalidOption;
import io.heddle.session.MalformedSession;
import io.heddle.session.SessionState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The sessions of one virtual user. Those of TLS 1.3 are used once, the newest first; one of an older version is used until there
 * is a newer. A session whose lifetime is over, so that no client would offer it, counts as none. Used by one thread.
 */
final class SessionShelf {
    /** A server may send many tickets; nobody needs more than the next few. */
    private static final int MOST = 4;

    private final ResumeWith with;
    private final InstantSource clock;
    private final Deque<Ticket> once = new ArrayDeque<>(2);
    private Optional<Ticket> again = Optional.empty();

    /** A session with the end of its lifetime, after which a client does not offer it. */
    private record Ticket(byte[] session, Instant end) {}

    SessionShelf(ResumeWith with, InstantSource clock) {
        this.with = with;
        this.clock = clock;
    }

    /** Keeps what a connection was given, where it can be used. */
    void keep(List<byte[]> sessions) {
        for (byte[] each : sessions) {
            SessionState state = read(each);
            Ticket kept = new Ticket(each, state.offeredUntil());
            if (state.protocol() == SessionState.TLS13) {
                once.addLast(kept);
                if (once.size() > MOST) {
                    once.removeFirst();
                }
            } else if (canBeUsed(state)) {
                again = Optional.of(kept);
            }
        }
    }

    // A client offers none without an extended master secret, RFC 7627 5.3.
    private boolean canBeUsed(SessionState state) {
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
            throw new InvalidOption("ERR_INVALID_ARG_VALUE", "session: ours cannot be read", e);
        }
    }

    /** Returns a session to offer, empty if there is none. */
    Optional<byte[]> take() {
        dropExpired();
        Ticket newest = once.pollLast();
        return Optional.ofNullable(newest).or(() -> again).map(Ticket::session);
    }

    /** Returns whether there is one. */
    boolean isEmpty() {
        dropExpired();
        return once.isEmpty() && again.isEmpty();
    }

    /** The last second is left alone: the clock goes on until the ClientHello is written. */
    private void dropExpired() {
        if (!once.isEmpty() || again.isPresent()) {
            Instant soon = clock.instant().plusSeconds(1);
            once.removeIf(each -> each.end().isBefore(soon));
            again = again.filter(each -> !each.end().isBefore(soon));
        }
    }

    /** Drops a session that the server did not take; another full handshake brings a better one. */
    void refused() {
        again = Optional.empty();
    }
}
