package io.heddle.bench;

import static org.awaitility.Awaitility.await;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Measures a window of work by the cost in the threads of the process, carriers of virtual threads included: processor
 * time, which depends little on other programs of the machine, unlike wall-clock time, and bytes allocated.
 *
 * <p>Compiler and collector are not counted: the compiler's work belongs to no particular window, and the collector's
 * shows in the bytes. The processor time of the whole process is measured beside it.
 */
final class Meter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final Duration STEP = Duration.ofMillis(100);
    private static final Duration POLL = Duration.ofMillis(20);

    /** Some of a second: new work may change what is worth to compile. */
    private static final int MOST_POLLS = 25;

    /** Steps in a row that leave nothing to the compiler. */
    private static final int QUIET_STEPS = 5;

    private Meter() {}

    /**
     * One window.
     *
     * @param perCpuSecond units of work for a second of the threads' processor time
     * @param kilobytes allocated per unit, of 1024 bytes
     * @param perProcessSecond units of work for a second of the whole process, compiler and collector included
     */
    record Window(double perCpuSecond, double kilobytes, double perProcessSecond) {
        /** Returns a window whose work is itself the figure. */
        static Window ofFigure(double figure) {
            return new Window(figure, 0, figure);
        }
    }

    static Window measure(Workload work, Duration window) throws Exception {
        long cpu = processorNanos();
        long process = PROCESS.getProcessCpuTime();
        long allocated = THREADS.getTotalThreadAllocatedBytes();
        double units = 0;
        while (units == 0) {
            // A busy machine may leave nothing of a short window.
            units = work.run(window);
        }
        double seconds = (processorNanos() - cpu) / 1e9;
        double processSeconds = (PROCESS.getProcessCpuTime() - process) / 1e9;
        long bytes = THREADS.getTotalThreadAllocatedBytes() - allocated;
        return new Window(units / seconds, bytes / 1024.0 / units, units / processSeconds);
    }

    /**
     * Works, in short steps, until the compiler has nothing more to do for this work and this many units are completed,
     * and waits for the compiler after each step. The compiler decides, not the time: work that calls most methods
     * once, like a resumed handshake, keeps it busy for long, during which the rate grows to many times that of the
     * first second. {@code longest} is processor time of the process. Work beside a busy compiler would only take the processors from it.
     */
    static String warmUp(Workload work, double leastUnits, Duration longest) throws Exception {
        long start = System.nanoTime();
        double units = 0;
        int quiet = 0;
        long cpu = PROCESS.getProcessCpuTime();
        while ((quiet < QUIET_STEPS || units < leastUnits) && PROCESS.getProcessCpuTime() - cpu < longest.toNanos()) {
            units += work.run(STEP);
            quiet = awaitCompiler() ? 0 : quiet + 1;
        }
        return "warm after %.1f s and %.0f units%s"
                .formatted(
                        (System.nanoTime() - start) / 1e9, units, quiet < QUIET_STEPS ? ", compiler still busy" : "");
    }

    /** Waits until the compiler's queue is empty, and returns whether it was not. */
    private static boolean awaitCompiler() {
        var polls = new AtomicInteger();
        await().pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .atMost(Duration.ofMinutes(1))
                .until(() -> polls.incrementAndGet() > MOST_POLLS || isCompilerIdle());
        return polls.get() > 1;
    }

    private static boolean isCompilerIdle() throws JMException {
        String queue = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "compilerQueue",
                        new Object[] {null},
                        new String[] {String[].class.getName()});
        return !queue.contains("::");
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
