package io.heddle.load;

import io.heddle.failure.SystemCode;
import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadFigures.Negotiation;
import io.heddle.load.LoadFigures.RequestCounts;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** The counters of one target in one phase of a run. Thread-safe, without a lock. */
final class LoadCounters {
    private final LongAdder full = new LongAdder();
    private final LongAdder resumed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder offered = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder noSession = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder requestsFailed = new LongAdder();
    private final LongAdder streamsFailed = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder wireSent = new LongAdder();
    private final LongAdder wireReceived = new LongAdder();
    private final Map<FailureKey, FailureCount> failures = new ConcurrentHashMap<>();
    private final Map<Negotiation, LongAdder> negotiated = new ConcurrentHashMap<>();
    private final LatencyRecorder fullLatency;
    private final LatencyRecorder resumedLatency;
    private final LatencyRecorder connectLatency;
    private final LatencyRecorder requestLatency;

    private record FailureKey(LoadFigures.Failure.Phase phase, String code) {}

    private record FailureCount(LongAdder count, String example) {}

    /** The counters at one time; the difference of two snapshots is what happened in between. */
    record Snapshot(long full, long resumed, long failed, long requests, long sent, long received) {
        static final Snapshot ZERO = new Snapshot(0, 0, 0, 0, 0, 0);

        Snapshot plus(Snapshot other) {
            return new Snapshot(
                    full + other.full,
                    resumed + other.resumed,
                    failed + other.failed,
                    requests + other.requests,
                    sent + other.sent,
                    received + other.received);
        }

        Snapshot minus(Snapshot other) {
            return new Snapshot(
                    full - other.full,
                    resumed - other.resumed,
                    failed - other.failed,
                    requests - other.requests,
                    sent - other.sent,
                    received - other.received);
        }
    }

    LoadCounters(int stripes) {
        fullLatency = new LatencyRecorder(stripes);
        resumedLatency = new LatencyRecorder(stripes);
        connectLatency = new LatencyRecorder(stripes);
        requestLatency = new LatencyRecorder(stripes);
    }

    // Called by the virtual users

    /** Counts a handshake that offers a session, or should offer one but has none. */
    void offer(boolean session) {
        (session ? offered : noSession).increment();
    }

    void handshake(int user, LoadConnection connection, long nanos) {
        if (connection.resumed()) {
            resumed.increment();
            resumedLatency.record(user, nanos);
        } else {
            full.increment();
            fullLatency.record(user, nanos);
            if (connection.offered()) {
                refused.increment();
            }
        }
        connectLatency.record(user, connection.connectNanos());
        negotiated
                .computeIfAbsent(connection.negotiation(), key -> new LongAdder())
                .increment();
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

    /** Counts the bytes on the wire since the last call. */
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

    void failed(LoadFigures.Failure.Phase phase, IOException failure) {
        String code = failure instanceof LoadException own ? own.code() : SystemCode.of(failure);
        failed(phase, code, String.valueOf(failure.getMessage()));
    }

    void failed(LoadFigures.Failure.Phase phase, String code, String sentence) {
        switch (phase) {
            case HANDSHAKE -> failed.increment();
            case REQUEST -> requestsFailed.increment();
            case STREAM -> streamsFailed.increment();
        }
        failures.computeIfAbsent(new FailureKey(phase, code), key -> new FailureCount(new LongAdder(), sentence))
                .count()
                .increment();
    }

    // Called by the thread of the run

    void collect(LatencyRecorder.Interval second) {
        fullLatency.collect(second.full());
        resumedLatency.collect(second.resumed());
        requestLatency.collect(second.request());
        connectLatency.collect(second.connect());
    }

    Snapshot snapshot() {
        return new Snapshot(
                full.sum(),
                resumed.sum(),
                failed.sum() + requestsFailed.sum() + streamsFailed.sum(),
                requests.sum(),
                sent.sum(),
                received.sum());
    }

    HandshakeCounts handshakes() {
        return new HandshakeCounts(
                full.sum(), resumed.sum(), failed.sum(), offered.sum(), refused.sum(), noSession.sum());
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
                                Map.Entry::getKey, count -> count.getValue().sum())));
    }

    List<LoadFigures.Failure> failures() {
        return failures.entrySet().stream()
                .map(failure -> new LoadFigures.Failure(
                        failure.getKey().phase(),
                        failure.getKey().code(),
                        failure.getValue().count().sum(),
                        failure.getValue().example()))
                .sorted(Comparator.comparingLong(LoadFigures.Failure::count)
                        .reversed()
                        .thenComparing(LoadFigures.Failure::phase)
                        .thenComparing(LoadFigures.Failure::code))
                .toList();
    }
}
