package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The resources this JVM holds at a moment.
 *
 * @param descriptors open file descriptors
 * @param platformThreads platform threads, except those that the JVM starts and ends on its own
 * @param virtualThreads virtual threads, except those of the JDK
 * @param heap bytes of the heap that are in use after a collection
 */
public record ProcessState(long descriptors, int platformThreads, int virtualThreads, long heap) {
    /** Threads of the JDK that carry virtual threads or serve the tests, started and ended at any time. */
    private static final Pattern SHARED = Pattern.compile(String.join(
            "|",
            "(ForkJoinPool|VirtualThread-|JFR|Common-Cleaner|Cleaner-|process reaper|Attach Listener).*",
            ".*(Poller|Read-Updater|Write-Updater|junit|awaitility|surefire|C[12] CompilerThread).*",
            "heddle-watchdog.*"));

    private static final int COLLECTIONS = 3;

    /** Measures the state, after a garbage collection, which takes a moment. */
    public static ProcessState now() {
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        List<Thread> threads = LiveThreads.all()
                .filter(thread -> !SHARED.matcher(thread.getName()).matches())
                .toList();
        int virtual = (int) threads.stream().filter(Thread::isVirtual).count();
        long heap = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            heap = Math.min(
                    heap,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return new ProcessState(system.getOpenFileDescriptorCount(), threads.size() - virtual, virtual, heap);
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
