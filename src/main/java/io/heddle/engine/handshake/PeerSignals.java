package io.heddle.engine.handshake;

import io.heddle.failure.Alert;
import java.util.Optional;
import org.bouncycastle.tls.KeyUpdateRequest;
import org.jspecify.annotations.Nullable;

/**
 * What the two sides told each other about ends, keys and negotiations, after the handshake.
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

    /** Returns whether the peer said that it sends nothing more. */
    public boolean hasEnded() {
        return closeNotifyReceived;
    }

    /** Returns whether we said that we send nothing more. */
    public boolean weEnded() {
        return closeNotifySent;
    }

    /** The peer uses keys of a negotiation whose Finished is still to come: what it sends proves nothing. */
    public void keysUnproven(boolean unproven) {
        keysUnproven = unproven;
    }

    public boolean areKeysUnproven() {
        return keysUnproven;
    }

    /** The peer does not want to negotiate anew. */
    public void renegotiationRefused(boolean refused) {
        renegotiationRefused = refused;
    }

    public boolean isRenegotiationRefused() {
        return renegotiationRefused;
    }

    public void closeNotifySent() {
        closeNotifySent = true;
    }

    /** A KeyUpdate was processed; its one byte asks for ours, or does not (RFC 8446 4.6.3). */
    public void keyUpdate(byte[] message) {
        keyUpdateRequested |= message.length > 0 && message[0] == KeyUpdateRequest.update_requested;
    }

    /** A fatal alert was made for the wire: it is the last record. */
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

    /** Returns whether the peer asked for new keys of ours and can still be answered. */
    public boolean keyUpdateOwed() {
        return keyUpdateRequested && !closeNotifySent && alertSent == null;
    }
}
