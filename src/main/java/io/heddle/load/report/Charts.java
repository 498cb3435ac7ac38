package io.heddle.load.report;

import io.heddle.load.Latency;
import io.heddle.load.LoadFigures;
import io.heddle.load.LoadOptions;
import io.heddle.load.LoadResult;
import io.heddle.load.LoadSecond;
import io.heddle.load.report.Chart.Kind;
import io.heddle.load.report.Chart.Point;
import io.heddle.load.report.Chart.Series;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The charts of a report. */
final class Charts {
    private static final int MOST_POINTS = 240;

    /** The percentile axis ends at as many nines. */
    private static final double NINES = 4;

    private static final double PERCENTILE_STEP = 0.04;
    private static final List<Axis.Tick> PERCENTILES = List.of(
            new Axis.Tick(0, "0"),
            new Axis.Tick(Math.log10(2), "50"),
            new Axis.Tick(1, "90"),
            new Axis.Tick(2, "99"),
            new Axis.Tick(3, "99.9"),
            new Axis.Tick(4, "99.99"));

    private Charts() {}

    /** A latency histogram that is not empty, and what it measures. */
    record KindLatency(Kind kind, Latency latency) {}

    /** Returns the latencies of full handshakes, resumed handshakes and requests that are not empty. */
    static List<KindLatency> latencies(LoadFigures figures) {
        return Stream.of(
                        new KindLatency(Kind.FULL, figures.full()),
                        new KindLatency(Kind.RESUMED, figures.resumed()),
                        new KindLatency(Kind.REQUEST, figures.request()))
                .filter(kind -> !kind.latency().isEmpty())
                .toList();
    }

    /** Returns the completed handshakes, requests and failures of each second; in a stream the bytes. */
    static Chart rate(LoadResult result) {
        List<Timeline.Span> spans = Timeline.of(result.timeline(), MOST_POINTS);
        List<Series> series = new ArrayList<>();
        boolean stream = result.options().mode() == LoadOptions.Mode.STREAM;
        if (stream) {
            add(series, Kind.SENT, spans, LoadSecond::bytesSent);
            add(series, Kind.RECEIVED, spans, LoadSecond::bytesReceived);
        } else {
            add(series, Kind.FULL, spans, LoadSecond::full);
            add(series, Kind.RESUMED, spans, LoadSecond::resumed);
            add(series, Kind.REQUEST, spans, LoadSecond::requests);
            add(series, Kind.FAILED, spans, LoadSecond::failed);
        }
        DoubleFunction<String> label =
                stream ? bytes -> bytes == 0 ? "0" : Format.bytes(bytes) : number -> number == 0 ? "0" : plain(number);
        return new Chart(
                stream ? "Bytes over time" : "Rate over time",
                "A line for each kind that occurred: how many were completed in each second of the measurement. "
                        + "The numbers are in the table below.",
                Axis.time(spans.isEmpty() ? 0 : spans.getLast().to()),
                Axis.linear(stream ? "bytes per second" : "per second", highest(series), label),
                series);
    }

    private static void add(
            List<Series> series, Kind kind, List<Timeline.Span> spans, ToDoubleFunction<LoadSecond> of) {
        if (spans.stream().anyMatch(span -> span.sum(of) > 0)) {
            series.add(Series.of(
                    kind,
                    spans.stream()
                            .map(span -> new Point(span.middle(), span.perSecond(of)))
                            .toList()));
        }
    }

    /**
     * Returns latency by percentile, as HdrHistogram's plotter draws it: each mark has a tenth of the values that are beyond the mark
     * on its left, so the slowest few take as much room as all others.
     */
    static Chart percentiles(LoadFigures figures) {
        List<Series> series = new ArrayList<>();
        for (KindLatency latency : latencies(figures)) {
            series.add(Series.of(latency.kind(), percentiles(latency.latency())));
        }
        double lowest =
                series.stream().mapToDouble(Series::lowestPositive).min().orElse(0);
        return new Chart(
                "Latency by percentile",
                "A line for each kind, from the fastest on the left to the 99.99th percentile on the right. "
                        + "The percentile axis is logarithmic: each mark has a tenth of the values beyond the mark before. "
                        + "The numbers are in the table of latencies.",
                new Axis("percentile", 0, NINES, false, PERCENTILES),
                Axis.fitting("latency", lowest, highest(series), Charts::latencyLabel),
                series);
    }

    /** A line ends where only the slowest of N values is beyond. */
    private static List<Point> percentiles(Latency latency) {
        List<Point> points = new ArrayList<>();
        double last = Math.min(NINES, Math.log10((double) latency.count()));
        for (double x = 0; x < last - PERCENTILE_STEP / 2; x += PERCENTILE_STEP) {
            points.add(percentile(latency, x));
        }
        points.add(percentile(latency, last));
        return points;
    }

    private static Point percentile(Latency latency, double x) {
        return new Point(x, (double)
                latency.percentile(100 - 100 * Math.pow(10, -x)).toNanos());
    }

    /** Returns the distribution of latencies: the share of each kind in buckets of equal factors. */
    static Chart distribution(LoadFigures figures) {
        LatencyBuckets buckets = LatencyBuckets.of(figures);
        List<Series> series = new ArrayList<>();
        for (KindLatency latency : latencies(figures)) {
            series.add(new Series(latency.kind(), shares(latency.latency(), buckets), false));
        }
        return new Chart(
                "Distribution of latencies",
                "A stepped line for each kind: the share that took so long. The latency axis is logarithmic. "
                        + "The numbers are in the table below.",
                Axis.logarithmic("latency, logarithmic", buckets.from(), buckets.to(), Charts::latencyLabel),
                Axis.linear("share", highest(series), Format::percent),
                series);
    }

    private static List<Point> shares(Latency latency, LatencyBuckets buckets) {
        List<Point> points = new ArrayList<>();
        long[] counts = buckets.counts(latency);
        points.add(new Point(buckets.edge(0), 0));
        for (int i = 0; i < counts.length; i++) {
            double share = (double) counts[i] / latency.count();
            points.add(new Point(buckets.edge(i), share));
            points.add(new Point(buckets.edge(i + 1), share));
        }
        points.add(new Point(buckets.edge(counts.length), 0));
        return points;
    }

    /** Returns the processors that the client used, on an axis up to the processors that it has. */
    static Chart processors(LoadResult result) {
        List<Timeline.Span> spans = Timeline.of(result.timeline(), MOST_POINTS);
        List<Point> points = spans.stream()
                .map(span -> new Point(
                        span.middle(), span.perSecond(second -> second.cpu().toNanos() / 1e9)))
                .toList();
        return new Chart(
                "Processors used by the client",
                "One line: how many of the %d processors the measuring process itself used in each second."
                        .formatted(result.client().processors()),
                Axis.time(spans.isEmpty() ? 0 : spans.getLast().to()),
                Axis.linear("processors", result.client().processors(), Charts::plain),
                List.of(Series.of(Kind.PROCESSOR, points)));
    }

    private static double highest(List<Series> series) {
        return series.stream().mapToDouble(Series::highest).max().orElse(0);
    }

    /** Formats the label of a mark on a latency axis. Marks are round, so digits after the point are trailing zeros. */
    private static String latencyLabel(double nanos) {
        if (nanos == 0) {
            return "0";
        }
        String text = Format.duration(Duration.ofNanos(Math.round(nanos)));
        int space = text.indexOf(' ');
        String number = text.substring(0, space);
        return (number.contains(".") ? number.replaceAll("\\.?0+$", "") : number) + text.substring(space);
    }

    private static String plain(double rate) {
        return rate == Math.rint(rate) ? Format.count((long) rate) : Format.rate(rate);
    }
}
