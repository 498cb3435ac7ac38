package io.heddle.cli;

/** The entry of the {@code heddle} command. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the JVM with its exit code: 0 fine, 1 a failed connection or run, 2 wrong usage. */
    public static void main(String[] args) {
        if (!Libraries.areThere()) {
            System.err.println(
                    "heddle: the command needs picocli, HdrHistogram, Gson and bcpkix beside Heddle's jar, on the class path "
                            + "or as modules (--add-modules info.picocli,HdrHistogram,com.google.gson,org.bouncycastle.pkix); the jar "
                            + "heddle-VERSION-cli.jar has all of them");
            System.exit(2);
        }
        System.exit(Heddle.run(System.in, System.out, System.err, Terminal.isStandardError(), args));
    }
}
