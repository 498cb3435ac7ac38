package io.heddle.cli;

import io.heddle.load.Load;
import io.heddle.load.LoadFigures;
import io.heddle.load.LoadOptions;
import io.heddle.load.LoadOptions.Direction;
import io.heddle.load.LoadOptions.Mode;
import io.heddle.load.LoadOptions.ResumeWith;
import io.heddle.load.LoadOptions.StartTls;
import io.heddle.load.LoadResult;
import io.heddle.load.LoadStop;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code heddle load}: generates load on a TLS server. */
@Command(
        name = "load",
        description = {
            "Generates load on a TLS server and measures full and resumed handshakes separately.",
            "Options of TLS may have several values, which the connections use in turn; each combination is reported "
                    + "separately. Exit code 1 if nothing succeeded."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Heddle.Version.class,
        sortOptions = false)
final class LoadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private @Nullable Heddle heddle;

    @Parameters(paramLabel = "HOST:PORT", arity = "0..1", description = "The server; IPv6 as in [::1]:443.")
    private String target = "";

    @Option(
            names = "--mode",
            paramLabel = "handshake|request|stream",
            description = "Handshakes only, requests over kept connections, or bulk transfer "
                    + "(default: handshake; request with --http).")
    private @Nullable Mode mode;

    @Option(
            names = {"--connections", "-c"},
            paramLabel = "N",
            defaultValue = "100",
            description = "Number of concurrent connections (default: ${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = {"--rate", "-R"},
            paramLabel = "R",
            description = "Handshakes or requests per second. Latency counts from the scheduled time "
                    + "(default: each connection starts the next one when the last is done).")
    private @Nullable Double rate;

    @Option(
            names = {"--duration", "-d"},
            paramLabel = "TIME",
            description = "Length of the measurement (default: 10s, or until --handshakes or --requests are done).")
    private @Nullable Duration duration;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "Length of the warm-up, which is not measured (default: ${DEFAULT-VALUE}).")
    private Duration warmup = Duration.ofSeconds(2);

    @Option(names = "--handshakes", paramLabel = "N", description = "Measure exactly N handshakes.")
    private @Nullable Long handshakes;

    @Option(
            names = {"--requests", "-n"},
            paramLabel = "N",
            description = "Measure exactly N requests.")
    private @Nullable Long requests;

    @Option(
            names = "--resume",
            paramLabel = "0..1",
            defaultValue = "0",
            description = "The share of handshakes that offer a session (default: ${DEFAULT-VALUE}).")
    private double resume;

    @Option(
            names = "--resume-with",
            paramLabel = "ticket|id|any",
            defaultValue = "any",
            description = "Kind of resumption; id offers TLS 1.2 at most (default: ${DEFAULT-VALUE}).")
    private ResumeWith resumeWith = ResumeWith.ANY;

    @Option(
            names = "--starttls",
            paramLabel = "PROTOCOL",
            description = "Begin in plain text: smtp, imap, pop3, ldap or postgres.")
    private @Nullable StartTls startTls;

    @Option(names = "--http", paramLabel = "PATH", description = "Send GET requests over HTTP/1.1 with this path.")
    private @Nullable String http;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Size of a raw request, which the server sends back (default: 1024); in a stream, of "
                    + "each write (default: 65536).")
    private @Nullable Integer size;

    @Option(
            names = "--requests-per-connection",
            paramLabel = "N",
            description = "Reconnect after N requests (default: never).")
    private @Nullable Integer requestsPerConnection;

    @Option(
            names = "--direction",
            paramLabel = "send|receive|both",
            description = "Direction of a stream (default: both).")
    private @Nullable Direction direction;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description =
                    "Timeout of connecting, including the handshake, and of a request (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ofSeconds(10);

    @Option(
            names = "--local-address",
            paramLabel = "LIST",
            split = ",",
            hideParamSyntax = true,
            description = "Local addresses to connect from, used in turn; each has its own ports.")
    private List<String> localAddresses = List.of();

    @Mixin
    private LoadTargetFlags targets = new LoadTargetFlags();

    @Option(
            names = "--hdr",
            paramLabel = "FILE.hlog",
            description = "Write the latencies by second in HdrHistogram's log format.")
    private @Nullable Path hdr;

    @Option(
            names = "--json",
            description = "Print one JSON object instead of the summary; docs/load.md lists its members.")
    private boolean json;

    @Mixin
    private LoadReportFlags reports = new LoadReportFlags();

    @Override
    public Integer call() throws IOException {
        if (reports.comparesRuns()) {
            LoadCompare.check(spec);
            return LoadCompare.run(reports, json, spec.commandLine().getOut());
        }
        if (target.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "HOST:PORT is needed, or --compare");
        }
        reports.check(spec);
        targets.check(spec);
        var stop = new StopOnInterrupt();
        LoadResult result = run(options(), stop);
        if (hdr != null) {
            result.writeHistogramLog(hdr);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonLine.of(LoadJson.of(result, target, commandLine())));
        } else {
            LoadSummary.of(result, target).forEach(out::println);
        }
        out.flush();
        // After the summary, which a full disk then does not affect.
        reports.write(result, commandLine());
        if (!result.succeeded()) {
            throw nothingSucceeded(result);
        }
        reports.judge(result);
        return stop.stopped() ? StopOnInterrupt.EXIT_CODE : 0;
    }

    /** Returns the command line without secrets. */
    private List<String> commandLine() {
        List<String> words = new ArrayList<>(List.of("heddle"));
        for (String word : spec.root().commandLine().getParseResult().originalArgs()) {
            boolean secret = words.getLast().equals("--passphrase");
            words.add(secret ? "***" : word.startsWith("--passphrase=") ? "--passphrase=***" : word);
        }
        return words;
    }

    private LoadOptions.Builder options() throws IOException {
        LoadOptions.Builder options = LoadOptions.builder()
                .mode(Objects.requireNonNullElse(mode, http == null ? Mode.HANDSHAKE : Mode.REQUEST))
                .connections(connections)
                .warmup(warmup)
                .resume(resume)
                .resumeWith(resumeWith);
        targets.addTo(options, Addresses.parse(target), timeout);
        Optional.ofNullable(rate).ifPresent(options::rate);
        Optional.ofNullable(duration).ifPresent(options::duration);
        Optional.ofNullable(handshakes).ifPresent(options::handshakes);
        Optional.ofNullable(requests).ifPresent(options::requests);
        Optional.ofNullable(startTls).ifPresent(options::startTls);
        Optional.ofNullable(http).ifPresent(options::http);
        Optional.ofNullable(size).ifPresent(options::size);
        Optional.ofNullable(requestsPerConnection).ifPresent(options::requestsPerConnection);
        Optional.ofNullable(direction).ifPresent(options::direction);
        List<InetAddress> from = new ArrayList<>();
        for (String name : localAddresses) {
            from.add(InetAddress.getByName(name));
        }
        return options.localAddresses(from);
    }

    private LoadResult run(LoadOptions.Builder options, StopOnInterrupt stop) throws IOException {
        try (stop) {
            if (!Objects.requireNonNull(heddle).hasTerminal()) {
                return Load.run(options.build(), stop.run());
            }
            try (var progress = new LoadProgress(spec.commandLine().getErr())) {
                return Load.run(options.onSecond(progress::second).build(), stop.run());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("ERR_LOAD_FAILED", "interrupted");
        }
    }

    private CommandException nothingSucceeded(LoadResult result) {
        List<LoadFigures.Failure> failures = result.total().failures().isEmpty()
                ? result.unmeasuredFailures()
                : result.total().failures();
        if (failures.isEmpty()) {
            return new CommandException("ERR_LOAD_FAILED", target + ": nothing was done in the time that was measured");
        }
        LoadFigures.Failure most = failures.getFirst();
        return new CommandException(
                most.code(),
                "%s: nothing succeeded, %d failed like this: %s".formatted(target, most.count(), most.example()));
    }

    /**
     * The handler of Ctrl-C during a run. The first one ends the measurement, and its result is reported. A second one, or one before
     * the measurement, ends the command.
     */
    private static final class StopOnInterrupt implements AutoCloseable {
        /** The exit code of a program that SIGINT ended, as in shells. */
        static final int EXIT_CODE = 130;

        private final LoadStop stop = new LoadStop();
        private final Signals signals = Signals.of("INT");
        private final Thread waiting =
                Thread.ofVirtual().name("heddle-load-stop").start(this::await);

        /** Returns the handle that ends the run. */
        LoadStop run() {
            return stop;
        }

        /** Returns whether the measurement was ended early. */
        boolean stopped() {
            return stop.stopped();
        }

        private void await() {
            try {
                signals.await();
                if (stop.stop()) {
                    signals.await();
                }
                Runtime.getRuntime().exit(EXIT_CODE);
            } catch (InterruptedException e) {
                // The run is over.
            }
        }

        @Override
        public void close() {
            waiting.interrupt();
            signals.close();
        }
    }
}
