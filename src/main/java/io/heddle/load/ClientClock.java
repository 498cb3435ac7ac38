package io.heddle.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The processor time that this process has used, and the machine where the system tells it. */
record ClientClock(long nanoTime, Duration cpu, long machineBusy, long machineTotal) {
    private static final Path MACHINE = Path.of("/proc/stat");

    /** From this share of its processors on a client has nothing left to wait for the server with. */
    private static final double SATURATED = 0.85;

    /** From this one on it takes what the server would need, where the machine has nothing left either. */
    private static final double HALF = 0.4;

    private static final double FULL = 0.95;

    static ClientClock now() {
        long[] machine = machine();
        return new ClientClock(System.nanoTime(), cpuTime(), machine[0], machine[1]);
    }

    static Duration cpuTime() {
        Optional<Duration> used = ProcessHandle.current().info().totalCpuDuration();
        return used.orElse(Duration.ZERO);
    }

    /** Returns the ticks in which some processor was busy, and all of them; zeros where the system does not say. */
    private static long[] machine() {
        String first = firstLine();
        if (first == null || !first.startsWith("cpu ")) {
            return new long[2];
        }
        String[] fields = first.strip().split("\\s+", -1);
        long total = 0;
        long idle = 0;
        // user nice system idle iowait irq softirq steal; guest time is in user already.
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

    /** Returns what was used since then. */
    ClientUse since(ClientClock before) {
        int processors = Runtime.getRuntime().availableProcessors();
        Duration used = cpu.minus(before.cpu);
        double share = used.toNanos() / (double) Math.max(1, nanoTime - before.nanoTime) / processors;
        long ticks = machineTotal - before.machineTotal;
        OptionalDouble machine = ticks <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((machineBusy - before.machineBusy) / (double) ticks);
        boolean bottleneck = share >= SATURATED || (machine.orElse(0) >= FULL && share >= HALF);
        return new ClientUse(used, processors, Math.min(1, share), machine, bottleneck);
    }
}
