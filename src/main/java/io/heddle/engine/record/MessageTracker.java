package io.heddle.engine.record;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * Where received messages end in their records. RFC 8446 5.1: those of a handshake are not interleaved with other records, a
 * change of keys falls on the end of a record, and an alert has a record of its own. bctls does not check it.
 *
 * <p>Confined to the connection's engine lock.
 */
public final class MessageTracker {
    private int unread;
    private String latest = "record";

    /** A record is about to be processed. */
    public void record(short type, byte[] buffer, int offset, int length) throws TlsFatalAlert {
        if (type == ContentType.handshake) {
            unread += length;
            return;
        }
        boolean alert = type == ContentType.alert;
        if (alert && length != 2) {
            throw new TlsFatalAlert(
                    AlertDescription.decode_error, "alert record of " + length + " bytes, each has one alert of 2");
        }
        // A peer that gives up in the middle of a message still gives its reason.
        if (unread > 0 && !(alert && buffer[offset] == AlertLevel.fatal)) {
            throw new TlsFatalAlert(
                    AlertDescription.unexpected_message,
                    ContentType.getText(type) + " record inside a handshake message");
        }
    }

    /** A whole message was taken from the records, and is about to be processed. */
    public void message(short type, int length) {
        unread -= length;
        latest = HandshakeType.getText(type) + " message";
    }

    /** Returns a name of what is being processed, for the failure that it may end with. */
    public String latest() {
        return latest;
    }

    /** Returns whether the beginning of a message is here and its end is not. */
    public boolean midMessage() {
        return unread > 0;
    }

    /** Refuses more bytes behind a message after which the peer's keys are new. Only for TLS 1.3. */
    public void keysChanged(short type) throws TlsFatalAlert {
        if (unread > 0) {
            throw new TlsFatalAlert(
                    AlertDescription.unexpected_message,
                    "more data in the record of a " + HandshakeType.getText(type) + ", after which the keys change");
        }
    }
}
