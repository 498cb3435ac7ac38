package io.heddle.load;

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
 * One run: the virtual users are made and primed, begin together, and are waited for. Used by one thread.
 *
 * <p>Connections that are made before the run begins take turns, so that a server's backlog holds them.
 */
final class LoadRun {
    private static final int PRIMED_AT_ONCE = 64;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Beside the time limit of a connection, for the goodbyes. */
    private static final Duration GOODBYES = Duration.ofSeconds(2);

    private final LoadOptions options;
    private final LoadParts parts;
    private final List<VirtualUser> users = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Semaphore priming = new Semaphore(PRIMED_AT_ONCE);
    private final CountDownLatch primed;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch done;

    /** Written before {@link #begun} is counted down, read after. */
    private volatile @Nullable Plan plan;

    private record Plan(Schedule.Window window, Schedule schedule) {}

    LoadRun(LoadOptions options) throws IOException {
        this.options = options;
        this.parts = LoadParts.of(options);
        this.primed = new CountDownLatch(options.connections());
        this.done = new CountDownLatch(options.connections());
        List<InetAddress> addresses = new ArrayList<>();
        for (LoadTarget each : options.targets()) {
            addresses.add(address(each));
        }
        for (int i = 0; i < options.connections(); i++) {
            int target = i % options.targets().size();
            List<InetAddress> from = options.localAddresses();
            var route = new LoadConnection.Route(
                    options.targets().get(target),
                    addresses.get(target),
                    from.isEmpty() ? Optional.empty() : Optional.of(from.get(i % from.size())),
                    options.startTls());
            users.add(new VirtualUser(i, options, route, parts));
        }
    }

    /** Finds the address once, so that no name service is measured. */
    private static InetAddress address(LoadTarget target) throws IOException {
        int family = target.options().family();
        InetAddress[] all = InetAddress.getAllByName(target.options().host());
        for (InetAddress each : all) {
            if (family == 0 || family == (each instanceof Inet6Address ? 6 : 4)) {
                return each;
            }
        }
        return all[0];
    }

    LoadResult run(LoadStop stop) throws InterruptedException {
        try {
            for (int i = 0; i < users.size(); i++) {
                int number = i;
                threads.add(Thread.ofVirtual().name("heddle-load-" + i).start(() -> live(number)));
            }
            primed.await();
            stop.attach(this::endNow);
            return measure();
        } finally {
            stop.detach();
            threads.forEach(Thread::interrupt);
        }
    }

    private boolean endNow() {
        Plan made = plan;
        if (made == null || !made.window().endNow(System.nanoTime())) {
            return false;
        }
        // Some wait for a turn that is due after the new end.
        threads.forEach(LockSupport::unpark);
        return true;
    }

    private void live(int number) {
        VirtualUser user = users.get(number);
        try {
            priming.acquire();
            try {
                prepare(user);
            } finally {
                priming.release();
            }
            primed.countDown();
            begun.await();
            Plan made = plan;
            if (made == null) {
                return;
            }
            awaitTurn(made.window(), number);
            if (options.mode() == LoadMode.STREAM) {
                user.stream(made.window());
            } else {
                user.run(made.schedule());
            }
        } catch (InterruptedException e) {
            // The run is over.
        } finally {
            primed.countDown();
            done.countDown();
        }
    }

    /** What a user needs before the clock runs: a session, and a connection where that is not measured. */
    private void prepare(VirtualUser user) {
        if (options.resume() > 0) {
            user.prime();
        }
        if (!options.warmup().isZero()) {
            user.open();
        }
    }

    /** In a warm-up the users begin one after the other over its first half. */
    private void awaitTurn(Schedule.Window window, int number) {
        if (options.warmup().isZero()) {
            return;
        }
        long turn = window.begin() + (long) (options.warmup().toNanos() / 2.0 * number / options.connections());
        for (long left = turn - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = turn - System.nanoTime()) {
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
        var seconds = new SecondHand(parts, options, window);
        var made = new Plan(window, schedule);
        plan = made;
        begun.countDown();
        tick(seconds, true, window.begin(), window::measured);
        Instant started = Instant.now();
        ClientClock before = ClientClock.now();
        boolean early = tick(seconds, false, window.measured(), window::end) && !window.stopped();
        ClientClock after = ClientClock.now();
        long end = early ? after.nanoTime() : window.end();
        if (!early) {
            finish();
        }
        seconds.end();
        long last = users.stream()
                .mapToLong(VirtualUser::lastDone)
                .filter(at -> at != 0)
                .max()
                .orElse(end);
        long counted = early || last - end > 0 ? last : end;
        return result(made, seconds, started, Duration.ofNanos(counted - window.measured()), after.since(before));
    }

    /** Ticks until then, or until all are done, and returns whether they are. */
    private boolean tick(SecondHand seconds, boolean warmup, long from, LongSupplier until)
            throws InterruptedException {
        for (long next = from; next - until.getAsLong() < 0; ) {
            next = Math.min(next + SECOND, until.getAsLong());
            if (done.await(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return true;
            }
            seconds.tick(warmup);
        }
        return false;
    }

    /** What is under way has the time that any connection has. */
    private void finish() throws InterruptedException {
        Duration patience = options.timeout().plus(GOODBYES);
        if (done.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            return;
        }
        threads.forEach(Thread::interrupt);
        if (!done.await(GOODBYES.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("load: %d virtual users do not end".formatted(done.getCount()));
        }
    }

    private LoadResult result(Plan made, SecondHand seconds, Instant started, Duration elapsed, ClientUse client) {
        LoadFigures total = parts.total();
        HandshakeCounts primers = parts.primers().handshakes();
        Optional<Arrivals> arrivals = Optional.ofNullable(made.schedule().arrivals());
        List<String> remarks = new ArrayList<>();
        if (made.window().stopped()) {
            remarks.add("the run was stopped before its time; the figures are of what was done until then");
        }
        remarks.addAll(Remarks.of(options, total, primers, arrivals, client));
        return new LoadResult(
                options,
                started,
                elapsed,
                total,
                parts.groups(options.targets()),
                parts.warmup().handshakes(),
                primers,
                parts.unmeasuredFailures(),
                arrivals,
                seconds.timeline(),
                client,
                remarks,
                seconds.histogramLog());
    }
}
