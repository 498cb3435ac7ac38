package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.Tls;
import io.heddle.certificate.TestPki;
import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** User projects that are modules and require {@code io.heddle}, built by Maven from the installed artifact. */
@Tag("interop")
class ModulePathTest {
    private static final Duration MAVEN = Duration.ofMinutes(4);

    /** The jars that the library needs. */
    private static final String REQUIRED = "(heddle|bc(tls|prov|util)-jdk18on|caffeine)-\\d.*\\.jar";

    private static final String OPTIONAL = "(picocli|HdrHistogram|gson|bcpkix-jdk18on)-\\d.*\\.jar";

    /** Connects, and then puts load on its own server. */
    private static final String MAIN = """
            package app;

            import io.heddle.*;
            import io.heddle.failure.InvalidOption;
            import io.heddle.load.*;
            import java.nio.file.Path;

            public final class Main {
                public static void main(String[] files) throws Exception {
                    SecureContext context = Tls.createSecureContext(
                            options -> options.cert(Path.of(files[1])).key(Path.of(files[2])));
                    try (TlsServer server = Tls.createServer(
                                    context, socket -> socket.getInputStream().transferTo(socket.getOutputStream()))
                            .listen("127.0.0.1", 0)) {
                        ConnectOptions target = ConnectOptions.builder()
                                .host("localhost").port(server.port()).ca(Path.of(files[0])).build();
                        try (TlsSocket socket = Tls.connect(target)) {
                            socket.getOutputStream().write('a');
                            System.out.println((char) socket.getInputStream().read() + " " + Main.class.getModule());
                        }
                        LoadFigures figures = Load.run(
                                LoadOptions.builder(target).handshakes(3).connections(1).build()).total();
                        System.out.println(figures.full().count() + " counted" /* MORE */);
                    } catch (InvalidOption e) {
                        System.out.println(e.code() + ": " + e.getMessage());
                    }
                }
            }
            """;

    @TempDir
    private static Path folder;

    private static Path repository;
    private static String version;
    private static List<String> files;

    @BeforeAll
    static void install() throws IOException {
        repository = folder.resolve("repository");
        version = pomVersion("heddle");
        maven(
                Path.of("pom.xml"),
                "jar:jar",
                "install:install-file",
                "-Dfile=target/heddle-" + version + ".jar",
                "-DpomFile=pom.xml",
                "-DlocalRepositoryPath=" + repository);
        Files.writeString(
                folder.resolve("settings.xml"),
                "<settings><mirrors><mirror><id>known</id><mirrorOf>*</mirrorOf><url>%s</url></mirror></mirrors></settings>"
                        .formatted(localRepository().toUri()));
        var pem = new PemFiles(folder);
        PemFiles.Pair server = pem.write("server", TestPki.server("localhost"));
        files = List.of(pem.ca(), server.cert(), server.key());
    }

    /** Returns the local repository of the Maven that runs this test, which has everything that a build needs. */
    private static Path localRepository() {
        String given = System.getProperty("localRepository", "");
        return given.isEmpty() ? Path.of(System.getProperty("user.home"), ".m2", "repository") : Path.of(given);
    }

    private static void maven(Path pom, String... args) {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                Programs.find("mvn"),
                "-B",
                "-ntp",
                "-q",
                "-f",
                pom.toString()));
        command.addAll(List.of(args));
        try (RunningProgram program = RunningProgram.start(command)) {
            program.awaitEnd(MAVEN).succeeded();
        }
    }

    /** Builds a project and returns the folder of its classes. */
    private static Path build(String name, String moduleInfo, String main, String... dependencies) throws IOException {
        Path project = folder.resolve(name);
        Path sources = Files.createDirectories(project.resolve("src/main/java/app"));
        Files.writeString(sources.resolveSibling("module-info.java"), moduleInfo);
        Files.writeString(sources.resolve("Main.java"), main);
        String all = Stream.concat(Stream.of("io.heddle:heddle:" + version), Arrays.stream(dependencies))
                .map(entry -> entry.split(":", -1))
                .map(entry ->
                        "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>"
                                .formatted(entry[0], entry[1], entry[2]))
                .collect(Collectors.joining());
        Path pom =
                Files.writeString(project.resolve("pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                    <modelVersion>4.0.0</modelVersion>
                    <groupId>app</groupId>
                    <artifactId>app</artifactId>
                    <version>1</version>
                    <properties>
                        <maven.compiler.release>21</maven.compiler.release>
                        <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                    </properties>
                    <dependencies>%s</dependencies>
                    <build><plugins><plugin>
                        <groupId>org.apache.maven.plugins</groupId>
                        <artifactId>maven-compiler-plugin</artifactId>
                        <version>%s</version>
                    </plugin></plugins></build>
                </project>
                """.formatted(all, pomVersion("maven-compiler-plugin")));
        maven(pom, "-s", folder.resolve("settings.xml").toString(), "-Dmaven.repo.local=" + repository, "compile");
        return project.resolve("target/classes");
    }

    /** Returns the version of an artifact in this project's pom. */
    private static String pomVersion(String artifact) throws IOException {
        return Pattern.compile("<artifactId>" + artifact + "</artifactId>\\s*<version>(.*?)</version>")
                .matcher(Files.readString(Path.of("pom.xml")))
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow();
    }

    private static String bouncyCastleVersion() throws IOException {
        return Pattern.compile("<bouncycastle.version>(.*?)</bouncycastle.version>")
                .matcher(Files.readString(Path.of("pom.xml")))
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the jars of the repository that a build has downloaded. */
    private static List<String> jars(String names) throws IOException {
        try (Stream<Path> all = Files.walk(repository)) {
            return all.filter(entry -> entry.getFileName().toString().matches(names))
                    .map(Path::toString)
                    .toList();
        }
    }

    private static ProgramResult java(String... args) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(args));
        try (RunningProgram program = RunningProgram.start(command)) {
            program.closeInput();
            return program.awaitEnd(Duration.ofMinutes(1));
        }
    }

    private static String path(List<String> first, Path... more) {
        return Stream.concat(first.stream(), Arrays.stream(more).map(Path::toString))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String[] run(List<String> options) {
        return Stream.of(options, List.of("-m", "app/app.Main"), files)
                .flatMap(List::stream)
                .toArray(String[]::new);
    }

    @Test
    void library_needs_none_of_the_optional_libraries() throws Exception {
        Path classes = build("without", "module app { requires io.heddle; }", MAIN);
        String modules = path(jars(REQUIRED), classes);

        ProgramResult bare = java(run(List.of("-p", modules)));
        assertThat(bare.succeeded().out())
                .startsWith("a module app\n"
                        + "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM: load: HdrHistogram is missing: add org.hdrhistogram:");
        assertThat(bare.err()).isEmpty();

        ProgramResult command = java("-p", modules, "-m", "io.heddle/io.heddle.cli.Main", "--version");
        assertThat(command.exitCode()).isEqualTo(2);
        assertThat(command.err()).startsWith("heddle: the command needs picocli, HdrHistogram, Gson and bcpkix beside");
        assertThat(command.err()).hasLineCount(1);
    }

    @Test
    void library_runs_beside_the_optional_libraries() throws Exception {
        Path classes = build(
                "with",
                "module app { requires io.heddle; requires HdrHistogram; requires com.google.gson; requires info.picocli; "
                        + "requires org.bouncycastle.pkix; }",
                MAIN.replace("/* MORE */", """
                         + ", " + org.HdrHistogram.Histogram.decodeFromCompressedByteBuffer(
                                java.nio.ByteBuffer.wrap(java.util.Base64.getDecoder().decode(figures.full().toBase64())), 0)
                        .getTotalCount()"""),
                "org.hdrhistogram:HdrHistogram:" + pomVersion("HdrHistogram"),
                "com.google.code.gson:gson:" + pomVersion("gson"),
                "info.picocli:picocli:" + pomVersion("picocli"),
                "org.bouncycastle:bcpkix-jdk18on:" + bouncyCastleVersion());
        String modules = path(
                Stream.concat(jars(REQUIRED).stream(), jars(OPTIONAL).stream()).toList(), classes);

        ProgramResult load = java(run(List.of("-p", modules)));
        assertThat(load.succeeded().out()).isEqualTo("a module app\n3 counted, 3\n");

        ProgramResult command = java(
                "-p",
                modules,
                "--add-modules",
                "info.picocli,HdrHistogram,com.google.gson,org.bouncycastle.pkix",
                "-m",
                "io.heddle/io.heddle.cli.Main",
                "run",
                "--connections",
                "2",
                "--certs",
                folder.resolve("certs").toString());
        assertThat(command.succeeded().out()).contains("TLS 1.3 ticket");
    }

    @Test
    void histograms_may_be_on_the_class_path() throws Exception {
        Path classes = build(
                "class-path",
                "module app { requires io.heddle; }",
                MAIN,
                "org.hdrhistogram:HdrHistogram:" + pomVersion("HdrHistogram"));
        ProgramResult load =
                java(run(List.of("-p", path(jars(REQUIRED), classes), "-cp", path(jars("HdrHistogram-.*\\.jar")))));
        assertThat(load.succeeded().out()).isEqualTo("a module app\n3 counted\n");
    }

    @Test
    void no_required_module_is_named_after_a_file() throws Exception {
        Path classes = Path.of(
                Tls.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        ModuleDescriptor heddle;
        try (var in = Files.newInputStream(classes.resolve("module-info.class"))) {
            heddle = ModuleDescriptor.read(in);
        }
        List<String> required =
                heddle.requires().stream().map(ModuleDescriptor.Requires::name).toList();
        assertThat(required).contains("org.bouncycastle.tls", "com.google.gson");
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.matches(".*/" + REQUIRED) && !entry.matches(".*/" + OPTIONAL)) {
                continue;
            }
            ModuleReference module =
                    ModuleFinder.of(Path.of(entry)).findAll().iterator().next();
            if (module.descriptor().isAutomatic()
                    && required.contains(module.descriptor().name())) {
                try (var jar = new JarFile(entry)) {
                    assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
                            .as(entry)
                            .isNotNull();
                }
            }
        }
    }
}
