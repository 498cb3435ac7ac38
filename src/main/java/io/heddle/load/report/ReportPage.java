package io.heddle.load.report;

import io.heddle.load.LoadFigures;
import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadOptions;
import io.heddle.load.LoadResult;
import io.heddle.load.LoadResult.Arrivals;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The HTML page of a report: the values of the template {@code page.html}. */
final class ReportPage {
    private static final DateTimeFormatter STARTED = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final LoadResult result;
    private final String command;
    private final Template figure = Template.load("figure.html");
    private final Tables tables = new Tables();

    ReportPage(LoadResult result, String command) {
        this.result = result;
        this.command = command;
    }

    String html() {
        Map<String, Object> values = new HashMap<>();
        values.put(
                "title",
                "Load on "
                        + result.options().targets().stream()
                                .map(target -> target.options().host() + ":"
                                        + target.options().port())
                                .distinct()
                                .collect(Collectors.joining(", ")));
        values.put("style", Markup.trusted(Template.text("page.css")));
        summary(values);
        rates(values);
        latencies(values);
        targets(values);
        outcomes(values);
        client(values);
        String version = getClass().getPackage().getImplementationVersion();
        values.put("footer", "Made by heddle load" + (version == null ? "" : " " + version) + ".");
        return Template.load("page.html").fill(values) + "\n";
    }

    private void summary(Map<String, Object> values) {
        Verdict verdict = Verdict.of(result);
        values.put("level", verdict.level().name().toLowerCase(Locale.ROOT));
        values.put("verdict", verdict.sentence());
        values.put("hasNotes", !result.notes().isEmpty());
        values.put(
                "notes",
                result.notes().stream()
                        .map(note -> Map.of(
                                "class", note.contains("bottleneck") ? "bottleneck" : "remark", "text", sentence(note)))
                        .toList());
        values.put("command", command.isEmpty() ? Optional.empty() : Optional.of(command));
        values.put("facts", facts());
    }

    private static String sentence(String note) {
        return note.isEmpty() ? note : Character.toUpperCase(note.charAt(0)) + note.substring(1) + ".";
    }

    private List<Map<String, String>> facts() {
        LoadOptions options = result.options();
        List<Map<String, String>> facts = new ArrayList<>();
        fact(facts, "Started", STARTED.format(result.started()));
        fact(facts, "Measured", Format.duration(result.elapsed()));
        fact(facts, "Warm-up", options.warmup().isZero() ? "none" : Format.duration(options.warmup()));
        fact(facts, "Mode", options.mode().name().toLowerCase(Locale.ROOT));
        fact(facts, "Connections", Format.count(options.connections()));
        fact(
                facts,
                "Load",
                options.rate().isPresent()
                        ? Format.rate(options.rate().getAsDouble()) + " per second, at fixed times"
                        : "as fast as possible");
        fact(facts, "Sessions offered by", Format.percent(options.resume()) + " of the handshakes");
        options.startTls()
                .ifPresent(protocol -> fact(facts, "STARTTLS", protocol.name().toLowerCase(Locale.ROOT)));
        options.http().ifPresent(path -> fact(facts, "HTTP path", path));
        fact(
                facts,
                "Measured with",
                "Java " + Runtime.version().feature() + ", " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch") + ", " + result.client().processors() + " processors");
        return facts;
    }

    private static void fact(List<Map<String, String>> facts, String name, String value) {
        facts.add(Map.of("name", name, "value", value));
    }

    private void rates(Map<String, Object> values) {
        values.put("rateChart", figure(Charts.rate(result), "rate"));
        values.put("timeline", result.timeline().isEmpty() ? Optional.empty() : Optional.of(tables.timeline(result)));
        values.put("counts", tables.counts(result, result.total()));
        values.put("arrivals", result.arrivals().map(ReportPage::arrivals));
        values.put(
                "excluded",
                Stream.of(excluded("warm-up", result.warmup()), excluded("setup, to obtain sessions,", result.setup()))
                        .flatMap(Optional::stream)
                        .toList());
    }

    private static String arrivals(Arrivals arrivals) {
        return "Of %s scheduled arrivals %s began, %s of them behind schedule, by up to %s; %s were dropped."
                .formatted(
                        Format.count(arrivals.scheduled()),
                        Format.count(arrivals.started()),
                        Format.count(arrivals.behindSchedule()),
                        Format.duration(arrivals.maxDelay()),
                        Format.count(arrivals.dropped()));
    }

    private static Optional<String> excluded(String what, HandshakeCounts counts) {
        return counts.total() == 0
                ? Optional.empty()
                : Optional.of("Not in these figures: %s with %s full, %s resumed and %s failed handshakes."
                        .formatted(
                                what,
                                Format.count(counts.full()),
                                Format.count(counts.resumed()),
                                Format.count(counts.failed())));
    }

    private void latencies(Map<String, Object> values) {
        LoadFigures total = result.total();
        boolean present = !Charts.latencies(total).isEmpty();
        values.put("hasLatencies", present);
        values.put("latencyMeaning", latencyMeaning());
        values.put("latencies", tables.latencies(total));
        if (present) {
            values.put("percentileChart", figure(Charts.percentiles(total), "percentiles"));
            values.put("distributionChart", figure(Charts.distribution(total), "distribution"));
            values.put("distribution", tables.distribution(total));
        }
    }

    private String latencyMeaning() {
        boolean open = result.options().rate().isPresent();
        return switch (result.options().mode()) {
            case HANDSHAKE ->
                open
                        ? "From the time at which a handshake was scheduled, so that a stall of the server is not hidden, to its end, TCP included."
                        : "From the beginning of the TCP connection to the end of the handshake.";
            case REQUEST ->
                "Requests: from " + (open ? "the time at which one was scheduled" : "the first byte sent")
                        + " to the last byte received. Handshakes: from the beginning of the TCP connection.";
            case STREAM -> "Handshakes, from the beginning of the TCP connection.";
        };
    }

    private void targets(Map<String, Object> values) {
        boolean several = result.groups().size() > 1;
        values.put("byTarget", several ? Optional.of(tables.groups(result)) : Optional.empty());
        values.put(
                "targets", several ? result.groups().stream().map(this::target).toList() : List.of());
    }

    private Map<String, Object> target(LoadResult.Group group) {
        LoadFigures figures = group.figures();
        return Map.of(
                "name", group.name(),
                "counts", tables.counts(result, figures),
                "latencies", tables.latencies(figures),
                "negotiated", tables.negotiated(figures),
                "failures", tables.failures(figures));
    }

    private void outcomes(Map<String, Object> values) {
        values.put("failures", tables.failures(result.total()));
        values.put(
                "excludedFailures",
                result.unmeasuredFailures().isEmpty()
                        ? Optional.empty()
                        : Optional.of(tables.failures(
                                "Not in these figures: failures of warm-up and setup", result.unmeasuredFailures())));
        values.put("negotiated", tables.negotiated(result.total()));
        values.put("bytes", tables.bytes(result, result.total()));
    }

    private void client(Map<String, Object> values) {
        LoadResult.ClientUsage client = result.client();
        values.put("processorChart", figure(Charts.processors(result), "processors"));
        values.put("bottleneck", client.bottleneck());
        values.put(
                "clientUsage",
                "Measuring took %s of processor time, %s of the %d processors%s."
                        .formatted(
                                Format.duration(client.cpu()),
                                Format.percent(client.share()),
                                client.processors(),
                                client.machineShare().isPresent()
                                        ? "; all processes together used "
                                                + Format.percent(
                                                        client.machineShare().getAsDouble())
                                                + " of the machine"
                                        : ""));
    }

    private Markup figure(Chart chart, String id) {
        return figure.fill(Map.of(
                "title",
                chart.title(),
                "drawing",
                chart.isEmpty() ? Optional.empty() : Optional.of(SvgPlot.draw(chart, id))));
    }
}
