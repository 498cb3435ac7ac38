package io.heddle.load;

import io.heddle.ConnectOptions;
import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadFigures.Negotiation;
import io.heddle.load.LoadFigures.RequestCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.HdrHistogram.Histogram;

/** Results as a run would make them, without one: always the same figures. */
public final class SampleResults {
    private static final int SECONDS = 12;
    private static final long HANDSHAKES = 300;

    private static final List<LoadFigures.Failure> FAILURES = List.of(
            new LoadFigures.Failure(LoadFigures.Failure.Phase.HANDSHAKE, "ECONNRESET", 9, "Connection reset by peer"),
            new LoadFigures.Failure(
                    LoadFigures.Failure.Phase.HANDSHAKE,
                    "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
                    3,
                    "the server sent alert 48 unknown_ca, in answer to the certificate of the client, which no authority "
                            + "of its own has signed"));

    private SampleResults() {}

    /** Full and resumed handshakes with two targets, some failures, and a client that was the bottleneck. */
    public static LoadResult busy() {
        LoadFigures first = figures(1, 6, 1.4, FAILURES);
        LoadFigures second = figures(2, 9, 2.1, List.of());
        LoadOptions options = LoadOptions.builder()
                .target("one.example.test", target())
                .target("two.example.test", target())
                .connections(50)
                .resume(0.5)
                .warmup(Duration.ofSeconds(2))
                .build();
        return new LoadResult(
                options,
                Instant.parse("2026-01-02T03:04:05Z"),
                Duration.ofSeconds(SECONDS),
                LoadFigures.sum(List.of(first, second)),
                List.of(
                        new LoadResult.Group("one.example.test", first),
                        new LoadResult.Group("two.example.test", second)),
                new HandshakeCounts(100, 0, 0, 0, 0, 0),
                new HandshakeCounts(50, 0, 2, 0, 0, 0),
                List.of(new LoadFigures.Failure(
                        LoadFigures.Failure.Phase.HANDSHAKE, "ETIMEDOUT", 2, "Connection timed out")),
                Optional.empty(),
                timeline(1),
                new LoadResult.ClientUsage(Duration.ofMillis(22_800), 2, 0.95, OptionalDouble.of(1), true),
                List.of(
                        "the client was the bottleneck: it used 95 % of 2 processors of a machine that was 100 % busy; the "
                                + "figures say more about it than about the server"),
                "");
    }

    /** One target, nothing failed, and all handshakes slower or faster by this factor. */
    public static LoadResult calm(double factor) {
        return simple(
                figures(3, 6 * factor, 1.4 * factor, List.of()), timeline(1 / factor), Duration.ofSeconds(SECONDS));
    }

    /** Nothing succeeded: each handshake failed with this. */
    public static LoadResult refused(String code, String example) {
        LoadFigures figures = new LoadFigures(
                new HandshakeCounts(0, 0, 40, 0, 0, 0),
                RequestCounts.NONE,
                around(0, 1, 1),
                around(0, 1, 1),
                around(0, 1, 1),
                around(0, 1, 1),
                0,
                0,
                0,
                0,
                List.of(new LoadFigures.Failure(LoadFigures.Failure.Phase.HANDSHAKE, code, 40, example)),
                Map.of());
        return simple(figures, List.of(), Duration.ofSeconds(1));
    }

    /** The result with another sentence as the example of its failures, and another name of what was agreed on. */
    public static LoadResult named(String target, String example, String alpn) {
        LoadFigures figures = new LoadFigures(
                new HandshakeCounts(1, 0, 1, 0, 0, 0),
                RequestCounts.NONE,
                around(1, 1, 1),
                around(0, 1, 1),
                around(0, 1, 1),
                around(0, 1, 1),
                0,
                0,
                0,
                0,
                List.of(new LoadFigures.Failure(LoadFigures.Failure.Phase.HANDSHAKE, "ECONNRESET", 1, example)),
                Map.of(new Negotiation("TLSv1.3", "TLS_AES_128_GCM_SHA256", "X25519", alpn), 1L));
        LoadResult result = simple(figures, timeline(1), Duration.ofSeconds(1));
        return new LoadResult(
                LoadOptions.builder().target(target, target()).build(),
                result.started(),
                result.elapsed(),
                figures,
                List.of(new LoadResult.Group(target, figures), new LoadResult.Group("other", figures)),
                HandshakeCounts.NONE,
                HandshakeCounts.NONE,
                List.of(),
                Optional.empty(),
                result.timeline(),
                result.client(),
                List.of(example),
                "");
    }

    private static LoadResult simple(LoadFigures figures, List<LoadSecond> timeline, Duration elapsed) {
        LoadOptions options = LoadOptions.builder(target()).build();
        return new LoadResult(
                options,
                Instant.parse("2026-01-02T03:04:05Z"),
                elapsed,
                figures,
                List.of(new LoadResult.Group("localhost:8443", figures)),
                HandshakeCounts.NONE,
                HandshakeCounts.NONE,
                List.of(),
                Optional.empty(),
                timeline,
                new LoadResult.ClientUsage(Duration.ofSeconds(6), 2, 0.25, OptionalDouble.empty(), false),
                List.of(),
                "");
    }

    private static ConnectOptions target() {
        return ConnectOptions.builder().host("localhost").port(8443).build();
    }

    private static LoadFigures figures(long seed, double full, double resumed, List<LoadFigures.Failure> failures) {
        long failed = failures.stream().mapToLong(LoadFigures.Failure::count).sum();
        return new LoadFigures(
                new HandshakeCounts(6 * HANDSHAKES, 6 * HANDSHAKES, failed, 6 * HANDSHAKES + 4, 4, 0),
                RequestCounts.NONE,
                around(6 * HANDSHAKES, seed, full),
                around(6 * HANDSHAKES, seed + 100, resumed),
                around(12 * HANDSHAKES, seed + 200, 0.2),
                around(0, 1, 1),
                0,
                0,
                12 * HANDSHAKES * 700,
                12 * HANDSHAKES * 2900,
                failures,
                Map.of(
                        new Negotiation("TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519MLKEM768", "h2"),
                        10 * HANDSHAKES,
                        new Negotiation("TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", "X25519", ""),
                        2 * HANDSHAKES));
    }

    /** Exactly these, in nanoseconds. */
    public static Latency latency(double... values) {
        Histogram nanos = new Histogram(Latency.SHORTEST, Latency.LONGEST, Latency.DIGITS);
        for (double value : values) {
            nanos.recordValue(Math.round(value));
        }
        return new Latency(nanos);
    }

    /** So many around a median in milliseconds, spread as latencies are: few far below, some far above. */
    static Latency around(long count, long seed, double median) {
        Histogram nanos = new Histogram(Latency.SHORTEST, Latency.LONGEST, Latency.DIGITS);
        var random = new Random(seed);
        for (long i = 0; i < count; i++) {
            nanos.recordValue(Math.round(median * 1e6 * Math.exp(0.35 * random.nextGaussian())));
        }
        return new Latency(nanos);
    }

    private static List<LoadSecond> timeline(double factor) {
        var random = new Random(7);
        List<LoadSecond> seconds = new ArrayList<>();
        for (int i = 1; i <= SECONDS; i++) {
            long full = Math.round(factor * (HANDSHAKES + 20 * random.nextGaussian()));
            long resumed = Math.round(factor * (HANDSHAKES + 20 * random.nextGaussian()));
            seconds.add(new LoadSecond(
                    false,
                    Duration.ofSeconds(i),
                    Duration.ofSeconds(1),
                    full,
                    resumed,
                    i == 5 ? 12 : 0,
                    0,
                    0,
                    0,
                    percentiles(random, full, 6 / factor),
                    percentiles(random, resumed, 1.4 / factor),
                    LoadSecond.Percentiles.NONE,
                    Duration.ofMillis(1_850 + random.nextInt(100))));
        }
        return seconds;
    }

    private static LoadSecond.Percentiles percentiles(Random random, long count, double median) {
        double p50 = median * 1e6 * (1 + 0.02 * random.nextGaussian());
        double p99 = median * 1e6 * 2.26 * (1 + 0.05 * random.nextGaussian());
        return new LoadSecond.Percentiles(
                count, Duration.ofNanos(Math.round(p50)), Duration.ofNanos(Math.round(p99)), Duration.ofSeconds(1));
    }
}
