package io.heddle.interop;

import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code openssl} of this machine.
 *
 * <p>Without {@code -quiet}, a server or client takes lines that begin with certain letters as commands:
 * {@code Q} quits, {@code K} and {@code k} update keys with and without requesting the peer's update, {@code
 * R} renegotiates (TLS 1.2).
 */
public final class Openssl {
    private Openssl() {}

    /** Returns the output of {@code openssl version}. */
    public static String version() {
        return run("version").succeeded().out().strip();
    }

    /** Returns the release as a comparable version: 3.0.19. */
    public static Version release() {
        return Version.parse(version().split(" ", 3)[1]);
    }

    /** Runs any openssl command without input, at most {@link RunningProgram#LIMIT}. */
    public static ProgramResult run(String... args) {
        return run("", RunningProgram.LIMIT, args);
    }

    /**
     * Runs any openssl command with {@code input} followed by end of input. For {@code s_client} the end of input
     * closes the connection immediately, possibly before the answer; {@link #exchange} waits for the answer.
     */
    public static ProgramResult run(String input, Duration limit, String... args) {
        try (RunningProgram program = start(List.of(), args)) {
            if (!input.isEmpty()) {
                program.send(input);
            }
            program.closeInput();
            return program.awaitEnd(limit);
        }
    }

    /** Starts {@code s_server} with {@code args} on a free port of 127.0.0.1 and returns when it accepts connections. */
    public static RunningServer server(String... args) {
        return RunningServer.awaitPort(
                start(List.of("s_server", "-accept", "127.0.0.1:0"), args), "^ACCEPT .*:(\\d+)$");
    }

    /** Starts {@code s_client} with {@code args}, connected to 127.0.0.1, for an interactive exchange. */
    public static RunningProgram client(int port, String... args) {
        return start(List.of("s_client", "-connect", "127.0.0.1:" + port), args);
    }

    /** Starts {@code s_client} with {@code args}, connected to a Unix-domain socket, for an interactive exchange. */
    public static RunningProgram unixClient(Path socket, String... args) {
        return start(List.of("s_client", "-unix", socket.toString()), args);
    }

    /** Connects with {@code args}, sends {@code input}, waits for {@code answer}, and ends. */
    public static ProgramResult exchange(int port, String input, String answer, String... args) {
        try (RunningProgram client = client(port, args)) {
            client.send(input);
            client.await(answer);
            client.closeInput();
            return client.awaitEnd();
        }
    }

    private static RunningProgram start(List<String> first, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Programs.find("openssl"));
        command.addAll(first);
        command.addAll(List.of(args));
        return RunningProgram.start(command);
    }
}
