package io.heddle.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The {@code node} of this machine. Scripts are CommonJS ({@code require}); their arguments begin at {@code process.argv[2]}. */
public final class Node {
    private Node() {}

    /** Returns what {@code node --version} prints. */
    public static String version() {
        try (RunningProgram program = RunningProgram.start(List.of(Programs.find("node"), "--version"))) {
            return program.awaitEnd().succeeded().out().strip();
        }
    }

    /** Runs {@code script} to its end, at most {@link RunningProgram#LIMIT}. */
    public static Finished run(String script, String... args) {
        return run(script, RunningProgram.LIMIT, args);
    }

    /** Runs {@code script} to its end, at most {@code limit}. */
    public static Finished run(String script, Duration limit, String... args) {
        try (RunningProgram program = start(script, args)) {
            program.closeInput();
            return program.awaitEnd(limit);
        }
    }

    /** Starts {@code script}, to be talked to over time. */
    public static RunningProgram start(String script, String... args) {
        try {
            Path file = Files.createTempFile("heddle-", ".cjs");
            Files.writeString(file, script);
            List<String> command = new ArrayList<>(List.of(Programs.find("node"), file.toString()));
            command.addAll(List.of(args));
            return RunningProgram.start(command, file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the script", e);
        }
    }

    /**
     * Starts {@code script}, which serves on a free port of 127.0.0.1 and prints the line {@code listening PORT}, and
     * returns when it has.
     */
    public static RunningServer server(String script, String... args) {
        RunningProgram program = start(script, args);
        try {
            int port =
                    Integer.parseInt(program.awaitNextLine("^listening (\\d+)$").group(1));
            return new RunningServer(program, port);
        } catch (AssertionError e) {
            program.close();
            throw e;
        }
    }
}
