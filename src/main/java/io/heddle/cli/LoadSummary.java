package io.heddle.cli;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.heddle.Tls;
import io.heddle.load.Latency;
import io.heddle.load.LoadFigures;
import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadFigures.Negotiation;
import io.heddle.load.LoadOptions;
import io.heddle.load.LoadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The summary of a result, as lines of text. */
final class LoadSummary {
    private final LoadResult result;
    private final List<String> lines = new ArrayList<>();

    private LoadSummary(LoadResult result) {
        this.result = result;
    }

    static List<String> of(LoadResult result, String target) {
        var summary = new LoadSummary(result);
        summary.head(target);
        summary.counts();
        summary.latencies();
        summary.rest();
        summary.groups();
        return summary.lines;
    }

    private void head(String target) {
        LoadOptions options = result.options();
        line(
                "%s: %s, %d connections, %s, %.1f s measured after a warm-up of %.1f s",
                target,
                options.mode().name().toLowerCase(Locale.ROOT),
                options.connections(),
                options.rate().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                "%s per second",
                                number(options.rate().getAsDouble()))
                        : "as fast as possible",
                seconds(result.elapsed()),
                seconds(options.warmup()));
        lines.add("");
    }

    private void counts() {
        HandshakeCounts handshakes = result.total().handshakes();
        var table = new TextTable("", "count", "per second");
        table.row("full handshakes", handshakes.full(), result.perSecond(handshakes.full()));
        table.row("resumed handshakes", handshakes.resumed(), result.perSecond(handshakes.resumed()));
        table.row("failed handshakes", handshakes.failed(), result.perSecond(handshakes.failed()));
        if (result.options().mode() == LoadOptions.Mode.REQUEST) {
            LoadFigures total = result.total();
            table.row(
                    "requests",
                    total.requests().succeeded(),
                    result.perSecond(total.requests().succeeded()));
            table.row(
                    "failed requests",
                    total.requests().failed(),
                    result.perSecond(total.requests().failed()));
        }
        lines.addAll(table.lines());
        if (handshakes.offered() > 0) {
            line(
                    "sessions: %d offered, %d refused by the server; %d full handshakes for setup",
                    handshakes.offered(), handshakes.refused(), result.setup().full());
        }
        if (result.warmup().total() > 0) {
            line(
                    "warm-up, not included above: %d full, %d resumed, %d failed",
                    result.warmup().full(),
                    result.warmup().resumed(),
                    result.warmup().failed());
        }
        failures("failed", result.total().failures());
        failures("failed in warm-up or setup", result.unmeasuredFailures());
    }

    private void failures(String where, List<LoadFigures.Failure> failures) {
        for (LoadFigures.Failure failure : failures) {
            line(
                    "%s: %d %s in a %s, such as: %s",
                    where,
                    failure.count(),
                    failure.code(),
                    failure.phase().name().toLowerCase(Locale.ROOT),
                    failure.example());
        }
    }

    private void latencies() {
        LoadFigures total = result.total();
        if (!result.succeeded()
                || Stream.of(total.full(), total.resumed(), total.request()).allMatch(Latency::isEmpty)) {
            return;
        }
        lines.add("");
        List<String> head = new ArrayList<>(List.of("ms", "mean"));
        Latency.PERCENTILES.forEach(percent -> head.add(LoadJson.percentile(percent)));
        head.add("max");
        var table = new TextTable(head.toArray(String[]::new));
        row(table, "full", total.full());
        row(table, "resumed", total.resumed());
        row(table, "TCP connect", total.connect());
        row(table, "request", total.request());
        lines.addAll(table.lines());
    }

    private static void row(TextTable table, String name, Latency latency) {
        if (latency.isEmpty()) {
            return;
        }
        List<Object> row = new ArrayList<>(List.of(name, millis(latency.mean())));
        Latency.PERCENTILES.forEach(percent -> row.add(millis(latency.percentile(percent))));
        row.add(millis(latency.max()));
        table.row(row.toArray());
    }

    private void rest() {
        LoadFigures total = result.total();
        lines.add("");
        line(
                "bytes: %d sent, %d received (%.2f and %.2f MB/s); on the wire %d and %d",
                total.bytesSent(),
                total.bytesReceived(),
                result.perSecond(total.bytesSent()) / 1e6,
                result.perSecond(total.bytesReceived()) / 1e6,
                total.wireBytesSent(),
                total.wireBytesReceived());
        LoadResult.ClientUsage client = result.client();
        line(
                "client: %.2f CPU seconds, %.0f %% of %d processors",
                seconds(client.cpu()), 100 * client.share(), client.processors());
        line("cryptography: %s", CryptoFlag.text(Tls.cryptoProvider()));
        if (!total.negotiated().isEmpty()) {
            line("negotiated: %s", negotiated(total));
        }
        result.notes().forEach(note -> line("note: %s", note));
    }

    private static String negotiated(LoadFigures figures) {
        return figures.negotiated().entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(count -> count.getValue() + " " + words(count.getKey()))
                .collect(Collectors.joining(", "));
    }

    private static String words(Negotiation of) {
        return Stream.of(of.protocol(), of.cipher(), of.group(), of.alpn())
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private void groups() {
        if (result.groups().size() < 2) {
            return;
        }
        lines.add("");
        var table = new TextTable(
                "",
                "full",
                "resumed",
                "failed",
                "full p50 ms",
                "p99",
                "resumed p50 ms",
                "p99",
                "request p50 ms",
                "p99");
        result.groups().forEach(group -> {
            LoadFigures figures = group.figures();
            table.row(
                    group.name(),
                    figures.handshakes().full(),
                    figures.handshakes().resumed(),
                    figures.handshakes().failed(),
                    cell(figures.full(), 50),
                    cell(figures.full(), 99),
                    cell(figures.resumed(), 50),
                    cell(figures.resumed(), 99),
                    cell(figures.request(), 50),
                    cell(figures.request(), 99));
        });
        lines.addAll(table.lines());
    }

    private static Object cell(Latency latency, double percent) {
        return latency.isEmpty() ? "-" : millis(latency.percentile(percent));
    }

    @FormatMethod
    private void line(@FormatString String format, Object... values) {
        lines.add(String.format(Locale.ROOT, format, values));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    private static Double millis(Duration time) {
        return time.toNanos() / 1e6;
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
