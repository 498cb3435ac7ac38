package io.heddle.load.report;

import io.heddle.load.LoadResult;
import io.heddle.load.report.Chart.Kind;
import io.heddle.load.report.Chart.Point;
import io.heddle.load.report.Chart.Series;
import java.util.List;

/** How many processors the client itself kept busy, against how many there are. */
final class ProcessorChart {
    private ProcessorChart() {}

    static Chart of(LoadResult result) {
        List<Timeline.Span> spans = Timeline.of(result.timeline(), RateChart.MOST_POINTS);
        List<Point> points = spans.stream()
                .map(each -> new Point(
                        each.middle(), each.perSecond(second -> second.cpu().toNanos() / 1e9)))
                .toList();
        return new Chart(
                "Processors used by the client",
                "One line: how many of the %d processors the measuring process itself kept busy in each second."
                        .formatted(result.client().processors()),
                Axis.time(spans.isEmpty() ? 0 : spans.getLast().to()),
                Axis.linear("processors", result.client().processors(), RateChart::plain),
                List.of(Series.of(Kind.PROCESSOR, points)));
    }
}
