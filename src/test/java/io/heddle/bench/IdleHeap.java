package io.heddle.bench;

import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The heap of one end of an idle connection: socket, TLS, and a virtual thread that waits in a read. */
final class IdleHeap implements Workload {
    private static final int CONNECTIONS = 2_000;

    /** Collections in a row that freed nothing, and the bytes that are nothing. */
    private static final int COLLECTIONS = 4;

    private static final int NOISE = 100_000;

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

    /**
     * Returns the used heap after collections that free no more. Objects with a native part need several: the first
     * only lets their cleaners run.
     */
    private static long liveHeap() {
        var least = new AtomicLong(Long.MAX_VALUE);
        var same = new AtomicInteger();
        await().pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofMinutes(1))
                .until(() -> {
                    System.gc();
                    long used = ManagementFactory.getMemoryMXBean()
                            .getHeapMemoryUsage()
                            .getUsed();
                    same.set(used < least.get() - NOISE ? 0 : same.get() + 1);
                    least.accumulateAndGet(used, Math::min);
                    return same.get() == COLLECTIONS;
                });
        return least.get();
    }

    @Override
    public void close() {}
}
