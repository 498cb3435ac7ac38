package io.heddle.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;

/** The root of the command: its subcommands, and what they share. */
@Command(
        name = "heddle",
        description = "TLS for virtual threads, from the command line.",
        mixinStandardHelpOptions = true,
        versionProvider = HeddleVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ServeCommand.class,
            ConnectCommand.class,
            CertsCommand.class,
            LoadCommand.class,
            RunCommand.class,
            HelpCommand.class,
            GenerateCompletion.class
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:fine",
            "1:the TLS connection or the measured run failed",
            "2:wrong usage, or a file that cannot be used"
        })
final class Heddle {
    private final InputStream stdin;
    private final OutputStream stdout;
    private final boolean terminal;

    private Heddle(InputStream stdin, OutputStream stdout, boolean terminal) {
        this.stdin = stdin;
        this.stdout = stdout;
        this.terminal = terminal;
    }

    /** Runs one command line and returns its exit code. Results go to {@code out}, failures to {@code err}. */
    static int run(InputStream in, PrintStream out, PrintStream err, String... args) {
        return run(in, out, err, false, args);
    }

    /** Runs one command line, whose failures and progress go to a terminal or not. */
    static int run(InputStream in, PrintStream out, PrintStream err, boolean terminal, String... args) {
        return new CommandLine(new Heddle(in, out, terminal))
                .setOut(new PrintWriter(out, true, out.charset()))
                .setErr(new PrintWriter(err, true, err.charset()))
                .registerConverter(Duration.class, new DurationText())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Heddle::refuse)
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command))
                .execute(args);
    }

    /** The standard input, as bytes. */
    InputStream stdin() {
        return stdin;
    }

    /** The standard output for what is no text, or no text of ours. */
    OutputStream stdout() {
        return stdout;
    }

    /** Returns whether failures and progress go to a terminal. */
    boolean hasTerminal() {
        return terminal;
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
}
