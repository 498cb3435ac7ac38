package io.heddle.dropin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.interop.JavaProgram;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A separate JVM, with the test's class path or a changed one, that runs {@link Program}s. */
record Jvm(List<String> options, String classPath) {
    /** A program of a test. */
    interface Program {
        /** Runs, and returns the text to print. */
        String run() throws Exception;
    }

    /** Returns a JVM with the test's class path. */
    static Jvm create() {
        return new Jvm(
                List.of("-XX:TieredStopAtLevel=1", JavaProgram.NATIVE_ACCESS), System.getProperty("java.class.path"));
    }

    Jvm option(String option) {
        List<String> more = new ArrayList<>(options);
        more.add(option);
        return new Jvm(more, classPath);
    }

    /** Returns a JVM whose class path has these jars instead of those of the same artifacts. */
    Jvm replacing(Path... jars) {
        List<String> entries = Arrays.stream(classPath.split(File.pathSeparator))
                .map(entry -> replacement(entry, jars))
                .toList();
        for (Path jar : jars) {
            assertThat(entries).contains(jar.toString());
        }
        return new Jvm(options, String.join(File.pathSeparator, entries));
    }

    private static String replacement(String entry, Path... jars) {
        for (Path jar : jars) {
            if (artifact(entry).equals(artifact(jar.toString()))) {
                return jar.toString();
            }
        }
        return entry;
    }

    private static String artifact(String jar) {
        return Path.of(jar).getFileName().toString().replaceFirst("-[0-9][0-9.]*\\.jar$", "");
    }

    /** Runs a program and returns its output lines, which include its failure if any. */
    String run(Class<? extends Program> program) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, Jvm.class.getName(), program.getName()));
        Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            java.getOutputStream().close();
            String printed = new String(java.getInputStream().readAllBytes(), UTF_8);
            assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return printed.lines().filter(line -> !line.isBlank()).collect(Collectors.joining("\n"));
        } finally {
            java.destroyForcibly();
        }
    }

    /** The entry point of the separate JVM. */
    public static void main(String[] args) throws Exception {
        var constructor = Class.forName(args[0]).getDeclaredConstructor();
        constructor.setAccessible(true);
        String result;
        try {
            result = ((Program) constructor.newInstance()).run();
        } catch (Exception | LinkageError e) {
            result = e.toString();
        }
        System.out.println(result);
    }
}
