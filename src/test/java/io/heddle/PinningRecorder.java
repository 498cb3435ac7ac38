package io.heddle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.heddle.endpoint.ConnectionEndEvent;
import io.heddle.endpoint.HandshakeEvent;
import io.heddle.protocol.TlsVersion;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * A program that runs the scenarios named by the lines of its input, each first without and then under a recording. It
 * prints a line for each event of a virtual thread that was pinned while it blocked, and one for the end.
 */
final class PinningRecorder {
    /** The number of concurrent runs of a scenario in each version, so that locks are contended. */
    private static final int AT_ONCE = 3;

    private static final long LIMIT_SECONDS = 30;

    /** On Java 21 {@code Object.wait} pins the carrier without an event. */
    private static final List<String> EVENTS = List.of("jdk.VirtualThreadPinned", "jdk.JavaMonitorWait");

    private static final List<String> INTERRUPT_STATUS =
            List.of("java.lang.VirtualThread.getAndClearInterrupt:", "java.lang.VirtualThread.interrupt:");

    private PinningRecorder() {}

    public static void main(String[] args) throws Exception {
        // The events of Heddle are loaded with the first handshake after this, which must not be one that is recorded.
        FlightRecorder.getFlightRecorder();
        try (var lines = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                for (RecordedEvent event : events(line)) {
                    System.out.println("pinned: " + text(event));
                }
                System.out.println("end of " + line);
            }
        }
    }

    private static List<RecordedEvent> events(String name) throws Exception {
        return switch (name) {
            case "MONITOR", "CLASS_INITIALIZER" -> {
                runAll(PinningScenario.HANDSHAKE);
                yield recorded(() -> readInside(Pin.valueOf(name)));
            }
            default -> {
                PinningScenario scenario = PinningScenario.valueOf(name);
                // The first use of a class loads and initializes it, which pins inside the JDK.
                runAll(scenario);
                System.out.println("recording " + name);
                yield recorded(() -> {
                    runAll(scenario);
                    return null;
                });
            }
        };
    }

    /** The control: a virtual thread that reads from its peer inside a monitor or a class initializer. */
    private static boolean readInside(Pin pin) throws Exception {
        try (SocketPair pair = SocketPair.connected(TlsVersion.TLS_1_3)) {
            var ended = new CompletableFuture<Boolean>();
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    pin.around(() -> pair.client().getInputStream().read());
                    ended.complete(true);
                } catch (Exception e) {
                    ended.completeExceptionally(e);
                }
            });
            await().until(() -> reader.getState() == Thread.State.WAITING);
            pair.server().getOutputStream().write(1);
            return ended.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void runAll(PinningScenario scenario) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (TlsVersion version : TlsVersion.values()) {
                for (int i = 0; i < AT_ONCE && scenario.supports(version); i++) {
                    all.add(threads.submit(() -> {
                        scenario.run(version);
                        return null;
                    }));
                }
            }
            for (Future<?> future : all) {
                future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private static List<RecordedEvent> recorded(Callable<?> work) throws Exception {
        Path file = Files.createTempFile("pinned", ".jfr");
        try (var recording = new Recording()) {
            // Committing an event with strings can pin by itself, in the recorder's pool of strings.
            recording.disable(HandshakeEvent.class);
            recording.disable(ConnectionEndEvent.class);
            for (String event : EVENTS) {
                recording.enable(event).withThreshold(Duration.ZERO).withStackTrace();
            }
            recording.start();
            work.call();
            recording.stop();
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event ->
                            event.getThread() != null && event.getThread().isVirtual())
                    .filter(event -> !isInterruptStatus(event))
                    .toList();
        } finally {
            Files.delete(file);
        }
    }

    /**
     * Returns whether the thread waited for the JDK's own monitor of its interrupt status. Since Java 24 that is an event, as
     * {@code VirtualThread} pins itself around it; {@code Thread.interrupt} holds it for some instructions and never blocks.
     */
    private static boolean isInterruptStatus(RecordedEvent event) {
        RecordedStackTrace stack = event.getStackTrace();
        if (stack == null || stack.getFrames().isEmpty()) {
            return false;
        }
        return INTERRUPT_STATUS.stream().anyMatch(text(stack.getFrames().getFirst())::startsWith);
    }

    private static String text(RecordedEvent event) {
        RecordedStackTrace stack = event.getStackTrace();
        String frames = stack == null
                ? "no stack"
                : stack.getFrames().stream().map(PinningRecorder::text).collect(Collectors.joining(" < "));
        return "%s %s for %d us: %s"
                .formatted(
                        event.getEventType().getName(),
                        event.getThread().getJavaName(),
                        event.getDuration().toNanos() / 1000,
                        frames);
    }

    private static String text(RecordedFrame frame) {
        return frame.getMethod().getType().getName() + "." + frame.getMethod().getName() + ":" + frame.getLineNumber();
    }
}
