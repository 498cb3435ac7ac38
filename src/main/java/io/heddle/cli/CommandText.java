package io.heddle.cli;

import java.util.List;
import java.util.stream.Collectors;

/** A command line as one line, quoted so that a shell takes it again. */
final class CommandText {
    private CommandText() {}

    /** Returns the arguments as one line for a shell. */
    static String quoted(List<String> arguments) {
        return arguments.stream().map(CommandText::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String argument) {
        return argument.matches("[A-Za-z0-9_@%+=:,./-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
