package io.heddle.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/** The heap of one end of an idle connection: socket, TLS, and a virtual thread that waits in a read. */
final class IdleHeap implements Workload {
    private static final int CONNECTIONS = 2_000;

    private final TlsStack stack;

    IdleHeap(TlsStack stack) {
        this.stack = stack;
    }

    /** Returns kilobytes of 1024 bytes for one end, whatever the window is. */
    @Override
    public double run(Duration window) throws Exception {
        try (var loopback = new Loopback();
                var crowd = new Crowd()) {
            // Loads the classes and creates shared objects.
            loopback.secure(stack).close();
            long before = liveHeap();
            for (int i = 0; i < CONNECTIONS; i++) {
                crowd.add(loopback.secure(stack));
            }
            long after = liveHeap();
            crowd.checkIdle();
            return (after - before) / 1024.0 / (2 * CONNECTIONS);
        }
    }

    /** Returns the smallest of several measurements: each collection may leave garbage for the next. */
    private static long liveHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    @Override
    public void close() {}
}
