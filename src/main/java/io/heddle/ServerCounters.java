package io.heddle;

import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.HandshakeResult.Resumption;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.ResumptionRefusal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The counters of a server. Counting takes no lock; reading sums up. Thread-safe. */
final class ServerCounters {
    private static final long OCSP_LOG_NANOS = Duration.ofMinutes(1).toNanos();

    final LongAdder accepted = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder sessionsKept = new LongAdder();
    final LongAdder sessionsFound = new LongAdder();
    final LongAdder sessionsMissed = new LongAdder();
    final LongAdder ticketsSealed = new LongAdder();
    final LongAdder ticketsOpened = new LongAdder();
    final LongAdder ticketsRenewed = new LongAdder();
    final LongAdder ticketsRefused = new LongAdder();

    final LongAdder staplesSent = new LongAdder();
    final LongAdder staplesWithheld = new LongAdder();

    private final LongAdder full = new LongAdder();
    private final LongAdder resumedById = new LongAdder();
    private final LongAdder resumedByTicket = new LongAdder();
    private final LongAdder resumedByPsk = new LongAdder();

    /** At most one entry for each code. */
    private final ConcurrentMap<Code, LongAdder> failures = new ConcurrentHashMap<>();

    /** At most one entry for each reason. */
    private final ConcurrentMap<ResumptionRefusal, LongAdder> refusals = new ConcurrentHashMap<>();

    /** The time of the last logged warning about OCSP responses, by {@link System#nanoTime}; 0 before the first. */
    private final AtomicLong ocspLogged = new AtomicLong();

    private final LongAdder bytesRead = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();

    void handshake(HandshakeResult made) {
        Optional<Resumption> how = made.resumption();
        if (how.isEmpty()) {
            full.increment();
        } else {
            switch (how.get()) {
                case ID -> resumedById.increment();
                case TICKET -> resumedByTicket.increment();
                case PSK -> resumedByPsk.increment();
            }
        }
    }

    void failure(Code code) {
        failures.computeIfAbsent(code, first -> new LongAdder()).increment();
    }

    void refusal(ResumptionRefusal reason) {
        refusals.computeIfAbsent(reason, first -> new LongAdder()).increment();
    }

    /**
     * Returns whether a warning about an OCSP response may be logged now: one a minute, since each handshake has the
     * response.
     */
    boolean mayLogOcsp() {
        long now = System.nanoTime() | 1; // never 0, which stands for no warning
        long before = ocspLogged.get();
        return (before == 0 || now - before > OCSP_LOG_NANOS) && ocspLogged.compareAndSet(before, now);
    }

    /** Adds the bytes of a connection that has ended. */
    void ended(long read, long written) {
        bytesRead.add(read);
        bytesWritten.add(written);
    }

    ServerStatistics statistics(int active, Optional<CaffeineSessionStore.Statistics> store) {
        return new ServerStatistics(
                accepted.sum(),
                dropped.sum(),
                active,
                new ServerStatistics.Handshakes(
                        full.sum(),
                        resumedById.sum(),
                        resumedByTicket.sum(),
                        resumedByPsk.sum(),
                        counts(ResumptionRefusal.class, refusals),
                        counts(Code.class, failures)),
                new ServerStatistics.Tickets(
                        ticketsSealed.sum(), ticketsOpened.sum(), ticketsRenewed.sum(), ticketsRefused.sum()),
                new ServerStatistics.Sessions(sessionsKept.sum(), sessionsFound.sum(), sessionsMissed.sum(), store),
                new ServerStatistics.Staples(staplesSent.sum(), staplesWithheld.sum()),
                bytesRead.sum(),
                bytesWritten.sum());
    }

    private static <K extends Enum<K>> Map<K, Long> counts(Class<K> keys, Map<K, LongAdder> adders) {
        var counts = new EnumMap<K, Long>(keys);
        adders.forEach((key, count) -> counts.put(key, count.sum()));
        return counts;
    }
}
