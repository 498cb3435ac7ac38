package io.heddle;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The arrows between the rooms, and the rules that hold for every class. A rule for a room that is not built yet
 * holds.
 */
class ArchitectureTest {
    private static final JavaClasses HEDDLE =
            new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests())).importPackages("io.heddle");

    /** What every room may use. */
    private static final List<String> COMMON = List.of(
            "java..",
            "javax..",
            "org.jspecify..",
            "com.google.errorprone..",
            "io.heddle.failure..",
            "io.heddle.protocol..");

    // Of BouncyCastle all but its TLS, which has its own rule.
    private static final List<String> BOUNCY_CASTLE = List.of("org.bouncycastle..");
    private static final List<String> LEAVES =
            List.of("io.heddle.session..", "io.heddle.cipher..", "io.heddle.certificate..", "io.heddle.provider..");

    private static final List<String> CAFFEINE = List.of("com.github.benmanes.caffeine..");

    /** The rooms whose public types are public for the rooms above them alone. */
    private static final List<String> NOT_EXPORTED = List.of(
            "io.heddle.provider",
            "io.heddle.engine",
            "io.heddle.managers",
            "io.heddle.endpoint",
            "io.heddle.jsse",
            "io.heddle.load.compare",
            "io.heddle.cli",
            "io.heddle.protocol.rules",
            "io.heddle.certificate.x509",
            "io.heddle.certificate.file",
            "io.heddle.certificate.path",
            "io.heddle.certificate.ocsp",
            "io.heddle.session.server");

    /** Each room, and what it may use beside itself and what all may use. */
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            entry("io.heddle.protocol..", List.of()),
            entry("io.heddle.failure..", List.of()),
            entry("io.heddle.provider..", List.of("org.bouncycastle.jce.provider..")),
            entry("io.heddle.session..", with(CAFFEINE, List.of("io.heddle.provider.."))),
            entry("io.heddle.cipher..", List.of()),
            entry("io.heddle.certificate..", with(BOUNCY_CASTLE, CAFFEINE, List.of("io.heddle.provider.."))),
            entry("io.heddle.callback..", List.of("io.heddle.certificate..")),
            entry("io.heddle.engine.transport..", List.of()),
            entry(
                    "io.heddle.engine.crypto..",
                    with(
                            BOUNCY_CASTLE,
                            CAFFEINE,
                            List.of("io.heddle.certificate..", "io.heddle.cipher..", "io.heddle.provider.."))),
            entry(
                    "io.heddle.engine.compression..",
                    with(
                            BOUNCY_CASTLE,
                            CAFFEINE,
                            List.of(
                                    "io.heddle.engine.crypto..",
                                    "com.aayushatharva.brotli4j..",
                                    "com.github.luben.zstd.."))),
            entry(
                    "io.heddle.engine.record..",
                    with(BOUNCY_CASTLE, List.of("io.heddle.engine.crypto..", "io.heddle.engine.transport.."))),
            entry(
                    "io.heddle.engine.handshake..",
                    with(
                            LEAVES,
                            BOUNCY_CASTLE,
                            List.of(
                                    "io.heddle.callback..",
                                    "io.heddle.engine.crypto..",
                                    "io.heddle.engine.compression..",
                                    "io.heddle.engine.record.."))),
            entry("io.heddle.engine", with(BOUNCY_CASTLE, List.of("io.heddle.session..", "io.heddle.engine.."))),
            entry(
                    "io.heddle.managers..",
                    with(
                            CAFFEINE,
                            List.of(
                                    "io.heddle.certificate..",
                                    "io.heddle.cipher..",
                                    "io.heddle.engine.crypto..",
                                    "io.heddle.engine.handshake.."))),
            entry(
                    "io.heddle.endpoint..",
                    with(
                            LEAVES,
                            List.of(
                                    "io.heddle.callback..",
                                    "io.heddle.engine..",
                                    "io.heddle.managers..",
                                    "jdk.jfr.."))),
            entry(
                    "io.heddle.jsse..",
                    with(LEAVES, List.of("io.heddle.engine..", "io.heddle.managers..", "io.heddle.endpoint.."))),
            entry(
                    "io.heddle",
                    with(
                            LEAVES,
                            List.of(
                                    "io.heddle.callback..",
                                    "io.heddle.engine..",
                                    "io.heddle.managers..",
                                    "io.heddle.endpoint..",
                                    "io.heddle.jsse.."))),
            entry(
                    "io.heddle.load..",
                    List.of(
                            "io.heddle",
                            "io.heddle.session..",
                            "org.HdrHistogram..",
                            "com.google.gson..",
                            "org.apache.commons.statistics.distribution..")),
            entry(
                    "io.heddle.cli..",
                    with(
                            LEAVES,
                            BOUNCY_CASTLE,
                            List.of(
                                    "io.heddle",
                                    "io.heddle.callback..",
                                    "io.heddle.load..",
                                    "io.heddle.provider..",
                                    "picocli..",
                                    "com.sun.management..",
                                    "org.HdrHistogram..",
                                    "com.google.gson.."))));

    static Stream<String> rooms() {
        return MAY_USE.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void room_uses_only_what_its_arrows_allow(String room) {
        String[] allowed = with(List.of(room), COMMON, MAY_USE.getOrDefault(room, List.of()))
                .toArray(new String[0]);
        classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed)
                .allowEmptyShould(true)
                .check(HEDDLE);
    }

    @Test
    void every_class_lives_in_a_room_that_has_arrows() {
        classes()
                .should()
                .resideInAnyPackage(MAY_USE.keySet().toArray(new String[0]))
                .because("a new room needs its line in MAY_USE")
                .check(HEDDLE);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("io.heddle.(**)").should().beFreeOfCycles().check(HEDDLE);
    }

    @Test
    void tls_of_bouncycastle_is_used_in_the_engine_only() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.heddle.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle.tls..")
                .check(HEDDLE);
    }

    @Test
    void every_package_is_null_marked() {
        var unmarked = new TreeSet<String>();
        for (JavaClass type : HEDDLE) {
            if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                unmarked.add(type.getPackageName());
            }
        }
        assertThat(unmarked)
                .as("packages without @NullMarked in their package-info")
                .isEmpty();
    }

    @Test
    void only_the_command_prints() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.heddle.cli..")
                .should(ACCESS_STANDARD_STREAMS)
                .check(HEDDLE);
    }

    @Test
    void verdicts_in_sessions_are_written_in_one_place() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.heddle.session")
                .and()
                .doNotHaveFullyQualifiedName("io.heddle.engine.handshake.SessionPeer")
                .should()
                .callMethod(SessionState.Builder.class, "verifyResult", int.class)
                .orShould()
                .callMethod(SessionState.Builder.class, "peerCertificate", byte[].class)
                .because("a chain that no verifier authorized must not get the verification result 0")
                .check(HEDDLE);
    }

    @Test
    void no_file_store_is_looked_up() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(FileStore.class)
                .orShould()
                .callMethod(Files.class, "getFileStore", Path.class)
                .because("it is found by its mount point, which containers may not list")
                .check(HEDDLE);
    }

    @Test
    void no_method_holds_a_monitor() {
        methods()
                .should()
                .notHaveModifier(JavaModifier.SYNCHRONIZED)
                .because("on Java 21 a monitor held in I/O pins the carrier thread")
                .check(HEDDLE);
    }

    @Test
    void public_types_are_those_of_the_committed_list() throws IOException {
        Path committed = Path.of("src", "test", "resources", "public-types.txt");
        var present = new TreeSet<String>();
        for (JavaClass type : HEDDLE) {
            if (isPublic(type) && NOT_EXPORTED.stream().noneMatch(type.getPackageName()::startsWith)) {
                present.add(type.getName());
            }
        }
        if (System.getProperty("heddle.publicTypes", "").equals("write")) {
            Files.write(committed, present);
        }
        assertThat(present)
                .as("public types; if the change is meant, run `make public-types` and commit %s", committed)
                .containsExactlyElementsOf(Files.readAllLines(committed));
    }

    // A type is as public as the least public of those around it.
    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ArchitectureTest::isPublic).orElse(true);
    }

    @SafeVarargs
    private static List<String> with(List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return List.copyOf(all);
    }
}
