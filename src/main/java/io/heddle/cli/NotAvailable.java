package io.heddle.cli;

import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * Options that are defined but not implemented yet. They are parsed, so that they are not reported as typing errors, and refused.
 */
@SuppressWarnings("JdkObsolete") // Stack: picocli's signature
final class NotAvailable implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> rest, ArgSpec option, CommandSpec command) {
        throw refusal(command, ((OptionSpec) option).longestName());
    }

    static ParameterException refusal(CommandSpec command, String option) {
        return new ParameterException(command.commandLine(), option + ": not available yet");
    }

    /** The options of {@code heddle serve}. */
    static final class Server {
        @Option(names = "--ticket-secret", hidden = true, arity = "0..1", parameterConsumer = NotAvailable.class)
        @Nullable
        String ticketSecret;

        @Option(names = "--ticket-rotation", hidden = true, arity = "0..1", parameterConsumer = NotAvailable.class)
        @Nullable
        String ticketRotation;
    }
}
