package io.heddle.load;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/** Adds up the figures of all targets. */
final class Totals {
    private Totals() {}

    static LoadFigures of(List<LoadFigures> groups) {
        return new LoadFigures(
                groups.stream().map(LoadFigures::handshakes).reduce(HandshakeCounts.NONE, HandshakeCounts::plus),
                groups.stream()
                        .map(LoadFigures::requests)
                        .reduce(
                                RequestCounts.NONE,
                                (a, b) -> new RequestCounts(a.succeeded() + b.succeeded(), a.failed() + b.failed())),
                latency(groups, LoadFigures::full),
                latency(groups, LoadFigures::resumed),
                latency(groups, LoadFigures::connect),
                latency(groups, LoadFigures::request),
                sum(groups, LoadFigures::bytesSent),
                sum(groups, LoadFigures::bytesReceived),
                sum(groups, LoadFigures::wireBytesSent),
                sum(groups, LoadFigures::wireBytesReceived),
                failures(groups),
                negotiated(groups));
    }

    private static Latency latency(List<LoadFigures> groups, Function<LoadFigures, Latency> of) {
        Histogram sum = Latency.empty();
        groups.forEach(each -> sum.add(of.apply(each).histogram()));
        return new Latency(sum);
    }

    private static long sum(List<LoadFigures> groups, ToLongFunction<LoadFigures> of) {
        return groups.stream().mapToLong(of).sum();
    }

    private static List<LoadFailure> failures(List<LoadFigures> groups) {
        Map<String, LoadFailure> sums = new LinkedHashMap<>();
        groups.stream()
                .flatMap(each -> each.failures().stream())
                .forEach(each -> sums.merge(
                        each.phase() + each.code(),
                        each,
                        (a, b) -> new LoadFailure(a.phase(), a.code(), a.count() + b.count(), a.example())));
        return sums.values().stream()
                .sorted(Comparator.comparingLong(LoadFailure::count).reversed())
                .toList();
    }

    private static Map<Negotiation, Long> negotiated(List<LoadFigures> groups) {
        Map<Negotiation, Long> sums = new HashMap<>();
        groups.forEach(each -> each.negotiated().forEach((what, count) -> sums.merge(what, count, Long::sum)));
        return sums;
    }
}
