package io.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** The tests in a cell of a table, named as {@code Class#method}. */
final class NamedTests {
    private static final Pattern TEST = Pattern.compile("(\\w+Test)#(\\w+)");
    private static final Path SOURCES = Path.of("src", "test", "java");

    private NamedTests() {}

    /** Returns the tests of a cell, none if it names none; fails with the row's name if one does not exist. */
    static List<Method> in(String cell, String row) {
        return TEST.matcher(cell)
                .results()
                .map(named -> method(row, named.group(1), named.group(2)))
                .toList();
    }

    private static Method method(String row, String simpleName, String name) {
        Optional<Method> found = classNames(simpleName).stream()
                .flatMap(className -> load(className).stream())
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(method -> method.getName().equals(name))
                .filter(method -> AnnotationSupport.isAnnotated(method, Testable.class))
                .findFirst();
        assertThat(found).as("%s: %s#%s", row, simpleName, name).isPresent();
        return found.orElseThrow();
    }

    /** Returns the names of the classes in any package that have this simple name. */
    private static List<String> classNames(String simpleName) {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.endsWith(simpleName + ".java"))
                    .map(file -> SOURCES.relativize(file).toString())
                    .map(file -> file.substring(0, file.length() - ".java".length())
                            .replace(File.separatorChar, '.'))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Class<?>> load(String name) {
        try {
            return Optional.of(Class.forName(name, false, NamedTests.class.getClassLoader()));
        } catch (ClassNotFoundException absent) {
            return Optional.empty();
        }
    }
}
