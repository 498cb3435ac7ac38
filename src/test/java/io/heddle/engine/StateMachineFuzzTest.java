package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heddle.engine.HandshakeScenario.Kind;
import io.heddle.engine.HostileCase.Driver;
import io.heddle.engine.record.BufferPool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A fuzz test of the handshake: every message and record at each place in the records of a client or a server, in each
 * kind of handshake. If the protocol allows it, the connection goes on; otherwise it ends with an alert that the RFC
 * names and a failure that blames the peer.
 *
 * <p>A run takes {@value #CASES} cases, or as many as fit into {@code -Dheddle.fuzz.seconds}, and is repeated with
 * {@code -Dheddle.fuzz.seed}.
 */
@Tag("fuzz")
class StateMachineFuzzTest {
    private static final int CASES = 5_000;
    private static final int REPORTED = 40;
    private static final long SECONDS = Long.getLong("heddle.fuzz.seconds", 1);
    private static final long SEED = Long.getLong("heddle.fuzz.seed", System.nanoTime());

    private record Place(HandshakeScenario scenario, Slot slot) {}

    @Test
    void everything_else_at_each_place_of_a_handshake() throws IOException, InterruptedException {
        System.out.println("StateMachineFuzzTest: -Dheddle.fuzz.seed=" + SEED);
        List<Place> places = places();
        List<Mutation> mutations = mutations(places.stream().map(Place::slot).toList());
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        var random = new Random(SEED);
        long lent = BufferPool.lent();
        int cases = 0;
        Map<String, List<String>> problems = new TreeMap<>();
        while (cases < CASES || System.nanoTime() < end) {
            for (HostileCase hostile : round(places, mutations, random)) {
                if (cases >= CASES && System.nanoTime() >= end) {
                    break;
                }
                cases++;
                hostile.run()
                        .ifPresent(problem -> problems.computeIfAbsent(
                                        problem.replaceAll("; .*", ""), key -> new ArrayList<>())
                                .add(problem));
            }
        }
        for (Place place : places) {
            HostileCase.places(place.scenario(), place.slot().server());
        }
        System.out.printf(
                "StateMachineFuzzTest: %d cases at %d places, %d mutations%n", cases, places.size(), mutations.size());
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(BufferPool.lent()).as("buffers lent").isLessThanOrEqualTo(lent));
        assertThat(report(problems)).as("seed %d", SEED).isEmpty();
    }

    private static List<String> report(Map<String, List<String>> problems) {
        List<String> report = new ArrayList<>();
        problems.values().forEach(all -> report.add("%d times, such as %s".formatted(all.size(), all.getFirst())));
        return report.subList(0, Math.min(report.size(), REPORTED));
    }

    private static List<Place> places() throws IOException, InterruptedException {
        List<Place> places = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            HandshakeScenario scenario = HandshakeScenario.of(kind);
            for (boolean server : new boolean[] {true, false}) {
                for (Slot slot : HostileCase.places(scenario, server)) {
                    places.add(new Place(scenario, slot));
                }
            }
        }
        return places;
    }

    private static List<Mutation> mutations(List<Slot> slots) {
        List<Mutation> mutations = new ArrayList<>(RecordMutations.all());
        mutations.addAll(ContentMutations.all());
        mutations.addAll(new MessageMutations(slots).all());
        return mutations;
    }

    /** Returns each mutation at each place where it fits, in random order, so that any part of it is a sample. */
    private static List<HostileCase> round(List<Place> places, List<Mutation> mutations, Random random) {
        List<HostileCase> round = new ArrayList<>();
        Driver[] drivers = {Driver.CONNECTION, Driver.DRIPPED_CONNECTION, Driver.EXCHANGE};
        for (Place place : places) {
            for (Mutation mutation : mutations) {
                if (mutation.fits().test(place.slot())) {
                    Driver driver = drivers[random.nextInt(drivers.length)];
                    round.add(new HostileCase(place.scenario(), driver, place.slot(), mutation, random.nextLong()));
                }
            }
        }
        Collections.shuffle(round, random);
        return round;
    }
}
