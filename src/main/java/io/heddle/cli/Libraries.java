package io.heddle.cli;

import java.util.List;

/** The optional dependencies of the library that its command needs. */
final class Libraries {
    /** One class of each. */
    private static final List<String> CLASSES = List.of(
            "picocli.CommandLine",
            "org.HdrHistogram.Histogram",
            "com.google.gson.Gson",
            "org.bouncycastle.operator.ContentSigner");

    private Libraries() {}

    /** Makes them readable for this module, and returns whether all are there. Has to come before the first use of their classes. */
    static boolean areThere() {
        try {
            for (String each : CLASSES) {
                Class<?> present = Class.forName(each, false, Libraries.class.getClassLoader());
                Libraries.class.getModule().addReads(present.getModule());
            }
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
