package io.heddle.engine.handshake;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import org.bouncycastle.tls.HandshakeType;

/**
 * The limits on the length of a client's handshake messages, checked at their headers, before any of a message is kept.
 * bctls has one limit for all, and a ClientHello may be longer than the others.
 *
 * <p>Confined to the connection's engine lock.
 */
final class MessageLengths {
    private static final int HEADER = 4;

    /** The bytes of an unfinished header so far, as one number. */
    private int header;

    private int headerBytes;

    /** The bytes of a message's body that are still to come. */
    private int body;

    /**
     * Takes the content of a handshake record.
     *
     * @throws IOException the fatal alert if a header in it announces too long a message
     */
    void received(byte[] content, int offset, int length) throws IOException {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            if (body > 0) {
                int skipped = Math.min(body, end - at);
                body -= skipped;
                at += skipped;
                continue;
            }
            header = header << 8 | (content[at++] & 0xff);
            if (++headerBytes == HEADER) {
                headerBytes = 0;
                body = header & 0xff_ffff;
                requireAllowed((short) (header >>> 24), body);
            }
        }
    }

    /**
     * Checks the header of a message.
     *
     * @throws IOException the fatal alert if it announces too long a message
     */
    static void requireAllowed(short type, int length) throws IOException {
        int longest = type == HandshakeType.client_hello ? ClientHelloRules.LONGEST : FatalAlerts.LONGEST_MESSAGE;
        // bctls refuses the types that do not exist.
        if (length > longest && HandshakeType.isRecognized(type)) {
            throw FatalAlerts.alert(Code.ERR_SSL_EXCESSIVE_MESSAGE_SIZE.failure(
                    "handshake: the client announced a %s of %d bytes, at most %d bytes are allowed",
                    HandshakeType.getText(type), length, longest));
        }
    }
}
