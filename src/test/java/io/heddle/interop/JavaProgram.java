package io.heddle.interop;

import io.heddle.LiveThreads;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A main class of this build, run in a separate JVM. */
public final class JavaProgram {
    /** Without it a JDK from version 24 on warns when a native provider loads its library. */
    public static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    private JavaProgram() {}

    /**
     * Starts the main method of a class, on the JDK and the class path of the tests.
     *
     * @param options options of the JVM itself
     */
    public static RunningProgram start(List<String> options, String mainClass, String... args) {
        return start(System.getProperty("java.class.path"), options, mainClass, args);
    }

    /**
     * Starts the main method of a class without the libraries of the class path whose paths contain one of these texts.
     */
    public static RunningProgram startWithout(List<String> libraries, String mainClass, String... args) {
        String others = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> libraries.stream().noneMatch(entry::contains))
                .collect(Collectors.joining(File.pathSeparator));
        return start(others, List.of(), mainClass, args);
    }

    private static RunningProgram start(String classPath, List<String> options, String mainClass, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(LiveThreads.EXPORTS);
        command.add(NATIVE_ACCESS);
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, mainClass));
        command.addAll(List.of(args));
        return RunningProgram.start(command);
    }
}
