package io.heddle.engine.handshake;

import io.heddle.engine.crypto.NonceSource;
import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.record.MessageTracker;
import io.heddle.engine.record.PeerBudget;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import org.bouncycastle.tls.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * The protocol object of one side, as its connection drives it: bctls' machine and what we hang on it.
 *
 * <p>Every call is made under the connection's engine lock, and {@link #offerInput} under its in lock as well.
 */
public interface Protocol {
    /** Begins: the client makes its ClientHello, the server waits for one. */
    void start() throws IOException;

    /** Takes exactly one record. */
    void offerInput(byte[] record, int offset, int length) throws IOException;

    int getAvailableOutputBytes();

    int readOutput(byte[] into, int offset, int length);

    /** Returns what was negotiated last, null until the first handshake is complete. */
    @Nullable
    HandshakeResult result();

    /** Takes the content of the record that {@link #opener} has just opened. */
    default void offerOpened(byte[] content) throws IOException {
        RecordCipher opener = opener();
        opener.handOver(opener.openedType(), content);
        int type = opener.hidesType() ? ContentType.application_data : opener.openedType();
        byte[] stand = {(byte) type, 3, (byte) opener.minorVersion(), 0, 0};
        offerInput(stand, 0, stand.length);
    }

    /** Returns who has made the ciphers. */
    NonceSource nonces();

    /** Returns the cipher that seals application data. */
    default RecordCipher sealer() {
        return nonces().sealer();
    }

    /** Returns the cipher that opens records. */
    default RecordCipher opener() {
        return nonces().opener();
    }

    /**
     * Returns whether all that a handshake lacks is the peer's Finished, and nothing that comes of it may block: neither the
     * application is asked nor a session put where that may take its time.
     */
    boolean awaitsFinishedOnly();

    /** Returns the length of the next whole record that is to be sent, header included; 0 if there is none. */
    int previewOutputRecord();

    /** Returns whether a negotiation runs on a connection that is secure already. */
    boolean negotiating();

    /**
     * Begins to negotiate anew (RFC 5246 7.4.1.1, RFC 5746): a client sends its ClientHello, a server asks for one.
     *
     * @param clientCertificates what a server asks of its client's certificate from then on, null for no change
     * @throws TlsFailure if that cannot be on this connection, which stays as it is
     */
    void renegotiate(@Nullable ClientAuthRequirement clientCertificates) throws IOException;

    /**
     * Sets what runs, in the call into the protocol, when a renegotiation begins: before the application is asked for anything
     * and before {@link #negotiating} is seen.
     */
    void onRenegotiation(Runnable listener);

    /** Refuses from now on what the peer begins. */
    void disableRenegotiation();

    /** Returns how many bytes of application data one record may have, once the handshake is complete (RFC 6066 4). */
    int getApplicationDataLimit();

    /** Returns what the two sides told each other about ends and keys. */
    PeerSignals signals();

    /** Returns who tells those that observe the connection. */
    ConnectionTracer witness();

    /** Returns where handshake messages end in their records. */
    MessageTracker messages();

    /** Returns whether ChangeCipherSpec means nothing here and bctls does not know it yet (RFC 8446 5). */
    default boolean dropsChangeCipherSpec() {
        return false;
    }

    /** Returns the work that the peer may still cause. */
    PeerBudget budget();

    /** Returns what is known of early data; at a client none is expected. */
    EarlyData earlyData();

    /** Gives back the memory that the handshake needed and the connection does not. */
    void releaseBuffers();

    /** Sends KeyUpdate (RFC 8446 4.6.3) and changes our keys; {@code request} asks the peer to do so too. TLS 1.3 only. */
    void sendKeyUpdate(boolean request) throws IOException;

    /**
     * A fatal alert, sent or received, ends the connection: its sessions must not be resumed any more (RFC 5246 7.2.2). Does not
     * block.
     */
    void forgetSessions();

    void sendCloseNotify() throws IOException;

    /** Sends a fatal alert for something that the lanes found, not bctls. */
    void sendFatal(short alert, Throwable cause) throws IOException;
}
