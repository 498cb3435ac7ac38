package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.AnnotationSupport;

/** Tests that use {@link Node} have the tag with which they also run against the newest release. */
class NodeTagTest {
    @Test
    void tests_that_use_node_have_its_tag() {
        List<Class<?>> talking = new ClassFileImporter(List.of(new ImportOption.OnlyIncludeTests()))
                .importPackages("io.heddle").stream()
                        .filter(candidate -> candidate.getSimpleName().endsWith("Test"))
                        .filter(NodeTagTest::talksToNode)
                        .<Class<?>>map(JavaClass::reflect)
                        .filter(candidate -> !has(candidate, "bench"))
                        .toList();
        assertThat(talking).hasSizeGreaterThan(10).allMatch(NodeTagTest::isTagged);
    }

    private static boolean talksToNode(JavaClass test) {
        return test.getDirectDependenciesFromSelf().stream()
                .map(dependency -> dependency.getTargetClass().getSimpleName())
                .anyMatch(name -> name.equals("Node") || name.equals("NodeOracle"));
    }

    private static boolean isTagged(Class<?> test) {
        return has(test, "node") || Stream.of(test.getDeclaredMethods()).anyMatch(method -> has(method, "node"));
    }

    private static boolean has(AnnotatedElement element, String tag) {
        return AnnotationSupport.findRepeatableAnnotations(element, Tag.class).stream()
                .anyMatch(candidate -> candidate.value().equals(tag));
    }
}
