package io.heddle.load.report;

import io.heddle.load.Latency;
import io.heddle.load.LoadFigures;
import io.heddle.load.report.Chart.Point;
import io.heddle.load.report.Chart.Series;
import java.util.ArrayList;
import java.util.List;

/** How the latencies are spread: the share of each kind in steps of equal factors. */
final class DistributionChart {
    private DistributionChart() {}

    static Chart of(LoadFigures figures) {
        Steps steps = Steps.of(figures);
        List<Series> series = new ArrayList<>();
        for (Latencies.Of each : Latencies.of(figures)) {
            series.add(new Series(each.kind(), points(each.latency(), steps), false));
        }
        return new Chart(
                "Distribution of latencies",
                "A stepped line for each kind: which share of it took how long. Latency has a logarithmic axis. "
                        + "The numbers are in the table below.",
                Axis.logarithmic("latency, logarithmic", steps.from(), steps.to(), Latencies::label),
                Axis.linear(
                        "share",
                        series.stream().mapToDouble(Series::highest).max().orElse(0),
                        Figure::percent),
                series);
    }

    private static List<Point> points(Latency latency, Steps steps) {
        List<Point> points = new ArrayList<>();
        long[] counts = steps.counts(latency);
        points.add(new Point(steps.edge(0), 0));
        for (int i = 0; i < counts.length; i++) {
            double share = (double) counts[i] / latency.count();
            points.add(new Point(steps.edge(i), share));
            points.add(new Point(steps.edge(i + 1), share));
        }
        points.add(new Point(steps.edge(counts.length), 0));
        return points;
    }
}
