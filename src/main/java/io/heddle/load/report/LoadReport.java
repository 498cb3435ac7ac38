package io.heddle.load.report;

import io.heddle.load.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A report of a load run. Immutable and thread-safe.
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

    /** Returns the report of a result. */
    public static LoadReport of(LoadResult result) {
        return new LoadReport(result, "");
    }

    /** Returns the same report with the command line of the run, which is printed as it is. Default: none. */
    public LoadReport command(String line) {
        return new LoadReport(result, line);
    }

    /**
     * Returns the report as an HTML page that contains its style and charts, has no scripts and loads nothing. It follows the light
     * or dark colour scheme of the browser, prints well and fits a phone. Everything that a user or a server has written is escaped.
     */
    public String html() {
        return new ReportPage(result, command).html();
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
     * Returns the charts of rate and latency percentiles as a PNG picture of 1800 by 1848 pixels. Needs the module
     * {@code java.desktop} and a font, but no display: if {@code DISPLAY} is set, set {@code java.awt.headless} to {@code true}.
     *
     * @throws IOException if this Java cannot draw
     */
    public byte[] png() throws IOException {
        try {
            return PngPicture.of(result);
        } catch (LinkageError | RuntimeException e) {
            // A slim image may lack java.desktop, its native libraries, fontconfig or fonts; each shows as one of
            // these.
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
