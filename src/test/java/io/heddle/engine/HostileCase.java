package io.heddle.engine;

import io.heddle.engine.HandshakeScenario.Kind;
import io.heddle.engine.handshake.trace.ConnectionObservers;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;
import org.jspecify.annotations.Nullable;

/** A connection of Heddle with a peer that deviates at one place, and the check of its end. */
final class HostileCase {
    /** The carrier of the records. */
    enum Driver {
        /** A {@link Connection}, which reads and writes a transport. */
        CONNECTION,
        /** The same, whose transport gives a few bytes at a time. */
        DRIPPED_CONNECTION,
        /** A {@link RecordExchange}, as an {@code SSLEngine} uses it. */
        EXCHANGE,
        /** A socket of a server that listens, or of a client. */
        SOCKET
    }

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int LONGEST_MESSAGE = 300;

    private final HandshakeScenario scenario;
    private final Driver driver;
    private final Slot at;
    private final Mutation mutation;
    private final long seed;

    HostileCase(HandshakeScenario scenario, Driver driver, Slot at, Mutation mutation, long seed) {
        this.scenario = scenario;
        this.driver = driver;
        this.at = at;
        this.mutation = mutation;
        this.seed = seed;
    }

    /** How a connection ended. */
    record Outcome(@Nullable Throwable thrown, boolean closeNotify, byte[] data, boolean closed) {}

    /** Runs the connection; returns a description of the fault, empty if there is none. */
    Optional<String> run() throws IOException, InterruptedException {
        var random = new Random(seed);
        var tampering = new Tampering(mutation, at, random);
        HostilePeer peer = peer(scenario, at.server(), tampering);
        Outcome outcome = connect(scenario, at.server(), driver, peer, random);
        return problem(outcome, peer);
    }

    /** Returns the peer of this case, for one connection. */
    HostilePeer peer() throws IOException {
        return peer(scenario, at.server(), new Tampering(mutation, at, new Random(seed)));
    }

    boolean server() {
        return at.server();
    }

    Kind kind() {
        return scenario.kind();
    }

    private static HostilePeer peer(HandshakeScenario scenario, boolean server, Tampering tampering)
            throws IOException {
        return server
                ? HostilePeer.client(scenario.client(), tampering)
                : HostilePeer.server(scenario.server(), tampering);
    }

    /** Runs a connection with a peer that follows the protocol, and returns the places of its records. */
    static List<Slot> places(HandshakeScenario scenario, boolean server) throws IOException, InterruptedException {
        Tampering tampering = Tampering.none();
        HostilePeer peer = peer(scenario, server, tampering);
        Outcome outcome = connect(scenario, server, Driver.CONNECTION, peer, new Random(0));
        if (!isComplete(outcome)) {
            throw new AssertionError(
                    "%s, server %s: the handshake without a mutation failed, the peer sent %s"
                            .formatted(scenario.kind(), server, tampering.sent()),
                    outcome.thrown());
        }
        return slots(tampering.sent(), scenario.kind().isTls13(), server);
    }

    private static List<Slot> slots(List<Tampering.Sent> sent, boolean tls13, boolean server) {
        // Behind its close_notify the peer answers that of Heddle, which then reads no more.
        int count = 0;
        while (count < sent.size() && sent.get(count++).type() != ContentType.alert) {}
        Slot[] slots = new Slot[count];
        int finished = 0;
        for (int i = 0; i < slots.length; i++) {
            Tampering.Sent each = sent.get(i);
            if (each.type() == ContentType.handshake && each.content()[0] == HandshakeType.finished) {
                finished = i;
            }
        }
        Slot next = null;
        for (int i = slots.length - 1; i >= 0; i--) {
            Tampering.Sent each = sent.get(i);
            next = new Slot(i, each.type(), each.content(), each.keyed(), i > finished, tls13, server, next);
            slots[i] = next;
        }
        return Arrays.asList(slots);
    }

    // Driving

    private static Outcome connect(
            HandshakeScenario scenario, boolean server, Driver driver, HostilePeer peer, Random random)
            throws InterruptedException {
        if (driver == Driver.EXCHANGE) {
            return exchange(
                    server
                            ? RecordExchange.server(scenario.server(), ConnectionObservers.NONE)
                            : RecordExchange.client(scenario.client(), ConnectionObservers.NONE),
                    peer);
        }
        var transport = new HostileTransport(peer, random, driver == Driver.DRIPPED_CONNECTION);
        Connection connection = server
                ? Connection.server(transport, scenario.server(), ConnectionObservers.NONE)
                : Connection.client(transport, scenario.client(), ConnectionObservers.NONE);
        var data = new ByteArrayOutputStream();
        Throwable thrown = null;
        try {
            connection.handshake(LIMIT);
            byte[] into = new byte[1 << 14];
            for (int n = 0; n >= 0; n = connection.read(into, 0, into.length, (int) LIMIT.toMillis())) {
                data.write(into, 0, n);
                if (n > 0) {
                    connection.write(into, 0, n);
                }
            }
            connection.close();
        } catch (IOException | RuntimeException e) {
            thrown = e;
        }
        boolean closed = transport.awaitClosed(LIMIT.toSeconds());
        try {
            connection.close();
        } catch (IOException e) {
            thrown = thrown == null ? e : thrown;
        }
        return new Outcome(thrown, connection.closeNotifyReceived(), data.toByteArray(), closed);
    }

    private static Outcome exchange(RecordExchange exchange, HostilePeer peer) {
        var side = new ExchangeSide(exchange);
        Throwable thrown = null;
        boolean closeNotify = false;
        try {
            int echoed = 0;
            while (!exchange.isInboundDone()) {
                byte[] out = side.output();
                peer.offer(out, 0, out.length);
                int before = side.unread();
                side.input(out, 0, 0);
                if (out.length == 0 && side.unread() == before) {
                    // It waits for its peer.
                    byte[] in = peer.next();
                    if (in.length == 0) {
                        exchange.closeInbound();
                    }
                    side.input(in, 0, in.length);
                }
                byte[] all = side.received();
                side.send(Arrays.copyOfRange(all, echoed, all.length));
                echoed = all.length;
            }
            closeNotify = true;
            exchange.closeOutbound();
        } catch (IOException | RuntimeException e) {
            thrown = e;
        }
        // The first may throw the failure of a task.
        for (int i = 0; i < 2; i++) {
            try {
                byte[] last = side.output();
                peer.offer(last, 0, last.length);
            } catch (IOException | RuntimeException e) {
                thrown = thrown == null ? e : thrown;
            }
        }
        return new Outcome(thrown, closeNotify, side.received(), exchange.isOutboundDone());
    }

    // Verdict

    private static boolean isComplete(Outcome outcome) {
        return outcome.thrown() == null && outcome.closeNotify() && isPings(outcome.data());
    }

    private static boolean isPings(byte[] data) {
        return data.length > 0 && Arrays.equals(data, HostilePeer.pings(data.length / HostilePeer.PING.length));
    }

    /** Returns the fault in the end of a connection with the peer, empty if there is none. */
    Optional<String> problem(Outcome outcome, HostilePeer peer) {
        Expected expected = mutation.expected().apply(at);
        String seen = seen(outcome, peer.fatalAlerts());
        String wrong = wrong(outcome, peer, expected);
        return wrong == null
                ? Optional.empty()
                : Optional.of("%s: %s; seen %s, expected %s; %s".formatted(mutation, wrong, seen, expected, this));
    }

    private @Nullable String wrong(Outcome outcome, HostilePeer peer, Expected expected) {
        List<Alert> alerts = peer.fatalAlerts();
        if (!outcome.closed()) {
            return "not closed";
        }
        if (alerts.size() > 1) {
            return "more than one fatal alert";
        }
        Throwable thrown = outcome.thrown();
        if (thrown == null) {
            if (!alerts.isEmpty()) {
                return "an alert without a failure";
            }
            if (isComplete(outcome)) {
                return expected.completes() ? null : "accepted";
            }
            if (expected.ends()) {
                return null;
            }
            return outcome.closeNotify() ? "no data" : "ended";
        }
        if (!(thrown instanceof TlsFailure failure)) {
            return "not a TlsFailure";
        }
        String message = String.valueOf(failure.getMessage());
        if (failure.code() == Code.ERR_SSL_INTERNAL_ERROR) {
            return "internal error";
        }
        if (message.length() > LONGEST_MESSAGE || message.lines().count() != 1) {
            return "message of %d characters in %d lines"
                    .formatted(message.length(), message.lines().count());
        }
        return switch (failure.code().blame()) {
            case PEER_ALERT ->
                !alerts.isEmpty() ? "answered an alert with an alert" : expected.peerAlert() ? null : "peer alert";
            case TRANSPORT ->
                failure.code() != Code.ECONNRESET
                        ? "code of the transport"
                        : !alerts.isEmpty() ? "an alert for an end" : expected.ends() ? null : "ended";
            case PEER_MISBEHAVED, PEER_INCOMPATIBLE -> refused(failure, peer, expected);
            case LOCAL_CONFIG -> "blame of this side";
        };
    }

    private static @Nullable String refused(TlsFailure failure, HostilePeer peer, Expected expected) {
        List<Alert> alerts = peer.fatalAlerts();
        if (failure.code() == Code.ERR_SSL_UNEXPECTED_EOF_WHILE_READING) {
            return expected.ends() ? null : "ended";
        }
        Alert claimed = failure.alert().orElse(null);
        if (claimed == null) {
            return alerts.isEmpty() ? "no alert" : "an alert that the failure does not have";
        }
        if (alerts.isEmpty() && peer.unreadable() == 0) {
            return "claims an alert that was not sent";
        }
        if (!alerts.isEmpty() && alerts.getFirst() != claimed) {
            return "claims another alert than was sent";
        }
        return expected.alerts().contains(claimed) ? null : expected.alerts().isEmpty() ? "refused" : "another alert";
    }

    private static String seen(Outcome outcome, List<Alert> alerts) {
        Throwable thrown = outcome.thrown();
        if (thrown == null) {
            return "data of %d bytes, close_notify %s".formatted(outcome.data().length, outcome.closeNotify());
        }
        String code = thrown instanceof TlsFailure failure
                ? failure.code() + " " + failure.alert().map(Alert::toString).orElse("without alert")
                : thrown.getClass().getSimpleName();
        return "%s, on the wire %s: %s".formatted(code, alerts, thrown.getMessage());
    }

    @Override
    public String toString() {
        return "%s %s %s at %s, seed %d"
                .formatted(scenario.kind(), at.server() ? "server" : "client", driver, at, seed);
    }
}
