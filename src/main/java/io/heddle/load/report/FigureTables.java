package io.heddle.load.report;

import io.heddle.load.HandshakeCounts;
import io.heddle.load.Latency;
import io.heddle.load.LoadFailure;
import io.heddle.load.LoadFigures;
import io.heddle.load.LoadGroup;
import io.heddle.load.LoadResult;
import io.heddle.load.Negotiation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The tables of what was measured, of all targets or of one. */
final class FigureTables {
    /** Behind a percentile that is the longest, for want of more. */
    private static final String TOO_FEW = " *";

    private final Markup out;

    FigureTables(Markup out) {
        this.out = out;
    }

    /** How many handshakes and requests came to what. */
    void counts(LoadResult result, LoadFigures figures) {
        HandshakeCounts handshakes = figures.handshakes();
        Table table = Table.begin(out, "Counts and rates", "", "count", "a second");
        count(table, result, "full handshakes", handshakes.full());
        count(table, result, "resumed handshakes", handshakes.resumed());
        count(table, result, "failed handshakes", handshakes.failed());
        if (handshakes.offered() + handshakes.unoffered() > 0) {
            count(table, result, "sessions offered", handshakes.offered());
            count(table, result, "sessions refused by the server", handshakes.refused());
            count(table, result, "no session to offer", handshakes.unoffered());
        }
        if (figures.requests().succeeded() + figures.requests().failed() > 0) {
            count(table, result, "requests", figures.requests().succeeded());
            count(table, result, "failed requests", figures.requests().failed());
        }
        table.end();
    }

    private static void count(Table table, LoadResult result, String name, long count) {
        table.row(name, List.of(Figure.count(count), Figure.rate(result.perSecond(count))));
    }

    /** Application data, and all that is below it. */
    void bytes(LoadResult result, LoadFigures figures) {
        Table table = Table.begin(out, "Bytes", "", "sent", "received", "sent a second", "received a second");
        bytes(table, result, "application data", figures.bytesSent(), figures.bytesReceived());
        bytes(table, result, "on the wire, handshakes included", figures.wireBytesSent(), figures.wireBytesReceived());
        table.end();
    }

    private static void bytes(Table table, LoadResult result, String name, long sent, long received) {
        table.row(
                name,
                List.of(
                        Figure.bytes(sent),
                        Figure.bytes(received),
                        Figure.bytes(result.perSecond(sent)),
                        Figure.bytes(result.perSecond(received))));
    }

    /** The latencies of which there are any, by percentile. */
    void latencies(LoadFigures figures) {
        List<Latencies.Of> all = Latencies.of(figures);
        if (all.isEmpty()) {
            out.element("p", "Nothing succeeded, so there are no latencies.");
            return;
        }
        List<String> head = new ArrayList<>(List.of("percentile"));
        List<Latency> columns = new ArrayList<>();
        for (Latencies.Of each : all) {
            head.add(each.kind().title());
            columns.add(each.latency());
        }
        if (!figures.connect().isEmpty()) {
            head.add("TCP alone");
            columns.add(figures.connect());
        }
        Table table = Table.begin(out, "Latencies", head.toArray(String[]::new));
        row(table, "shortest", columns, Latency::min);
        boolean few = false;
        for (double percent : Latency.PERCENTILES) {
            List<String> cells = new ArrayList<>();
            for (Latency each : columns) {
                boolean tooFew = each.count() * (100 - percent) < 100;
                few |= tooFew;
                cells.add(Figure.duration(each.percentile(percent)) + (tooFew ? TOO_FEW : ""));
            }
            table.row(percent(percent), cells);
        }
        row(table, "longest", columns, Latency::max);
        row(table, "mean", columns, Latency::mean);
        row(table, "standard deviation", columns, Latency::standardDeviation);
        table.row(
                "count",
                columns.stream().map(each -> Figure.count(each.count())).toList());
        table.end();
        if (few) {
            out.element("p", "* There were too few for this percentile to differ from the longest.", "class", "note");
        }
    }

    private static void row(Table table, String name, List<Latency> columns, Function<Latency, Duration> of) {
        table.row(
                name,
                columns.stream().map(each -> Figure.duration(of.apply(each))).toList());
    }

    private static String percent(double percent) {
        return percent == Math.rint(percent) ? "%.0f".formatted(percent) : String.format(Locale.ROOT, "%s", percent);
    }

    /** What failed, the most frequent first. */
    void failures(String caption, List<LoadFailure> failures) {
        long all = failures.stream().mapToLong(LoadFailure::count).sum();
        Table table = Table.begin(out, caption, "code, and the first of its sentences", "in", "count", "share");
        for (LoadFailure each : failures) {
            table.row(
                    each.code(),
                    each.example(),
                    List.of(
                            each.phase().name().toLowerCase(Locale.ROOT),
                            Figure.count(each.count()),
                            Figure.percent((double) each.count() / all)));
        }
        table.end();
    }

    /** What the handshakes agreed on, the most frequent first. */
    void negotiated(LoadFigures figures) {
        if (figures.negotiated().isEmpty()) {
            out.element("p", "No handshake succeeded, so nothing was negotiated.");
            return;
        }
        long all = figures.negotiated().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        Table table = Table.begin(
                out, "What was negotiated", "cipher suite", "protocol", "group", "ALPN", "handshakes", "share");
        figures.negotiated().entrySet().stream()
                .sorted(Map.Entry.<Negotiation, Long>comparingByValue()
                        .reversed()
                        .thenComparing(each -> each.getKey().toString(), Comparator.naturalOrder()))
                .forEach(each -> table.row(
                        each.getKey().cipher(),
                        List.of(
                                each.getKey().protocol(),
                                orNone(each.getKey().group()),
                                orNone(each.getKey().alpn()),
                                Figure.count(each.getValue()),
                                Figure.percent((double) each.getValue() / all))));
        table.end();
    }

    private static String orNone(String text) {
        return text.isEmpty() ? "none" : text;
    }

    /** One row a target. */
    void groups(LoadResult result) {
        Table table = Table.begin(
                out,
                "Targets side by side",
                "target",
                "full",
                "full a second",
                "full p50",
                "full p99",
                "resumed",
                "resumed a second",
                "resumed p50",
                "resumed p99",
                "requests a second",
                "failed");
        for (LoadGroup each : result.groups()) {
            LoadFigures figures = each.figures();
            table.row(
                    each.name(),
                    List.of(
                            Figure.count(figures.handshakes().full()),
                            Figure.rate(result.perSecond(figures.handshakes().full())),
                            percentile(figures.full(), 50),
                            percentile(figures.full(), 99),
                            Figure.count(figures.handshakes().resumed()),
                            Figure.rate(result.perSecond(figures.handshakes().resumed())),
                            percentile(figures.resumed(), 50),
                            percentile(figures.resumed(), 99),
                            Figure.rate(result.perSecond(figures.requests().succeeded())),
                            Figure.count(figures.failures().stream()
                                    .mapToLong(LoadFailure::count)
                                    .sum())));
        }
        table.end();
    }

    private static String percentile(Latency latency, double percent) {
        return latency.isEmpty() ? "–" : Figure.duration(latency.percentile(percent));
    }
}
