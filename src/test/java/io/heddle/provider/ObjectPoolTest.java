package io.heddle.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ObjectPoolTest {
    @Test
    void an_object_that_was_given_back_is_taken_again_once() {
        var pool = new ObjectPool<Object>();
        Object object = new Object();

        assertThat(pool.take()).isNull();
        pool.give(object);

        assertThat(pool.take()).isSameAs(object);
        assertThat(pool.take()).isNull();
    }

    @Test
    void a_pool_keeps_a_bounded_number_of_objects() {
        var pool = new ObjectPool<Object>();
        for (int i = 0; i < 100; i++) {
            pool.give(new Object());
        }

        int kept = 0;
        while (pool.take() != null) {
            kept++;
        }
        assertThat(kept).isBetween(1, 4);
    }

    @Test
    void no_object_is_with_two_threads_at_a_time() throws Exception {
        var pool = new ObjectPool<AtomicBoolean>();
        List<Future<Boolean>> shared = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int thread = 0; thread < 200; thread++) {
                shared.add(threads.submit(() -> meetsAnotherThread(pool)));
            }
        }
        for (Future<Boolean> result : shared) {
            assertThat(result.get()).isFalse();
        }
    }

    private static boolean meetsAnotherThread(ObjectPool<AtomicBoolean> pool) {
        boolean met = false;
        for (int i = 0; i < 1000; i++) {
            AtomicBoolean taken = pool.take();
            AtomicBoolean borrowed = taken == null ? new AtomicBoolean() : taken;
            met |= borrowed.getAndSet(true);
            Thread.onSpinWait();
            borrowed.set(false);
            pool.give(borrowed);
        }
        return met;
    }
}
