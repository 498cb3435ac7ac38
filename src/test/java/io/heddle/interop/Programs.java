package io.heddle.interop;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The paths of the programs on this machine. */
final class Programs {
    private Programs() {}

    /**
     * Returns the path of the program {@code name}: the system property {@code heddle.NAME} where it is set, else the
     * first on the PATH. Fails if there is none, because a missing peer is a test that was not run.
     */
    static String find(String name) {
        String given = System.getProperty("heddle." + name, "");
        return given.isEmpty() ? onPath(name) : given;
    }

    /** Returns the path of the first program {@code name} on the PATH. */
    static String onPath(String name) {
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(System.getenv().getOrDefault("PATH", ""))
                .map(folder -> Path.of(folder, name))
                .filter(candidate -> Files.isExecutable(candidate) && !Files.isDirectory(candidate))
                .map(Path::toString)
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not on the PATH, and the property heddle." + name
                        + " does not name it; .ci/run installs what is missing"));
    }
}
