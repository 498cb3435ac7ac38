package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What this JVM holds at a moment.
 *
 * @param descriptors open file descriptors
 * @param platformThreads threads of the operating system, but for those that the JVM starts and ends as it likes
 * @param virtualThreads virtual threads that have not ended, -1 if they were not counted
 * @param heap bytes of the heap that are in use after a collection
 */
public record ProcessState(long descriptors, int platformThreads, int virtualThreads, long heap) {
    /** Threads of the JDK that carry virtual threads or serve the tests, and come and go. */
    private static final Pattern SHARED = Pattern.compile(String.join(
            "|",
            "(ForkJoinPool|VirtualThread-|JFR|Common-Cleaner|Cleaner-|process reaper|Attach Listener).*",
            ".*(Poller|Read-Updater|Write-Updater|junit|awaitility|surefire|C[12] CompilerThread).*",
            "heddle-watchdog.*"));

    private static final int COLLECTIONS = 3;

    /** Counts all of it, which is for a JVM at rest: JDK 25.0.3 may crash where it dumps threads that are mounted meanwhile. */
    public static ProcessState now() {
        ProcessState busy = busy();
        return new ProcessState(busy.descriptors, busy.platformThreads, virtualThreadsNow(), busy.heap);
    }

    /** Counts all but the virtual threads. It collects garbage for that, which takes a moment. */
    public static ProcessState busy() {
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        int platform = (int) Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(false, false))
                .filter(thread -> !SHARED.matcher(thread.getThreadName()).matches())
                .count();
        long heap = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            heap = Math.min(
                    heap,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return new ProcessState(system.getOpenFileDescriptorCount(), platform, -1, heap);
    }

    /** Virtual threads are in no list but that of the diagnostic command. */
    private static int virtualThreadsNow() {
        try {
            Path dump = Files.createTempFile("threads", ".txt");
            Files.delete(dump);
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
            try (Stream<String> lines = Files.lines(dump)) {
                return (int) lines.filter(line -> line.startsWith("#") && line.endsWith("virtual"))
                        .count();
            } finally {
                Files.delete(dump);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asserts that there are not more descriptors and threads than at another moment. */
    public void assertNoMoreThan(ProcessState before) {
        assertThat(descriptors).as("descriptors, %s before", before).isLessThanOrEqualTo(before.descriptors);
        assertThat(platformThreads)
                .as("platform threads, %s before", before)
                .isLessThanOrEqualTo(before.platformThreads);
        assertThat(virtualThreads).as("virtual threads, %s before", before).isLessThanOrEqualTo(before.virtualThreads);
    }
}
