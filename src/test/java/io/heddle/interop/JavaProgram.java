package io.heddle.interop;

import io.heddle.LiveThreads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A main class of this build, run in a separate JVM. */
public final class JavaProgram {
    private JavaProgram() {}

    /**
     * Starts the main method of a class, on the JDK and the class path of the tests.
     *
     * @param options options of the JVM itself
     */
    public static RunningProgram start(List<String> options, String mainClass, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(LiveThreads.EXPORTS);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(List.of(args));
        return RunningProgram.start(command);
    }
}
