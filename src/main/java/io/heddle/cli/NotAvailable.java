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
 * Options whose names are settled and whose work is not done yet. They are known, so that nobody takes one for a typing
 * error, and refused, so that nobody relies on one that does nothing.
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

    /** Those of {@code heddle serve}. */
    static final class Server {
        @Option(names = "--ticket-secret", hidden = true, arity = "0..1", parameterConsumer = NotAvailable.class)
        @Nullable
        String ticketSecret;

        @Option(names = "--ticket-rotation", hidden = true, arity = "0..1", parameterConsumer = NotAvailable.class)
        @Nullable
        String ticketRotation;
    }

    /** Those of {@code heddle load}. */
    static final class LoadReport {
        @Option(names = "--report", hidden = true, arity = "0..1", parameterConsumer = NotAvailable.class)
        @Nullable
        String report;

        @Option(names = "--png", hidden = true, arity = "0..1", parameterConsumer = NotAvailable.class)
        @Nullable
        String png;

        @Option(names = "--compare", hidden = true, arity = "0..1", parameterConsumer = NotAvailable.class)
        @Nullable
        String compare;

        @Option(names = "--fail-if", hidden = true, arity = "0..1", parameterConsumer = NotAvailable.class)
        @Nullable
        String failIf;
    }
}
