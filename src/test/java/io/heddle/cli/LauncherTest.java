package io.heddle.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.interop.JavaProgram;
import io.heddle.interop.ProgramResult;
import io.heddle.interop.RunningProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script {@code bin/heddle}, installed beside a jar in a folder of its own. */
@Tag("interop")
class LauncherTest {
    private static final String QUICK = "-XX:TieredStopAtLevel=1";

    @TempDir
    private Path folder;

    private Path installed = Path.of("");
    private Path jar = Path.of("");

    /** The program in the jar: prints a word and exits with the number that it is given. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            System.out.print("ran");
            System.out.flush();
            Runtime.getRuntime().exit(Integer.parseInt(args[1]));
        }
    }

    private record Run(int exitCode, String out, String err) {
        List<String> arguments() {
            return out.lines().toList();
        }

        String archive() {
            return arguments().stream()
                    .filter(argument -> argument.startsWith("-XX:SharedArchiveFile="))
                    .findFirst()
                    .orElse("");
        }
    }

    @BeforeEach
    void install() throws IOException {
        installed = Files.createDirectories(folder.resolve("in stalled"));
        for (String script : List.of("heddle", "find-jdk")) {
            Files.copy(Path.of("bin", script), installed.resolve(script));
        }
        jar = installed.resolve("heddle-1-cli.jar");
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Program.class.getName());
        String entry = Program.class.getName().replace('.', '/') + ".class";
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                InputStream in = LauncherTest.class.getClassLoader().getResourceAsStream(entry)) {
            out.putNextEntry(new JarEntry(entry));
            assertThat(in).isNotNull().satisfies(bytes -> bytes.transferTo(out));
        }
    }

    /** Returns the home of a Java whose {@code java} prints its arguments, one a line. */
    private Path printingJava() throws IOException {
        Path home = folder.resolve("printing java");
        if (!Files.exists(home)) {
            Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
            Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
            Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
            Files.writeString(home.resolve("release"), "JAVA_VERSION=\"21.0.1\"\n");
        }
        return home;
    }

    private Run heddle(Path javaHome, Map<String, String> environment, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("sh", installed.resolve("heddle").toString()));
        command.addAll(Arrays.asList(arguments));
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        Map<String, String> variables = builder.environment();
        List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS").forEach(variables::remove);
        variables.put("JAVA_HOME", javaHome.toString());
        variables.put("XDG_CACHE_HOME", folder.resolve("ca che").toString());
        variables.putAll(environment);
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.flush();
        }
        int exitCode = process.waitFor();
        return new Run(exitCode, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }

    private Run printed(String... arguments) throws Exception {
        return heddle(printingJava(), Map.of(), arguments);
    }

    @Test
    void hands_the_arguments_to_the_jar_as_they_are() throws Exception {
        assertThat(printed("connect", "a b", "", "--send", "x *").arguments())
                .endsWith("-jar", jar.toString(), "connect", "a b", "", "--send", "x *");
        assertThat(printed().arguments()).endsWith("-jar", jar.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connect localhost:1 --send hello",
                "connect --send=hello localhost:1",
                "connect localhost:1 --json",
                "certs",
                "--version"
            })
    void compiles_a_short_command_quickly_and_not_well(String command) throws Exception {
        assertThat(printed(command.split(" ")).arguments()).contains(QUICK, "-XX:+UseSerialGC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect localhost:1", "serve --json", "load localhost:1 --json", "run"})
    void optimizes_what_may_run_for_long(String command) throws Exception {
        assertThat(printed(command.split(" ")).arguments()).doesNotContain(QUICK);
    }

    @ParameterizedTest
    @CsvSource({"2, true", "4, true", "5, false", "64, false"})
    void spares_memory_in_a_server_with_few_processors(int processors, boolean spares) throws Exception {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Path getconf = Files.writeString(programs.resolve("getconf"), "#!/bin/sh\necho " + processors + "\n");
        Files.setPosixFilePermissions(getconf, PosixFilePermissions.fromString("rwx------"));
        String path = programs + ":" + System.getenv("PATH");
        List<String> arguments =
                heddle(printingJava(), Map.of("PATH", path), "serve", "--json").arguments();
        assertThat(arguments.containsAll(List.of("-XX:+UseSerialGC", "-Xms32m")))
                .isEqualTo(spares);
        assertThat(arguments).endsWith("serve", "--json");
    }

    @Test
    void keeps_an_archive_of_classes_for_commands_that_load_the_same() throws Exception {
        String connect = printed("connect", "localhost:1", "--json").archive();
        assertThat(connect)
                .startsWith("-XX:SharedArchiveFile=" + folder.resolve("ca che/heddle"))
                .endsWith("-connect.jsa")
                .isEqualTo(printed("connect", "localhost:1").archive());
        assertThat(printed("load").archive())
                .isEqualTo(printed("run").archive())
                .endsWith("-long.jsa");
        assertThat(printed("certs").archive()).endsWith("-certs.jsa");
        assertThat(printed("--version").archive()).endsWith("-other.jsa");
        assertThat(Files.getPosixFilePermissions(folder.resolve("ca che/heddle")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void lets_a_server_use_the_archive_of_others_and_write_none() throws Exception {
        assertThat(printed("serve").archive()).isEmpty();
        String option = printed("load").archive();
        Files.writeString(Path.of(option.substring(option.indexOf('=') + 1)), "");
        assertThat(printed("serve").arguments()).contains(option).doesNotContain("-XX:+AutoCreateSharedArchive");
        assertThat(printed("load").arguments()).contains(option, "-XX:+AutoCreateSharedArchive");
    }

    @Test
    void announces_a_new_archive_to_the_command() throws Exception {
        String announced = "-Dheddle.archive=new";
        Run first = printed("certs");
        assertThat(first.arguments()).contains(announced);
        Files.writeString(Path.of(first.archive().substring(first.archive().indexOf('=') + 1)), "");
        assertThat(printed("certs").arguments()).contains(first.archive()).doesNotContain(announced);
    }

    @Test
    void reports_a_failure_in_full_where_it_would_write_an_archive() {
        try (RunningProgram program = JavaProgram.start(
                List.of("-Dheddle.archive=new"), Main.class.getName(), "connect", "--unix", "no-such-socket")) {
            ProgramResult result = program.awaitEnd();
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err()).startsWith("heddle: ENOENT").endsWith("\n");
        }
    }

    @Test
    void keeps_none_without_a_folder_of_the_user() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(heddle(printingJava(), Map.of("XDG_CACHE_HOME", file.toString()), "certs"))
                .satisfies(run -> assertThat(run.archive()).isEmpty())
                .satisfies(run -> assertThat(run.err()).isEmpty())
                .satisfies(run -> assertThat(run.exitCode()).isZero());
        assertThat(heddle(printingJava(), Map.of("XDG_CACHE_HOME", "", "HOME", ""), "certs")
                        .archive())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"})
    void leaves_the_options_of_the_jvm_to_the_user(String variable) throws Exception {
        assertThat(heddle(printingJava(), Map.of(variable, "-XX:+UseZGC"), "certs")
                        .arguments())
                .containsExactly("-jar", jar.toString(), "certs");
    }

    @Test
    void writes_the_archive_once_without_a_word_and_keeps_the_exit_code() throws Exception {
        Path home = Path.of(System.getProperty("java.home"));
        for (int exitCode : new int[] {0, 3}) {
            Run run = heddle(home, Map.of(), "certs", "" + exitCode);
            assertThat(run).isEqualTo(new Run(exitCode, "ran", ""));
            try (Stream<Path> archives = Files.list(folder.resolve("ca che/heddle"))) {
                assertThat(archives).hasSize(1).allMatch(file -> file.toString().endsWith("-certs.jsa"));
            }
        }
    }
}
