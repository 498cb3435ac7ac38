package io.heddle.cli;

import io.heddle.load.LoadSecond;
import java.io.PrintWriter;
import java.util.Locale;

/** The progress line on a terminal, updated each second and removed at the end. */
final class LoadProgress implements AutoCloseable {
    private static final double MILLI = 1e6;

    private final PrintWriter terminal;
    private long failed;
    private int written;

    LoadProgress(PrintWriter terminal) {
        this.terminal = terminal;
    }

    void second(LoadSecond second) {
        failed = second.warmup() ? 0 : failed + second.failed();
        write(line(second));
    }

    private String line(LoadSecond second) {
        double length = Math.max(1e-9, second.length().toNanos() / 1e9);
        var line = new StringBuilder();
        line.append(
                second.warmup()
                        ? "warm-up"
                        : String.format(Locale.ROOT, "%.0f s", second.end().toMillis() / 1e3));
        line.append(String.format(
                Locale.ROOT,
                "  full %.0f/s%s  resumed %.0f/s%s",
                second.full() / length,
                latency(second.fullLatency()),
                second.resumed() / length,
                latency(second.resumedLatency())));
        if (second.requests() > 0) {
            line.append(String.format(
                    Locale.ROOT, "  requests %.0f/s%s", second.requests() / length, latency(second.requestLatency())));
        }
        long bytes = second.bytesSent() + second.bytesReceived();
        if (bytes > 0) {
            line.append(String.format(Locale.ROOT, "  %.1f MB/s", bytes / length / 1e6));
        }
        return line.append("  failed ").append(failed).toString();
    }

    private static String latency(LoadSecond.Percentiles of) {
        return of.count() == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        " (p50 %.1f p99 %.1f ms)",
                        of.p50().toNanos() / MILLI,
                        of.p99().toNanos() / MILLI);
    }

    // A carriage return and blanks work on every terminal.
    private void write(String line) {
        terminal.print("\r" + line + " ".repeat(Math.max(0, written - line.length())));
        terminal.flush();
        written = line.length();
    }

    @Override
    public void close() {
        write("");
        terminal.print("\r");
        terminal.flush();
    }
}
