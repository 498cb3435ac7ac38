package io.heddle;

import io.heddle.engine.HandshakeResult;
import io.heddle.engine.Resumption;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.ResumptionPolicy.Refusal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** What a server counts. Counting takes no lock; reading adds up. Thread-safe. */
final class ServerCounters {
    final LongAdder accepted = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder sessionsKept = new LongAdder();
    final LongAdder sessionsFound = new LongAdder();
    final LongAdder sessionsMissed = new LongAdder();
    final LongAdder ticketsSealed = new LongAdder();
    final LongAdder ticketsOpened = new LongAdder();
    final LongAdder ticketsRenewed = new LongAdder();
    final LongAdder ticketsRefused = new LongAdder();

    private final LongAdder full = new LongAdder();
    private final LongAdder resumedById = new LongAdder();
    private final LongAdder resumedByTicket = new LongAdder();
    private final LongAdder resumedByPsk = new LongAdder();

    /** As many entries as there are codes at most. */
    private final ConcurrentMap<Code, LongAdder> failures = new ConcurrentHashMap<>();

    /** As many entries as there are reasons at most. */
    private final ConcurrentMap<Refusal, LongAdder> refusals = new ConcurrentHashMap<>();

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

    void refusal(Refusal reason) {
        refusals.computeIfAbsent(reason, first -> new LongAdder()).increment();
    }

    void ended(TlsSocket socket) {
        bytesRead.add(socket.bytesRead());
        bytesWritten.add(socket.bytesWritten());
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
                        counts(Refusal.class, refusals),
                        counts(Code.class, failures)),
                new ServerStatistics.Tickets(
                        ticketsSealed.sum(), ticketsOpened.sum(), ticketsRenewed.sum(), ticketsRefused.sum()),
                new ServerStatistics.Sessions(sessionsKept.sum(), sessionsFound.sum(), sessionsMissed.sum(), store),
                bytesRead.sum(),
                bytesWritten.sum());
    }

    private static <K extends Enum<K>> Map<K, Long> counts(Class<K> keys, Map<K, LongAdder> adders) {
        var counts = new EnumMap<K, Long>(keys);
        adders.forEach((key, count) -> counts.put(key, count.sum()));
        return counts;
    }
}
