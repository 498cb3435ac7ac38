package io.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** The tests in a cell of a table, named as {@code Class#method}. */
final class NamedTests {
    private static final Pattern TEST = Pattern.compile("(\\w+Test)#(\\w+)");
    private static final List<String> ROOMS =
            List.of("parity.", "", "certificate.", "cipher.", "engine.", "session.", "interop.", "cli.", "fuzz.");

    private NamedTests() {}

    /** Returns the tests of a cell, none if it names none; fails with the row's name if one does not exist. */
    static List<Method> in(String cell, String row) {
        return TEST.matcher(cell)
                .results()
                .map(each -> method(row, each.group(1), each.group(2)))
                .toList();
    }

    private static Method method(String row, String simpleName, String name) {
        Optional<Method> found = ROOMS.stream()
                .flatMap(room -> load("io.heddle." + room + simpleName).stream())
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(each -> each.getName().equals(name))
                .filter(each -> AnnotationSupport.isAnnotated(each, Testable.class))
                .findFirst();
        assertThat(found).as("%s: %s#%s", row, simpleName, name).isPresent();
        return found.orElseThrow();
    }

    private static Optional<Class<?>> load(String name) {
        try {
            return Optional.of(Class.forName(name, false, NamedTests.class.getClassLoader()));
        } catch (ClassNotFoundException absent) {
            return Optional.empty();
        }
    }
}
