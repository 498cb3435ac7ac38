package io.heddle.engine;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The protocol object of one side, as its connection drives it: bctls' machine and what we hang on it.
 *
 * <p>Every call is made under the connection's engine lock, and {@link #offerInput} under its in lock as well.
 */
interface Protocol {
    /** Begins: the client makes its ClientHello, the server waits for one. */
    void start() throws IOException;

    /** Takes exactly one record. */
    void offerInput(byte[] record, int offset, int length) throws IOException;

    int getAvailableOutputBytes();

    int readOutput(byte[] into, int offset, int length);

    /** Returns what was negotiated, null until the handshake is complete. */
    @Nullable
    HandshakeResult result();

    /** Returns the cipher of the application data. */
    RecordCipher cipher();

    /** Returns how many bytes of application data one record may have, once the handshake is complete (RFC 6066 4). */
    int getApplicationDataLimit();

    /** Returns what the two sides told each other about ends and keys. */
    PeerSignals signals();

    /** Returns who tells those that observe the connection. */
    Witness witness();

    /** Returns where handshake messages end in their records. */
    MessageTracker messages();

    /** Gives back the memory that the handshake needed and the connection does not. */
    void releaseBuffers();

    /** Sends KeyUpdate (RFC 8446 4.6.3) and changes our keys; {@code request} asks the peer to do so too. TLS 1.3 only. */
    void sendKeyUpdate(boolean request) throws IOException;

    void sendCloseNotify() throws IOException;

    /** Sends a fatal alert for something that the lanes found, not bctls. */
    void sendFatal(short alert, Throwable cause) throws IOException;
}
