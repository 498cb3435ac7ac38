package io.heddle.load.report;

import io.heddle.load.Latency;
import io.heddle.load.LoadFigures;
import io.heddle.load.report.Chart.Kind;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The latencies of a run of which there are any: full, resumed and requests apart. */
final class Latencies {
    private Latencies() {}

    /** A latency and what it is of. */
    record Of(Kind kind, Latency latency) {}

    static List<Of> of(LoadFigures figures) {
        return Stream.of(
                        new Of(Kind.FULL, figures.full()),
                        new Of(Kind.RESUMED, figures.resumed()),
                        new Of(Kind.REQUEST, figures.request()))
                .filter(each -> !each.latency().isEmpty())
                .toList();
    }

    /** The label of a mark, in nanoseconds. */
    static String label(double nanos) {
        if (nanos == 0) {
            return "0";
        }
        // Marks are round: no digits after the point that say nothing.
        String text = Figure.duration(Duration.ofNanos(Math.round(nanos)));
        int space = text.indexOf(' ');
        String number = text.substring(0, space);
        return (number.contains(".") ? number.replaceAll("\\.?0+$", "") : number) + text.substring(space);
    }
}
