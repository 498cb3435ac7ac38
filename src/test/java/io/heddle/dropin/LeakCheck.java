package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heddle.LiveThreads;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An extension that asserts at the end of a test that no thread and no socket is left which did not exist at
 * its beginning.
 */
final class LeakCheck implements BeforeEachCallback, AfterEachCallback {
    /** The number of sockets that a program forgets to close on any TLS implementation. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Forgets {
        int sockets();
    }

    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Threads that a whole program shares and that stay for a while, or permanently, on any TLS implementation. */
    private static final Pattern SHARED = Pattern.compile(String.join(
            "|",
            "JFR .*", // the flight recorder
            "heddle-watchdog", // one for all connections of the JVM
            "heddle-(deadline|close)-\\d+", // at most eight of each for the JVM, which end after 10 s without work
            "Common-Cleaner|Cleaner-.*|process reaper.*|Attach Listener|Keep-Alive-.*|ForkJoinPool.*", // the JDK
            "VirtualThread-.*|.*Poller.*|(Read|Write)-Updater", // virtual threads; the updaters are of JDK 21
            "junit-.*|awaitility.*", // the tests
            "OkHttp TaskRunner|Okio Watchdog", // end after a minute without work
            "helidon-.*-timer", // Helidon: one per server and one shared
            "ssl-exec-.*")); // MINA: two, shared

    private Map<Long, Thread> threads = Map.of();
    private Set<String> sockets = Set.of();

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        openTheJdksPermanentSockets();
        threads = threads();
        sockets = sockets();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            return; // the test has failed already, so that leaks are expected
        }
        int forgotten = context.getRequiredTestMethod().isAnnotationPresent(Forgets.class)
                ? context.getRequiredTestMethod().getAnnotation(Forgets.class).sockets()
                : 0;
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            Map<Long, Thread> left = threads();
            left.keySet().removeAll(threads.keySet());
            assertThat(left.values()).as("threads left").isEmpty();
            Set<String> open = sockets();
            open.removeAll(sockets);
            assertThat(open).as("sockets left").hasSizeLessThanOrEqualTo(forgotten);
        });
    }

    /** The first close of a socket in a JVM creates a pair of sockets that stays open. */
    private static void openTheJdksPermanentSockets() throws IOException {
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            new Socket(listening.getInetAddress(), listening.getLocalPort()).close();
        }
    }

    private static Map<Long, Thread> threads() {
        return LiveThreads.all()
                .filter(thread -> !SHARED.matcher(thread.getName()).matches())
                .collect(Collectors.toMap(Thread::threadId, thread -> thread));
    }

    private static Set<String> sockets() throws IOException {
        var found = new TreeSet<String>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : (Iterable<Path>) descriptors::iterator) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:")) {
                        found.add(target);
                    }
                } catch (IOException e) {
                    // The descriptor of the directory listing itself is already closed.
                }
            }
        }
        return found;
    }
}
