package io.heddle.load.report;

import io.heddle.load.Latency;
import io.heddle.load.LoadFigures;
import io.heddle.load.report.Chart.Point;
import io.heddle.load.report.Chart.Series;
import java.util.ArrayList;
import java.util.List;

/**
 * Latency by percentile, as HdrHistogram's plotter draws it: each mark to the right has a tenth of what is beyond the one before,
 * so that the slow ones, which hurt, get as much room as all others.
 */
final class PercentileChart {
    private static final double NINES = 4;
    private static final double STEP = 0.04;
    private static final List<Axis.Tick> PERCENTILES = List.of(
            new Axis.Tick(0, "0"),
            new Axis.Tick(Math.log10(2), "50"),
            new Axis.Tick(1, "90"),
            new Axis.Tick(2, "99"),
            new Axis.Tick(3, "99.9"),
            new Axis.Tick(4, "99.99"));

    private PercentileChart() {}

    static Chart of(LoadFigures figures) {
        List<Series> series = new ArrayList<>();
        for (Latencies.Of each : Latencies.of(figures)) {
            series.add(Series.of(each.kind(), points(each.latency())));
        }
        double highest = series.stream().mapToDouble(Series::highest).max().orElse(0);
        double lowest =
                series.stream().mapToDouble(Series::lowestPositive).min().orElse(0);
        return new Chart(
                "Latency by percentile",
                "A line for each kind, from the fastest on the left to the 99.99th percentile on the right. "
                        + "The percentiles have a logarithmic axis: each mark has a tenth of what is beyond the one before. "
                        + "The numbers are in the table of latencies.",
                new Axis("percentile", 0, NINES, false, PERCENTILES),
                Axis.fitting("latency", lowest, highest, Latencies::label),
                series);
    }

    /** No further than there is anything to tell: beyond all but one of N there is only the slowest. */
    private static List<Point> points(Latency latency) {
        List<Point> points = new ArrayList<>();
        double last = Math.min(NINES, Math.log10((double) latency.count()));
        for (double x = 0; x < last - STEP / 2; x += STEP) {
            points.add(point(latency, x));
        }
        points.add(point(latency, last));
        return points;
    }

    private static Point point(Latency latency, double x) {
        return new Point(x, (double)
                latency.percentile(100 - 100 * Math.pow(10, -x)).toNanos());
    }
}
