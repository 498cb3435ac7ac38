package io.heddle.cli;

import io.heddle.Tls;
import io.heddle.load.Latency;
import io.heddle.load.LoadFigures;
import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadOptions;
import io.heddle.load.LoadResult;
import io.heddle.load.LoadResult.Arrivals;
import io.heddle.load.LoadSecond;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a result as one JSON object. docs/load.md lists its members, which do not change within a {@code schema}. */
final class LoadJson {
    private static final String SCHEMA = "heddle-load/2";

    private LoadJson() {}

    static Map<String, @Nullable Object> of(LoadResult result, String target, List<String> command) {
        LoadOptions options = result.options();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("command", command);
        json.put("target", target);
        json.put("mode", lower(options.mode()));
        json.put("connections", options.connections());
        json.put("rate", options.rate().isPresent() ? options.rate().getAsDouble() : null);
        json.put("resume", options.resume());
        json.put("resumeWith", lower(options.resumeWith()));
        json.put("started", result.started().toString());
        json.put("warmupSeconds", seconds(options.warmup()));
        json.put("seconds", seconds(result.elapsed()));
        json.putAll(figures(result, result.total()));
        json.put("warmup", handshakes(result.warmup()));
        json.put("setup", handshakes(result.setup()));
        json.put("unmeasuredFailures", failures(result.unmeasuredFailures()));
        json.put("arrivals", result.arrivals().map(LoadJson::arrivals).orElse(null));
        json.put("client", client(result.client()));
        json.put("crypto", CryptoFlag.values(Tls.cryptoProvider()));
        json.put(
                "groups",
                result.groups().stream()
                        .map(named -> {
                            Map<String, @Nullable Object> group = new LinkedHashMap<>();
                            group.put("name", named.name());
                            group.putAll(figures(result, named.figures()));
                            return group;
                        })
                        .toList());
        json.put("timeline", result.timeline().stream().map(LoadJson::second).toList());
        json.put("notes", result.notes());
        return json;
    }

    private static Map<String, @Nullable Object> figures(LoadResult result, LoadFigures figures) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        HandshakeCounts counted = figures.handshakes();
        Map<String, @Nullable Object> handshakes = handshakes(counted);
        handshakes.put("fullPerSecond", rounded(result.perSecond(counted.full())));
        handshakes.put("resumedPerSecond", rounded(result.perSecond(counted.resumed())));
        json.put("handshakes", handshakes);
        Map<String, @Nullable Object> requests = new LinkedHashMap<>();
        requests.put("succeeded", figures.requests().succeeded());
        requests.put("failed", figures.requests().failed());
        requests.put("perSecond", rounded(result.perSecond(figures.requests().succeeded())));
        json.put("requests", requests);
        Map<String, @Nullable Object> latency = new LinkedHashMap<>();
        latency.put("full", latency(figures.full()));
        latency.put("resumed", latency(figures.resumed()));
        latency.put("connect", latency(figures.connect()));
        latency.put("request", latency(figures.request()));
        json.put("latencyMillis", latency);
        Map<String, @Nullable Object> bytes = new LinkedHashMap<>();
        bytes.put("sent", figures.bytesSent());
        bytes.put("received", figures.bytesReceived());
        bytes.put("wireSent", figures.wireBytesSent());
        bytes.put("wireReceived", figures.wireBytesReceived());
        bytes.put("sentPerSecond", rounded(result.perSecond(figures.bytesSent())));
        bytes.put("receivedPerSecond", rounded(result.perSecond(figures.bytesReceived())));
        json.put("bytes", bytes);
        json.put("failures", failures(figures.failures()));
        json.put("negotiated", negotiated(figures));
        return json;
    }

    private static List<Map<String, @Nullable Object>> failures(List<LoadFigures.Failure> failures) {
        return failures.stream()
                .map(counted -> {
                    Map<String, @Nullable Object> failure = new LinkedHashMap<>();
                    failure.put("phase", lower(counted.phase()));
                    failure.put("code", counted.code());
                    failure.put("count", counted.count());
                    failure.put("example", counted.example());
                    return failure;
                })
                .toList();
    }

    private static List<Map<String, @Nullable Object>> negotiated(LoadFigures figures) {
        return figures.negotiated().entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(negotiated -> {
                    Map<String, @Nullable Object> json = new LinkedHashMap<>();
                    json.put("protocol", negotiated.getKey().protocol());
                    json.put("cipher", negotiated.getKey().cipher());
                    json.put("group", emptyToNull(negotiated.getKey().group()));
                    json.put("alpn", emptyToNull(negotiated.getKey().alpn()));
                    json.put("count", negotiated.getValue());
                    return json;
                })
                .toList();
    }

    private static Map<String, @Nullable Object> handshakes(HandshakeCounts counts) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("full", counts.full());
        json.put("resumed", counts.resumed());
        json.put("failed", counts.failed());
        json.put("offered", counts.offered());
        json.put("refused", counts.refused());
        json.put("noSession", counts.noSession());
        return json;
    }

    private static @Nullable Map<String, @Nullable Object> latency(Latency latency) {
        if (latency.isEmpty()) {
            return null;
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("count", latency.count());
        json.put("min", millis(latency.min()));
        json.put("mean", millis(latency.mean()));
        json.put("stddev", millis(latency.standardDeviation()));
        for (double percent : Latency.PERCENTILES) {
            json.put(percentile(percent), millis(latency.percentile(percent)));
        }
        json.put("max", millis(latency.max()));
        json.put("histogram", latency.toBase64());
        return json;
    }

    /** Returns the name of a percentile, such as {@code p50} or {@code p99.9}. */
    static String percentile(double percent) {
        return percent == Math.rint(percent) ? "p" + (int) percent : "p" + percent;
    }

    private static Map<String, @Nullable Object> arrivals(Arrivals arrivals) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("scheduled", arrivals.scheduled());
        json.put("started", arrivals.started());
        json.put("behindSchedule", arrivals.behindSchedule());
        json.put("maxDelayMillis", millis(arrivals.maxDelay()));
        json.put("dropped", arrivals.dropped());
        return json;
    }

    private static Map<String, @Nullable Object> client(LoadResult.ClientUsage client) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("cpuSeconds", seconds(client.cpu()));
        json.put("processors", client.processors());
        json.put("share", rounded(client.share()));
        json.put(
                "machineShare",
                client.machineShare().isPresent()
                        ? rounded(client.machineShare().getAsDouble())
                        : null);
        json.put("bottleneck", client.bottleneck());
        return json;
    }

    private static Map<String, @Nullable Object> second(LoadSecond second) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("end", seconds(second.end()));
        json.put("length", seconds(second.length()));
        json.put("full", second.full());
        json.put("resumed", second.resumed());
        json.put("failed", second.failed());
        json.put("requests", second.requests());
        json.put("bytesSent", second.bytesSent());
        json.put("bytesReceived", second.bytesReceived());
        json.put("fullMillis", percentiles(second.fullLatency()));
        json.put("resumedMillis", percentiles(second.resumedLatency()));
        json.put("requestMillis", percentiles(second.requestLatency()));
        json.put("cpuSeconds", seconds(second.cpu()));
        return json;
    }

    private static @Nullable Map<String, @Nullable Object> percentiles(LoadSecond.Percentiles of) {
        if (of.count() == 0) {
            return null;
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("p50", millis(of.p50()));
        json.put("p99", millis(of.p99()));
        json.put("max", millis(of.max()));
        return json;
    }

    private static String lower(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static double millis(Duration time) {
        return rounded(time.toNanos() / 1e6);
    }

    private static double seconds(Duration time) {
        return rounded(time.toNanos() / 1e9);
    }

    private static double rounded(double number) {
        return Math.round(number * 1e4) / 1e4;
    }
}
