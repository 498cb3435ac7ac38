package io.heddle.engine.handshake;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.handshake.HandshakeSettings.RenegotiationLimit;
import io.heddle.engine.record.PeerSignals;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.ConnectionEnd;
import org.bouncycastle.tls.RenegotiationPolicy;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The rules of renegotiation on one connection. Only secure renegotiation (RFC 5746) counts as such, below TLS 1.3.
 *
 * <p>Confined to the connection's engine lock.
 */
final class RenegotiationRules {
    /** The limit where renegotiation is not allowed: beyond it an attempt is not refused, but ends the connection. */
    private static final RenegotiationLimit REFUSED = new RenegotiationLimit(false, 3, Duration.ofMinutes(10));

    private static final String NOT_IN_TLS13 = "TLS 1.3 has none, it was negotiated";
    private static final String SWITCHED_OFF = "the context has the option NO_RENEGOTIATION";

    private final RenegotiationLimit limit;
    private final InstantSource clock;

    private boolean disabled;

    /** Whether the local side asked for the next one that the peer begins, which then does not count. */
    private boolean asked;

    private Instant last;
    private int begun;

    /** Written before the first handshake ends, called under the engine lock. */
    private Runnable onBegin = () -> {};

    RenegotiationRules(RenegotiationLimit limit, InstantSource clock) {
        this.limit = limit;
        this.clock = clock;
        this.last = clock.instant();
    }

    /**
     * Sets the listener for the beginning of a renegotiation, by either side, before its first message is processed
     * or made.
     */
    void onBegin(Runnable listener) {
        onBegin = listener;
    }

    /** Informs the listener that a handshake begins, if it is a renegotiation. */
    void begins(boolean renegotiation) {
        if (renegotiation) {
            onBegin.run();
        }
    }

    /** Returns the answer to a renegotiation of the peer, in bctls' numbers. */
    int policy() {
        return allowed() ? RenegotiationPolicy.ACCEPT : RenegotiationPolicy.DENY;
    }

    boolean allowed() {
        return limit.allowed();
    }

    void disable() {
        disabled = true;
    }

    /**
     * Checks that a renegotiation is possible.
     *
     * @throws TlsFailure if not; the connection stays as it is
     */
    void require(SecurityParameters connection, PeerSignals signals) throws TlsFailure {
        String why = reasonAgainst(connection, signals);
        if (why != null) {
            Code code = TlsUtils.isTLSv13(connection.getNegotiatedVersion())
                    ? Code.ERR_SSL_WRONG_SSL_VERSION
                    : Code.ERR_SSL_NO_RENEGOTIATION;
            throw code.failure("renegotiation: %s", why);
        }
    }

    /**
     * Checks that a renegotiation keeps the derivation of the master secret. bctls 1.84 takes a change, after which the
     * two handshakes are not bound to each other by RFC 7627 any more, or were not before.
     *
     * @throws IOException the fatal alert if it changes
     */
    static void requireSameMasterSecret(TlsContext context) throws IOException {
        SecurityParameters before = context.getSecurityParametersConnection();
        SecurityParameters now = context.getSecurityParametersHandshake();
        if (before != null
                && now.isRenegotiating()
                && before.isExtendedMasterSecret() != now.isExtendedMasterSecret()) {
            throw FatalAlerts.alert(Code.ERR_SSL_INCONSISTENT_EXTMS.failure(
                    "renegotiation: the peer %s extended_master_secret, which the connection was made %s",
                    now.isExtendedMasterSecret() ? "added" : "left out",
                    now.isExtendedMasterSecret() ? "without" : "with"));
        }
    }

    /** Returns the failure of a renegotiation in TLS 1.3. */
    static TlsFailure notInTls13() {
        return Code.ERR_SSL_WRONG_SSL_VERSION.failure("renegotiation: %s", NOT_IN_TLS13);
    }

    /** Returns the failure of a renegotiation where the local side allows none. */
    static TlsFailure switchedOff() {
        return Code.ERR_SSL_NO_RENEGOTIATION.failure("renegotiation: %s", SWITCHED_OFF);
    }

    /** Notes that the local side has asked the peer to begin one. */
    void asked() {
        asked = true;
    }

    private @Nullable String reasonAgainst(SecurityParameters connection, PeerSignals signals) {
        if (TlsUtils.isTLSv13(connection.getNegotiatedVersion())) {
            return NOT_IN_TLS13;
        }
        if (!limit.allowed()) {
            return SWITCHED_OFF;
        }
        if (signals.isCloseNotifyReceived()) {
            return "the peer has ended its direction";
        }
        if (signals.isCloseNotifySent()) {
            return "our direction has ended";
        }
        if (!connection.isSecureRenegotiation()) {
            return "the peer does not support RFC 5746, which makes it secure";
        }
        Certificate server = connection.getEntity() == ConnectionEnd.server
                ? connection.getLocalCertificate()
                : connection.getPeerCertificate();
        if (server == null || server.isEmpty()) {
            return "the server has no certificate here";
        }
        if (connection.isResumedSession() && !connection.isExtendedMasterSecret()) {
            return "RFC 7627 5.4 forbids it for a session that was resumed without an extended master secret";
        }
        return null;
    }

    /**
     * Counts a renegotiation that the peer begins. A refused one counts as well: its answer costs the same.
     *
     * @throws IOException the fatal alert for one too many, or if they are disabled
     */
    void peerBegins() throws IOException {
        Instant now = clock.instant();
        boolean wanted = asked;
        asked = false;
        if (wanted) {
            return;
        }
        if (disabled && limit.allowed()) {
            throw FatalAlerts.alert(Code.ERR_TLS_RENEGOTIATION_DISABLED.failure(
                    "renegotiation: the peer began one, it is disabled for this socket"));
        }
        RenegotiationLimit counted = limit.allowed() ? limit : REFUSED;
        begun = Duration.between(last, now).compareTo(counted.window()) >= 0 ? 1 : begun + 1;
        last = now;
        if (begun > counted.limit()) {
            throw FatalAlerts.alert(Code.ERR_TLS_SESSION_ATTACK.failure(
                    "renegotiation: the peer began %d, each within %d s of the one before, %d are allowed",
                    begun, counted.window().toSeconds(), counted.limit()));
        }
    }
}
