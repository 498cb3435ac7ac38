package io.heddle.engine;

import org.bouncycastle.tls.KeyUpdateRequest;

/**
 * What the two sides told each other about ends and keys, after the handshake.
 *
 * <p>Confined to the connection's engine lock.
 */
final class PeerSignals {
    private boolean closeNotifyReceived;
    private boolean closeNotifySent;
    private boolean keyUpdateRequested;

    void closeNotifyReceived() {
        closeNotifyReceived = true;
    }

    /** Returns whether the peer said that it sends nothing more. */
    boolean hasEnded() {
        return closeNotifyReceived;
    }

    void closeNotifySent() {
        closeNotifySent = true;
    }

    /** A KeyUpdate is about to be processed; its one byte asks for ours, or does not (RFC 8446 4.6.3). */
    void keyUpdate(byte[] message) {
        keyUpdateRequested |= message.length > 0 && message[0] == KeyUpdateRequest.update_requested;
    }

    void keyUpdateSent() {
        keyUpdateRequested = false;
    }

    /** Returns whether the peer asked for new keys of ours and can still be answered. */
    boolean keyUpdateOwed() {
        return keyUpdateRequested && !closeNotifySent;
    }
}
