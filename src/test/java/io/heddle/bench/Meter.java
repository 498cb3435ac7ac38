package io.heddle.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Measures a window of work by the cost in the threads of the process, carriers of virtual threads included: processor
 * time, which depends little on other programs of the machine, unlike wall-clock time, and bytes allocated.
 *
 * <p>Compiler and collector are not counted: the compiler's work belongs to no particular window, and the collector's
 * shows in the bytes.
 */
final class Meter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(20);

    private Meter() {}

    /**
     * One window.
     *
     * @param perCpuSecond units of work
     * @param kilobytes allocated per unit, of 1024 bytes
     */
    record Window(double perCpuSecond, double kilobytes) {}

    static Window measure(Workload work, Duration window) throws Exception {
        long cpu = processorNanos();
        long allocated = THREADS.getTotalThreadAllocatedBytes();
        double units = work.run(window);
        double seconds = (processorNanos() - cpu) / 1e9;
        long bytes = THREADS.getTotalThreadAllocatedBytes() - allocated;
        return new Window(units / seconds, bytes / 1024.0 / units);
    }

    /** Runs until the work has used this much processor time, which takes longer in wall-clock time under load. */
    static void warmUp(Workload work, Duration processor) throws Exception {
        long end = System.nanoTime() + LONGEST_WARM_UP.toNanos();
        long cpu = processorNanos();
        do {
            work.run(Duration.ofMillis(100));
        } while (processorNanos() - cpu < processor.toNanos() && System.nanoTime() < end);
    }

    /** Of all live threads: no thread that works for a window ends in it. */
    private static long processorNanos() {
        long sum = 0;
        for (long nanos : THREADS.getThreadCpuTime(THREADS.getAllThreadIds())) {
            sum += Math.max(0, nanos);
        }
        return sum;
    }
}
