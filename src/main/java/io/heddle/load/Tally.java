package io.heddle.load;

import io.heddle.failure.SystemCode;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** Counts what the virtual users of one target do in one part of the run. Thread-safe, without a lock. */
final class Tally {
    private final LongAdder full = new LongAdder();
    private final LongAdder resumed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder offered = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder unoffered = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder requestsFailed = new LongAdder();
    private final LongAdder streamsFailed = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder wireSent = new LongAdder();
    private final LongAdder wireReceived = new LongAdder();
    private final Map<Failure, Failures> failures = new ConcurrentHashMap<>();
    private final Map<Negotiation, LongAdder> negotiated = new ConcurrentHashMap<>();
    private final Recorders fullLatency;
    private final Recorders resumedLatency;
    private final Recorders connectLatency;
    private final Recorders requestLatency;

    private record Failure(LoadFailure.Phase phase, String code) {}

    private record Failures(LongAdder count, String example) {}

    Tally(int stripes) {
        fullLatency = new Recorders(stripes);
        resumedLatency = new Recorders(stripes);
        connectLatency = new Recorders(stripes);
        requestLatency = new Recorders(stripes);
    }

    // By the virtual users

    /** A session will be offered, or should be and there is none. */
    void offers(boolean session) {
        (session ? offered : unoffered).increment();
    }

    void handshake(int user, LoadConnection made, long nanos) {
        if (made.resumed()) {
            resumed.increment();
            resumedLatency.record(user, nanos);
        } else {
            full.increment();
            fullLatency.record(user, nanos);
            if (made.offered()) {
                refused.increment();
            }
        }
        connectLatency.record(user, made.connectNanos());
        negotiated.computeIfAbsent(made.negotiation(), key -> new LongAdder()).increment();
    }

    void request(int user, long nanos) {
        requests.increment();
        requestLatency.record(user, nanos);
    }

    void sent(long bytes) {
        sent.add(bytes);
    }

    void received(long bytes) {
        received.add(bytes);
    }

    /** Counts what went over a connection since the last time. */
    void wire(LoadConnection connection) {
        wireSent(connection);
        wireReceived(connection);
    }

    void wireSent(LoadConnection connection) {
        wireSent.add(connection.newlySent());
    }

    void wireReceived(LoadConnection connection) {
        wireReceived.add(connection.newlyReceived());
    }

    void failed(LoadFailure.Phase phase, IOException failure) {
        String code = failure instanceof LoadBroken own ? own.code() : SystemCode.of(failure);
        failed(phase, code, String.valueOf(failure.getMessage()));
    }

    void failed(LoadFailure.Phase phase, String code, String sentence) {
        switch (phase) {
            case HANDSHAKE -> failed.increment();
            case REQUEST -> requestsFailed.increment();
            case STREAM -> streamsFailed.increment();
        }
        failures.computeIfAbsent(new Failure(phase, code), key -> new Failures(new LongAdder(), sentence))
                .count()
                .increment();
    }

    // By who collects

    void collect(Interval second) {
        fullLatency.collect(second.full());
        resumedLatency.collect(second.resumed());
        requestLatency.collect(second.request());
        connectLatency.collect(second.connect());
    }

    Counted counted() {
        return new Counted(
                full.sum(),
                resumed.sum(),
                failed.sum() + requestsFailed.sum() + streamsFailed.sum(),
                requests.sum(),
                sent.sum(),
                received.sum());
    }

    HandshakeCounts handshakes() {
        return new HandshakeCounts(
                full.sum(), resumed.sum(), failed.sum(), offered.sum(), refused.sum(), unoffered.sum());
    }

    LoadFigures figures() {
        return new LoadFigures(
                handshakes(),
                new RequestCounts(requests.sum(), requestsFailed.sum()),
                fullLatency.latency(),
                resumedLatency.latency(),
                connectLatency.latency(),
                requestLatency.latency(),
                sent.sum(),
                received.sum(),
                wireSent.sum(),
                wireReceived.sum(),
                failures(),
                negotiated.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, each -> each.getValue().sum())));
    }

    List<LoadFailure> failures() {
        return failures.entrySet().stream()
                .map(each -> new LoadFailure(
                        each.getKey().phase(),
                        each.getKey().code(),
                        each.getValue().count().sum(),
                        each.getValue().example()))
                .sorted(Comparator.comparingLong(LoadFailure::count)
                        .reversed()
                        .thenComparing(LoadFailure::phase)
                        .thenComparing(LoadFailure::code))
                .toList();
    }
}
