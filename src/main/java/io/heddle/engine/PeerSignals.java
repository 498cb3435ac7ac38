package io.heddle.engine;

import io.heddle.failure.Alert;
import java.util.Optional;
import org.bouncycastle.tls.KeyUpdateRequest;
import org.jspecify.annotations.Nullable;

/**
 * What the two sides told each other about ends, keys and negotiations, after the handshake.
 *
 * <p>Confined to the connection's engine lock.
 */
final class PeerSignals {
    private boolean closeNotifyReceived;
    private boolean closeNotifySent;
    private boolean keyUpdateRequested;
    private boolean keysUnproven;
    private boolean renegotiationRefused;
    private @Nullable Alert alertSent;

    void closeNotifyReceived() {
        closeNotifyReceived = true;
    }

    /** Returns whether the peer said that it sends nothing more. */
    boolean hasEnded() {
        return closeNotifyReceived;
    }

    /** Returns whether we said that we send nothing more. */
    boolean weEnded() {
        return closeNotifySent;
    }

    /** The peer uses keys of a negotiation whose Finished is still to come: what it sends proves nothing. */
    void keysUnproven(boolean unproven) {
        keysUnproven = unproven;
    }

    boolean areKeysUnproven() {
        return keysUnproven;
    }

    /** The peer does not want to negotiate anew. */
    void renegotiationRefused(boolean refused) {
        renegotiationRefused = refused;
    }

    boolean isRenegotiationRefused() {
        return renegotiationRefused;
    }

    void closeNotifySent() {
        closeNotifySent = true;
    }

    /** A KeyUpdate was processed; its one byte asks for ours, or does not (RFC 8446 4.6.3). */
    void keyUpdate(byte[] message) {
        keyUpdateRequested |= message.length > 0 && message[0] == KeyUpdateRequest.update_requested;
    }

    /** A fatal alert was made for the wire: it is the last record. */
    void alertSent(Alert fatal) {
        alertSent = fatal;
    }

    /** Returns the fatal alert that ends the connection, empty while there is none. */
    Optional<Alert> alertSent() {
        return Optional.ofNullable(alertSent);
    }

    void keyUpdateSent() {
        keyUpdateRequested = false;
    }

    /** Returns whether the peer asked for new keys of ours and can still be answered. */
    boolean keyUpdateOwed() {
        return keyUpdateRequested && !closeNotifySent && alertSent == null;
    }
}
