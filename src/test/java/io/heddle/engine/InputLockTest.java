package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.engine.transport.ReadDeadline;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The signals for threads that wait at the gate: the reader's lock becomes free, or its queue shorter. */
class InputLockTest {
    private final RenegotiationGate gate = new RenegotiationGate();
    private final InputLock lock = new InputLock(gate);

    @Test
    void release_is_a_signal() {
        gate.join();
        lock.lock();
        long seen = gate.version();
        lock.unlock();
        assertThat(gate.version()).isGreaterThan(seen);
    }

    @Test
    void giving_up_is_a_signal() throws Exception {
        gate.join();
        var held = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        Thread holder = Thread.ofVirtual().start(() -> {
            lock.lock();
            held.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        held.await();
        long seen = gate.version();
        assertThat(lock.tryLock(1_000)).isFalse();
        assertThat(gate.version()).isGreaterThan(seen);
        long then = gate.version();
        try (var interrupt = new DeferredInterrupt()) {
            assertThat(lock.tryLock(interrupt, ReadDeadline.end(Duration.ofMillis(1))))
                    .isFalse();
        }
        assertThat(gate.version()).isGreaterThan(then);
        end.countDown();
        assertThat(holder.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void free_lock_is_taken_by_an_interrupted_thread_which_stays_interrupted() throws Exception {
        var taken = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            try (var interrupt = new DeferredInterrupt()) {
                assertThat(lock.tryLock(interrupt, System.nanoTime())).isTrue();
            }
            return Thread.currentThread().isInterrupted();
        });
        Thread.ofVirtual().start(taken);
        assertThat(taken.get(10, TimeUnit.SECONDS)).isTrue();
    }
}
