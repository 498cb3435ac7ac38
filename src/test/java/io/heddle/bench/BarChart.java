package io.heddle.bench;

import io.heddle.bench.Measurement.Figure;
import io.heddle.bench.Measurement.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A table as a picture: a group of bars for each row, as long as the figure beside the largest of its row. The colours
 * follow the reader's preference for light or dark.
 */
final class BarChart {
    private static final int WIDTH = 760;
    private static final int LABELS = 130;
    private static final int FIGURES = 90;
    private static final int BAR = 13;
    private static final int LINE = 17;
    private static final int TITLE = 24;
    private static final int TOP = 30;

    private static final String STYLE = """
            <style>
            text { font: 12px system-ui, sans-serif; fill: #24292f; }
            .title { font-weight: 600; }
            .unit { fill: #57606a; }
            .bar { fill: #8c959f; }
            .heddle { fill: #0969da; }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3; }
            .unit { fill: #9198a1; }
            .bar { fill: #656c76; }
            .heddle { fill: #4493f8; }
            }
            </style>
            """;

    private final StringBuilder body = new StringBuilder();
    private int y = TOP;

    private BarChart() {}

    /** Returns the picture of some rows of a table. */
    static String of(Table table, List<Measurement> rows) {
        var chart = new BarChart();
        String order = table.lessIsBetter() ? "less is better" : "more is better";
        chart.text(0, 16, "unit", "start", "%s; %s".formatted(table.unit(), order));
        for (Measurement row : rows) {
            chart.group(row);
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" role="img">
                <title>%s</title>
                %s%s</svg>
                """.formatted(WIDTH, chart.y, WIDTH, escaped(table.title()), STYLE, chart.body);
    }

    private void group(Measurement row) {
        y += TITLE;
        text(0, y - 7, "title", "start", row.name());
        double largest =
                row.figures().stream().mapToDouble(Figure::median).max().orElse(1);
        List<Figure> figures = new ArrayList<>();
        for (String subject : Report.subjects(List.of(row))) {
            row.figure(subject).ifPresent(figures::add);
        }
        for (Figure figure : figures) {
            double length = (WIDTH - LABELS - FIGURES) * figure.median() / largest;
            text(LABELS - 8, y + 11, "", "end", figure.subject());
            body.append(String.format(
                    Locale.ROOT,
                    "<rect class=\"bar%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n",
                    figure.subject().startsWith("Heddle") || figure.subject().startsWith("heddle") ? " heddle" : "",
                    LABELS,
                    y,
                    Math.max(1, length),
                    BAR));
            text((int) Math.round(LABELS + length + 6), y + 11, "", "start", Report.number(figure.median()));
            y += LINE;
        }
    }

    private void text(int x, int baseline, String style, String anchor, String text) {
        body.append("<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n"
                .formatted(style, x, baseline, anchor, escaped(text)));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
