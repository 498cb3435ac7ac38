package io.heddle.cli;

import io.heddle.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** The root command: its subcommands, and the handling of failures. */
@Command(
        name = "heddle",
        description = "TLS for virtual threads, from the command line.",
        mixinStandardHelpOptions = true,
        versionProvider = Heddle.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:success",
            "1:the TLS connection or the measured run failed",
            "2:wrong usage, or an unusable file"
        })
final class Heddle {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    /** The subcommands by name, in the order of the help. */
    private static final List<Subcommand> SUBCOMMANDS = List.of(
            new Subcommand("serve", ServeCommand.class),
            new Subcommand("connect", ConnectCommand.class),
            new Subcommand("certs", CertsCommand.class),
            new Subcommand("load", LoadCommand.class),
            new Subcommand("run", RunCommand.class));

    /** The subcommands about the others. */
    private static final List<Subcommand> META_SUBCOMMANDS = List.of(
            new Subcommand("help", HelpCommand.class), new Subcommand("generate-completion", GenerateCompletion.class));

    private final InputStream stdin;
    private final OutputStream stdout;
    private final boolean terminal;

    private record Subcommand(String name, Class<?> type) {}

    private Heddle(InputStream stdin, OutputStream stdout, boolean terminal) {
        this.stdin = stdin;
        this.stdout = stdout;
        this.terminal = terminal;
    }

    /** Runs a command line and returns its exit code. Results go to {@code out}, failures to {@code err}. */
    static int run(InputStream in, PrintStream out, PrintStream err, String... args) {
        return run(in, out, err, false, args);
    }

    /** Runs a command line; {@code terminal} is whether {@code err} is a terminal. */
    static int run(InputStream in, PrintStream out, PrintStream err, boolean terminal, String... args) {
        var root = new CommandLine(new Heddle(in, out, terminal));
        addSubcommands(root, args);
        return root.setOut(new PrintWriter(out, true, out.charset()))
                .setErr(new PrintWriter(err, true, err.charset()))
                .registerConverter(Duration.class, new DurationText())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Heddle::refuse)
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command))
                .execute(args);
    }

    /**
     * Adds the subcommand that the first argument names, otherwise all. Reading the options of all commands takes as long as a handshake.
     */
    private static void addSubcommands(CommandLine command, String... args) {
        List<Subcommand> added = SUBCOMMANDS.stream()
                .filter(subcommand -> args.length > 0 && subcommand.name().equals(args[0]))
                .toList();
        if (added.isEmpty()) {
            added = Stream.concat(SUBCOMMANDS.stream(), META_SUBCOMMANDS.stream())
                    .toList();
        }
        added.forEach(subcommand -> command.addSubcommand(subcommand.name(), subcommand.type()));
    }

    /** Returns the standard input, as bytes. */
    InputStream stdin() {
        return stdin;
    }

    /** Returns the standard output, for the bytes of a peer. */
    OutputStream stdout() {
        return stdout;
    }

    /** Returns whether the standard error is a terminal. */
    boolean hasTerminal() {
        return terminal;
    }

    /**
     * Returns whether the standard error is a terminal. Java reports only whether all three streams are one, which is the fallback if
     * the system does not say.
     */
    static boolean isErrorTerminal() {
        try {
            String device = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return Ansi.AUTO.enabled();
        }
    }

    private static int refuse(ParameterException refused, String[] args) {
        CommandLine command = refused.getCommandLine();
        String help = command.getCommandSpec().qualifiedName() + " --help";
        return print(ErrorLine.ofUsage(refused.getMessage(), help), command);
    }

    private static int report(Exception failure, CommandLine command) {
        ErrorLine line = ErrorLine.of(failure);
        int exitCode = print(line, command);
        if (line.unexpected()) {
            failure.printStackTrace(command.getErr());
        }
        return exitCode;
    }

    private static int print(ErrorLine line, CommandLine command) {
        command.getErr().println(command.getColorScheme().errorText(line.text()));
        command.getErr().flush();
        return line.exitCode();
    }

    /** The output of {@code heddle --version}: the version in the manifest of the jar, the Java version, and the providers of cryptography. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Heddle.class.getPackage().getImplementationVersion();
            return new String[] {
                "heddle " + (version == null ? "(not packaged)" : version),
                "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name"),
                "Cryptography: " + CryptoFlag.text(Tls.cryptoProvider())
            };
        }
    }
}
