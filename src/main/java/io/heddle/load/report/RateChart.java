package io.heddle.load.report;

import io.heddle.load.LoadMode;
import io.heddle.load.LoadResult;
import io.heddle.load.LoadSecond;
import io.heddle.load.report.Chart.Kind;
import io.heddle.load.report.Chart.Point;
import io.heddle.load.report.Chart.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** What went through each second: handshakes, full and resumed, requests and failures; of a stream the bytes. */
final class RateChart {
    static final int MOST_POINTS = 240;

    private RateChart() {}

    static Chart of(LoadResult result) {
        List<Timeline.Span> spans = Timeline.of(result.timeline(), MOST_POINTS);
        List<Series> series = new ArrayList<>();
        boolean stream = result.options().mode() == LoadMode.STREAM;
        if (stream) {
            add(series, Kind.SENT, spans, LoadSecond::bytesSent);
            add(series, Kind.RECEIVED, spans, LoadSecond::bytesReceived);
        } else {
            add(series, Kind.FULL, spans, LoadSecond::full);
            add(series, Kind.RESUMED, spans, LoadSecond::resumed);
            add(series, Kind.REQUEST, spans, LoadSecond::requests);
            add(series, Kind.FAILED, spans, LoadSecond::failed);
        }
        double highest = series.stream().mapToDouble(Series::highest).max().orElse(0);
        DoubleFunction<String> label =
                stream ? bytes -> bytes == 0 ? "0" : Figure.bytes(bytes) : number -> number == 0 ? "0" : plain(number);
        return new Chart(
                stream ? "Bytes over time" : "Rate over time",
                "A line for each kind that there was: how many were done in each second of the measurement. "
                        + "The numbers are in the table below.",
                Axis.time(spans.isEmpty() ? 0 : spans.getLast().to()),
                Axis.linear(stream ? "bytes a second" : "how many a second", highest, label),
                series);
    }

    private static void add(
            List<Series> series, Kind kind, List<Timeline.Span> spans, ToDoubleFunction<LoadSecond> of) {
        if (spans.stream().anyMatch(each -> each.sum(of) > 0)) {
            series.add(Series.of(
                    kind,
                    spans.stream()
                            .map(each -> new Point(each.middle(), each.perSecond(of)))
                            .toList()));
        }
    }

    static String plain(double rate) {
        return rate == Math.rint(rate) ? Figure.count((long) rate) : Figure.rate(rate);
    }
}
