package io.heddle.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.EachVersion;
import io.heddle.RawPeer;
import io.heddle.RawRecord;
import io.heddle.Tickets;
import io.heddle.TlsPair;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Modified and truncated handshakes against both sides: the result is an alert, a full handshake or a clear failure,
 * never a hang, an unchecked exception or a side that assertServes no further connection.
 *
 * <p>A run is repeated with {@code -Dheddle.fuzz.seed=}. Each test takes 10,000 rounds or
 * {@code -Dheddle.fuzz.seconds=}, whichever ends first.
 */
@Tag("fuzz")
class HandshakeFuzzTest {
    private static final int ROUNDS = 10_000;
    private static final long SECONDS = Long.getLong("heddle.fuzz.seconds", 1);
    private static final long SEED = Long.getLong("heddle.fuzz.seed", System.nanoTime());

    private final Random random = new Random(SEED);
    private final long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();

    @BeforeAll
    static void print_the_seed() {
        System.out.println("HandshakeFuzzTest: -Dheddle.fuzz.seed=" + SEED);
    }

    private boolean goesOn(int round) {
        return round < ROUNDS && (round == 0 || System.nanoTime() < end);
    }

    private void changeOneByte(byte[] bytes) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
    }

    // ClientHello against a server

    @ParameterizedTest
    @CsvSource({"TLS_1_2, false", "TLS_1_2, true", "TLS_1_3, false", "TLS_1_3, true"})
    void a_server_refuses_every_truncated_client_hello(TlsVersion version, boolean resuming) throws IOException {
        try (TlsPair pair = pair(version, resuming)) {
            byte[] hello = pair.clientHello().toBytes();
            byte[] body = Arrays.copyOfRange(hello, 5, hello.length);
            for (int length = 0; length < hello.length; length++) {
                assertThat(answers(pair, Arrays.copyOf(hello, length)))
                        .as("%d of %d bytes", length, hello.length)
                        .isFalse();
            }
            for (int length = 0; length < body.length; length++) {
                RawRecord cut = RawRecord.of(RawRecord.HANDSHAKE, Arrays.copyOf(body, length));
                assertThat(answers(pair, cut.toBytes()))
                        .as("%d of %d bytes, in a separate record", length, body.length)
                        .isFalse();
            }
            assertServes(pair);
        }
    }

    /** All 10,000 in {@code make test} as well, a quarter for each kind of ClientHello; more only if there is time. */
    @ParameterizedTest
    @CsvSource({"TLS_1_2, false", "TLS_1_2, true", "TLS_1_3, false", "TLS_1_3, true"})
    void a_server_handles_a_modified_client_hello(TlsVersion version, boolean resuming) throws IOException {
        try (TlsPair pair = pair(version, resuming)) {
            byte[] hello = pair.clientHello().toBytes();
            int answered = 0;
            int round = 0;
            for (; round < ROUNDS / 4 || goesOn(round); round++) {
                byte[] changed = hello.clone();
                changeOneByte(changed);
                answered += answers(pair, changed) ? 1 : 0;
            }
            System.out.printf(
                    "changed ClientHello of %s, resuming %s: %d, the server went on with %d%n",
                    version, resuming, round, answered);
            assertThat(round).isGreaterThanOrEqualTo(ROUNDS / 4);
            // Some bytes are random numbers, where any value is valid; others are lengths and types.
            assertThat(answered).as("seed %d, of %d", SEED, round).isBetween(1, round - 1);
            assertServes(pair);
        }
    }

    /** Sends only these bytes; returns whether the server continued the handshake. */
    private static boolean answers(TlsPair pair, byte[] bytes) throws IOException {
        try (RawPeer client = pair.rawClient()) {
            client.send(bytes);
            client.end();
            boolean handshake = client.readToEnd().stream().anyMatch(record -> record.type() == RawRecord.HANDSHAKE);
            assertThat(client.problem())
                    .as("completion of an incomplete handshake")
                    .isPresent();
            assertClear(client.problem());
            return handshake;
        }
    }

    // Tickets that a client offers

    @EachVersion
    void a_server_performs_a_full_handshake_for_a_modified_ticket(TlsVersion version) throws IOException {
        try (TlsPair pair = pair(version, true)) {
            byte[] session = pair.session().toDer();
            byte[] ticket = pair.session().ticket().orElseThrow();
            for (int round = 0; goesOn(round); round++) {
                byte[] changed =
                        round % 4 == 0 ? Arrays.copyOf(ticket, 1 + random.nextInt(ticket.length - 1)) : ticket.clone();
                changeOneByte(changed);
                Tickets.replace(pair.session(session), changed);
                try (TlsPair.Connected both = pair.connect()) {
                    assertThat(both.resumed())
                            .as("seed %d, round %d", SEED, round)
                            .isFalse();
                }
            }
            pair.session(session);
            assertThat(pair.handshake().resumed()).isTrue();
        }
    }

    // A server's flight against a client

    @ParameterizedTest
    @CsvSource({"TLS_1_2, false", "TLS_1_2, true", "TLS_1_3, false", "TLS_1_3, true"})
    void a_client_refuses_every_truncated_flight(TlsVersion version, boolean resuming) throws IOException {
        try (TlsPair pair = pair(version, resuming)) {
            for (int round = 0; goesOn(round); round++) {
                int current = round;
                Optional<Throwable> problem =
                        flight(pair, flight -> Arrays.copyOf(flight, current % Math.max(1, flight.length)));
                assertThat(problem).as("cut at %d", round).isPresent();
                assertClear(problem);
            }
            assertServes(pair);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, false", "TLS_1_2, true", "TLS_1_3, false", "TLS_1_3, true"})
    void a_client_refuses_a_modified_flight(TlsVersion version, boolean resuming) throws IOException {
        try (TlsPair pair = pair(version, resuming)) {
            for (int round = 0; goesOn(round); round++) {
                int[] at = new int[1];
                boolean[] harmless = new boolean[1];
                Optional<Throwable> problem = flight(pair, flight -> {
                    at[0] = random.nextInt(flight.length);
                    harmless[0] = versionBytes(flight).contains(at[0]);
                    flight[at[0]] ^= (byte) (1 + random.nextInt(255));
                    return flight;
                });
                if (!harmless[0]) {
                    assertThat(problem)
                            .as("seed %d, round %d, byte %d", SEED, round, at[0])
                            .isPresent();
                }
                assertClear(problem);
            }
            assertServes(pair);
        }
    }

    private interface Modification {
        byte[] apply(byte[] flight);
    }

    /** Sends a client the server's modified first flight, and nothing more; returns the outcome of its handshake. */
    private static Optional<Throwable> flight(TlsPair pair, Modification harm) throws IOException {
        try (RawPeer client = pair.rawServer();
                RawPeer server = pair.rawClient()) {
            server.send(client.readRecord().orElseThrow().toBytes());
            client.send(harm.apply(server.readFlight()));
            client.end();
            Optional<Throwable> problem = client.problem();
            server.end();
            assertClear(server.problem());
            return problem;
        }
    }

    /** RFC 8446 5.1: the version in a record's header is to be ignored. */
    private static Set<Integer> versionBytes(byte[] flight) {
        Set<Integer> places = new HashSet<>();
        int at = 0;
        for (RawRecord record : RawRecord.all(flight)) {
            places.add(at + 1);
            places.add(at + 2);
            at += record.toBytes().length;
        }
        return places;
    }

    private static TlsPair pair(TlsVersion version, boolean resuming) throws IOException {
        TlsPair pair = TlsPair.of(version);
        if (resuming) {
            pair.handshake();
        }
        return pair;
    }

    private static void assertClear(Optional<Throwable> problem) {
        problem.ifPresent(thrown -> {
            assertThat(thrown).as("seed %d", SEED).isInstanceOfAny(TlsFailure.class, SocketException.class);
            if (thrown instanceof TlsFailure failure) {
                // Data from a peer never causes a local internal error.
                assertThat(failure.code())
                        .as("seed %d: %s", SEED, failure)
                        .isNotEqualTo(TlsFailure.Code.ERR_SSL_INTERNAL_ERROR);
            }
        });
    }

    private static void assertServes(TlsPair pair) throws IOException {
        try (TlsPair.Connected both = pair.forgetSession().connect()) {
            both.exchange("still here");
        }
    }
}
