package io.heddle.load.report;

import io.heddle.load.report.Chart.Point;
import io.heddle.load.report.Chart.Series;
import java.util.List;
import java.util.Locale;

/**
 * A chart drawn as SVG. It scales with the page. Colours and font size come from the stylesheet, which enlarges the text on a phone;
 * the layout leaves room for that.
 */
final class SvgPlot {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 338;
    private static final int LEFT = 76;
    private static final int TOP = 62;
    private static final int RIGHT = 530;
    private static final int BOTTOM = 286;

    private final Chart chart;
    private final Markup out = new Markup();

    private SvgPlot(Chart chart) {
        this.chart = chart;
    }

    /** Returns the drawing. The ids of its elements begin with {@code id}. */
    static Markup draw(Chart chart, String id) {
        var plot = new SvgPlot(chart);
        plot.draw(id);
        return plot.out;
    }

    private void draw(String id) {
        out.open(
                "svg",
                "viewBox",
                "0 0 " + WIDTH + " " + HEIGHT,
                "role",
                "img",
                "class",
                "chart",
                "aria-labelledby",
                id + "-title " + id + "-desc");
        out.element("title", chart.title(), "id", id + "-title");
        out.element("desc", chart.description(), "id", id + "-desc");
        legend();
        marks();
        for (Series series : chart.series()) {
            line(series);
        }
        out.close();
    }

    private void legend() {
        double x = LEFT;
        for (Series series : chart.series()) {
            String style = series.kind().style();
            out.single("path", "class", "line " + style, "d", "M" + number(x) + " 14h26");
            out.element("text", series.kind().title(), "x", number(x + 32), "y", "19");
            x += 46 + 11 * series.kind().title().length();
        }
    }

    private void marks() {
        for (Axis.Tick tick : chart.y().ticks()) {
            String y = number(y(tick.value()));
            out.single("path", "class", "grid", "d", "M" + LEFT + " " + y + "H" + RIGHT);
            out.element("text", tick.label(), "class", "mark y", "x", LEFT - 6, "y", number(y(tick.value()) + 4));
        }
        for (Axis.Tick tick : chart.x().ticks()) {
            String x = number(x(tick.value()));
            out.single("path", "class", "grid", "d", "M" + x + " " + TOP + "V" + (BOTTOM + 4));
            out.element("text", tick.label(), "class", "mark x", "x", x, "y", BOTTOM + 20);
        }
        out.element("text", chart.y().title(), "class", "axis", "x", LEFT, "y", TOP - 10);
        out.element("text", chart.x().title(), "class", "axis x", "x", (LEFT + RIGHT) / 2, "y", HEIGHT - 8);
    }

    private void line(Series series) {
        List<Point> points = series.points();
        var path = new StringBuilder();
        for (Point point : points) {
            path.append(path.isEmpty() ? 'M' : 'L')
                    .append(number(x(point.x())))
                    .append(' ')
                    .append(number(y(point.y())));
        }
        out.single("path", "class", "line " + series.kind().style(), "d", path);
        if (series.dots()) {
            for (Point point : points) {
                out.single(
                        "circle",
                        "class",
                        "dot " + series.kind().style(),
                        "cx",
                        number(x(point.x())),
                        "cy",
                        number(y(point.y())),
                        "r",
                        "2.6");
            }
        }
    }

    private double x(double value) {
        return LEFT + chart.x().at(value) * (RIGHT - LEFT);
    }

    private double y(double value) {
        return BOTTOM - chart.y().at(value) * (BOTTOM - TOP);
    }

    /** Formats a coordinate to a tenth of a pixel. */
    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value).replace(".0", "");
    }
}
