package io.heddle.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.load.LoadResult.Arrivals;
import io.heddle.load.Schedule.Iteration;
import io.heddle.load.Schedule.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Duration NONE = Duration.ZERO;
    private long now = Long.MAX_VALUE - 1_000_000; // the clock may wrap around

    private final long begin = now;

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private Window window(long warmupMillis, long millis) {
        return Window.of(begin, Duration.ofMillis(warmupMillis), Duration.ofMillis(millis));
    }

    private static List<Iteration> all(Schedule schedule) {
        List<Iteration> iterations = new ArrayList<>();
        for (Iteration iteration = schedule.next();
                iteration != null && iterations.size() < 1000;
                iteration = schedule.next()) {
            iterations.add(iteration);
        }
        return iterations;
    }

    @Test
    void a_closed_model_begins_at_once_and_counts_after_the_warm_up() {
        var schedule = new Schedule.Closed(window(100, 1000), Long.MAX_VALUE, () -> now);
        assertThat(schedule.next()).isEqualTo(new Iteration(begin, false));
        now += millis(100);
        assertThat(schedule.next()).isEqualTo(new Iteration(begin + millis(100), true));
        now += millis(999);
        assertThat(schedule.next()).isNotNull();
        now += millis(1);
        assertThat(schedule.next()).isNull();
    }

    @Test
    void a_number_ends_a_closed_model_and_the_warm_up_is_not_in_it() {
        var schedule = new Schedule.Closed(window(100, 1000), 3, () -> now);
        assertThat(schedule.next()).isNotNull();
        now += millis(100);
        assertThat(all(schedule)).hasSize(3).allMatch(Iteration::measured);
    }

    @Test
    void an_open_model_fixes_when_each_is_due() {
        var schedule = new Schedule.Open(window(20, 30), 100, Long.MAX_VALUE, () -> now);
        assertThat(all(schedule))
                .containsExactly(
                        new Iteration(begin, false),
                        new Iteration(begin + millis(10), false),
                        new Iteration(begin + millis(20), true),
                        new Iteration(begin + millis(30), true),
                        new Iteration(begin + millis(40), true));
        assertThat(schedule.arrivals()).isEqualTo(new Arrivals(3, 3, 0, NONE, 0));
    }

    @Test
    void an_iteration_behind_schedule_keeps_its_due_time_and_is_counted() {
        var schedule = new Schedule.Open(window(0, 100), 100, Long.MAX_VALUE, () -> now);
        assertThat(schedule.next()).isEqualTo(new Iteration(begin, true));
        now += millis(55);
        for (int due = 10; due <= 60; due += 10) {
            assertThat(schedule.next()).isEqualTo(new Iteration(begin + millis(due), true));
        }
        assertThat(schedule.arrivals()).isEqualTo(new Arrivals(10, 7, 5, Duration.ofMillis(45), 3));
    }

    @Test
    void dropped_iterations_are_counted_at_the_end() {
        var schedule = new Schedule.Open(window(0, 100), 100, Long.MAX_VALUE, () -> now);
        assertThat(schedule.next()).isNotNull();
        now += millis(100);
        assertThat(schedule.next()).isNull();
        assertThat(schedule.arrivals()).isEqualTo(new Arrivals(10, 1, 0, NONE, 9));
    }

    @Test
    void a_number_ends_an_open_model_too() {
        var schedule = new Schedule.Open(window(10, 1000), 1000, 7, () -> now);
        assertThat(all(schedule)).hasSize(17).filteredOn(Iteration::measured).hasSize(7);
        assertThat(schedule.arrivals()).isEqualTo(new Arrivals(7, 7, 0, NONE, 0));
    }

    @Test
    void a_stop_moves_the_end_and_cancels_iterations_after_it() {
        Window window = window(20, 1000);
        var schedule = new Schedule.Open(window, 100, Long.MAX_VALUE, () -> now);
        now += millis(19);
        assertThat(window.endNow(now)).as("in the warm-up").isFalse();
        now += millis(16);
        for (int i = 0; i < 5; i++) {
            assertThat(schedule.next()).isNotNull();
        }
        assertThat(window.endNow(now)).isTrue();
        assertThat(window.stopped()).isTrue();
        assertThat(window.endNow(now + 1)).as("a second time").isFalse();
        assertThat(schedule.next()).isNull();
        // The iteration of 40 ms was handed out at 35 ms.
        assertThat(schedule.end()).isEqualTo(begin + millis(35));
        schedule.cancel(new Iteration(begin + millis(40), true));
        assertThat(schedule.arrivals()).isEqualTo(new Arrivals(2, 2, 2, Duration.ofMillis(15), 0));

        var closed = new Schedule.Closed(window, Long.MAX_VALUE, () -> now);
        assertThat(closed.next()).isNull();
    }

    @Test
    void a_share_is_spread_evenly_and_exactly() {
        for (double share : new double[] {0, 0.1, 0.25, 1 / 3.0, 0.5, 0.9, 1}) {
            var sampler = new PhaseCounters.EvenSampler(share);
            int chosen = 0;
            for (int i = 1; i <= 1000; i++) {
                chosen += sampler.next() ? 1 : 0;
                assertThat(chosen).as("%s of %d", share, i).isEqualTo((int) Math.floor(i * share));
            }
        }
    }
}
