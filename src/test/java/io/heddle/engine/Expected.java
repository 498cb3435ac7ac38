package io.heddle.engine;

import io.heddle.failure.Alert;
import java.util.Set;

/**
 * The outcomes that a case may have.
 *
 * @param completes whether the connection may go on to its end as if nothing had happened
 * @param ends whether it may end because the peer sends nothing more
 * @param peerAlert whether it may end with an alert of the peer, which does not know what became of its own records
 * @param alerts the alerts with which it may be refused
 */
record Expected(boolean completes, boolean ends, boolean peerAlert, Set<Alert> alerts) {
    /** The protocol allows it. */
    static Expected legal() {
        return new Expected(true, false, false, Set.of());
    }

    /** It is refused at once, with one of these. */
    static Expected refused(Alert... alerts) {
        return refused(AllowedAlerts.of(alerts));
    }

    static Expected refused(Set<Alert> alerts) {
        return new Expected(false, false, false, alerts);
    }

    /** The peer ends its direction. */
    static Expected ended() {
        return new Expected(false, true, false, Set.of());
    }

    /** The peer sends a fatal alert. */
    static Expected alerted() {
        return new Expected(false, false, true, Set.of());
    }

    Expected orCompletes() {
        return new Expected(true, ends, peerAlert, alerts);
    }

    Expected orEnds() {
        return new Expected(completes, true, peerAlert, alerts);
    }

    Expected orPeerAlert() {
        return new Expected(completes, ends, true, alerts);
    }

    Expected or(Alert... more) {
        return new Expected(completes, ends, peerAlert, AllowedAlerts.with(alerts, more));
    }

    @Override
    public String toString() {
        return "%s%s%s%s"
                .formatted(completes ? "completes " : "", ends ? "ends " : "", peerAlert ? "peer " : "", alerts);
    }
}
