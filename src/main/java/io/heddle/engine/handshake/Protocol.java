package io.heddle.engine.handshake;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
import io.heddle.engine.handshake.trace.ConnectionTracer;
import io.heddle.engine.record.EarlyData;
import io.heddle.engine.record.MessageTracker;
import io.heddle.engine.record.PeerBudget;
import io.heddle.engine.record.PeerSignals;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The protocol object of a connection, as the driver uses it: bctls' state machine with the hooks of this package, after
 * the last handshake {@link PostHandshake}.
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

    /** Returns the result of the last handshake, null before the first is complete. */
    @Nullable
    HandshakeResult result();

    /** Takes the content of the record that {@link #opener} has just opened. */
    void offerOpened(byte[] content) throws IOException;

    /** Returns the cipher that seals application data. */
    RecordCipher sealer();

    /** Returns the cipher that opens records. */
    RecordCipher opener();

    /** Returns whether the peer's records are protected, so that there is an {@link #opener}. */
    boolean hasOpener();

    /**
     * Returns whether a handshake lacks nothing but the peer's Finished, and its processing does not block: it calls no
     * callback of the application, and a store in which it puts a session is in memory.
     */
    boolean awaitsFinishedOnly();

    /** Returns the length of the next whole record that is to be sent, header included; 0 if there is none. */
    int previewOutputRecord();

    /** Returns whether a negotiation runs on a connection that is secure already. */
    boolean negotiating();

    /**
     * Begins a renegotiation (RFC 5246 7.4.1.1, RFC 5746): a client sends its ClientHello, a server asks for one.
     *
     * @param clientCertificates a server's requirement on its client's certificate from then on, null for no change
     * @throws TlsFailure if this connection has no renegotiation; it stays as it is
     */
    void renegotiate(@Nullable ClientAuthRequirement clientCertificates) throws IOException;

    /**
     * Sets a listener that is called, within the call into the protocol, when a renegotiation begins: before any
     * callback of the application and before {@link #negotiating} returns true.
     */
    void onRenegotiation(Runnable listener);

    /** Refuses renegotiations that the peer begins from now on. */
    void disableRenegotiation();

    /** Returns how many bytes of application data one record may have, once the handshake is complete (RFC 6066 4). */
    int getApplicationDataLimit();

    /** Returns the signals of both sides about closure and keys. */
    PeerSignals signals();

    /** Returns the tracer, which informs the observers of the connection. */
    ConnectionTracer tracer();

    /** Returns where handshake messages end in their records. */
    MessageTracker messages();

    /**
     * Returns whether a ChangeCipherSpec has to be dropped before bctls sees it, which would refuse it this early (RFC
     * 8446 5).
     */
    default boolean dropsChangeCipherSpec() {
        return false;
    }

    /** Returns the work that the peer may still cause. */
    PeerBudget budget();

    /** Returns the early data that a server skips; a client expects none. */
    EarlyData earlyData();

    /**
     * Returns the protocol object for the time after a handshake that is complete, which takes over the output: a
     * smaller one where nothing of the handshake can be needed again, else this one.
     */
    Protocol afterHandshake();

    /** Gives back buffers that are empty. */
    void releaseBuffers();

    /**
     * Sends KeyUpdate (RFC 8446 4.6.3) and changes the local keys; {@code request} asks the peer to do so too. TLS
     * 1.3 only.
     */
    void sendKeyUpdate(boolean request) throws IOException;

    /**
     * Removes the sessions of a connection that a fatal alert ends, sent or received: they must not be resumed any more
     * (RFC 5246 7.2.2). Does not block.
     */
    void forgetSessions();

    /** Sends close_notify, unless the protocol object is closed already. */
    default void sendCloseNotify() throws IOException {
        if (!isClosed()) {
            signals().closeNotifySent();
            raiseCloseNotify();
        }
    }

    /** Returns whether bctls has closed both directions. */
    boolean isClosed();

    /** Has bctls send the alert close_notify; for {@link #sendCloseNotify}, which checks that it may. */
    void raiseCloseNotify() throws IOException;

    /** Sends a fatal alert for a fault that the driver found, not bctls. */
    void sendFatal(short alert, Throwable cause) throws IOException;
}
