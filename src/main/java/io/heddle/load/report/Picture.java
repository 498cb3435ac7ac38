package io.heddle.load.report;

import io.heddle.load.LoadResult;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** The charts of rate and percentiles below each other, as a PNG. Needs no display. */
final class Picture {
    /** Pixels a point, for screens that have many. */
    private static final int SCALE = 2;

    private static final int HEAD = 44;

    private Picture() {}

    static byte[] of(LoadResult result) throws IOException {
        List<Chart> charts = List.of(RateChart.of(result), PercentileChart.of(result.total()));
        var image = new BufferedImage(
                SCALE * PngPlot.WIDTH, SCALE * (HEAD + charts.size() * PngPlot.HEIGHT), BufferedImage.TYPE_INT_RGB);
        Graphics2D out = image.createGraphics();
        try {
            out.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            out.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            out.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            out.scale(SCALE, SCALE);
            out.setColor(Color.WHITE);
            out.fillRect(0, 0, PngPlot.WIDTH, HEAD + charts.size() * PngPlot.HEIGHT);
            out.setColor(Color.BLACK);
            out.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
            out.drawString(Verdict.of(result).sentence(), 24, 28);
            out.translate(0, HEAD);
            for (Chart each : charts) {
                PngPlot.draw(each, out);
                out.translate(0, PngPlot.HEIGHT);
            }
        } finally {
            out.dispose();
        }
        var png = new ByteArrayOutputStream();
        // By itself ImageIO would make a cache file on the disk.
        try (var memory = new MemoryCacheImageOutputStream(png)) {
            if (!ImageIO.write(image, "png", memory)) {
                throw new IOException("png: this Java has no writer for it");
            }
        }
        return png.toByteArray();
    }
}
