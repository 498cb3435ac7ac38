package io.heddle.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heddle.fuzz.TargetProcess.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every {@link Fault} against a JVM with a heap of 64 MB: it serves the next client after each, and at the end it has
 * the resources that it had at the beginning.
 *
 * <p>The faults share {@code -Dheddle.soak.seconds}; none of them takes more than ten at a time, so that a long
 * campaign has several rounds.
 */
@Tag("soak")
class FaultCampaignTest {
    private static final long SECONDS = Long.getLong("heddle.soak.seconds", 10);
    private static final List<Fault> FAULTS = Stream.concat(
                    Arrays.<Fault>stream(ConnectionFault.values()), Arrays.stream(Flood.values()))
            .toList();

    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration WARM_UP = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(50);

    /** The share of its time after which the heap is measured during a flood. */
    private static final double MEASURED = 0.7;

    /** The number of connections that a campaign of a minute or more abandons. */
    private static final int ABANDONED = 2_000;

    private static final double HEAP_TOLERANCE = 0.1;

    /** The variation of the heap between collections. */
    private static final long HEAP_NOISE = 1_000_000;

    /** The handler of a connection, and its data or end sent in addition. */
    private static final int THREADS_OF_A_CONNECTION = 3;

    /** The connections of a moment ago. */
    private static final int THREADS_NOISE = 50;

    private final List<String> problems = new ArrayList<>();
    private long abandoned;

    @Test
    void a_campaign_of_faults_leaves_nothing_behind() throws Exception {
        try (var target = new TargetProcess("-Xmx64m", "-XX:+ExitOnOutOfMemoryError")) {
            // Permanent resources exist after the first fault of each kind: classes, pools, the threads of the JDK.
            for (Fault fault : FAULTS) {
                if (fault.warmsUp()) {
                    attack(target, fault, WARM_UP, null);
                }
            }
            State start = settled(target);
            System.out.println("FaultCampaignTest: at the start " + start);
            long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
            Duration share = Duration.ofSeconds(SECONDS).dividedBy(FAULTS.size());
            Duration slice = share.compareTo(LONGEST) > 0 ? LONGEST : share;
            do {
                for (Fault fault : FAULTS) {
                    attack(target, fault, slice, start);
                }
            } while (end - System.nanoTime() > slice.toNanos() * FAULTS.size());
            // Shared threads of Heddle end after ten seconds without work.
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> settled(target).platformThreads() <= start.platformThreads());
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> settled(target).virtualThreads() <= start.virtualThreads());
            State last = settled(target);
            System.out.println("FaultCampaignTest: at the end " + last);
            assertThat(problems).isEmpty();
            assertThat(abandoned).as("abandoned").isGreaterThanOrEqualTo(SECONDS < 60 ? 1 : ABANDONED);
            assertThat(last.descriptors()).as("descriptors").isLessThanOrEqualTo(start.descriptors());
            assertThat(last.platformThreads()).as("platform threads").isLessThanOrEqualTo(start.platformThreads());
            assertThat(last.virtualThreads()).as("virtual threads").isLessThanOrEqualTo(start.virtualThreads());
            assertThat(last.heap())
                    .as("heap, %s at the start, %s at the end", start, last)
                    .isLessThanOrEqualTo((long) (start.heap() * (1 + HEAP_TOLERANCE)) + HEAP_NOISE);
        }
    }

    private void attack(TargetProcess target, Fault fault, Duration time, @Nullable State start) throws Exception {
        long begin = System.nanoTime();
        try (var attack = new Attack(target, begin + time.toNanos());
                ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Void> running = thread.submit(() -> {
                fault.run(attack);
                return null;
            });
            String heap = "";
            if (start != null && fault instanceof Flood flood) {
                await().atMost(LONG).pollInterval(POLL).until(() -> attack.elapsed() > MEASURED);
                State during = state(target, fault);
                long bound = start.heap() + flood.heapBound(attack);
                heap = ", heap %.1f MB of %.1f".formatted(during.heap() / 1e6, bound / 1e6);
                if (during.heap() > bound) {
                    problems.add(fault + heap);
                }
                int threads = during.virtualThreads() - start.virtualThreads();
                if (threads > THREADS_OF_A_CONNECTION * during.connections() + THREADS_NOISE) {
                    problems.add(
                            "%s: %d virtual threads, %d connections".formatted(fault, threads, during.connections()));
                }
            }
            running.get(time.plus(LONG).toMillis(), TimeUnit.MILLISECONDS);
            attack.close();
            requireAlive(target, fault);
            long served = serves(target, fault);
            if (start != null) {
                System.out.printf(
                        "FaultCampaignTest: %s: %d connections, %d bytes in %.1f s, the next client served in %d ms%s%n",
                        fault.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        attack.connections(),
                        attack.bytes(),
                        (System.nanoTime() - begin) / 1e9,
                        served,
                        heap);
            }
            if (fault == ConnectionFault.ABANDONED) {
                abandoned += attack.connections();
            }
        }
    }

    private static State state(TargetProcess target, Fault fault) {
        try {
            return target.state();
        } catch (AssertionError e) {
            requireAlive(target, fault);
            throw e;
        }
    }

    private static void requireAlive(TargetProcess target, Fault fault) {
        if (!target.isAlive()) {
            throw new AssertionError(fault + " ended the target: " + target.output());
        }
    }

    private long serves(TargetProcess target, Fault fault) {
        try {
            return target.serves();
        } catch (IOException e) {
            problems.add("%s: the next client was not served: %s".formatted(fault, e));
            return -1;
        }
    }

    /** Returns the resources of the target after all its connections have ended. */
    private static State settled(TargetProcess target) {
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> target.state().connections() == 0);
        State[] last = {target.state()};
        // Threads that close connections end a moment later.
        await().atMost(LONG).pollInterval(Duration.ofMillis(100)).until(() -> {
            State next = target.state();
            boolean same = next.platformThreads() == last[0].platformThreads()
                    && next.virtualThreads() == last[0].virtualThreads()
                    && next.descriptors() == last[0].descriptors();
            last[0] = next;
            return same;
        });
        return last[0];
    }
}
