package io.heddle.load;

import io.heddle.load.LoadResult.Arrivals;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A schedule of the iterations of all virtual users. Times are on the scale of the clock, {@link System#nanoTime} except in tests.
 * Thread-safe, without locks.
 */
sealed interface Schedule {
    /**
     * An iteration of a virtual user: a handshake or a request.
     *
     * @param due the time at which it is to begin, possibly in the past
     * @param measured whether it is part of the measurement
     */
    record Iteration(long due, boolean measured) {}

    /** Returns the next iteration, null after the end. */
    @Nullable
    Iteration next();

    /** Returns the time after which no iteration begins; a stop moves it forward. */
    long end();

    /** Cancels an iteration that is due after the end, because the end was moved. */
    default void cancel(Iteration iteration) {}

    /** Returns the arrivals of an open model, null in a closed model. */
    default @Nullable Arrivals arrivals() {
        return null;
    }

    /** The start and end times of the phases of a run. Thread-safe. */
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

        /** Returns the start of the warm-up. */
        long begin() {
            return begin;
        }

        /** Returns the start of the measurement. */
        long measured() {
            return measured;
        }

        /** Returns the time after which no iteration begins. */
        long end() {
            return end;
        }

        /** Moves the end to now, and returns true, if the measurement is in progress. */
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

    /** A closed model: an iteration begins as soon as a user is free. */
    final class Closed implements Schedule {
        private final Window window;
        private final long limit;
        private final LongSupplier clock;
        private final AtomicLong taken = new AtomicLong();

        /**
         * Makes the schedule.
         *
         * @param limit the number of measured iterations; {@link Long#MAX_VALUE} for no limit
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
        public @Nullable Iteration next() {
            long now = clock.getAsLong();
            if (now - window.measured() < 0) {
                return new Iteration(now, false);
            }
            if (now - window.end() >= 0 || (limit < Long.MAX_VALUE && taken.getAndIncrement() >= limit)) {
                return null;
            }
            return new Iteration(now, true);
        }
    }

    /** An open model: iterations are due at a constant rate, whether a user is free or not. */
    final class Open implements Schedule {
        /** A delay up to this is not counted as behind schedule. */
        private static final long TOLERANCE = 1_000_000;

        private final Window window;
        private final double interval;
        private final long limit;
        private final LongSupplier clock;
        private final long firstMeasured;
        private final AtomicLong next = new AtomicLong();
        private final LongAdder started = new LongAdder();
        private final LongAdder behindSchedule = new LongAdder();
        private final LongAccumulator maxDelay = new LongAccumulator(Math::max, 0);

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
        public void cancel(Iteration iteration) {
            started.decrement();
        }

        private long firstFrom(long time) {
            return (long) Math.ceil((time - window.begin()) / interval);
        }

        @Override
        public @Nullable Iteration next() {
            long index = next.getAndIncrement();
            long due = window.begin() + (long) (index * interval);
            long measuredIndex = index - firstMeasured;
            long now = clock.getAsLong();
            // Nothing begins after the end; an iteration that was due before it and found no free user is dropped.
            if (due - window.end() >= 0 || now - window.end() >= 0 || measuredIndex >= limit) {
                return null;
            }
            if (measuredIndex < 0) {
                return new Iteration(due, false);
            }
            started.increment();
            if (now - due > TOLERANCE) {
                behindSchedule.increment();
                maxDelay.accumulate(now - due);
            }
            return new Iteration(due, true);
        }

        @Override
        public Arrivals arrivals() {
            long due = Math.min(limit, firstFrom(window.end()) - firstMeasured);
            long begun = started.sum();
            return new Arrivals(due, begun, behindSchedule.sum(), Duration.ofNanos(maxDelay.get()), due - begun);
        }
    }
}
