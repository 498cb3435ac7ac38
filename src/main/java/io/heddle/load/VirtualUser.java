package io.heddle.load;

import io.heddle.failure.TlsFailure;
import io.heddle.load.LoadFailure.Phase;
import io.heddle.load.Schedule.Turn;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One virtual user: a thread with its sessions and one connection at a time. It makes its primer, waits for the run to begin, and
 * takes turns until there are none.
 */
final class VirtualUser {
    /** In a closed model a server that refuses everybody at once would otherwise see nothing but that. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private final int number;
    private final int target;
    private final LoadOptions options;
    private final LoadConnection.Route route;
    private final LoadParts parts;
    private final SessionShelf shelf;
    private final @Nullable Exchange exchange;

    /** Whether the server's last full handshake with us brought no session, so that another one would be in vain. */
    private boolean barren;

    private @Nullable KeptConnection kept;

    /** When the last thing that counts was done; read when the thread has ended. */
    private long lastDone;

    VirtualUser(int number, LoadOptions options, LoadConnection.Route route, LoadParts parts) {
        this.number = number;
        this.target = number % options.targets().size();
        this.options = options;
        this.route = route;
        this.parts = parts;
        this.shelf = new SessionShelf(options.resumeWith(), InstantSource.system());
        this.exchange = options.mode() == LoadMode.REQUEST ? Exchange.of(options, route.target()) : null;
    }

    /** Returns when the last thing that counts was done, 0 if nothing was. */
    long lastDone() {
        return lastDone;
    }

    /** Makes a full handshake for the sake of its session. */
    void prime() {
        try {
            LoadConnection made = new LoadConnection(route, Optional.empty());
            made.end();
            keepSessions(made);
            parts.primers().handshake(number, made, 0);
        } catch (IOException e) {
            parts.primers().failed(Phase.HANDSHAKE, e);
        }
    }

    private void keepSessions(LoadConnection made) {
        if (made.offered() && !made.resumed()) {
            shelf.refused();
        }
        shelf.keep(made.sessions());
        if (!made.resumed()) {
            barren = shelf.isEmpty();
        }
    }

    /** Takes turns until there are none, or the thread is interrupted. */
    void run(Schedule schedule) {
        try {
            for (Turn turn = schedule.next(); turn != null; turn = schedule.next()) {
                awaitDue(turn, schedule);
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                if (turn.due() - schedule.end() >= 0) {
                    schedule.takeBack(turn);
                    return;
                }
                boolean succeeded = options.mode() == LoadMode.HANDSHAKE ? handshake(turn) : request(turn);
                if (!succeeded && options.rate().isEmpty()) {
                    LockSupport.parkNanos(PAUSE);
                }
            }
        } finally {
            close();
        }
    }

    /** Waits until it is due, or until it never will be. */
    private static void awaitDue(Turn turn, Schedule schedule) {
        for (long left = turn.due() - System.nanoTime();
                left > 0 && turn.due() - schedule.end() < 0;
                left = turn.due() - System.nanoTime()) {
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

    private boolean handshake(Turn turn) {
        Tally tally = parts.tally(turn.measured(), target);
        long before = System.nanoTime();
        Optional<byte[]> session = session(turn.measured(), tally);
        // A primer is our business, not the server's.
        long begin = options.rate().isPresent() ? turn.due() + (System.nanoTime() - before) : System.nanoTime();
        try {
            LoadConnection made = new LoadConnection(route, session);
            long secureAt = made.secureAt();
            try {
                made.end();
            } finally {
                tally.wire(made);
            }
            keepSessions(made);
            tally.handshake(number, made, secureAt - begin);
            done(turn.measured());
            return true;
        } catch (IOException e) {
            failed(tally, Phase.HANDSHAKE, e);
            return false;
        }
    }

    /** Returns the session that the next handshake offers. */
    private Optional<byte[]> session(boolean measured, Tally tally) {
        if (!parts.offers(measured).next()) {
            return Optional.empty();
        }
        if (shelf.isEmpty() && !barren) {
            prime();
        }
        Optional<byte[]> session = shelf.take();
        tally.offers(session.isPresent());
        return session;
    }

    /** What is broken off at the end of the run is told by that, not by how it was felt. */
    private static void failed(Tally tally, Phase phase, IOException failure) {
        if (Thread.currentThread().isInterrupted()) {
            tally.failed(phase, "ERR_UNFINISHED", "the run was over before it was done");
        } else {
            tally.failed(phase, failure);
        }
    }

    // Requests

    private boolean request(Turn turn) {
        Tally tally = parts.tally(turn.measured(), target);
        KeptConnection used = kept;
        if (used == null) {
            used = open(turn.measured());
            if (used == null) {
                tally.failed(Phase.REQUEST, "ERR_NO_CONNECTION", "request: there was no connection to send it over");
                return false;
            }
        }
        long begin = options.rate().isPresent() ? turn.due() : System.nanoTime();
        long end = System.nanoTime() + route.target().options().timeout().toNanos();
        try {
            Exchange.Done done =
                    Objects.requireNonNull(exchange).run(used.connection().tls(), end);
            long nanos = System.nanoTime() - begin;
            done.refusal().ifPresentOrElse(why -> tally.failed(Phase.REQUEST, why), () -> tally.request(number, nanos));
            tally.sent(done.sent());
            tally.received(done.received());
            tally.wire(used.connection());
            used.settle(number);
            done(turn.measured());
            if (!done.keep() || used.nextRequest() == options.requestsPerConnection()) {
                close();
            }
            return true;
        } catch (IOException e) {
            if (!used.settled()
                    && e instanceof TlsFailure refused
                    && refused.code().blame() == TlsFailure.Blame.PEER_ALERT) {
                // A server of TLS 1.3 refuses our certificate when we think that all is done.
                used.refused();
                used.tally().failed(Phase.HANDSHAKE, refused);
            }
            used.settle(number);
            failed(tally, Phase.REQUEST, e);
            drop(used);
            return false;
        }
    }

    /** Opens the connection before it is needed. */
    void open() {
        if (options.mode() != LoadMode.HANDSHAKE && kept == null) {
            open(false);
        }
    }

    private @Nullable KeptConnection open(boolean measured) {
        Tally tally = parts.tally(measured, target);
        Optional<byte[]> session = session(measured, tally);
        long begin = System.nanoTime();
        try {
            LoadConnection made = new LoadConnection(route, session);
            tally.wire(made);
            kept = new KeptConnection(made, tally, made.secureAt() - begin);
            return kept;
        } catch (IOException e) {
            failed(tally, Phase.HANDSHAKE, e);
            return null;
        }
    }

    private void drop(KeptConnection used) {
        kept = null;
        used.connection().abort();
        ended(used);
    }

    private void close() {
        KeptConnection used = kept;
        if (used == null) {
            return;
        }
        kept = null;
        try {
            used.connection().end();
            used.settle(number);
        } catch (TlsFailure e) {
            if (used.settled()) {
                // It has served until now.
                ended(used);
                return;
            }
            used.refused();
            failed(used.tally(), Phase.HANDSHAKE, e);
        }
        ended(used);
    }

    private void ended(KeptConnection used) {
        used.tally().wire(used.connection());
        keepSessions(used.connection());
    }

    // Streams

    /** Streams until the end of the window, connecting anew where it breaks. */
    void stream(Schedule.Window window) {
        while (System.nanoTime() - window.end() < 0 && !Thread.currentThread().isInterrupted()) {
            boolean measured = System.nanoTime() - window.measured() >= 0;
            KeptConnection used = kept == null ? open(measured) : kept;
            if (used == null) {
                LockSupport.parkNanos(PAUSE);
                continue;
            }
            used.settle(number);
            try {
                new BulkStream(
                                used.connection(),
                                options,
                                window,
                                parts.measured().get(target))
                        .run();
                done(true);
                kept = null;
                used.connection().abort();
                ended(used);
            } catch (IOException e) {
                failed(parts.tally(System.nanoTime() - window.measured() >= 0, target), Phase.STREAM, e);
                drop(used);
                LockSupport.parkNanos(PAUSE);
            }
        }
    }
}
