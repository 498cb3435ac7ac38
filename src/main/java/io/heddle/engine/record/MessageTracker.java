package io.heddle.engine.record;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * The position of received messages in their records, for checks that bctls does not make. RFC 8446 5.1: handshake
 * messages are not interleaved with other records, keys change at the end of a record only, and an alert has a record
 * of its own.
 *
 * <p>Confined to the connection's engine lock.
 */
public final class MessageTracker {
    private int unread;

    /** The type of the latest message, below 0 before the first. */
    private short latest = -1;

    /** Checks a record that is about to be processed. */
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
        // A peer may abort in the middle of a message.
        if (unread > 0 && !(alert && buffer[offset] == AlertLevel.fatal)) {
            throw new TlsFatalAlert(
                    AlertDescription.unexpected_message,
                    ContentType.getText(type) + " record inside a handshake message");
        }
    }

    /** Records that a whole message was taken from the records and is about to be processed. */
    public void message(short type, int length) {
        unread -= length;
        latest = type;
    }

    /** Returns the name of the latest message, for failures. */
    public String latest() {
        return latest < 0 ? "record" : HandshakeType.getText(latest) + " message";
    }

    /** Returns whether a message has arrived in part. */
    public boolean midMessage() {
        return unread > 0;
    }

    /** Checks that no bytes follow a message after which the peer changes its keys. Only for TLS 1.3. */
    public void keysChanged(short type) throws TlsFatalAlert {
        if (unread > 0) {
            throw new TlsFatalAlert(
                    AlertDescription.unexpected_message,
                    "more data in the record of a " + HandshakeType.getText(type) + ", after which the keys change");
        }
    }
}
