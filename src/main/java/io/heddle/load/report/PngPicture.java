package io.heddle.load.report;

import io.heddle.load.LoadResult;
import io.heddle.load.report.Chart.Point;
import io.heddle.load.report.Chart.Series;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * The charts of rate and percentiles below each other, as a PNG, drawn with java.awt in the colours and dash patterns of the page.
 * Needs no display.
 */
final class PngPicture {
    /** Pixels per point, for high-density screens. */
    private static final int SCALE = 2;

    private static final int WIDTH = 900;
    private static final int HEADING = 44;

    /** The height of a chart. */
    private static final int HEIGHT = 440;

    private static final int LEFT = 90;
    private static final int TOP = 84;
    private static final int RIGHT = WIDTH - 40;
    private static final int BOTTOM = HEIGHT - 60;
    private static final float LINE = 2.2f;
    private static final double DOT = 5.2;

    private static final Color INK = new Color(0x1b1f24);
    private static final Color SOFT = new Color(0x57606a);
    private static final Color RULE = new Color(0xd0d7de);
    private static final Map<String, Pen> PENS = Map.of(
            "full", new Pen(new Color(0x0072b2)),
            "resumed", new Pen(new Color(0xc04f00), 8, 3),
            "request", new Pen(new Color(0x00795a), 2.5f, 2.5f),
            "failed", new Pen(new Color(0xa0447c), 9, 3, 2, 3),
            "processor", new Pen(SOFT));

    private final Chart chart;
    private final Graphics2D out;

    private record Pen(Color color, BasicStroke stroke) {
        Pen(Color color, float... dash) {
            this(
                    color,
                    dash.length == 0
                            ? new BasicStroke(LINE)
                            : new BasicStroke(LINE, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dash, 0));
        }
    }

    private PngPicture(Chart chart, Graphics2D out) {
        this.chart = chart;
        this.out = out;
    }

    /**
     * Returns the picture of a result.
     *
     * @throws IOException if this Java cannot write PNG
     */
    static byte[] of(LoadResult result) throws IOException {
        List<Chart> charts = List.of(Charts.rate(result), Charts.percentiles(result.total()));
        int height = HEADING + charts.size() * HEIGHT;
        var image = new BufferedImage(SCALE * WIDTH, SCALE * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D out = image.createGraphics();
        try {
            out.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            out.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            out.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            out.scale(SCALE, SCALE);
            out.setColor(Color.WHITE);
            out.fillRect(0, 0, WIDTH, height);
            out.setColor(Color.BLACK);
            out.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
            out.drawString(Verdict.of(result).sentence(), 24, 28);
            out.translate(0, HEADING);
            for (Chart chart : charts) {
                new PngPicture(chart, out).draw();
                out.translate(0, HEIGHT);
            }
        } finally {
            out.dispose();
        }
        var png = new ByteArrayOutputStream();
        // Without a stream of its own ImageIO writes a cache file to the disk.
        try (var memory = new MemoryCacheImageOutputStream(png)) {
            if (!ImageIO.write(image, "png", memory)) {
                throw new IOException("png: this Java has no PNG writer");
            }
        }
        return png.toByteArray();
    }

    /** Draws the chart into the rectangle of {@link #WIDTH} and {@link #HEIGHT} at the origin. */
    private void draw() {
        out.setColor(INK);
        out.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 17));
        out.drawString(chart.title(), 24, 30);
        out.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        if (chart.isEmpty()) {
            out.drawString("There is nothing to draw.", LEFT, TOP);
            return;
        }
        legend();
        marks();
        chart.series().forEach(this::line);
    }

    private void legend() {
        double x = LEFT;
        for (Series series : chart.series()) {
            pen(series);
            out.draw(new Line2D.Double(x, 50, x + 28, 50));
            out.setColor(INK);
            out.drawString(series.kind().title(), (float) x + 35, 54.5f);
            x += 60 + out.getFontMetrics().stringWidth(series.kind().title());
        }
    }

    private void marks() {
        out.setStroke(new BasicStroke(1));
        for (Axis.Tick tick : chart.y().ticks()) {
            double y = y(tick.value());
            out.setColor(RULE);
            out.draw(new Line2D.Double(LEFT, y, RIGHT, y));
            text(tick.label(), LEFT - 8 - width(tick.label()), y + 4.5);
        }
        for (Axis.Tick tick : chart.x().ticks()) {
            double x = x(tick.value());
            out.setColor(RULE);
            out.draw(new Line2D.Double(x, TOP, x, BOTTOM + 4));
            text(tick.label(), x - width(tick.label()) / 2, BOTTOM + 20);
        }
        text(chart.y().title(), LEFT, TOP - 10);
        text(chart.x().title(), (LEFT + RIGHT - width(chart.x().title())) / 2, BOTTOM + 42);
    }

    private void text(String text, double x, double y) {
        out.setColor(SOFT);
        out.drawString(text, (float) x, (float) y);
    }

    private double width(String text) {
        return out.getFontMetrics().stringWidth(text);
    }

    private void line(Series series) {
        pen(series);
        var path = new Path2D.Double();
        for (Point point : series.points()) {
            if (path.getCurrentPoint() == null) {
                path.moveTo(x(point.x()), y(point.y()));
            } else {
                path.lineTo(x(point.x()), y(point.y()));
            }
        }
        out.draw(path);
        if (series.dots()) {
            for (Point point : series.points()) {
                out.fill(new Ellipse2D.Double(x(point.x()) - DOT / 2, y(point.y()) - DOT / 2, DOT, DOT));
            }
        }
    }

    private void pen(Series series) {
        Pen pen = PENS.getOrDefault(series.kind().style(), new Pen(INK));
        out.setColor(pen.color());
        out.setStroke(pen.stroke());
    }

    private double x(double value) {
        return LEFT + chart.x().at(value) * (RIGHT - LEFT);
    }

    private double y(double value) {
        return BOTTOM - chart.y().at(value) * (BOTTOM - TOP);
    }
}
