package io.heddle.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The processor time used so far by this process, and by the machine if the system reports it. */
record CpuSample(long nanoTime, Duration cpu, long machineBusy, long machineTotal) {
    private static final Path MACHINE = Path.of("/proc/stat");

    /** The share of processors from which on the client has no time left to react to the server. */
    private static final double SATURATED_SHARE = 0.85;

    /** The share from which on the client takes time that the server needs, if the machine is fully used. */
    private static final double COMPETING_SHARE = 0.4;

    private static final double FULL_MACHINE = 0.95;

    static CpuSample now() {
        long[] machine = machine();
        return new CpuSample(System.nanoTime(), cpuTime(), machine[0], machine[1]);
    }

    static Duration cpuTime() {
        Optional<Duration> used = ProcessHandle.current().info().totalCpuDuration();
        return used.orElse(Duration.ZERO);
    }

    /** Returns the busy ticks of all processors, and all ticks; zeros if the system does not report them. */
    private static long[] machine() {
        String first = firstLine();
        if (first == null || !first.startsWith("cpu ")) {
            return new long[2];
        }
        String[] fields = first.strip().split("\\s+", -1);
        long total = 0;
        long idle = 0;
        // user nice system idle iowait irq softirq steal; user includes guest time.
        for (int i = 1; i < Math.min(fields.length, 9); i++) {
            long ticks = Long.parseLong(fields[i]);
            total += ticks;
            idle += i == 4 || i == 5 ? ticks : 0;
        }
        return new long[] {total - idle, total};
    }

    private static @Nullable String firstLine() {
        try (var lines = Files.lines(MACHINE)) {
            return lines.findFirst().orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns the usage since another sample. */
    LoadResult.ClientUsage since(CpuSample before) {
        int processors = Runtime.getRuntime().availableProcessors();
        Duration used = cpu.minus(before.cpu);
        double share = used.toNanos() / (double) Math.max(1, nanoTime - before.nanoTime) / processors;
        long ticks = machineTotal - before.machineTotal;
        OptionalDouble machine = ticks <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((machineBusy - before.machineBusy) / (double) ticks);
        boolean bottleneck =
                share >= SATURATED_SHARE || (machine.orElse(0) >= FULL_MACHINE && share >= COMPETING_SHARE);
        return new LoadResult.ClientUsage(used, processors, Math.min(1, share), machine, bottleneck);
    }
}
