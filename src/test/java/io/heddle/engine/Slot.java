package io.heddle.engine;

import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;
import org.jspecify.annotations.Nullable;

/**
 * A place in the sequence of a peer's records, with the record that the protocol has there.
 *
 * @param index how many records the peer has sent before
 * @param type the content type
 * @param content the content of the record of one connection
 * @param keyed whether the record is protected
 * @param secure whether the peer's Finished was sent before
 * @param tls13 whether TLS 1.3 is negotiated
 * @param server whether the side that receives is the server
 * @param next the next place, null for the last one
 */
record Slot(
        int index,
        short type,
        byte[] content,
        boolean keyed,
        boolean secure,
        boolean tls13,
        boolean server,
        @Nullable Slot next) {
    /** Returns the type of the handshake message, -1 if it is another record. */
    int message() {
        return type == ContentType.handshake ? content[0] & 0xff : -1;
    }

    boolean isHandshake() {
        return type == ContentType.handshake;
    }

    boolean isMessage(int message) {
        return message() == message;
    }

    boolean isChangeCipherSpec() {
        return type == ContentType.change_cipher_spec;
    }

    boolean isFirst() {
        return index == 0;
    }

    /** Returns the type of the handshake message that is due, behind a ChangeCipherSpec too; -1 if none is. */
    int awaited() {
        return isChangeCipherSpec() && tls13 && next != null ? next.message() : message();
    }

    /** Returns whether Heddle expects protected records already, though this one is in the clear. */
    boolean hasKeys() {
        return isChangeCipherSpec() && tls13 && next != null && next.keyed();
    }

    /** Returns whether the peer's keys change behind the message (RFC 8446 5.1). */
    boolean endsKeys() {
        return tls13
                && (isMessage(HandshakeType.client_hello)
                        || isMessage(HandshakeType.server_hello)
                        || isMessage(HandshakeType.finished)
                        || isMessage(HandshakeType.key_update));
    }

    /** Returns whether the message is of a kind that no transcript covers, so that a changed one may be taken. */
    boolean isOutsideTranscript() {
        return !isHandshake() || (secure && tls13);
    }

    @Override
    public String toString() {
        String what = isHandshake() ? HandshakeType.getText((short) message()) : ContentType.getText(type);
        return "%d:%s%s".formatted(index, what, keyed ? "*" : "");
    }
}
