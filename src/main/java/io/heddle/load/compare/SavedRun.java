package io.heddle.load.compare;

import io.heddle.failure.InvalidOption;
import io.heddle.load.Latency;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the output of {@code heddle load --json}. */
public final class SavedRun {
    private static final String SCHEMA = "heddle-load/2";

    /** A run of a day takes a third of this. */
    private static final long LARGEST = 64 << 20;

    private static final double NANOS_A_MILLI = 1e6;
    private static final double NANOS_A_SECOND = 1e9;

    private SavedRun() {}

    /**
     * Reads a file of at most 64 MiB.
     *
     * @throws InvalidOption if it is no result of {@code heddle load --json}, or one of another schema
     * @throws IOException if the file cannot be read
     */
    public static RunFigures read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw refused(file, "it has %d bytes, %d are allowed".formatted(Files.size(file), LARGEST));
        }
        try {
            return of(SavedObject.parse(Files.readString(file, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw refused(file, String.valueOf(e.getMessage()));
        } catch (CharacterCodingException e) {
            throw refused(file, "it is no UTF-8");
        }
    }

    private static InvalidOption refused(Path file, String sentence) {
        return new InvalidOption(
                "ERR_INVALID_ARG_VALUE", "%s is no result of heddle load --json: %s".formatted(file, sentence));
    }

    private static RunFigures of(SavedObject json) {
        String schema = json.text("schema");
        if (!schema.equals(SCHEMA)) {
            throw new IllegalArgumentException("its schema is %s, only %s can be read"
                    .formatted(schema.length() > 64 ? schema.substring(0, 64) + "…" : schema, SCHEMA));
        }
        Map<String, Double> numbers = new HashMap<>();
        SavedObject handshakes = json.object("handshakes");
        numbers.put("full.count", handshakes.amount("full"));
        numbers.put("full.rate", handshakes.amount("fullPerSecond"));
        numbers.put("resumed.count", handshakes.amount("resumed"));
        numbers.put("resumed.rate", handshakes.amount("resumedPerSecond"));
        numbers.put("refused", handshakes.amount("refused"));
        numbers.put("noSession", handshakes.amount("noSession"));
        SavedObject requests = json.object("requests");
        numbers.put("requests.count", requests.amount("succeeded"));
        numbers.put("requests.rate", requests.amount("perSecond"));
        numbers.put(
                "failed",
                json.objects("failures").stream()
                        .mapToDouble(failure -> failure.amount("count"))
                        .sum());
        json.optionalObject("arrivals").ifPresent(arrivals -> {
            numbers.put("behindSchedule", arrivals.amount("behindSchedule"));
            numbers.put("dropped", arrivals.amount("dropped"));
        });
        SavedObject bytes = json.object("bytes");
        numbers.put("sent.rate", bytes.amount("sentPerSecond"));
        numbers.put("received.rate", bytes.amount("receivedPerSecond"));
        SavedObject client = json.object("client");
        numbers.put("client.cpu", client.amount("cpuSeconds") * NANOS_A_SECOND);
        numbers.put("client.share", client.amount("share"));
        RunFigures.failedShare(numbers);
        return new RunFigures(numbers, latencies(json.object("latencyMillis")), steps(json.objects("timeline")));
    }

    private static Map<String, Latency> latencies(SavedObject json) {
        Map<String, Latency> latencies = new HashMap<>();
        Map.of(
                        FigureName.FULL, "full",
                        FigureName.RESUMED, "resumed",
                        FigureName.REQUESTS, "request",
                        FigureName.CONNECT, "connect")
                .forEach((name, member) ->
                        json.optionalObject(member).ifPresent(object -> latencies.put(name, latency(object))));
        return latencies;
    }

    private static Latency latency(SavedObject latency) {
        try {
            return Latency.fromBase64(latency.text("histogram"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(latency.path("histogram") + ": " + e.getMessage(), e);
        }
    }

    private static List<RunFigures.Step> steps(List<SavedObject> timeline) {
        return timeline.stream().map(SavedRun::step).toList();
    }

    private static RunFigures.Step step(SavedObject second) {
        Map<String, Double> medians = new HashMap<>();
        Map<String, Double> tails = new HashMap<>();
        Map.of(
                        FigureName.FULL, "fullMillis",
                        FigureName.RESUMED, "resumedMillis",
                        FigureName.REQUESTS, "requestMillis")
                .forEach((name, member) -> second.optionalObject(member).ifPresent(object -> {
                    medians.put(name, object.amount("p50") * NANOS_A_MILLI);
                    tails.put(name, object.amount("p99") * NANOS_A_MILLI);
                }));
        return new RunFigures.Step(
                second.amount("length"),
                Map.of(
                        FigureName.FULL,
                        second.amount("full"),
                        FigureName.RESUMED,
                        second.amount("resumed"),
                        FigureName.REQUESTS,
                        second.amount("requests"),
                        "sent",
                        second.amount("bytesSent"),
                        "received",
                        second.amount("bytesReceived")),
                medians,
                tails);
    }
}
