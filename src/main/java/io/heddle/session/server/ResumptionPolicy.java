package io.heddle.session.server;

import io.heddle.session.SessionExtras;
import io.heddle.session.SessionIdContext;
import io.heddle.session.SessionState;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.ResumptionRefusal;
import io.heddle.failure.InvalidOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Decides whether a server may resume a session: only where it was made for, and only for as long as it was made for.
 *
 * <p>This is stricter than Node, which lets a ticket without a certificate into a server that requires one, and never
 * looks at the server name. Pure but for the clock; safe for any number of threads.
 *
 * <h2>Why two ages are looked at</h2>
 *
 * The next ticket of a TLS 1.3 connection has a time of its own, so a chain of tickets could go on for ever. A session of
 * Heddle's remembers its full handshake, and the server's session timeout is counted from there. The timeout in the session
 * counts from the time in the session, as it does for OpenSSL and Node; a new ticket gets {@link #remainingLifetime}, so no
 * ticket of a chain outlives the first one at any server, Heddle's or not.
 */
public final class ResumptionPolicy {
    /** How far the clocks of a fleet may be apart. */
    private static final long CLOCK_SKEW_SECONDS = 60;

    private final ServerSide server;
    private final InstantSource clock;

    /** Makes the policy of a server; {@code clock} says what time it is. */
    public ResumptionPolicy(ServerSide server, InstantSource clock) {
        this.server = server;
        this.clock = clock;
    }

    /**
     * The side of the server.
     *
     * @param sessionIdContext the context of its sessions
     * @param sessionTimeout for how long after the full handshake a session may be resumed, 0 to 7 days
     * @param clientCertificates what it does about certificates of clients
     * @param answerDependsOnServerName whether it has contexts or a callback for server names, so that a session must not
     *     cross from one name to another
     */
    public record ServerSide(
            SessionIdContext sessionIdContext,
            Duration sessionTimeout,
            ClientCertificatePolicy clientCertificates,
            boolean answerDependsOnServerName) {
        /**
         * Checks the timeout.
         *
         * @throws InvalidOption with {@code ERR_OUT_OF_RANGE} if it is negative or longer than 7 days
         */
        public ServerSide {
            if (sessionTimeout.isNegative() || sessionTimeout.compareTo(SessionState.LONGEST_TIMEOUT) > 0) {
                throw new InvalidOption(
                        "ERR_OUT_OF_RANGE",
                        "sessionTimeout: %s was given, allowed is 0 to 7 days".formatted(sessionTimeout));
            }
        }
    }

    /**
     * What the client wants.
     *
     * @param serverName the server name of its ClientHello, compared without case
     * @param protocol the version that was negotiated, such as {@link SessionState#TLS13}
     * @param extendedMasterSecret whether it offered the extension of RFC 7627; means nothing in TLS 1.3
     */
    public record Hello(Optional<String> serverName, int protocol, boolean extendedMasterSecret) {}

    /** Returns why this session must not resume on this connection, empty if it may. */
    public Optional<ResumptionRefusal> refusal(SessionState session, Hello hello) {
        if (session.protocol() != hello.protocol()) {
            return Optional.of(ResumptionRefusal.OTHER_VERSION);
        }
        if (!server.sessionIdContext.equals(SessionIdContext.of(session.sessionIdContext()))) {
            return Optional.of(ResumptionRefusal.OTHER_CONTEXT);
        }
        // The fatal answer is in the last rule: a session that would not resume anyway breaks no connection.
        return age(session)
                .or(() -> serverName(session, hello))
                .or(() -> clientCertificate(session))
                .or(() -> extendedMasterSecret(session, hello));
    }

    /**
     * Returns for how long a new ticket of this session may live: what is left of the session's own timeout and of this
     * server's, in whole seconds, 0 to 7 days. It is the lifetime that the client is told (RFC 8446 4.6.1: at most 604,800
     * seconds) and the timeout of the session in that ticket, whose time is now. Zero: send none.
     */
    public Duration remainingLifetime(SessionState session) {
        long now = now();
        // A clock that is behind must not lengthen anything.
        long sinceHandshake = Math.max(0, now - handshakeTime(session));
        long sinceTime = Math.max(0, now - session.time().getEpochSecond());
        long left = Math.min(
                server.sessionTimeout.toSeconds() - sinceHandshake,
                session.timeout().toSeconds() - sinceTime);
        return Duration.ofSeconds(Math.max(0, left));
    }

    private Optional<ResumptionRefusal> age(SessionState session) {
        long now = now();
        long time = session.time().getEpochSecond();
        if (time - now > CLOCK_SKEW_SECONDS) {
            return Optional.of(ResumptionRefusal.FROM_THE_FUTURE);
        }
        if (now - time > session.timeout().toSeconds()) {
            return Optional.of(ResumptionRefusal.SESSION_EXPIRED);
        }
        if (now - handshakeTime(session) > server.sessionTimeout.toSeconds()) {
            return Optional.of(ResumptionRefusal.HANDSHAKE_TOO_OLD);
        }
        return Optional.empty();
    }

    private Optional<ResumptionRefusal> serverName(SessionState session, Hello hello) {
        Optional<String> made = session.hostName();
        if (made.isEmpty() && session.extras().isEmpty()) {
            return server.answerDependsOnServerName ? Optional.of(ResumptionRefusal.SERVER_NAME_UNKNOWN) : Optional.empty();
        }
        boolean same = made.isEmpty()
                ? hello.serverName.isEmpty()
                : hello.serverName.filter(session::isForHost).isPresent();
        return same ? Optional.empty() : Optional.of(ResumptionRefusal.OTHER_SERVER_NAME);
    }

    private Optional<ResumptionRefusal> clientCertificate(SessionState session) {
        if (server.clientCertificates == ClientCertificatePolicy.NONE) {
            return Optional.empty();
        }
        boolean hasCertificate = session.peerCertificate().isPresent();
        Optional<SessionExtras> extras = session.extras();
        if (extras.isEmpty() && !hasCertificate) {
            return Optional.of(ResumptionRefusal.CLIENT_CERTIFICATE_UNKNOWN);
        }
        if (extras.isPresent() && extras.get().clientCertificatePolicy() == ClientCertificatePolicy.NONE) {
            return Optional.of(ResumptionRefusal.CLIENT_CERTIFICATE_NEVER_ASKED);
        }
        if (server.clientCertificates == ClientCertificatePolicy.REQUEST) {
            return Optional.empty();
        }
        if (!hasCertificate) {
            return Optional.of(ResumptionRefusal.CLIENT_CERTIFICATE_MISSING);
        }
        return session.verifyResult() == 0 ? Optional.empty() : Optional.of(ResumptionRefusal.CLIENT_CERTIFICATE_INVALID);
    }

    private static Optional<ResumptionRefusal> extendedMasterSecret(SessionState session, Hello hello) {
        if (session.protocol() == SessionState.TLS13) {
            return session.extendedMasterSecret()
                    ? Optional.of(ResumptionRefusal.EXTENDED_MASTER_SECRET_IN_TLS13)
                    : Optional.empty();
        }
        if (session.extendedMasterSecret()) {
            return hello.extendedMasterSecret ? Optional.empty() : Optional.of(ResumptionRefusal.EXTENDED_MASTER_SECRET_DROPPED);
        }
        return Optional.of(
                hello.extendedMasterSecret
                        ? ResumptionRefusal.EXTENDED_MASTER_SECRET_NEW
                        : ResumptionRefusal.EXTENDED_MASTER_SECRET_MISSING);
    }

    /** Returns when the full handshake was; never after the time of the session. */
    private static long handshakeTime(SessionState session) {
        long time = session.time().getEpochSecond();
        return session.extras()
                .map(extras -> Math.min(time, extras.originalTime().getEpochSecond()))
                .orElse(time);
    }

    private long now() {
        return clock.instant().getEpochSecond();
    }
}
