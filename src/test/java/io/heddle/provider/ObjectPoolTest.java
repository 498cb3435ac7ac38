package io.heddle.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Executors;
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
    void no_object_is_with_two_threads_at_a_time() {
        var pool = new ObjectPool<AtomicBoolean>();
        var shared = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int thread = 0; thread < 200; thread++) {
                threads.submit(() -> {
                    for (int i = 0; i < 200; i++) {
                        AtomicBoolean taken = pool.take();
                        AtomicBoolean borrowed = taken == null ? new AtomicBoolean() : taken;
                        if (borrowed.getAndSet(true)) {
                            shared.set(true);
                        }
                        Thread.yield();
                        borrowed.set(false);
                        pool.give(borrowed);
                    }
                });
            }
        }
        assertThat(shared).isFalse();
    }
}
