package io.heddle.cli;

import io.heddle.load.LoadFigures;
import io.heddle.load.LoadOptions.StartTls;
import io.heddle.load.LoadOptions.ResumeWith;
import io.heddle.load.Load;
import io.heddle.load.LoadOptions;
import io.heddle.load.LoadOptions.Direction;
import io.heddle.load.LoadOptions.Mode;
import io.heddle.load.LoadResult;
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

/** {@code heddle load}: load on a TLS server. */
@Command(
        name = "load",
        description = {
            "Puts load on a TLS server and tells full from resumed handshakes.",
            "Options that say what is offered may be given several times; the connections then take turns with them, and "
                    + "each is reported apart. Exit code 1 if nothing succeeded."
        },
        mixinStandardHelpOptions = true,
        versionProvider = HeddleVersion.class,
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
            description = "Handshakes only; requests and their answers over kept connections; or bulk "
                    + "(default: handshake; request with --http).")
    private @Nullable Mode mode;

    @Option(
            names = {"--connections", "-c"},
            paramLabel = "N",
            defaultValue = "100",
            description = "How many at the same time (default: ${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = {"--rate", "-R"},
            paramLabel = "R",
            description = "Handshakes or requests due each second, whose latency counts from when they were due "
                    + "(default: each connection does the next when the last is done).")
    private @Nullable Double rate;

    @Option(
            names = {"--duration", "-d"},
            paramLabel = "TIME",
            description = "How long to measure (default: 10s, or until --handshakes or --requests are done).")
    private @Nullable Duration duration;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "How long before that, not counted (default: ${DEFAULT-VALUE}).")
    private Duration warmup = Duration.ofSeconds(2);

    @Option(names = "--handshakes", paramLabel = "N", description = "Measure exactly so many handshakes.")
    private @Nullable Long handshakes;

    @Option(
            names = {"--requests", "-n"},
            paramLabel = "N",
            description = "Measure exactly so many requests.")
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
            description = "What sessions are resumed with; id speaks TLS 1.2 at most (default: ${DEFAULT-VALUE}).")
    private ResumeWith resumeWith = ResumeWith.ANY;

    @Option(
            names = "--starttls",
            paramLabel = "PROTOCOL",
            description = "Begin in the clear, as smtp, imap, pop3, ldap or postgres does.")
    private @Nullable StartTls startTls;

    @Option(names = "--http", paramLabel = "PATH", description = "Requests are GET over HTTP/1.1, with this path.")
    private @Nullable String http;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Of a request that is no HTTP, which the server sends back (default: 1024); in a stream, of "
                    + "each write (default: 65536).")
    private @Nullable Integer size;

    @Option(
            names = "--requests-per-connection",
            paramLabel = "N",
            description = "Connect anew after so many requests (default: never).")
    private @Nullable Integer requestsPerConnection;

    @Option(
            names = "--direction",
            paramLabel = "send|receive|both",
            description = "Which way a stream goes (default: both).")
    private @Nullable Direction direction;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "Of connecting with its handshake, and of a request (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ofSeconds(10);

    @Option(
            names = "--local-address",
            paramLabel = "LIST",
            split = ",",
            hideParamSyntax = true,
            description = "Connect from these addresses in turn; each has its own ports.")
    private List<String> localAddresses = List.of();

    @Mixin
    private LoadTargetFlags targets = new LoadTargetFlags();

    @Option(
            names = "--hdr",
            paramLabel = "FILE.hlog",
            description = "Write the latencies by second, as HdrHistogram's log.")
    private @Nullable Path hdr;

    @Option(
            names = "--json",
            description = "Print one JSON object instead of the summary; docs/load.md has its members.")
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
        // After the summary, which is then not lost to a disk that is full.
        reports.write(result, commandLine());
        if (!result.succeeded()) {
            throw nothing(result);
        }
        reports.judge(result);
        return stop.stopped() ? StopOnInterrupt.EXIT_CODE : 0;
    }

    /** Returns what was typed, without what is secret. */
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
        for (String each : localAddresses) {
            from.add(InetAddress.getByName(each));
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
            throw new CommandFailure("ERR_LOAD_FAILED", "interrupted");
        }
    }

    private CommandFailure nothing(LoadResult result) {
        List<LoadFigures.Failure> failures = result.total().failures().isEmpty()
                ? result.unmeasuredFailures()
                : result.total().failures();
        if (failures.isEmpty()) {
            return new CommandFailure("ERR_LOAD_FAILED", target + ": nothing was done in the time that was measured");
        }
        LoadFigures.Failure most = failures.getFirst();
        return new CommandFailure(
                most.code(),
                "%s: nothing succeeded, %d failed like this: %s".formatted(target, most.count(), most.example()));
    }
}
