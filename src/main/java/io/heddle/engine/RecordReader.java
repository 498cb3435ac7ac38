package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.record.BufferPool;
import io.heddle.engine.record.RecordInput;
import io.heddle.engine.record.UnreadData;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.Transport;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import org.bouncycastle.tls.ContentType;

/**
 * The receiving direction of a connection: opens application data straight into the caller's array, and passes every
 * other record to the protocol.
 *
 * <p>Confined to the connection's in lock, {@link #lock}, unless a member says otherwise.
 */
final class RecordReader {
    private final ConnectionState state;
    private final EngineLock engine;
    private final CurrentProtocol protocol;
    private final InputLock lock;
    private final RenegotiationMonitor renegotiation;
    private final DeferredFlush deferredFlush;

    private final RecordInput input;
    private final RecordIntake intake;
    private final RecordRules rules;
    private final UnreadData unread = new UnreadData();

    // Written under in; read by any thread.
    private volatile boolean ended;
    private volatile boolean closeNotifyReceived;

    RecordReader(
            ConnectionState state,
            EngineLock engine,
            CurrentProtocol protocol,
            Transport transport,
            InputLock lock,
            RenegotiationMonitor renegotiation,
            DeferredFlush deferredFlush) {
        this.state = state;
        this.engine = engine;
        this.protocol = protocol;
        this.lock = lock;
        this.renegotiation = renegotiation;
        this.deferredFlush = deferredFlush;
        this.rules = new RecordRules(protocol);
        this.intake = new RecordIntake(protocol);
        this.input = new RecordInput(transport, rules::longestBody);
    }

    /** Returns the connection's in lock. */
    InputLock lock() {
        return lock;
    }

    /** Passes one record of a first handshake to the protocol; returns false if the transport ended. */
    boolean handshakeRecord() throws IOException {
        if (!input.fillHandshake()) {
            return false;
        }
        engine.run(() -> intake.offer(input.buffer(), input.start(), input.length()));
        input.consume();
        return true;
    }

    /**
     * Returns whether a read has to wait for the peer, which {@link Connection#read} does itself, into {@link
     * RecordInput#waitingRoom}.
     */
    boolean awaitsRecord() throws IOException {
        return unread.isEmpty() && !ended && input.awaitsRecord();
    }

    RecordInput input() {
        return input;
    }

    /**
     * Reads as {@link Connection#read}.
     *
     * @return 0 if a read has to wait first, see {@link #awaitsRecord}
     */
    int read(byte[] into, int offset, int length, ReadDeadline deadline) throws IOException {
        int n = unread.take(into, offset, length);
        while (n == 0 && !awaitsRecord()) {
            n = ended ? -1 : nextRecord(into, offset, length, deadline);
        }
        return n;
    }

    /** Translates the exception of a read; returns -1 if the application has given up reading. */
    int failed(Exception thrown) throws IOException {
        if (thrown instanceof SocketTimeoutException timeout) {
            throw timeout;
        }
        release();
        if (state.isInputShutdown()) {
            // No failure matters to the application.
            return -1;
        }
        throw state.translate(thrown);
    }

    /** Waits as {@link Connection#awaitTicket}. */
    boolean awaitTicket(ReadDeadline deadline) throws IOException {
        state.throwIfUnusable();
        HandshakeResult result = state.result();
        if (result == null) {
            throw new IllegalStateException("the handshake is not complete");
        }
        try {
            while (result.tickets() == 0 && unread.isEmpty() && !ended) {
                int n = nextRecord(new byte[0], 0, 0, deadline);
                if (n > 0) {
                    break;
                }
            }
        } catch (SocketTimeoutException e) {
            // The peer sends no ticket, or not yet.
        } catch (IOException | RuntimeException e) {
            throw state.translate(e);
        }
        return result.tickets() > 0;
    }

    /** Reads and drops all data until the peer ends its direction. */
    void skipToEnd(ReadDeadline deadline) throws IOException {
        byte[] nowhere = new byte[0];
        while (!ended) {
            unread.drop();
            nextRecord(nowhere, 0, 0, deadline);
        }
    }

    /**
     * Processes one record for a thread that waits for a renegotiation, and keeps application data for {@link #read}.
     *
     * @return false if so much data is unread that the application has to read first
     * @throws TlsFailure if the peer has ended its direction, and with it the renegotiation
     */
    boolean advance(ReadDeadline deadline) throws IOException {
        state.throwIfUnusable();
        if (unread.isFull()) {
            return false;
        }
        try {
            if (!ended) {
                nextRecord(new byte[0], 0, 0, deadline);
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw state.translate(e);
        }
        if (ended) {
            throw Code.ECONNRESET.failure("renegotiation: the peer ended its direction before it was complete");
        }
        return true;
    }

    /**
     * Processes one record.
     *
     * @return how many bytes of application data went into the array, or were kept if {@code length} is 0; -1 at
     *     the end
     */
    private int nextRecord(byte[] into, int offset, int length, ReadDeadline deadline) throws IOException {
        if (!input.fill(deadline)) {
            // Some transports report the end of their input when they are closed locally.
            state.throwIfUnusable();
            // As in Node and the JDK, the end of the transport is the end of the data; closeNotifyReceived
            // distinguishes a truncation.
            ended = true;
            return -1;
        }
        RecordCipher opener = protocol.get().opener();
        byte[] buffer = input.buffer();
        int start = input.start();
        int body = input.length() - RecordCipher.HEADER;
        short type = input.type();
        int room = opener.openRoom(body);
        if (type == ContentType.change_cipher_spec || (type != ContentType.application_data && opener.hidesType())) {
            // ChangeCipherSpec, or an unprotected record where none is allowed, for which bctls has the right alert.
            engine.run(() -> intake.offer(buffer, start, RecordCipher.HEADER + body));
            input.consume();
            return 0;
        }
        if (room <= length) {
            int n = opener.open(type, buffer, start + RecordCipher.HEADER, body, into, offset);
            input.consume();
            if (opener.openedType() == ContentType.application_data) {
                return rules.data(n);
            }
            byte[] content = Arrays.copyOfRange(into, offset, offset + n);
            Arrays.fill(into, offset, offset + n, (byte) 0);
            return control(opener, content);
        }
        byte[] opened = BufferPool.borrow();
        int n;
        try {
            n = opener.open(type, buffer, start + RecordCipher.HEADER, body, opened, 0);
        } catch (IOException | RuntimeException e) {
            BufferPool.giveBack(opened);
            throw e;
        }
        input.consume();
        if (opener.openedType() != ContentType.application_data || n == 0) {
            byte[] content = Arrays.copyOf(opened, n);
            BufferPool.giveBack(opened);
            return opener.openedType() == ContentType.application_data ? rules.data(0) : control(opener, content);
        }
        rules.data(n);
        unread.add(opened, n);
        return length == 0 ? n : unread.take(into, offset, length);
    }

    /** Passes the opened content of an alert or a handshake message (ticket, KeyUpdate, renegotiation) to bctls. */
    private int control(RecordCipher opener, byte[] content) throws IOException {
        engine.run(() -> {
            protocol.get().offerOpened(content);
            rules.pendingOutput(protocol.get().getAvailableOutputBytes());
        });
        if (protocol.get().signals().isCloseNotifyReceived()) {
            closeNotifyReceived = true;
            ended = true;
        }
        if (!opener.hidesType() && renegotiation.update()) {
            rules.progress();
        }
        deferredFlush.schedule();
        notifySessions();
        return ended ? -1 : 0;
    }

    /**
     * Notifies the observer of the sessions that are new. May be called by any thread, without the engine lock, since
     * the observer may use the connection.
     */
    void notifySessions() throws IOException {
        var arrived = engine.call(protocol.get().tracer()::takeSessions);
        try {
            protocol.get().tracer().notifySessions(arrived);
        } catch (RuntimeException e) {
            throw state.translate(Code.ERR_TLS_CALLBACK.failure(e, "session: the listener failed: %s", e));
        }
    }

    /** Returns how many bytes can be read without a call of the transport. */
    int available() {
        return unread.available();
    }

    /** Returns whether the peer's direction has ended, with or without close_notify. May be called by any thread. */
    boolean hasEnded() {
        return ended;
    }

    /** May be called by any thread. */
    boolean closeNotifyReceived() {
        return closeNotifyReceived;
    }

    /** Returns how many bytes of application data were received. May be called by any thread. */
    long bytes() {
        return rules.bytes();
    }

    /** Returns the borrowed buffers, and drops what they hold. */
    void release() {
        input.release();
        unread.drop();
    }
}
