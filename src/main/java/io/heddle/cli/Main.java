package io.heddle.cli;

import java.io.PrintWriter;

/** The entry of the {@code heddle} command. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the JVM with its exit code: 0 fine, 1 a failed connection or run, 2 wrong usage. */
    public static void main(String[] args) {
        System.exit(Heddle.run(
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()),
                args));
    }
}
