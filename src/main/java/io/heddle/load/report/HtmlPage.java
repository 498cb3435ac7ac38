package io.heddle.load.report;

import io.heddle.load.Arrivals;
import io.heddle.load.ClientUse;
import io.heddle.load.HandshakeCounts;
import io.heddle.load.LoadFigures;
import io.heddle.load.LoadGroup;
import io.heddle.load.LoadOptions;
import io.heddle.load.LoadResult;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes the page. Used once. */
final class HtmlPage {
    private static final DateTimeFormatter STARTED = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final LoadResult result;
    private final String command;
    private final Markup out = new Markup();
    private final FigureTables tables = new FigureTables(out);
    private final ChartTables numbers = new ChartTables(out);

    HtmlPage(LoadResult result, String command) {
        this.result = result;
        this.command = command;
    }

    String html() {
        String title = "Load on "
                + result.options().targets().stream()
                        .map(each ->
                                each.options().host() + ":" + each.options().port())
                        .distinct()
                        .collect(Collectors.joining(", "));
        out.open("html", "lang", "en").line().open("head").line();
        out.single("meta", "charset", "utf-8").line();
        // Nothing is loaded, from nowhere: whatever stands in the page, a browser holds it to that.
        out.single(
                        "meta",
                        "http-equiv",
                        "Content-Security-Policy",
                        "content",
                        "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
                .line();
        out.single("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .line();
        out.single("link", "rel", "icon", "href", "data:,").line();
        out.element("title", title).line().style(Style.CSS).line();
        out.close().line().open("body").line().open("main").line();
        out.element("h1", title);
        verdict();
        facts();
        rates();
        latencies();
        groups();
        outcomes();
        client();
        out.close().line();
        footer();
        out.close().line().close().line();
        return "<!DOCTYPE html>\n" + out;
    }

    private void verdict() {
        Verdict verdict = Verdict.of(result);
        out.open("div", "class", "verdict " + verdict.level().name().toLowerCase(Locale.ROOT))
                .element("p", verdict.sentence());
        if (!result.remarks().isEmpty()) {
            out.open("ul");
            for (String each : result.remarks()) {
                out.element("li", sentence(each), "class", each.contains("bottleneck") ? "bottleneck" : "remark");
            }
            out.close();
        }
        out.close().line();
        if (!command.isEmpty()) {
            out.open("pre").element("code", command).close().line();
        }
    }

    private static String sentence(String remark) {
        return remark.isEmpty() ? remark : Character.toUpperCase(remark.charAt(0)) + remark.substring(1) + ".";
    }

    private void facts() {
        LoadOptions options = result.options();
        out.open("dl", "class", "facts").line();
        fact("Started", STARTED.format(result.started()));
        fact("Measured", Figure.duration(result.elapsed()));
        fact("Warm-up", options.warmup().isZero() ? "none" : Figure.duration(options.warmup()));
        fact("Mode", options.mode().name().toLowerCase(Locale.ROOT));
        fact("Connections", Figure.count(options.connections()));
        fact(
                "Load",
                options.rate().isPresent()
                        ? Figure.rate(options.rate().getAsDouble()) + " a second, whatever the server does"
                        : "as fast as it goes");
        fact("Sessions offered by", Figure.percent(options.resume()) + " of the handshakes");
        options.startTls().ifPresent(each -> fact("STARTTLS", each.name().toLowerCase(Locale.ROOT)));
        options.http().ifPresent(each -> fact("HTTP path", each));
        fact(
                "Measured with",
                "Java " + Runtime.version().feature() + ", " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch") + ", " + result.client().processors() + " processors");
        out.close().line();
    }

    private void fact(String name, String value) {
        out.open("div").element("dt", name).element("dd", value).close().line();
    }

    private void rates() {
        section("Rate");
        out.open("div", "class", "pair").line();
        Chart rate = RateChart.of(result);
        out.open("div");
        figure(rate, "rate");
        if (!result.timeline().isEmpty()) {
            numbers.timeline(result);
        }
        out.close();
        out.open("div");
        tables.counts(result, result.total());
        out.close().close().line();
        result.arrivals().ifPresent(this::arrivals);
        besides("warm-up", result.warmup());
        besides("primers, full handshakes that earn a session to resume,", result.primers());
    }

    private void arrivals(Arrivals arrivals) {
        out.element(
                "p",
                "Of %s arrivals that were due %s were begun, %s of them late, the latest by %s; %s never began."
                        .formatted(
                                Figure.count(arrivals.due()),
                                Figure.count(arrivals.started()),
                                Figure.count(arrivals.late()),
                                Figure.duration(arrivals.latest()),
                                Figure.count(arrivals.unstarted())));
    }

    private void besides(String what, HandshakeCounts counts) {
        if (counts.total() > 0) {
            out.element(
                    "p",
                    "Not in these figures: %s with %s full, %s resumed and %s failed handshakes."
                            .formatted(
                                    what,
                                    Figure.count(counts.full()),
                                    Figure.count(counts.resumed()),
                                    Figure.count(counts.failed())),
                    "class",
                    "note");
        }
    }

    private void latencies() {
        section("Latency");
        out.element("p", meaning(), "class", "note");
        if (Latencies.of(result.total()).isEmpty()) {
            tables.latencies(result.total());
            return;
        }
        out.open("div", "class", "pair").line();
        out.open("div");
        figure(PercentileChart.of(result.total()), "percentiles");
        out.close().open("div");
        tables.latencies(result.total());
        out.close().open("div");
        figure(DistributionChart.of(result.total()), "distribution");
        out.close().open("div");
        numbers.distribution(result.total());
        out.close().close().line();
    }

    private String meaning() {
        boolean due = result.options().rate().isPresent();
        return switch (result.options().mode()) {
            case HANDSHAKE ->
                due
                        ? "From when a handshake was due, so that a server that stalls is not flattered, to its end; TCP is in it."
                        : "From the beginning of the TCP connection to the end of the handshake.";
            case REQUEST ->
                "Requests: from " + (due ? "when one was due" : "the first byte sent")
                        + " to the last one received. Handshakes: from the beginning of the TCP connection.";
            case STREAM -> "Handshakes, from the beginning of the TCP connection.";
        };
    }

    private void groups() {
        if (result.groups().size() < 2) {
            return;
        }
        section("By target");
        tables.groups(result);
        for (LoadGroup each : result.groups()) {
            out.open("details").element("summary", each.name());
            tables.counts(result, each.figures());
            tables.latencies(each.figures());
            tables.negotiated(each.figures());
            failures(each.figures());
            out.close().line();
        }
    }

    private void outcomes() {
        section("Failures");
        failures(result.total());
        if (!result.unmeasuredFailures().isEmpty()) {
            tables.failures("Not in these figures: failures of warm-up and primers", result.unmeasuredFailures());
        }
        section("Negotiated");
        tables.negotiated(result.total());
        section("Bytes");
        tables.bytes(result, result.total());
    }

    private void failures(LoadFigures figures) {
        if (figures.failures().isEmpty()) {
            out.element("p", "Nothing failed.");
        } else {
            tables.failures("Failures by code", figures.failures());
        }
    }

    private void client() {
        ClientUse client = result.client();
        section("The client itself");
        out.open("div", "class", "pair").line();
        out.open("div");
        figure(ProcessorChart.of(result), "processors");
        out.close().open("div");
        if (client.bottleneck()) {
            out.element("p", "The client was the bottleneck.", "class", "bottleneck");
        } else {
            out.element("p", "The client was not the bottleneck.");
        }
        out.element(
                "p",
                "Measuring took %s of processor time, %s of the %d processors%s."
                        .formatted(
                                Figure.duration(client.cpu()),
                                Figure.percent(client.share()),
                                client.processors(),
                                client.machineShare().isPresent()
                                        ? "; the machine, whoever used it, was busy to "
                                                + Figure.percent(
                                                        client.machineShare().getAsDouble())
                                        : ""));
        out.element("p", "With a server in the same process its share is in it. The numbers by second are under Rate.");
        out.close().close().line();
    }

    private void figure(Chart chart, String id) {
        out.open("figure").element("figcaption", chart.title());
        if (chart.isEmpty()) {
            out.element("p", "There is nothing to draw.");
        } else {
            SvgPlot.draw(chart, id, out);
        }
        out.close().line();
    }

    private void section(String title) {
        out.element("h2", title).line();
    }

    private void footer() {
        String version = getClass().getPackage().getImplementationVersion();
        out.element("footer", "Made by heddle load" + (version == null ? "" : " " + version) + ".")
                .line();
    }
}
