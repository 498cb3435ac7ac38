package io.heddle.load.compare;

import io.heddle.load.Latency;
import io.heddle.load.LoadFigures;
import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadResult;
import io.heddle.load.LoadResult.Arrivals;
import io.heddle.load.LoadSecond;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The figures of a run under their names. Immutable.
 *
 * @param numbers all figures except latencies
 * @param latencies the latencies of full, resumed, requests and connect that are not empty
 * @param steps the seconds, without a short rest at the end
 */
public record RunFigures(Map<String, Double> numbers, Map<String, Latency> latencies, List<Step> steps) {
    /** The rest at the end of a run is dropped if it is shorter, since its rate would mean nothing. */
    private static final double SHORTEST_STEP = 0.5;

    /** Copies everything. */
    public RunFigures {
        numbers = Map.copyOf(numbers);
        latencies = latencies.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
        steps = steps.stream().filter(step -> step.seconds() >= SHORTEST_STEP).toList();
    }

    /**
     * A second of a run.
     *
     * @param seconds its length
     * @param counts the number of full, resumed and requests, and of bytes sent and received
     * @param medians the median latencies in nanoseconds, of kinds that occurred
     * @param tails the 99th percentiles in nanoseconds
     */
    public record Step(
            double seconds, Map<String, Double> counts, Map<String, Double> medians, Map<String, Double> tails) {
        /** Copies the maps. */
        public Step {
            counts = Map.copyOf(counts);
            medians = Map.copyOf(medians);
            tails = Map.copyOf(tails);
        }
    }

    /** Returns the figures of a run. */
    public static RunFigures of(LoadResult result) {
        LoadFigures total = result.total();
        HandshakeCounts handshakes = total.handshakes();
        long failed =
                total.failures().stream().mapToLong(LoadFigures.Failure::count).sum();
        Map<String, Double> numbers = new HashMap<>();
        numbers.put("full.count", (double) handshakes.full());
        numbers.put("full.rate", result.perSecond(handshakes.full()));
        numbers.put("resumed.count", (double) handshakes.resumed());
        numbers.put("resumed.rate", result.perSecond(handshakes.resumed()));
        numbers.put("requests.count", (double) total.requests().succeeded());
        numbers.put("requests.rate", result.perSecond(total.requests().succeeded()));
        numbers.put("failed", (double) failed);
        numbers.put("refused", (double) handshakes.refused());
        numbers.put("noSession", (double) handshakes.noSession());
        result.arrivals().ifPresent(arrivals -> arrivals(numbers, arrivals));
        numbers.put("sent.rate", result.perSecond(total.bytesSent()));
        numbers.put("received.rate", result.perSecond(total.bytesReceived()));
        numbers.put("client.cpu", (double) result.client().cpu().toNanos());
        numbers.put("client.share", result.client().share());
        failedShare(numbers);
        return new RunFigures(
                numbers,
                Map.of(
                        FigureName.FULL, total.full(),
                        FigureName.RESUMED, total.resumed(),
                        FigureName.REQUESTS, total.request(),
                        FigureName.CONNECT, total.connect()),
                result.timeline().stream().map(RunFigures::step).toList());
    }

    private static void arrivals(Map<String, Double> numbers, Arrivals arrivals) {
        numbers.put("behindSchedule", (double) arrivals.behindSchedule());
        numbers.put("dropped", (double) arrivals.dropped());
    }

    /** Adds the share of failures among all handshakes and requests. */
    static void failedShare(Map<String, Double> numbers) {
        double failed = numbers.getOrDefault("failed", 0.0);
        double tried = failed
                + numbers.getOrDefault("full.count", 0.0)
                + numbers.getOrDefault("resumed.count", 0.0)
                + numbers.getOrDefault("requests.count", 0.0);
        if (tried > 0) {
            numbers.put("failed.share", failed / tried);
        }
    }

    private static Step step(LoadSecond second) {
        Map<String, Double> medians = new HashMap<>();
        Map<String, Double> tails = new HashMap<>();
        Map.of(
                        FigureName.FULL, second.fullLatency(),
                        FigureName.RESUMED, second.resumedLatency(),
                        FigureName.REQUESTS, second.requestLatency())
                .forEach((name, latency) -> {
                    if (latency.count() > 0) {
                        medians.put(name, (double) latency.p50().toNanos());
                        tails.put(name, (double) latency.p99().toNanos());
                    }
                });
        return new Step(
                second.length().toNanos() / 1e9,
                Map.of(
                        FigureName.FULL,
                        (double) second.full(),
                        FigureName.RESUMED,
                        (double) second.resumed(),
                        FigureName.REQUESTS,
                        (double) second.requests(),
                        "sent",
                        (double) second.bytesSent(),
                        "received",
                        (double) second.bytesReceived()),
                medians,
                tails);
    }

    /** Returns a figure; empty if the run lacks it, such as a latency if nothing succeeded. */
    public OptionalDouble figure(FigureName name) {
        FigureName.OfLatency latency = name.ofLatency().orElse(null);
        if (latency == null) {
            Double number = numbers.get(name.text());
            return number == null ? OptionalDouble.empty() : OptionalDouble.of(number);
        }
        Latency of = latencies.get(latency.of());
        if (of == null) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(
                switch (latency.which()) {
                    case "min" -> of.min().toNanos();
                    case "mean" -> of.mean().toNanos();
                    case "max" -> of.max().toNanos();
                    default -> of.percentile(latency.percent().orElseThrow()).toNanos();
                });
    }
}
