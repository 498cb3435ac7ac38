package io.heddle.engine.record;

import io.heddle.failure.Alert;
import java.util.Optional;
import org.bouncycastle.tls.KeyUpdateRequest;
import org.jspecify.annotations.Nullable;

/**
 * The signals of both sides of a connection about closure, keys and renegotiation.
 *
 * <p>Confined to the connection's engine lock.
 */
public final class PeerSignals {
    private boolean closeNotifyReceived;
    private boolean closeNotifySent;
    private boolean keyUpdateRequested;
    private boolean keysUnproven;
    private boolean renegotiationRefused;
    private @Nullable Alert alertSent;

    public void closeNotifyReceived() {
        closeNotifyReceived = true;
    }

    public boolean isCloseNotifyReceived() {
        return closeNotifyReceived;
    }

    public boolean isCloseNotifySent() {
        return closeNotifySent;
    }

    /**
     * Sets whether the peer uses keys of a negotiation whose Finished is still to come, so that its records
     * prove nothing.
     */
    public void keysUnproven(boolean unproven) {
        keysUnproven = unproven;
    }

    public boolean areKeysUnproven() {
        return keysUnproven;
    }

    /** Sets whether the peer refused the last renegotiation that the local side began. */
    public void renegotiationRefused(boolean refused) {
        renegotiationRefused = refused;
    }

    public boolean isRenegotiationRefused() {
        return renegotiationRefused;
    }

    public void closeNotifySent() {
        closeNotifySent = true;
    }

    /** Takes a KeyUpdate that was processed; its one byte says whether it asks for one in return (RFC 8446 4.6.3). */
    public void keyUpdate(byte[] message) {
        keyUpdateRequested |= message.length > 0 && message[0] == KeyUpdateRequest.update_requested;
    }

    /** Notes the fatal alert that was put into the output, as its last record. */
    public void alertSent(Alert fatal) {
        alertSent = fatal;
    }

    /** Returns the fatal alert that ends the connection, empty while there is none. */
    public Optional<Alert> alertSent() {
        return Optional.ofNullable(alertSent);
    }

    public void keyUpdateSent() {
        keyUpdateRequested = false;
    }

    /** Returns whether the peer asked for a KeyUpdate and can still be answered. */
    public boolean keyUpdateOwed() {
        return keyUpdateRequested && !closeNotifySent && alertSent == null;
    }
}
