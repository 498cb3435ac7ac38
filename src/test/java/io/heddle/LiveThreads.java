package io.heddle;

import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;

/**
 * The live threads of this JVM, virtual ones as well. No public method has those: a dump of all threads does, but it walks their
 * stacks, and JDK 25.0.3 may crash where one is mounted at that moment. The JDK's containers of threads walk nothing; a JVM
 * for tests exports them by {@link #EXPORTS}.
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

    /** Returns how many have a name that begins so. */
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
