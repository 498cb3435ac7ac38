package io.heddle.load.report;

import io.heddle.load.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A result to look at. Immutable and thread-safe.
 *
 * <pre>{@code
 * LoadReport.of(Load.run(options)).writeHtml(Path.of("target/load.html"));
 * }</pre>
 */
public final class LoadReport {
    private final LoadResult result;
    private final String command;

    private LoadReport(LoadResult result, String command) {
        this.result = result;
        this.command = command;
    }

    /** Returns the report of this result. */
    public static LoadReport of(LoadResult result) {
        return new LoadReport(result, "");
    }

    /** Returns the same report with the command line that made the result, which stands in it as it is. */
    public LoadReport command(String line) {
        return new LoadReport(result, line);
    }

    /**
     * Returns the report as an HTML page: one text, with its style and its charts in it and without scripts, that loads nothing. It
     * has a light and a dark look, and one for paper, and fits a phone. Everything that a user or a server has written is escaped.
     */
    public String html() {
        return new HtmlPage(result, command).html();
    }

    /**
     * Writes {@link #html}.
     *
     * @throws IOException if the file cannot be written
     */
    public void writeHtml(Path file) throws IOException {
        Files.writeString(file, html());
    }

    /**
     * Returns the charts of rate and latency percentiles as a picture in PNG, 1800 by 1848 pixels. Needs no display; needs the
     * module {@code java.desktop} and a font. Where {@code DISPLAY} is set, set {@code java.awt.headless} to {@code true}.
     *
     * @throws IOException if this Java cannot draw
     */
    public byte[] png() throws IOException {
        try {
            return Picture.of(result);
        } catch (LinkageError | RuntimeException e) {
            // What a slim image lacks shows as any of these: java.desktop, its native libraries, fontconfig, fonts.
            throw new IOException("png: this Java cannot draw, it needs java.desktop and a font (%s)".formatted(e), e);
        }
    }

    /**
     * Writes {@link #png}.
     *
     * @throws IOException if this Java cannot draw, or the file cannot be written
     */
    public void writePng(Path file) throws IOException {
        Files.write(file, png());
    }
}
