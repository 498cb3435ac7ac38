package io.heddle.load;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When the next thing is due, and whether it counts. Times are those of the clock, {@link System#nanoTime} but for tests.
 *
 * <p>Thread-safe, without locks: the virtual users ask for their next turn.
 */
sealed interface Schedule {
    /**
     * A turn of a virtual user.
     *
     * @param due when it should begin; perhaps in the past
     * @param measured whether it counts
     */
    record Turn(long due, boolean measured) {}

    /** Returns the next turn, null when it is over. */
    @Nullable
    Turn next();

    /** Returns when no turn begins any more; a stop moves it forward. */
    long end();

    /** Takes back a turn whose beginning lies behind the end, since that was moved. It never began. */
    default void takeBack(Turn turn) {}

    /** Returns what became of the arrivals, where there are any. */
    default @Nullable Arrivals arrivals() {
        return null;
    }

    /** The moments of a run. Thread-safe. */
    final class Window {
        private final long begin;
        private final long measured;
        private final long planned;
        private volatile long end;

        private Window(long begin, long measured, long end) {
            this.begin = begin;
            this.measured = measured;
            this.planned = end;
            this.end = end;
        }

        static Window of(long begin, Duration warmup, Duration duration) {
            long measured = begin + warmup.toNanos();
            return new Window(begin, measured, measured + duration.toNanos());
        }

        /** Returns when the warm-up begins. */
        long begin() {
            return begin;
        }

        /** Returns when it begins to count. */
        long measured() {
            return measured;
        }

        /** Returns when no turn begins any more. */
        long end() {
            return end;
        }

        /** Moves the end to now, if something is measured now, and returns whether it is. */
        boolean endNow(long now) {
            if (now - measured < 0 || now - end >= 0) {
                return false;
            }
            end = now;
            return true;
        }

        /** Returns whether the end was moved. */
        boolean stopped() {
            return end != planned;
        }
    }

    /** Whoever asks may begin at once. */
    final class Closed implements Schedule {
        private final Window window;
        private final long limit;
        private final LongSupplier clock;
        private final AtomicLong taken = new AtomicLong();

        /**
         * Makes the schedule.
         *
         * @param limit how many turns count; {@link Long#MAX_VALUE} for no limit
         */
        Closed(Window window, long limit, LongSupplier clock) {
            this.window = window;
            this.limit = limit;
            this.clock = clock;
        }

        @Override
        public long end() {
            return window.end();
        }

        @Override
        public @Nullable Turn next() {
            long now = clock.getAsLong();
            if (now - window.measured() < 0) {
                return new Turn(now, false);
            }
            if (now - window.end() >= 0 || (limit < Long.MAX_VALUE && taken.getAndIncrement() >= limit)) {
                return null;
            }
            return new Turn(now, true);
        }
    }

    /** One turn every so often, whether anybody is free or not. */
    final class Open implements Schedule {
        /** Who comes back just after the next arrival was due is not what makes a run late. */
        private static final long TOLERANCE = 1_000_000;

        private final Window window;
        private final double interval;
        private final long limit;
        private final LongSupplier clock;
        private final long firstMeasured;
        private final AtomicLong next = new AtomicLong();
        private final LongAdder started = new LongAdder();
        private final LongAdder late = new LongAdder();
        private final LongAccumulator latest = new LongAccumulator(Math::max, 0);

        Open(Window window, double perSecond, long limit, LongSupplier clock) {
            this.window = window;
            this.interval = 1e9 / perSecond;
            this.limit = limit;
            this.clock = clock;
            this.firstMeasured = firstFrom(window.measured());
        }

        @Override
        public long end() {
            return window.end();
        }

        @Override
        public void takeBack(Turn turn) {
            started.decrement();
        }

        private long firstFrom(long time) {
            return (long) Math.ceil((time - window.begin()) / interval);
        }

        @Override
        public @Nullable Turn next() {
            long index = next.getAndIncrement();
            long due = window.begin() + (long) (index * interval);
            long counted = index - firstMeasured;
            long now = clock.getAsLong();
            // Nothing is begun after the end; what was due before it and found nobody free is unstarted.
            if (due - window.end() >= 0 || now - window.end() >= 0 || counted >= limit) {
                return null;
            }
            if (counted < 0) {
                return new Turn(due, false);
            }
            started.increment();
            if (now - due > TOLERANCE) {
                late.increment();
                latest.accumulate(now - due);
            }
            return new Turn(due, true);
        }

        @Override
        public Arrivals arrivals() {
            long due = Math.min(limit, firstFrom(window.end()) - firstMeasured);
            long begun = started.sum();
            return new Arrivals(due, begun, late.sum(), Duration.ofNanos(latest.get()), due - begun);
        }
    }
}
