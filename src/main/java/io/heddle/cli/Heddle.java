package io.heddle.cli;

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
        subcommands = {CertsCommand.class, HelpCommand.class, GenerateCompletion.class},
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:fine",
            "1:the TLS connection or the measured run failed",
            "2:wrong usage, or a file that cannot be used"
        })
final class Heddle {
    /** Runs one command line and returns its exit code. Results go to {@code out}, failures to {@code err}. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Heddle())
                .setOut(out)
                .setErr(err)
                .registerConverter(Duration.class, new DurationText())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Heddle::refuse)
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command))
                .execute(args);
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
