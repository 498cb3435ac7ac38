package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of Node.js on this machine.
 *
 * @param version {@code process.version} without the v
 * @param binary the path of its {@code node}
 */
public record NodeRelease(String version, String binary) {
    private static final Map<String, Boolean> BINDS_SESSIONS = new ConcurrentHashMap<>();
    private static final Pattern VERSION = Pattern.compile("v?((\\d+)\\.(\\d+)\\.(\\d+))");

    /**
     * Returns the machine's own release and those in the folder {@code HEDDLE_NODES}, oldest first. Fails if the
     * variable is not set, because a missing release is a peer that was not tested.
     */
    public static List<NodeRelease> all() {
        List<NodeRelease> found = new ArrayList<>(downloaded());
        found.add(of(Programs.onPath("node")));
        found.sort(Comparator.comparingInt(NodeRelease::major).thenComparing(NodeRelease::version));
        return found;
    }

    /** Returns the newest release in the folder {@code HEDDLE_NODES}; fails as {@link #all} does. */
    public static NodeRelease newest() {
        return downloaded().stream()
                .max(Comparator.comparingInt(NodeRelease::major))
                .orElseThrow();
    }

    private static List<NodeRelease> downloaded() {
        String folder = System.getenv().getOrDefault("HEDDLE_NODES", "");
        assertThat(folder)
                .as(
                        "HEDDLE_NODES, the folder with the releases of Node.js to test with; make test brings them and sets it")
                .isNotEmpty();
        List<NodeRelease> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(Path.of(folder))) {
            for (Path release : folders) {
                Path binary = release.resolve("bin/node");
                if (Files.isExecutable(binary)) {
                    found.add(new NodeRelease(release.getFileName().toString(), binary.toString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("HEDDLE_NODES: cannot list " + folder, e);
        }
        assertThat(found)
                .as("releases of Node.js in %s, which make test downloads", folder)
                .isNotEmpty();
        return found;
    }

    /** Returns the release of a binary. */
    static NodeRelease of(String binary) {
        try (RunningProgram program = RunningProgram.start(List.of(binary, "--version"))) {
            Matcher version =
                    VERSION.matcher(program.awaitEnd().succeeded().out().strip());
            assertThat(version.matches()).as("version printed by %s", binary).isTrue();
            return new NodeRelease(version.group(1), binary);
        }
    }

    /** Returns the major version. */
    public int major() {
        Matcher numbers = VERSION.matcher(version);
        assertThat(numbers.matches()).as("version: %s", version).isTrue();
        return Integer.parseInt(numbers.group(2));
    }

    /**
     * Returns whether a client's sessions are bound to a server name, and unbound ones are ignored: since 22.23, 24.17
     * and 26.3.1, the fix of CVE-2026-48934, which distributions also have in older releases.
     */
    public boolean bindsSessions() {
        return BINDS_SESSIONS.computeIfAbsent(
                binary, release -> run("""
                const { TLSSocket } = require('tls');
                const socket = { _handle: { getSession: () => Buffer.from('der') }, _tlsOptions: {} };
                console.log(TLSSocket.prototype.getSession.call(socket).toString() !== 'der');
                """).succeeded().out().strip().equals("true"));
    }

    /** Returns the version of the OpenSSL that it is linked to. */
    public Version openssl() {
        return Version.parse(
                run("console.log(process.versions.openssl)").succeeded().out().strip());
    }

    /** Runs {@code script} until it exits, at most {@link RunningProgram#LIMIT}. */
    public ProgramResult run(String script, String... args) {
        try (RunningProgram program = start(script, args)) {
            program.closeInput();
            return program.awaitEnd();
        }
    }

    /** Starts {@code script} for an interactive exchange. */
    public RunningProgram start(String script, String... args) {
        try {
            Path file = Files.createTempFile("heddle-", ".cjs");
            Files.writeString(file, script);
            List<String> command = new ArrayList<>(List.of(binary, file.toString()));
            command.addAll(List.of(args));
            return RunningProgram.start(command, file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the script", e);
        }
    }

    /** Starts {@code script} as {@link Node#server} does. */
    public RunningServer server(String script, String... args) {
        return RunningServer.awaitPort(start(script, args), "^listening (\\d+)$");
    }

    /** Returns the version, which is the display name of a test parameter. */
    @Override
    public String toString() {
        return "Node " + version;
    }
}
