package io.heddle.cli;

/** The entry of the {@code heddle} command. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the JVM with its exit code: 0 fine, 1 a failed connection or run, 2 wrong usage. */
    public static void main(String[] args) {
        System.exit(Heddle.run(System.in, System.out, System.err, Terminal.isStandardError(), args));
    }
}
