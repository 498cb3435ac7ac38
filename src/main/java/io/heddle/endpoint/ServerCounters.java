package io.heddle.endpoint;

import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.HandshakeResult.Resumption;
import io.heddle.failure.TlsFailure.Code;
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
public final class ServerCounters {
    private static final long OCSP_LOG_NANOS = Duration.ofMinutes(1).toNanos();

    public final LongAdder accepted = new LongAdder();
    public final LongAdder dropped = new LongAdder();
    public final LongAdder sessionsKept = new LongAdder();
    public final LongAdder sessionsFound = new LongAdder();
    public final LongAdder sessionsMissed = new LongAdder();
    public final LongAdder ticketsSealed = new LongAdder();
    public final LongAdder ticketsOpened = new LongAdder();
    public final LongAdder ticketsRenewed = new LongAdder();
    public final LongAdder ticketsRefused = new LongAdder();

    public final LongAdder staplesSent = new LongAdder();
    public final LongAdder staplesWithheld = new LongAdder();

    public final LongAdder full = new LongAdder();
    public final LongAdder resumedById = new LongAdder();
    public final LongAdder resumedByTicket = new LongAdder();
    public final LongAdder resumedByPsk = new LongAdder();

    /** At most one entry for each code. */
    private final ConcurrentMap<Code, LongAdder> failures = new ConcurrentHashMap<>();

    /** At most one entry for each reason. */
    private final ConcurrentMap<ResumptionRefusal, LongAdder> refusals = new ConcurrentHashMap<>();

    /** The time of the last logged warning about OCSP responses, by {@link System#nanoTime}; 0 before the first. */
    private final AtomicLong ocspLogged = new AtomicLong();

    public final LongAdder bytesRead = new LongAdder();
    public final LongAdder bytesWritten = new LongAdder();

    public void handshake(HandshakeResult result) {
        Optional<Resumption> how = result.resumption();
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

    public void failure(Code code) {
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
    public void ended(long read, long written) {
        bytesRead.add(read);
        bytesWritten.add(written);
    }

    /** Returns the number of failed handshakes by code. */
    public Map<Code, Long> failures() {
        return counts(Code.class, failures);
    }

    /** Returns the number of full handshakes for want of a session that could be resumed, by reason. */
    public Map<ResumptionRefusal, Long> refusals() {
        return counts(ResumptionRefusal.class, refusals);
    }

    private static <K extends Enum<K>> Map<K, Long> counts(Class<K> keys, Map<K, LongAdder> adders) {
        var counts = new EnumMap<K, Long>(keys);
        adders.forEach((key, count) -> counts.put(key, count.sum()));
        return counts;
    }
}
