package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.heddle.SourceTree.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The figures of the sources, and their bounds: files of a package, circles of classes, small files, public types,
 * inheritance, duplicates, and unusual words in comments. {@code make house} prints the table.
 */
class HouseTest {
    // The bounds: a figure may not rise above its own. Where it has fallen, the bound is lowered.

    private static final int FILES = 45;
    private static final int CIRCLE = 6;
    private static final int SMALL_FILES = 23;
    private static final int PUBLIC_TYPES = 111;
    private static final int INHERITANCE = 3;
    private static final int DUPLICATES = 0;
    private static final double UNUSUAL_WORDS_PER_THOUSAND = 0.1;

    /** The largest number of lines of a small file. */
    private static final int SMALL = 30;

    private static final Path MAIN = Path.of("src", "main", "java");
    private static final SourceTree TREE = new SourceTree(MAIN);

    /** The top-level classes that each top-level class uses, by name. */
    private static final Map<String, Set<String>> USES = new TreeMap<>();

    private static final Map<String, Integer> DEPTHS = new HashMap<>();

    @BeforeAll
    static void readClasses() throws IOException {
        Set<String> names = TREE.packages().values().stream()
                .flatMap(List::stream)
                .map(Source::className)
                .collect(Collectors.toSet());
        for (JavaClass type : new ClassFileImporter().importPackages("io.heddle")) {
            String user = topLevel(type);
            if (names.contains(user)) {
                Set<String> used = USES.computeIfAbsent(user, name -> new TreeSet<>());
                type.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> topLevel(dependency.getTargetClass().getBaseComponentType()))
                        .filter(name -> names.contains(name) && !name.equals(user))
                        .forEach(used::add);
                DEPTHS.merge(user, depth(type), Math::max);
            }
        }
        Path table = Path.of("target", "house.txt");
        Files.createDirectories(table.getParent());
        Files.write(table, table());
    }

    private static String topLevel(JavaClass type) {
        String name = type.getName();
        int dollar = name.indexOf('$');
        return dollar < 0 ? name : name.substring(0, dollar);
    }

    /** Returns how many classes of Heddle the class inherits from, itself included. */
    private static int depth(JavaClass type) {
        int depth = 0;
        for (var next = Optional.of(type);
                next.isPresent() && next.get().getPackageName().startsWith("io.heddle");
                next = next.get().getRawSuperclass()) {
            depth++;
        }
        return depth;
    }

    private static List<String> table() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("%-30s %6s %8s %7s %6s %9s".formatted("package", "files", "lines", "circle", "small", "unusual"));
        TREE.packages()
                .forEach((name, sources) -> lines.add("%-30s %6d %8d %7d %6d %9.2f"
                        .formatted(
                                name,
                                sources.size(),
                                sources.stream().mapToInt(Source::lines).sum(),
                                largestCircle(name).size(),
                                small(sources).size(),
                                SourceTree.words(sources).perThousand())));
        lines.add("");
        lines.add("files of at most %d lines: %d".formatted(SMALL, smallFiles().size()));
        lines.add("public types: %d".formatted(publicTypes()));
        lines.add("longest inheritance: %s".formatted(longestInheritance()));
        lines.add("duplicates of %d lines or more: %d"
                .formatted(SourceTree.DUPLICATE, TREE.duplicates().size()));
        TREE.duplicates().forEach(duplicate -> lines.add("    " + duplicate));
        lines.add("unusual words per 1,000 of comment: %.2f of %d"
                .formatted(
                        TREE.wordsOfComments().perThousand(),
                        TREE.wordsOfComments().all()));
        return lines;
    }

    @Test
    void no_package_has_too_many_files() {
        assertThat(exceeding(
                        FILES,
                        name -> TREE.packages().getOrDefault(name, List.of()).size()))
                .as("packages with more files than the bound")
                .isEmpty();
    }

    @Test
    void no_circle_of_classes_grows() {
        assertThat(exceeding(CIRCLE, name -> largestCircle(name).size()))
                .as("packages with a larger circle than the bound")
                .isEmpty();
    }

    /** Returns the packages whose figure is above its bound, with the figure. */
    private static Map<String, Integer> exceeding(int bound, ToIntFunction<String> figure) {
        return TREE.packages().keySet().stream()
                .filter(name -> figure.applyAsInt(name) > bound)
                .collect(Collectors.toMap(name -> name, figure::applyAsInt));
    }

    @Test
    void small_files_are_few() {
        assertThat(smallFiles()).as("files of at most %d lines", SMALL).hasSizeLessThanOrEqualTo(SMALL_FILES);
    }

    @Test
    void public_types_are_few() throws IOException {
        assertThat(publicTypes()).isLessThanOrEqualTo(PUBLIC_TYPES);
    }

    @Test
    void inheritance_is_shallow() {
        assertThat(DEPTHS.entrySet())
                .filteredOn(depth -> depth.getValue() > INHERITANCE)
                .isEmpty();
    }

    @Test
    void no_lines_are_duplicated() {
        assertThat(TREE.duplicates()).hasSizeLessThanOrEqualTo(DUPLICATES);
    }

    @Test
    void comments_are_in_plain_english() {
        assertThat(TREE.wordsOfComments().perThousand()).isLessThanOrEqualTo(UNUSUAL_WORDS_PER_THOUSAND);
    }

    private static List<String> smallFiles() {
        return TREE.packages().values().stream()
                .flatMap(sources -> small(sources).stream())
                .map(Source::path)
                .toList();
    }

    private static List<Source> small(List<Source> sources) {
        return sources.stream().filter(source -> source.lines() <= SMALL).toList();
    }

    private static int publicTypes() throws IOException {
        return Files.readAllLines(Path.of("src", "test", "resources", "public-types.txt"))
                .size();
    }

    private static String longestInheritance() {
        return DEPTHS.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(longest -> "%d, %s".formatted(longest.getValue(), longest.getKey()))
                .orElse("none");
    }

    /**
     * Returns the largest set of classes in a package that all use each other, directly or by others; empty without
     * one.
     */
    private static Set<String> largestCircle(String packageName) {
        Set<String> members = TREE.packages().getOrDefault(packageName, List.of()).stream()
                .map(Source::className)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> largest = Set.of();
        for (String member : members) {
            Set<String> circle = reachable(member, members, false);
            circle.retainAll(reachable(member, members, true));
            if (circle.size() > Math.max(1, largest.size())) {
                largest = circle;
            }
        }
        return largest;
    }

    private static Set<String> reachable(String from, Set<String> members, boolean backwards) {
        Set<String> seen = new HashSet<>(Set.of(from));
        Deque<String> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            String next = open.pop();
            for (String member : members) {
                boolean linked = backwards ? uses(member, next) : uses(next, member);
                if (linked && seen.add(member)) {
                    open.push(member);
                }
            }
        }
        return seen;
    }

    private static boolean uses(String user, String used) {
        return USES.getOrDefault(user, Set.of()).contains(used);
    }
}
