package io.heddle.load;

import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadResult.Arrivals;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A run: prepares the virtual users, starts them together, and waits for their end. Used by one thread.
 *
 * <p>The number of concurrent connections before the start is limited, so that they fit into the backlog of the server.
 */
final class LoadRun {
    private static final int CONCURRENT_SETUPS = 64;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** The time for closing connections, in addition to their timeout. */
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final LoadOptions options;
    private final PhaseCounters counters;
    private final List<VirtualUser> users = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Semaphore setups = new Semaphore(CONCURRENT_SETUPS);
    private final CountDownLatch prepared;
    private final CountDownLatch planReady = new CountDownLatch(1);
    private final CountDownLatch ended;

    /** Written before {@link #planReady} is counted down, read after. */
    private volatile @Nullable Plan plan;

    private record Plan(Schedule.Window window, Schedule schedule) {}

    LoadRun(LoadOptions options) throws IOException {
        this.options = options;
        this.counters = PhaseCounters.of(options);
        this.prepared = new CountDownLatch(options.connections());
        this.ended = new CountDownLatch(options.connections());
        List<InetAddress> addresses = new ArrayList<>();
        for (LoadOptions.Target destination : options.targets()) {
            addresses.add(address(destination));
        }
        for (int i = 0; i < options.connections(); i++) {
            int target = i % options.targets().size();
            List<InetAddress> from = options.localAddresses();
            var route = new LoadConnection.Route(
                    options.targets().get(target),
                    addresses.get(target),
                    from.isEmpty() ? Optional.empty() : Optional.of(from.get(i % from.size())),
                    options.startTls());
            users.add(new VirtualUser(i, options, route, counters));
        }
    }

    /** Resolves the address once, so that the resolver is not measured. */
    private static InetAddress address(LoadOptions.Target target) throws IOException {
        int family = target.options().family();
        InetAddress[] all = InetAddress.getAllByName(target.options().host());
        for (InetAddress address : all) {
            if (family == 0 || family == (address instanceof Inet6Address ? 6 : 4)) {
                return address;
            }
        }
        return all[0];
    }

    LoadResult run(LoadStop stop) throws InterruptedException {
        try {
            for (int i = 0; i < users.size(); i++) {
                int number = i;
                threads.add(Thread.ofVirtual().name("heddle-load-" + i).start(() -> runUser(number)));
            }
            prepared.await();
            stop.attach(this::endNow);
            return measure();
        } finally {
            stop.detach();
            threads.forEach(Thread::interrupt);
        }
    }

    private boolean endNow() {
        Plan current = plan;
        if (current == null || !current.window().endNow(System.nanoTime())) {
            return false;
        }
        // Some wait for an iteration that is due after the new end.
        threads.forEach(LockSupport::unpark);
        return true;
    }

    private void runUser(int number) {
        VirtualUser user = users.get(number);
        try {
            setups.acquire();
            try {
                prepare(user);
            } finally {
                setups.release();
            }
            prepared.countDown();
            planReady.await();
            Plan current = plan;
            if (current == null) {
                return;
            }
            awaitStart(current.window(), number);
            if (options.mode() == LoadOptions.Mode.STREAM) {
                user.stream(current.window());
            } else {
                user.run(current.schedule());
            }
        } catch (InterruptedException e) {
            // The run is over.
        } finally {
            prepared.countDown();
            ended.countDown();
        }
    }

    /** Prepares a user before the clock starts: a session, and a connection if it is not measured. */
    private void prepare(VirtualUser user) {
        if (options.resume() > 0) {
            user.setUp();
        }
        if (!options.warmup().isZero()) {
            user.open();
        }
    }

    /** Spreads the starts of the users over the first half of the warm-up. */
    private void awaitStart(Schedule.Window window, int number) {
        if (options.warmup().isZero()) {
            return;
        }
        long start = window.begin() + (long) (options.warmup().toNanos() / 2.0 * number / options.connections());
        for (long left = start - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = start - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private LoadResult measure() throws InterruptedException {
        long begin = System.nanoTime();
        var window = Schedule.Window.of(begin, options.warmup(), options.duration());
        long limit = options.limit().orElse(Long.MAX_VALUE);
        Schedule schedule = options.rate().isPresent()
                ? new Schedule.Open(window, options.rate().getAsDouble(), limit, System::nanoTime)
                : new Schedule.Closed(window, limit, System::nanoTime);
        var timeline = new TimelineRecorder(counters, options, window);
        var planned = new Plan(window, schedule);
        plan = planned;
        planReady.countDown();
        tick(timeline, true, window.begin(), window::measured);
        Instant started = Instant.now();
        CpuSample before = CpuSample.now();
        boolean early = tick(timeline, false, window.measured(), window::end) && !window.stopped();
        CpuSample after = CpuSample.now();
        long end = early ? after.nanoTime() : window.end();
        if (!early) {
            finish();
        }
        timeline.end();
        long last = users.stream()
                .mapToLong(VirtualUser::lastDone)
                .filter(at -> at != 0)
                .max()
                .orElse(end);
        long measuredEnd = early || last - end > 0 ? last : end;
        return result(
                planned, timeline, started, Duration.ofNanos(measuredEnd - window.measured()), after.since(before));
    }

    /** Records seconds until a time, or until all users have ended, and returns whether they have. */
    private boolean tick(TimelineRecorder timeline, boolean warmup, long from, LongSupplier until)
            throws InterruptedException {
        for (long next = from; next - until.getAsLong() < 0; ) {
            next = Math.min(next + SECOND, until.getAsLong());
            if (ended.await(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return true;
            }
            timeline.tick(warmup);
        }
        return false;
    }

    /** Waits for the iterations in progress, slightly longer than the timeout of a connection, then interrupts them. */
    private void finish() throws InterruptedException {
        Duration timeout = options.timeout().plus(CLOSING);
        if (ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            return;
        }
        threads.forEach(Thread::interrupt);
        if (!ended.await(CLOSING.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("load: %d virtual users do not end".formatted(ended.getCount()));
        }
    }

    private LoadResult result(
            Plan planned, TimelineRecorder timeline, Instant started, Duration elapsed, LoadResult.ClientUsage client) {
        LoadFigures total = counters.total();
        HandshakeCounts setup = counters.setup().handshakes();
        Optional<Arrivals> arrivals = Optional.ofNullable(planned.schedule().arrivals());
        List<String> notes = new ArrayList<>();
        if (planned.window().stopped()) {
            notes.add("the run was stopped early; the figures cover the time until then");
        }
        notes.addAll(RunNotes.of(options, total, setup, arrivals, client));
        return new LoadResult(
                options,
                started,
                elapsed,
                total,
                counters.groups(options.targets()),
                counters.warmup().handshakes(),
                setup,
                counters.unmeasuredFailures(),
                arrivals,
                timeline.timeline(),
                client,
                notes,
                timeline.histogramLog());
    }
}
