package io.heddle.engine;

import org.bouncycastle.tls.KeyUpdateRequest;

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
    private boolean failed;

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

    /** A fatal alert was sent: it is the last record. */
    void fatalAlertSent() {
        failed = true;
    }

    void keyUpdateSent() {
        keyUpdateRequested = false;
    }

    /** Returns whether the peer asked for new keys of ours and can still be answered. */
    boolean keyUpdateOwed() {
        return keyUpdateRequested && !closeNotifySent && !failed;
    }
}
