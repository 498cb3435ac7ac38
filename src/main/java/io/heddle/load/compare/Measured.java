package io.heddle.load.compare;

import io.heddle.load.Arrivals;
import io.heddle.load.HandshakeCounts;
import io.heddle.load.Latency;
import io.heddle.load.LoadFailure;
import io.heddle.load.LoadFigures;
import io.heddle.load.LoadResult;
import io.heddle.load.LoadSecond;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The figures of a run under their names, whether it has just been made or was read from a file. Immutable.
 *
 * @param numbers all but the latencies
 * @param latencies of full, resumed, requests and connect, those of which there are any
 * @param steps the seconds, without the short rest at the end
 */
public record Measured(Map<String, Double> numbers, Map<String, Latency> latencies, List<Step> steps) {
    /** What the end of a run leaves is shorter than a second, and its rate would be any number. */
    private static final double SHORTEST_STEP = 0.5;

    /** Copies everything. */
    public Measured {
        numbers = Map.copyOf(numbers);
        latencies = latencies.entrySet().stream()
                .filter(each -> !each.getValue().isEmpty())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
        steps = steps.stream().filter(each -> each.seconds() >= SHORTEST_STEP).toList();
    }

    /**
     * A second of a run.
     *
     * @param seconds how long it was
     * @param counts how many full, resumed and requests were done in it, and how many bytes sent and received
     * @param medians their median latencies in nanoseconds, where there are any
     * @param tails the same of the 99th percentile
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
    public static Measured of(LoadResult result) {
        LoadFigures total = result.total();
        HandshakeCounts handshakes = total.handshakes();
        long failed = total.failures().stream().mapToLong(LoadFailure::count).sum();
        Map<String, Double> numbers = new HashMap<>();
        numbers.put("full.count", (double) handshakes.full());
        numbers.put("full.rate", result.perSecond(handshakes.full()));
        numbers.put("resumed.count", (double) handshakes.resumed());
        numbers.put("resumed.rate", result.perSecond(handshakes.resumed()));
        numbers.put("requests.count", (double) total.requests().succeeded());
        numbers.put("requests.rate", result.perSecond(total.requests().succeeded()));
        numbers.put("failed", (double) failed);
        numbers.put("refused", (double) handshakes.refused());
        numbers.put("unoffered", (double) handshakes.unoffered());
        result.arrivals().ifPresent(each -> arrivals(numbers, each));
        numbers.put("sent.rate", result.perSecond(total.bytesSent()));
        numbers.put("received.rate", result.perSecond(total.bytesReceived()));
        numbers.put("client.cpu", (double) result.client().cpu().toNanos());
        numbers.put("client.share", result.client().share());
        failedShare(numbers);
        return new Measured(
                numbers,
                Map.of(
                        FigureName.FULL, total.full(),
                        FigureName.RESUMED, total.resumed(),
                        FigureName.REQUESTS, total.request(),
                        FigureName.CONNECT, total.connect()),
                result.timeline().stream().map(Measured::step).toList());
    }

    private static void arrivals(Map<String, Double> numbers, Arrivals arrivals) {
        numbers.put("late", (double) arrivals.late());
        numbers.put("unstarted", (double) arrivals.unstarted());
    }

    /** Of everything that was tried: handshakes and requests. */
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

    /** Returns a figure; empty if the run has none of it, as no latency where nothing succeeded. */
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
