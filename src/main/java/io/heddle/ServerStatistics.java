package io.heddle;

import io.heddle.failure.TlsFailure.Code;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.ResumptionRefusal;
import io.heddle.session.SessionStore;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a server has counted since it was made: {@link TlsServer#statistics}. The counts are read one after the other while
 * connections go on, so those that belong together may differ by what happened meanwhile. Immutable.
 *
 * @param accepted how many connections were accepted, those that were dropped not counted
 * @param dropped how many were closed at once because there were {@code maxConnections} already
 * @param active how many are open now, those in their handshake included
 * @param handshakes how their handshakes ended, the first of each connection; renegotiations are not counted
 * @param tickets what became of session tickets
 * @param sessions what became of sessions that no ticket carries
 * @param staples what became of OCSP responses
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

    /**
     * How handshakes ended.
     *
     * @param full how many made a new session
     * @param resumedById how many resumed a session of TLS 1.2 or below by its id
     * @param resumedByTicket how many resumed one by a ticket
     * @param resumedByPsk how many resumed in TLS 1.3, with tickets or through the store
     * @param refusals how many of the full ones refused the session that the client offered, or made none that could resume, by the
     *     reason; only reasons that occurred
     * @param failures how many failed, by their code; only codes that occurred, at most one entry for each that there is
     */
    public record Handshakes(
            long full,
            long resumedById,
            long resumedByTicket,
            long resumedByPsk,
            Map<ResumptionRefusal, Long> refusals,
            Map<Code, Long> failures) {
        /** Takes the counts; the maps are copied. */
        public Handshakes {
            refusals = copy(ResumptionRefusal.class, refusals);
            failures = copy(Code.class, failures);
        }

        private static <K extends Enum<K>> Map<K, Long> copy(Class<K> keys, Map<K, Long> counts) {
            var copy = new EnumMap<K, Long>(keys);
            copy.putAll(counts);
            return Collections.unmodifiableMap(copy);
        }

        /** Returns how many resumed a session. */
        public long resumed() {
            return resumedById + resumedByTicket + resumedByPsk;
        }

        /** Returns how many failed. */
        public long failed() {
            return failures.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * What became of session tickets.
     *
     * @param sealed how many were made
     * @param opened how many of those that clients sent could be opened, whether their session resumed or not
     * @param renewed how many of the opened ones were under a key that no longer seals
     * @param refused how many could not be opened: their key is unknown, or they are no tickets
     */
    public record Tickets(long sealed, long opened, long renewed, long refused) {}

    /**
     * The OCSP responses for clients that asked.
     *
     * @param sent how many were sent
     * @param withheld how many of those that a listener supplied were left out, because a client would refuse them
     */
    public record Staples(long sent, long withheld) {}

    /**
     * What became of sessions that no ticket carries.
     *
     * @param kept how many were given to the store and the listeners of {@code onNewSession}
     * @param found how many were asked for and found, in the store or by a listener
     * @param missed how many were asked for and not found, those that clients made up included
     * @param store what the store itself has counted, if it is a {@link CaffeineSessionStore}; it may serve other servers as well
     */
    public record Sessions(long kept, long found, long missed, Optional<CaffeineSessionStore.Statistics> store) {
        static Optional<CaffeineSessionStore.Statistics> of(Optional<SessionStore> store) {
            return store.filter(CaffeineSessionStore.class::isInstance)
                    .map(caffeine -> ((CaffeineSessionStore) caffeine).statistics());
        }
    }
}
