package io.heddle.session.server;

import io.heddle.failure.InvalidOption;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.ResumptionRefusal;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionIdContext;
import io.heddle.session.SessionState;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which a server resumes a session: only in the context that it was established for, and only within
 * its lifetime.
 *
 * <p>This is stricter than Node, which accepts a ticket without a client certificate on a server that requires one, and
 * ignores the server name. Stateless except for the clock; thread-safe.
 *
 * <h2>Why two ages are checked</h2>
 *
 * The next ticket of a TLS 1.3 connection has its own time, so a chain of tickets could go on for ever. A session of
 * Heddle records the time of its full handshake, and the server's session timeout is counted from there. The timeout in
 * the session is counted from the time in the session, as in OpenSSL and Node; a new ticket gets
 * {@link #remainingLifetime}, so no ticket of a chain outlives the first one at any server.
 */
public final class ResumptionPolicy {
    /** The allowed difference between the clocks of a fleet. */
    private static final long CLOCK_SKEW_SECONDS = 60;

    private final ServerSide server;
    private final byte[] context;
    private final InstantSource clock;

    /** Creates the policy of a server. */
    public ResumptionPolicy(ServerSide server, InstantSource clock) {
        this.server = server;
        this.context = server.sessionIdContext.bytes();
        this.clock = clock;
    }

    /**
     * The properties of the server.
     *
     * @param sessionIdContext the context of its sessions
     * @param sessionTimeout the time after the full handshake for which a session may be resumed, 0 to 7 days
     * @param clientCertificates its policy for client certificates
     * @param answerDependsOnServerName whether it has contexts or a callback for server names, so that a session must
     *     not cross from one name to another
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
     * The properties of the ClientHello that matter here.
     *
     * @param serverName the server name of its ClientHello, compared without case
     * @param protocol the version that was negotiated, such as {@link SessionState#TLS13}
     * @param extendedMasterSecret whether it offered the extension of RFC 7627; ignored in TLS 1.3
     */
    public record Hello(Optional<String> serverName, int protocol, boolean extendedMasterSecret) {}

    /** Returns the reason not to resume this session on this connection, empty if it may resume. */
    public Optional<ResumptionRefusal> refusal(SessionState session, Hello hello) {
        if (session.protocol() != hello.protocol()) {
            return Optional.of(ResumptionRefusal.OTHER_VERSION);
        }
        if (!Arrays.equals(context, session.sessionIdContext())) {
            return Optional.of(ResumptionRefusal.OTHER_CONTEXT);
        }
        // The last rule has the fatal result: a session that would not resume anyway must not end the connection.
        ResumptionRefusal refusal = age(session);
        if (refusal == null) {
            refusal = serverName(session, hello);
        }
        if (refusal == null) {
            refusal = clientCertificate(session);
        }
        if (refusal == null) {
            refusal = extendedMasterSecret(session, hello);
        }
        return Optional.ofNullable(refusal);
    }

    /**
     * Returns the lifetime of a new ticket of this session: the rest of the session's own timeout and of this server's,
     * in whole seconds, 0 to 7 days. It is the lifetime sent to the client (RFC 8446 4.6.1: at most 604,800 seconds)
     * and the timeout of the session in that ticket, whose time is now. If it is zero, no ticket must be sent.
     */
    public Duration remainingLifetime(SessionState session) {
        long now = now();
        // A clock that is behind must not extend a lifetime.
        long sinceHandshake = Math.max(0, now - handshakeTime(session));
        long sinceTime = Math.max(0, now - session.time().getEpochSecond());
        long left = Math.min(
                server.sessionTimeout.toSeconds() - sinceHandshake,
                session.timeout().toSeconds() - sinceTime);
        return Duration.ofSeconds(Math.max(0, left));
    }

    private @Nullable ResumptionRefusal age(SessionState session) {
        long now = now();
        long time = session.time().getEpochSecond();
        if (time - now > CLOCK_SKEW_SECONDS) {
            return ResumptionRefusal.FROM_THE_FUTURE;
        }
        if (now - time > session.timeout().toSeconds()) {
            return ResumptionRefusal.SESSION_EXPIRED;
        }
        if (now - handshakeTime(session) > server.sessionTimeout.toSeconds()) {
            return ResumptionRefusal.HANDSHAKE_TOO_OLD;
        }
        return null;
    }

    private @Nullable ResumptionRefusal serverName(SessionState session, Hello hello) {
        Optional<String> boundTo = session.hostName();
        if (boundTo.isEmpty() && session.extras().isEmpty()) {
            return server.answerDependsOnServerName ? ResumptionRefusal.SERVER_NAME_UNKNOWN : null;
        }
        boolean same = boundTo.isEmpty()
                ? hello.serverName.isEmpty()
                : hello.serverName.filter(session::isForHost).isPresent();
        return same ? null : ResumptionRefusal.OTHER_SERVER_NAME;
    }

    private @Nullable ResumptionRefusal clientCertificate(SessionState session) {
        if (server.clientCertificates == ClientCertificatePolicy.NONE) {
            return null;
        }
        boolean hasCertificate = session.peerCertificate().isPresent();
        Optional<SessionExtras> extras = session.extras();
        if (extras.isEmpty() && !hasCertificate) {
            return ResumptionRefusal.CLIENT_CERTIFICATE_UNKNOWN;
        }
        if (extras.isPresent() && extras.get().clientCertificatePolicy() == ClientCertificatePolicy.NONE) {
            return ResumptionRefusal.CLIENT_CERTIFICATE_NEVER_ASKED;
        }
        if (server.clientCertificates == ClientCertificatePolicy.REQUEST) {
            return null;
        }
        if (!hasCertificate) {
            return ResumptionRefusal.CLIENT_CERTIFICATE_MISSING;
        }
        return session.verifyResult() == 0 ? null : ResumptionRefusal.CLIENT_CERTIFICATE_INVALID;
    }

    private static @Nullable ResumptionRefusal extendedMasterSecret(SessionState session, Hello hello) {
        if (session.protocol() == SessionState.TLS13) {
            return session.extendedMasterSecret() ? ResumptionRefusal.EXTENDED_MASTER_SECRET_IN_TLS13 : null;
        }
        if (session.extendedMasterSecret()) {
            return hello.extendedMasterSecret ? null : ResumptionRefusal.EXTENDED_MASTER_SECRET_DROPPED;
        }
        return hello.extendedMasterSecret
                ? ResumptionRefusal.EXTENDED_MASTER_SECRET_NEW
                : ResumptionRefusal.EXTENDED_MASTER_SECRET_MISSING;
    }

    /** Returns the time of the full handshake, at most the time of the session. */
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
