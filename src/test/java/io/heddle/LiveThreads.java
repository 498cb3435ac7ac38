package io.heddle;

import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;

/**
 * The live threads of this JVM, including virtual ones. No public method lists those: a thread dump does, but it walks
 * the stacks, and JDK 25.0.3 may crash if one is being mounted at that moment. The JDK's thread containers walk no
 * stacks; a test JVM exports them by {@link #EXPORTS}.
 */
public final class LiveThreads {
    public static final List<String> EXPORTS = List.of("--add-exports", "java.base/jdk.internal.vm=ALL-UNNAMED");

    private LiveThreads() {}

    /** Returns the threads that have been started and have not ended. */
    public static Stream<Thread> all() {
        try {
            return in(Class.forName("jdk.internal.vm.ThreadContainers")
                    .getMethod("root")
                    .invoke(null));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the number of threads whose name begins with the prefix. */
    public static long named(String prefix) {
        return all().filter(thread -> thread.getName().startsWith(prefix)).count();
    }

    private static Stream<Thread> in(Object container) {
        Stream<?> below = stream(container, "children");
        return Stream.concat(stream(container, "threads").map(Thread.class::cast), below.flatMap(LiveThreads::in));
    }

    private static Stream<?> stream(Object container, String what) {
        try {
            Method method = Class.forName("jdk.internal.vm.ThreadContainer").getMethod(what);
            return (Stream<?>) method.invoke(container);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
