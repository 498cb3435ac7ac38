package io.heddle.load.report;

import io.heddle.load.LoadFigures;
import io.heddle.load.LoadMode;
import io.heddle.load.LoadResult;
import io.heddle.load.LoadSecond;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The numbers behind the charts, folded until somebody wants them. */
final class ChartTables {
    private static final int MOST_ROWS = 60;

    private final Markup out;

    ChartTables(Markup out) {
        this.out = out;
    }

    /** Behind the rates and the processors. */
    void timeline(LoadResult result) {
        boolean stream = result.options().mode() == LoadMode.STREAM;
        fold();
        Table table = stream
                ? Table.begin(out, "Bytes over time", "seconds", "sent a second", "received a second", "processors")
                : Table.begin(
                        out,
                        "Rate over time",
                        "seconds",
                        "full a second",
                        "resumed a second",
                        "requests a second",
                        "failed",
                        "processors");
        for (Timeline.Span each : Timeline.of(result.timeline(), MOST_ROWS)) {
            List<String> cells = new ArrayList<>();
            if (stream) {
                cells.add(Figure.bytes(each.perSecond(LoadSecond::bytesSent)));
                cells.add(Figure.bytes(each.perSecond(LoadSecond::bytesReceived)));
            } else {
                cells.add(Figure.rate(each.perSecond(LoadSecond::full)));
                cells.add(Figure.rate(each.perSecond(LoadSecond::resumed)));
                cells.add(Figure.rate(each.perSecond(LoadSecond::requests)));
                cells.add(Figure.count((long) each.sum(LoadSecond::failed)));
            }
            cells.add(Figure.rate(each.perSecond(second -> second.cpu().toNanos() / 1e9)));
            table.row("%.1f to %.1f".formatted(each.from(), each.to()), cells);
        }
        table.end();
        out.close().line();
    }

    /** Behind the distribution. */
    void distribution(LoadFigures figures) {
        List<Latencies.Of> all = Latencies.of(figures);
        List<String> head = new ArrayList<>(List.of("from", "to"));
        List<long[]> columns = new ArrayList<>();
        Steps steps = Steps.of(figures);
        for (Latencies.Of each : all) {
            head.add(each.kind().title());
            columns.add(steps.counts(each.latency()));
        }
        fold();
        Table table = Table.begin(out, "Distribution of latencies", head.toArray(String[]::new));
        for (int i = 0; i < steps.number(); i++) {
            List<String> cells = new ArrayList<>(List.of(edge(steps, i + 1)));
            for (long[] each : columns) {
                cells.add(Figure.count(each[i]));
            }
            table.row(edge(steps, i), cells);
        }
        table.end();
        out.close().line();
    }

    private void fold() {
        out.open("details").element("summary", "The numbers behind it");
    }

    private static String edge(Steps steps, int step) {
        return Figure.duration(Duration.ofNanos(Math.round(steps.edge(step))));
    }
}
