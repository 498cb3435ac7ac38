package io.heddle.engine.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tasks on platform threads, and tasks that never end. */
class PlatformExecutorTest {
    @Test
    void tasks_that_block_delay_no_other() throws Exception {
        var end = new CountDownLatch(1);
        var blocked = new AtomicInteger();
        var finished = new CountDownLatch(100);
        Queue<Boolean> virtual = new ConcurrentLinkedQueue<>();
        try {
            for (int i = 0; i < 20; i++) {
                PlatformExecutor.CLOSING.execute(() -> {
                    virtual.add(Thread.currentThread().isVirtual());
                    blocked.incrementAndGet();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> blocked.get() == 20);
            assertThat(virtual).contains(true, false);
            for (int i = 0; i < 100; i++) {
                PlatformExecutor.CLOSING.execute(finished::countDown);
            }
            assertThat(finished.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            end.countDown();
        }
    }

    @Test
    void task_that_throws_ends_no_other() throws Exception {
        var finished = new CountDownLatch(1);
        PlatformExecutor.DEADLINES.execute(() -> {
            throw new IllegalStateException("the task");
        });
        PlatformExecutor.DEADLINES.execute(finished::countDown);
        assertThat(finished.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
