package io.heddle.cli;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.HdrHistogram.Histogram;

/**
 * Many clients at the same time, each a virtual thread with one connection: handshake, a message there and back, and then they
 * all wait, connected, until the last has come so far and the caller has looked at them.
 *
 * <p>The connections are all open at once; the handshakes take turns, a few a processor. More would only wait for each other,
 * and their times would tell how long the queue was.
 */
final class RunRound {
    private static final int HANDSHAKES_A_PROCESSOR = 2;
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Duration SESSION = Duration.ofSeconds(2);
    private static final Duration ROUND = Duration.ofSeconds(50);
    private static final Duration LONGEST_RECORDED = Duration.ofMinutes(1);

    private final SecureContext client;
    private final int port;
    private final String expected;

    private final Semaphore turns = new Semaphore(turns());
    private final AtomicLong lastDone = new AtomicLong();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    /**
     * Prepares a round.
     *
     * @param expected what the clients' sockets have to say of their resumption, empty for full handshakes
     */
    RunRound(SecureContext client, int port, String expected) {
        this.client = client;
        this.port = port;
        this.expected = expected;
    }

    /**
     * What came of a round.
     *
     * @param sessions one a client that came through, for another round
     * @param handshakes the times of the handshakes in nanoseconds, the TCP connection included
     * @param elapsed from the first connection to the last answer
     */
    record Result(List<byte[]> sessions, Histogram handshakes, Duration elapsed, List<String> failures) {
        int succeeded() {
            return sessions.size();
        }

        double rate() {
            return sessions.size() * 1e9 / Math.max(1, elapsed.toNanos());
        }
    }

    /**
     * Runs full handshakes.
     *
     * @param whileConnected what to do when all are connected and idle
     */
    Result full(int clients, Runnable whileConnected) throws InterruptedException {
        return run(clients, List.of(), whileConnected);
    }

    /** Runs a client for each session, which it offers. */
    Result resumed(List<byte[]> sessions) throws InterruptedException {
        return run(sessions.size(), sessions, () -> {});
    }

    /** Returns how many handshakes run at the same time. */
    static int turns() {
        return HANDSHAKES_A_PROCESSOR * Runtime.getRuntime().availableProcessors();
    }

    private Result run(int clients, List<byte[]> sessions, Runnable whileConnected) throws InterruptedException {
        var times = new long[clients];
        Arrays.fill(times, -1);
        var made = new AtomicReferenceArray<byte[]>(clients);
        var connected = new CountDownLatch(clients);
        var mayClose = new CountDownLatch(1);
        long begin = System.nanoTime();
        lastDone.set(begin);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            int index = i;
            Optional<byte[]> offered = sessions.isEmpty() ? Optional.empty() : Optional.of(sessions.get(i));
            threads.add(Thread.ofVirtual().name("heddle-run-" + i).start(() -> {
                try {
                    made.set(index, client(offered, time -> times[index] = time, connected, mayClose));
                } catch (IOException e) {
                    ErrorLine line = ErrorLine.of(e);
                    failures.add(line.code() + ": " + line.sentence());
                } catch (InterruptedException e) {
                    failures.add("ETIMEDOUT: not done within " + ROUND.toSeconds() + " s");
                } finally {
                    connected.countDown();
                }
            }));
        }
        boolean all = connected.await(ROUND.toMillis(), TimeUnit.MILLISECONDS);
        if (all) {
            whileConnected.run();
        } else {
            threads.forEach(Thread::interrupt);
        }
        mayClose.countDown();
        for (Thread each : threads) {
            each.join(CONNECT);
        }
        return result(times, made, Duration.ofNanos(lastDone.get() - begin));
    }

    private interface Times {
        void took(long nanos);
    }

    private byte[] client(Optional<byte[]> offered, Times times, CountDownLatch connected, CountDownLatch mayClose)
            throws IOException, InterruptedException {
        ConnectOptions.Builder options = ConnectOptions.builder()
                .host("127.0.0.1")
                .servername("localhost")
                .port(port)
                .secureContext(client)
                .timeout(CONNECT);
        offered.ifPresent(options::session);
        turns.acquire();
        TlsSocket opened;
        try {
            long begin = System.nanoTime();
            opened = Tls.connect(options.build());
            times.took(System.nanoTime() - begin);
        } finally {
            turns.release();
        }
        try (TlsSocket socket = opened) {
            String resumption = socket.resumption().orElse("");
            if (!resumption.equals(expected)) {
                throw new CommandFailure(
                        "ERR_RUN_FAILED",
                        "the handshake was %s, expected was %s".formatted(kind(resumption), kind(expected)));
            }
            exchange(socket);
            lastDone.accumulateAndGet(System.nanoTime(), Math::max);
            connected.countDown();
            mayClose.await();
            Optional<byte[]> session = socket.awaitSession(SESSION);
            return session.orElseThrow(
                    () -> new CommandFailure("ERR_NO_SESSION", "the server sent no session to resume"));
        }
    }

    private static String kind(String resumption) {
        return resumption.isEmpty() ? "full" : "resumed by " + resumption;
    }

    private static void exchange(TlsSocket socket) throws IOException {
        byte[] message = "a message there and back".getBytes(StandardCharsets.US_ASCII);
        socket.setSoTimeout((int) CONNECT.toMillis());
        socket.getOutputStream().write(message);
        byte[] answer = socket.getInputStream().readNBytes(message.length);
        if (!Arrays.equals(message, answer)) {
            throw new EOFException("%d of %d bytes came back".formatted(answer.length, message.length));
        }
    }

    private Result result(long[] times, AtomicReferenceArray<byte[]> made, Duration elapsed) {
        var handshakes = new Histogram(LONGEST_RECORDED.toNanos(), 3);
        List<byte[]> sessions = new ArrayList<>();
        for (int i = 0; i < times.length; i++) {
            byte[] session = made.get(i);
            if (session != null) {
                sessions.add(session);
                handshakes.recordValue(Math.min(times[i], LONGEST_RECORDED.toNanos()));
            }
        }
        return new Result(sessions, handshakes, elapsed, List.copyOf(failures));
    }
}
