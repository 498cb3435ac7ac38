package io.heddle.load;

import io.heddle.failure.TlsFailure;
import io.heddle.load.LoadFigures.Failure.Phase;
import io.heddle.load.Schedule.Iteration;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A virtual user: a thread with its sessions and one connection at a time. It obtains a session, waits for the start of the run, and
 * performs iterations until the end.
 */
final class VirtualUser {
    /** The pause after a failure in a closed model, which would otherwise retry in a busy loop. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private final int number;
    private final int target;
    private final LoadOptions options;
    private final LoadConnection.Route route;
    private final PhaseCounters counters;
    private final SessionCache sessions;
    private final @Nullable Exchange exchange;

    /** Whether the last full handshake brought no session, so that another one would not help. */
    private boolean serverSendsNoSession;

    private @Nullable KeptConnection kept;

    /** The time at which the last measured iteration was done; read after the thread has ended. */
    private long lastDone;

    /**
     * A connection kept for several requests or a stream. Its handshake is counted when it is confirmed: a TLS 1.3 server may reject the
     * client certificate after the client has completed the handshake.
     */
    private static final class KeptConnection {
        private final LoadConnection connection;
        private final LoadCounters counters;
        private final long handshakeNanos;
        private boolean isCounted;
        private int requests;

        KeptConnection(LoadConnection connection, LoadCounters counters, long handshakeNanos) {
            this.connection = connection;
            this.counters = counters;
            this.handshakeNanos = handshakeNanos;
        }

        /** Returns the number of requests on this connection, including this one. */
        int nextRequest() {
            return ++requests;
        }

        /** Counts the handshake as successful, since the server has confirmed it. */
        void countHandshake(int user) {
            if (!isCounted) {
                isCounted = true;
                counters.handshake(user, connection, handshakeNanos);
            }
        }
    }

    VirtualUser(int number, LoadOptions options, LoadConnection.Route route, PhaseCounters counters) {
        this.number = number;
        this.target = number % options.targets().size();
        this.options = options;
        this.route = route;
        this.counters = counters;
        this.sessions = new SessionCache(options.resumeWith(), InstantSource.system());
        this.exchange = options.mode() == LoadOptions.Mode.REQUEST ? Exchange.of(options, route.target()) : null;
    }

    /** Returns the time at which the last measured iteration was done, 0 if there was none. */
    long lastDone() {
        return lastDone;
    }

    /** Makes a full handshake to obtain a session. */
    void setUp() {
        try {
            LoadConnection connection = new LoadConnection(route, Optional.empty());
            connection.end();
            keepSessions(connection);
            counters.setup().handshake(number, connection, 0);
        } catch (IOException e) {
            counters.setup().failed(Phase.HANDSHAKE, e);
        }
    }

    private void keepSessions(LoadConnection connection) {
        if (connection.offered() && !connection.resumed()) {
            sessions.refused();
        }
        sessions.add(connection.sessions());
        if (!connection.resumed()) {
            serverSendsNoSession = sessions.isEmpty();
        }
    }

    /** Performs iterations until the end of the schedule, or until the thread is interrupted. */
    void run(Schedule schedule) {
        try {
            for (Iteration next = schedule.next(); next != null; next = schedule.next()) {
                awaitDue(next, schedule);
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                if (next.due() - schedule.end() >= 0) {
                    schedule.cancel(next);
                    return;
                }
                boolean succeeded = options.mode() == LoadOptions.Mode.HANDSHAKE ? handshake(next) : request(next);
                if (!succeeded && options.rate().isEmpty()) {
                    LockSupport.parkNanos(PAUSE);
                }
            }
        } finally {
            close();
        }
    }

    /** Waits until the iteration is due, or is due after the end. */
    private static void awaitDue(Iteration iteration, Schedule schedule) {
        for (long left = iteration.due() - System.nanoTime();
                left > 0 && iteration.due() - schedule.end() < 0;
                left = iteration.due() - System.nanoTime()) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            LockSupport.parkNanos(left);
        }
    }

    private void done(boolean measured) {
        if (measured) {
            lastDone = System.nanoTime();
        }
    }

    // Handshakes

    private boolean handshake(Iteration iteration) {
        LoadCounters counted = counters.counters(iteration.measured(), target);
        long before = System.nanoTime();
        Optional<byte[]> session = session(iteration.measured(), counted);
        // A setup handshake does not count as latency.
        long begin = options.rate().isPresent() ? iteration.due() + (System.nanoTime() - before) : System.nanoTime();
        try {
            LoadConnection connection = new LoadConnection(route, session);
            long secureAt = connection.secureAt();
            try {
                connection.end();
            } finally {
                counted.wire(connection);
            }
            keepSessions(connection);
            counted.handshake(number, connection, secureAt - begin);
            done(iteration.measured());
            return true;
        } catch (IOException e) {
            failed(counted, Phase.HANDSHAKE, e);
            return false;
        }
    }

    /** Returns the session to offer in the next handshake. */
    private Optional<byte[]> session(boolean measured, LoadCounters counted) {
        if (!counters.offers(measured).next()) {
            return Optional.empty();
        }
        if (sessions.isEmpty() && !serverSendsNoSession) {
            setUp();
        }
        Optional<byte[]> session = sessions.take();
        counted.offer(session.isPresent());
        return session;
    }

    /** Counts a failure. One that the end of the run caused is counted as that, whatever the exception. */
    private static void failed(LoadCounters counted, Phase phase, IOException failure) {
        if (Thread.currentThread().isInterrupted()) {
            counted.failed(phase, "ERR_UNFINISHED", "the run ended before it was done");
        } else {
            counted.failed(phase, failure);
        }
    }

    // Requests

    private boolean request(Iteration iteration) {
        LoadCounters counted = counters.counters(iteration.measured(), target);
        KeptConnection current = kept;
        if (current == null) {
            current = open(iteration.measured());
            if (current == null) {
                counted.failed(Phase.REQUEST, "ERR_NO_CONNECTION", "request: there was no connection to send it over");
                return false;
            }
        }
        long begin = options.rate().isPresent() ? iteration.due() : System.nanoTime();
        long end = System.nanoTime() + route.target().options().timeout().toNanos();
        try {
            Exchange.Result result = Objects.requireNonNull(exchange).run(current.connection.tls(), end);
            long nanos = System.nanoTime() - begin;
            result.refusal()
                    .ifPresentOrElse(why -> counted.failed(Phase.REQUEST, why), () -> counted.request(number, nanos));
            counted.sent(result.sent());
            counted.received(result.received());
            counted.wire(current.connection);
            current.countHandshake(number);
            done(iteration.measured());
            if (!result.keep() || current.nextRequest() == options.requestsPerConnection()) {
                close();
            }
            return true;
        } catch (IOException e) {
            if (!current.isCounted
                    && e instanceof TlsFailure refused
                    && refused.code().blame() == TlsFailure.Blame.PEER_ALERT) {
                // A TLS 1.3 server may reject the client certificate after the client has completed the handshake.
                current.isCounted = true;
                current.counters.failed(Phase.HANDSHAKE, refused);
            }
            current.countHandshake(number);
            failed(counted, Phase.REQUEST, e);
            drop(current);
            return false;
        }
    }

    /** Opens the connection before the first iteration, if it is kept. */
    void open() {
        if (options.mode() != LoadOptions.Mode.HANDSHAKE && kept == null) {
            open(false);
        }
    }

    private @Nullable KeptConnection open(boolean measured) {
        LoadCounters counted = counters.counters(measured, target);
        Optional<byte[]> session = session(measured, counted);
        long begin = System.nanoTime();
        try {
            LoadConnection connection = new LoadConnection(route, session);
            counted.wire(connection);
            kept = new KeptConnection(connection, counted, connection.secureAt() - begin);
            return kept;
        } catch (IOException e) {
            failed(counted, Phase.HANDSHAKE, e);
            return null;
        }
    }

    private void drop(KeptConnection current) {
        kept = null;
        current.connection.abort();
        ended(current);
    }

    private void close() {
        KeptConnection current = kept;
        if (current == null) {
            return;
        }
        kept = null;
        try {
            current.connection.end();
            current.countHandshake(number);
        } catch (TlsFailure e) {
            if (current.isCounted) {
                // The handshake succeeded earlier.
                ended(current);
                return;
            }
            current.isCounted = true;
            failed(current.counters, Phase.HANDSHAKE, e);
        }
        ended(current);
    }

    private void ended(KeptConnection current) {
        current.counters.wire(current.connection);
        keepSessions(current.connection);
    }

    // Streams

    /** Streams until the end of the window, and reconnects after a failure. */
    void stream(Schedule.Window window) {
        while (System.nanoTime() - window.end() < 0 && !Thread.currentThread().isInterrupted()) {
            boolean measured = System.nanoTime() - window.measured() >= 0;
            KeptConnection current = kept == null ? open(measured) : kept;
            if (current == null) {
                LockSupport.parkNanos(PAUSE);
                continue;
            }
            current.countHandshake(number);
            try {
                new BulkStream(
                                current.connection,
                                options,
                                window,
                                counters.measured().get(target))
                        .run();
                done(true);
                kept = null;
                current.connection.abort();
                ended(current);
            } catch (IOException e) {
                failed(counters.counters(System.nanoTime() - window.measured() >= 0, target), Phase.STREAM, e);
                drop(current);
                LockSupport.parkNanos(PAUSE);
            }
        }
    }
}
