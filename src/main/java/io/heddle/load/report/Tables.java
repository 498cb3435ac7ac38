package io.heddle.load.report;

import io.heddle.load.Latency;
import io.heddle.load.LoadFigures;
import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadFigures.Negotiation;
import io.heddle.load.LoadOptions;
import io.heddle.load.LoadResult;
import io.heddle.load.LoadSecond;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The tables of a report, for all targets or for one. */
final class Tables {
    private static final int MOST_TIMELINE_ROWS = 60;

    /** Marks a percentile that equals the longest latency because there are too few values. */
    private static final String TOO_FEW = " *";

    private final Template template = Template.load("table.html");

    /** A table whose rows begin with a name. */
    private final class Table {
        private final String caption;
        private final List<String> head;
        private final List<Map<String, Object>> rows = new ArrayList<>();

        Table(String caption, List<String> head) {
            this.caption = caption;
            this.head = head;
        }

        Table(String caption, String... head) {
            this(caption, List.of(head));
        }

        void row(String name, List<String> cells) {
            row(name, Optional.empty(), cells);
        }

        /** Adds a row whose name is explained by a note. */
        void row(String name, Optional<String> note, List<String> cells) {
            rows.add(Map.of("name", name, "note", note, "cells", cells));
        }

        Markup html() {
            return template.fill(Map.of("caption", caption, "head", head, "rows", rows));
        }
    }

    /** Returns the handshakes and requests by outcome. */
    Markup counts(LoadResult result, LoadFigures figures) {
        HandshakeCounts handshakes = figures.handshakes();
        Table table = new Table("Counts and rates", "", "count", "per second");
        count(table, result, "full handshakes", handshakes.full());
        count(table, result, "resumed handshakes", handshakes.resumed());
        count(table, result, "failed handshakes", handshakes.failed());
        if (handshakes.offered() + handshakes.noSession() > 0) {
            count(table, result, "sessions offered", handshakes.offered());
            count(table, result, "sessions refused by the server", handshakes.refused());
            count(table, result, "no session to offer", handshakes.noSession());
        }
        if (figures.requests().succeeded() + figures.requests().failed() > 0) {
            count(table, result, "requests", figures.requests().succeeded());
            count(table, result, "failed requests", figures.requests().failed());
        }
        return table.html();
    }

    private static void count(Table table, LoadResult result, String name, long count) {
        table.row(name, List.of(Format.count(count), Format.rate(result.perSecond(count))));
    }

    /** Returns the bytes of application data and on the wire. */
    Markup bytes(LoadResult result, LoadFigures figures) {
        Table table = new Table("Bytes", "", "sent", "received", "sent per second", "received per second");
        bytes(table, result, "application data", figures.bytesSent(), figures.bytesReceived());
        bytes(table, result, "on the wire, handshakes included", figures.wireBytesSent(), figures.wireBytesReceived());
        return table.html();
    }

    private static void bytes(Table table, LoadResult result, String name, long sent, long received) {
        table.row(
                name,
                List.of(
                        Format.bytes(sent),
                        Format.bytes(received),
                        Format.bytes(result.perSecond(sent)),
                        Format.bytes(result.perSecond(received))));
    }

    /** Returns the latencies that are not empty, by percentile. */
    Markup latencies(LoadFigures figures) {
        List<Charts.KindLatency> all = Charts.latencies(figures);
        if (all.isEmpty()) {
            return new Markup().element("p", "Nothing succeeded, so there are no latencies.");
        }
        List<String> head = new ArrayList<>(List.of("percentile"));
        List<Latency> columns = new ArrayList<>();
        for (Charts.KindLatency latency : all) {
            head.add(latency.kind().title());
            columns.add(latency.latency());
        }
        if (!figures.connect().isEmpty()) {
            head.add("TCP alone");
            columns.add(figures.connect());
        }
        Table table = new Table("Latencies", head);
        row(table, "shortest", columns, Latency::min);
        boolean few = false;
        for (double percent : Latency.PERCENTILES) {
            List<String> cells = new ArrayList<>();
            for (Latency latency : columns) {
                boolean tooFew = latency.count() * (100 - percent) < 100;
                few |= tooFew;
                cells.add(Format.duration(latency.percentile(percent)) + (tooFew ? TOO_FEW : ""));
            }
            table.row(percent(percent), cells);
        }
        row(table, "longest", columns, Latency::max);
        row(table, "mean", columns, Latency::mean);
        row(table, "standard deviation", columns, Latency::standardDeviation);
        table.row(
                "count",
                columns.stream().map(latency -> Format.count(latency.count())).toList());
        Markup html = table.html();
        if (few) {
            html.element("p", "* Too few values for this percentile to differ from the longest.", "class", "note");
        }
        return html;
    }

    private static void row(Table table, String name, List<Latency> columns, Function<Latency, Duration> of) {
        table.row(
                name,
                columns.stream()
                        .map(latency -> Format.duration(of.apply(latency)))
                        .toList());
    }

    private static String percent(double percent) {
        return percent == Math.rint(percent) ? "%.0f".formatted(percent) : String.format(Locale.ROOT, "%s", percent);
    }

    /** Returns the failures by code, the most frequent first. */
    Markup failures(LoadFigures figures) {
        return figures.failures().isEmpty()
                ? new Markup().element("p", "Nothing failed.")
                : failures("Failures by code", figures.failures());
    }

    Markup failures(String caption, List<LoadFigures.Failure> failures) {
        long all = failures.stream().mapToLong(LoadFigures.Failure::count).sum();
        Table table = new Table(caption, "code, and its first message", "in", "count", "share");
        for (LoadFigures.Failure failure : failures) {
            table.row(
                    failure.code(),
                    Optional.of(failure.example()),
                    List.of(
                            failure.phase().name().toLowerCase(Locale.ROOT),
                            Format.count(failure.count()),
                            Format.percent((double) failure.count() / all)));
        }
        return table.html();
    }

    /** Returns the negotiated parameters, the most frequent first. */
    Markup negotiated(LoadFigures figures) {
        if (figures.negotiated().isEmpty()) {
            return new Markup().element("p", "No handshake succeeded, so nothing was negotiated.");
        }
        long all = figures.negotiated().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        Table table =
                new Table("What was negotiated", "cipher suite", "protocol", "group", "ALPN", "handshakes", "share");
        figures.negotiated().entrySet().stream()
                .sorted(Map.Entry.<Negotiation, Long>comparingByValue()
                        .reversed()
                        .thenComparing(entry -> entry.getKey().toString(), Comparator.naturalOrder()))
                .forEach(entry -> table.row(
                        entry.getKey().cipher(),
                        List.of(
                                entry.getKey().protocol(),
                                orNone(entry.getKey().group()),
                                orNone(entry.getKey().alpn()),
                                Format.count(entry.getValue()),
                                Format.percent((double) entry.getValue() / all))));
        return table.html();
    }

    private static String orNone(String text) {
        return text.isEmpty() ? "none" : text;
    }

    /** Returns the targets, one per row. */
    Markup groups(LoadResult result) {
        Table table = new Table(
                "Targets side by side",
                "target",
                "full",
                "full per second",
                "full p50",
                "full p99",
                "resumed",
                "resumed per second",
                "resumed p50",
                "resumed p99",
                "requests per second",
                "failed");
        for (LoadResult.Group group : result.groups()) {
            LoadFigures figures = group.figures();
            table.row(
                    group.name(),
                    List.of(
                            Format.count(figures.handshakes().full()),
                            Format.rate(result.perSecond(figures.handshakes().full())),
                            percentile(figures.full(), 50),
                            percentile(figures.full(), 99),
                            Format.count(figures.handshakes().resumed()),
                            Format.rate(result.perSecond(figures.handshakes().resumed())),
                            percentile(figures.resumed(), 50),
                            percentile(figures.resumed(), 99),
                            Format.rate(result.perSecond(figures.requests().succeeded())),
                            Format.count(figures.failures().stream()
                                    .mapToLong(LoadFigures.Failure::count)
                                    .sum())));
        }
        return table.html();
    }

    private static String percentile(Latency latency, double percent) {
        return latency.isEmpty() ? "–" : Format.duration(latency.percentile(percent));
    }

    /** Returns the data of the charts of rates and processors. */
    Markup timeline(LoadResult result) {
        boolean stream = result.options().mode() == LoadOptions.Mode.STREAM;
        Table table = stream
                ? new Table("Bytes over time", "seconds", "sent per second", "received per second", "processors")
                : new Table(
                        "Rate over time",
                        "seconds",
                        "full per second",
                        "resumed per second",
                        "requests per second",
                        "failed",
                        "processors");
        for (Timeline.Span span : Timeline.of(result.timeline(), MOST_TIMELINE_ROWS)) {
            List<String> cells = new ArrayList<>();
            if (stream) {
                cells.add(Format.bytes(span.perSecond(LoadSecond::bytesSent)));
                cells.add(Format.bytes(span.perSecond(LoadSecond::bytesReceived)));
            } else {
                cells.add(Format.rate(span.perSecond(LoadSecond::full)));
                cells.add(Format.rate(span.perSecond(LoadSecond::resumed)));
                cells.add(Format.rate(span.perSecond(LoadSecond::requests)));
                cells.add(Format.count((long) span.sum(LoadSecond::failed)));
            }
            cells.add(Format.rate(span.perSecond(second -> second.cpu().toNanos() / 1e9)));
            table.row("%.1f to %.1f".formatted(span.from(), span.to()), cells);
        }
        return table.html();
    }

    /** Returns the data of the chart of the distribution. */
    Markup distribution(LoadFigures figures) {
        List<String> head = new ArrayList<>(List.of("from", "to"));
        List<long[]> columns = new ArrayList<>();
        LatencyBuckets buckets = LatencyBuckets.of(figures);
        for (Charts.KindLatency latency : Charts.latencies(figures)) {
            head.add(latency.kind().title());
            columns.add(buckets.counts(latency.latency()));
        }
        Table table = new Table("Distribution of latencies", head);
        for (int i = 0; i < buckets.number(); i++) {
            List<String> cells = new ArrayList<>(List.of(edge(buckets, i + 1)));
            for (long[] row : columns) {
                cells.add(Format.count(row[i]));
            }
            table.row(edge(buckets, i), cells);
        }
        return table.html();
    }

    private static String edge(LatencyBuckets buckets, int bucket) {
        return Format.duration(Duration.ofNanos(Math.round(buckets.edge(bucket))));
    }
}
