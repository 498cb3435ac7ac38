package io.heddle;

import io.heddle.endpoint.ServerCounters;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.ResumptionRefusal;
import io.heddle.session.SessionStore;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The counts of a server since its creation: {@link TlsServer#statistics}. They are read one after the other while
 * connections continue, so that related counts may differ by the events in between. Immutable.
 *
 * @param accepted the number of accepted connections, without the dropped ones
 * @param dropped the number of connections closed immediately because {@code maxConnections} was reached or the
 *     client's address is blocked
 * @param active the number of open connections, including those in their handshake
 * @param handshakes the results of handshakes, the first of each connection; renegotiations are not counted
 * @param tickets the counts of session tickets
 * @param sessions the counts of sessions that are not carried by a ticket
 * @param staples the counts of OCSP responses
 * @param bytesRead the application data received on connections that have ended
 * @param bytesWritten the application data sent on connections that have ended
 */
public record ServerStatistics(
        long accepted,
        long dropped,
        int active,
        Handshakes handshakes,
        Tickets tickets,
        Sessions sessions,
        Staples staples,
        long bytesRead,
        long bytesWritten) {

    /** Returns the sums of these counters. */
    static ServerStatistics of(ServerCounters counters, int active, Optional<CaffeineSessionStore.Statistics> store) {
        return new ServerStatistics(
                counters.accepted.sum(),
                counters.dropped.sum(),
                active,
                new Handshakes(
                        counters.full.sum(),
                        counters.resumedById.sum(),
                        counters.resumedByTicket.sum(),
                        counters.resumedByPsk.sum(),
                        counters.refusals(),
                        counters.failures()),
                new Tickets(
                        counters.ticketsSealed.sum(),
                        counters.ticketsOpened.sum(),
                        counters.ticketsRenewed.sum(),
                        counters.ticketsRefused.sum()),
                new Sessions(
                        counters.sessionsKept.sum(),
                        counters.sessionsFound.sum(),
                        counters.sessionsMissed.sum(),
                        store),
                new Staples(counters.staplesSent.sum(), counters.staplesWithheld.sum()),
                counters.bytesRead.sum(),
                counters.bytesWritten.sum());
    }

    /**
     * The results of handshakes.
     *
     * @param full the number that created a new session
     * @param resumedById the number that resumed a session of TLS 1.2 or below by its id
     * @param resumedByTicket the number that resumed such a session by a ticket
     * @param resumedByPsk the number that resumed a session in TLS 1.3, with tickets or through the store
     * @param refusals the number of full handshakes that refused the session offered by the client, or created none
     *     that can be resumed, by reason; only reasons that occurred
     * @param failures the number that failed, by code; only codes that occurred
     */
    public record Handshakes(
            long full,
            long resumedById,
            long resumedByTicket,
            long resumedByPsk,
            Map<ResumptionRefusal, Long> refusals,
            Map<Code, Long> failures) {
        /** Creates the counts; the maps are copied. */
        public Handshakes {
            refusals = copy(ResumptionRefusal.class, refusals);
            failures = copy(Code.class, failures);
        }

        private static <K extends Enum<K>> Map<K, Long> copy(Class<K> keys, Map<K, Long> counts) {
            var copy = new EnumMap<K, Long>(keys);
            copy.putAll(counts);
            return Collections.unmodifiableMap(copy);
        }

        /** Returns the number that resumed a session. */
        public long resumed() {
            return resumedById + resumedByTicket + resumedByPsk;
        }

        /** Returns the number that failed. */
        public long failed() {
            return failures.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * The counts of session tickets.
     *
     * @param sealed the number issued
     * @param opened the number sent by clients that could be opened, whether or not their session was resumed
     * @param renewed the number of opened tickets under a key that no longer seals
     * @param refused the number that could not be opened: their key is unknown, or they are not tickets
     */
    public record Tickets(long sealed, long opened, long renewed, long refused) {}

    /**
     * The counts of OCSP responses for clients that requested one.
     *
     * @param sent the number sent
     * @param withheld the number supplied by a listener and not sent, because a client would refuse them
     */
    public record Staples(long sent, long withheld) {}

    /**
     * The counts of sessions that are not carried by a ticket.
     *
     * @param kept the number passed to the store and the listeners of {@code onNewSession}
     * @param found the number requested and found, in the store or by a listener
     * @param missed the number requested and not found, including ids invented by clients
     * @param store the statistics of the store, if it is a {@link CaffeineSessionStore}; other servers may use it as
     *     well
     */
    public record Sessions(long kept, long found, long missed, Optional<CaffeineSessionStore.Statistics> store) {
        static Optional<CaffeineSessionStore.Statistics> of(Optional<SessionStore> store) {
            return store.filter(CaffeineSessionStore.class::isInstance)
                    .map(caffeine -> ((CaffeineSessionStore) caffeine).statistics());
        }
    }
}
