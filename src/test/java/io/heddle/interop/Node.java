package io.heddle.interop;

import java.lang.module.ModuleDescriptor.Version;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The {@code node} that this test run uses: the system property {@code heddle.node}, which is a path, or {@code newest}
 * for the newest release of {@link NodeRelease}; by default the machine's own. Scripts are CommonJS ({@code require});
 * their arguments begin at {@code process.argv[2]}.
 *
 * <p>A test that uses it has the tag {@code node}, with which {@code mvn test} runs it once with the machine's own node
 * and once with the newest.
 */
public final class Node {
    private static final AtomicReference<@Nullable NodeRelease> FOUND = new AtomicReference<>();
    private static final AtomicReference<@Nullable Version> OPENSSL = new AtomicReference<>();

    private Node() {}

    /** Returns the release of this node. */
    public static NodeRelease release() {
        NodeRelease found = FOUND.get();
        if (found == null) {
            found = "newest".equals(System.getProperty("heddle.node"))
                    ? NodeRelease.newest()
                    : NodeRelease.of(Programs.find("node"));
            FOUND.set(found);
        }
        return found;
    }

    /** Returns the output of {@code node --version}. */
    public static String version() {
        return "v" + release().version();
    }

    /**
     * Returns an output with the error codes of OpenSSL 3.0, which Heddle uses as well, for alerts older than TLS: 3.2
     * has {@code ERR_SSL_SSL/TLS_ALERT_} for {@code ERR_SSL_SSLV3_ALERT_}.
     */
    public static String codes(String output) {
        return output.replace("ERR_SSL_SSL/TLS_ALERT_", "ERR_SSL_SSLV3_ALERT_");
    }

    /** Returns the version of the OpenSSL that it is linked to, on which the accepted names and levels depend. */
    public static Version openssl() {
        Version version = OPENSSL.get();
        if (version == null) {
            version = release().openssl();
            OPENSSL.set(version);
        }
        return version;
    }

    /** Runs {@code script} until it exits, at most {@link RunningProgram#LIMIT}. */
    public static ProgramResult run(String script, String... args) {
        return run(script, RunningProgram.LIMIT, args);
    }

    /** Runs {@code script} until it exits, at most {@code limit}. */
    public static ProgramResult run(String script, Duration limit, String... args) {
        try (RunningProgram program = start(script, args)) {
            program.closeInput();
            return program.awaitEnd(limit);
        }
    }

    /** Starts {@code script} for an interactive exchange. */
    public static RunningProgram start(String script, String... args) {
        return release().start(script, args);
    }

    /**
     * Starts {@code script}, which serves on a free port of 127.0.0.1 and prints the line {@code listening PORT}, and
     * returns after that line.
     */
    public static RunningServer server(String script, String... args) {
        return release().server(script, args);
    }
}
