package io.heddle.engine;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * Where received handshake messages end in their records. RFC 8446 5.1: they are not interleaved with other records, and a
 * change of keys falls on the end of a record. bctls does not look.
 *
 * <p>Confined to the connection's engine lock.
 */
final class MessageTracker {
    private int unread;

    /** A record is about to be processed. */
    void record(short type, int length) {
        if (type == ContentType.handshake) {
            unread += length;
        }
    }

    /** A whole message was taken from the records. */
    void message(int length) {
        unread -= length;
    }

    /** Returns whether the beginning of a message is here and its end is not. */
    boolean midMessage() {
        return unread > 0;
    }

    /** Refuses more bytes behind a message after which the peer's keys are new. Only for TLS 1.3. */
    void keysChanged(short type) throws TlsFatalAlert {
        if (unread > 0) {
            throw new TlsFatalAlert(
                    AlertDescription.unexpected_message,
                    "more data in the record of a " + HandshakeType.getText(type) + ", after which the keys change");
        }
    }
}
