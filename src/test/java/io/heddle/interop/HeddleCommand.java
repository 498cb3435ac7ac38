package io.heddle.interop;

import java.util.ArrayList;
import java.util.List;

/** The {@code heddle} command of this build, in a separate JVM. */
public final class HeddleCommand {
    private HeddleCommand() {}

    /** Starts any subcommand for an interactive exchange. */
    public static RunningProgram start(String... args) {
        // It lives for seconds: the C1 compiler and the serial collector make it ready sooner.
        return JavaProgram.start(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"), "io.heddle.cli.Main", args);
    }

    /** Starts {@code heddle serve} with {@code args} on a free port and returns when it accepts connections. */
    public static RunningServer serve(String... args) {
        List<String> all = new ArrayList<>(List.of("serve", "--port", "0"));
        all.addAll(List.of(args));
        return RunningServer.awaitPort(start(all.toArray(new String[0])), "^listening on 127\\.0\\.0\\.1:(\\d+)$");
    }
}
