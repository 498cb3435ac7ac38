package io.heddle.cli;

import java.util.List;

/** The main class of the {@code heddle} command. */
public final class Main {
    /** A class of each optional dependency that all of the command needs. */
    private static final List<String> REQUIRED = List.of(
            "picocli.CommandLine",
            "org.HdrHistogram.Histogram",
            "com.google.gson.Gson",
            "org.bouncycastle.operator.ContentSigner");

    /** A class of the dependency that only {@code load --compare} needs. */
    private static final List<String> OPTIONAL = List.of("org.apache.commons.statistics.distribution.TDistribution");

    /**
     * The system property with which {@code bin/heddle} announces that the JVM will write an archive of the loaded classes when it
     * exits. A failed command has loaded few, so the JVM is halted, which writes none.
     */
    private static final String ARCHIVE = "heddle.archive";

    private Main() {}

    /** Runs the command and ends the JVM with its exit code: 0 success, 1 a failed connection or run, 2 wrong usage. */
    public static void main(String[] args) {
        OPTIONAL.forEach(Main::makeReadable);
        if (!REQUIRED.stream().allMatch(Main::makeReadable)) {
            System.err.println(
                    "heddle: the command needs picocli, HdrHistogram, Gson and bcpkix beside Heddle's jar, on the class path "
                            + "or as modules (--add-modules info.picocli,HdrHistogram,com.google.gson,org.bouncycastle.pkix); the jar "
                            + "heddle-VERSION-cli.jar has all of them");
            System.exit(2);
        }
        CryptoFlag.begin(args);
        int exitCode = Heddle.run(System.in, System.out, System.err, Heddle.isErrorTerminal(), args);
        if (exitCode != 0 && "new".equals(System.getProperty(ARCHIVE))) {
            System.out.flush();
            System.err.flush();
            Runtime.getRuntime().halt(exitCode);
        }
        System.exit(exitCode);
    }

    /** Makes the module of a class readable for this one, before the class is used, and returns whether the class is present. */
    private static boolean makeReadable(String name) {
        try {
            Class<?> present = Class.forName(name, false, Main.class.getClassLoader());
            Main.class.getModule().addReads(present.getModule());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
