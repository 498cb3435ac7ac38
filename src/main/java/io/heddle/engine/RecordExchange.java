package io.heddle.engine;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.ClientHandshake;
import io.heddle.engine.handshake.ClientSettings;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.Protocol;
import io.heddle.engine.handshake.ServerHandshake;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
import io.heddle.engine.handshake.trace.ConnectionObservers;
import io.heddle.engine.record.RecordCodec;
import io.heddle.engine.record.RecordCodec.PlaintextSource;
import io.heddle.engine.record.RecordCodec.PlaintextTarget;
import io.heddle.engine.record.RecordHeader;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Blame;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import org.bouncycastle.tls.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * A TLS connection without a transport, in the terms of {@code SSLEngine}: the caller carries the records.
 * {@link Connection} is the blocking one.
 *
 * <p>Records of a handshake become tasks, since they may call back the application, sign and verify. From the creation
 * of a task to its end nothing else uses the protocol object. Output of the protocol leaves in as few calls as the
 * target has room for; application data in one record a call.
 *
 * <p>Thread-safe: wrapping and unwrapping by two threads is legal. The one lock is held for computation, and for the
 * listeners of sessions.
 */
public final class RecordExchange {
    private static final int HEADER = RecordHeader.LENGTH;

    private interface Step {
        void run() throws IOException;
    }

    private final CurrentProtocol protocol;
    private final RecordRules rules;
    private final RecordIntake intake;
    private final ExchangeOutput output;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock. Volatile fields are written under it and read by any thread.

    private boolean begun;
    private boolean recordSeen;

    /** A record that the application has to process, or is processing. */
    private @Nullable Task task;

    private boolean taskTaken;

    /** Whether a negotiation is complete and {@code FINISHED} was not returned yet. */
    private boolean finishedPending;

    /** The failure of a task, which the next call throws. */
    private @Nullable TlsFailure pendingFailure;

    private volatile @Nullable HandshakeResult handshakeResult;
    private volatile @Nullable TlsFailure failure;

    private boolean closing;
    private volatile boolean inboundDone;
    private volatile boolean outboundDone;

    private RecordExchange(Protocol handshakes) {
        this.protocol = new CurrentProtocol(handshakes);
        this.rules = new RecordRules(protocol);
        this.intake = new RecordIntake(protocol);
        this.output = new ExchangeOutput(protocol);
    }

    /** Returns the server's side of a connection. */
    public static RecordExchange server(ServerSettings settings, ConnectionObservers observers) {
        return new RecordExchange(new ServerHandshake(settings, observers));
    }

    /** Returns the client's side of a connection. */
    public static RecordExchange client(ClientSettings settings, ConnectionObservers observers) {
        return new RecordExchange(new ClientHandshake(settings, observers));
    }

    /** Sets the longest record of application data that is sent, header included; 0 for the protocol's own limit. */
    public void maxPacket(int bytes) {
        lock.lock();
        try {
            output.maxPacket(bytes);
        } finally {
            lock.unlock();
        }
    }

    // The handshake and its status

    /**
     * Begins the handshake. After that it begins a renegotiation, in TLS 1.2 and below, or changes the keys.
     *
     * @param clientCertificates the certificate that a server requires of its client from now on, empty for no change
     * @throws TlsFailure if the connection has ended or is being closed
     */
    public void begin(Optional<ClientAuthRequirement> clientCertificates) throws TlsFailure {
        lock.lock();
        try {
            throwPendingFailure();
            if (closing || outboundDone || inboundDone) {
                throw Code.ERR_TLS_INVALID_STATE.failure("handshake: the connection has ended, or is about to");
            }
            if (!begun) {
                begin();
            } else if (handshakeResult != null
                    && task == null
                    && !protocol.get().negotiating()) {
                renegotiate(clientCertificates);
            }
        } finally {
            lock.unlock();
        }
    }

    private void begin() throws TlsFailure {
        begun = true;
        run(() -> protocol.get().start());
    }

    private void renegotiate(Optional<ClientAuthRequirement> clientCertificates) throws TlsFailure {
        if (protocol.get().sealer().hidesType()) {
            run(() -> protocol.get().sendKeyUpdate(true));
            return;
        }
        try {
            protocol.get().renegotiate(clientCertificates.orElse(null));
        } catch (TlsFailure e) {
            // Renegotiation is not possible; the connection goes on.
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            throw fail(e);
        }
    }

    /** Returns the step that the connection needs next. */
    public HandshakeStatus status() {
        lock.lock();
        try {
            return need();
        } finally {
            lock.unlock();
        }
    }

    private HandshakeStatus need() {
        if (task != null) {
            return HandshakeStatus.NEED_TASK;
        }
        if (pendingFailure != null) {
            // Makes the caller call, so that the failure is thrown even if there is no output.
            return HandshakeStatus.NEED_WRAP;
        }
        if (outboundDone) {
            return HandshakeStatus.NOT_HANDSHAKING;
        }
        if (closing || finishedPending || hasOutput()) {
            return HandshakeStatus.NEED_WRAP;
        }
        return isNegotiating() && !inboundDone ? HandshakeStatus.NEED_UNWRAP : HandshakeStatus.NOT_HANDSHAKING;
    }

    private boolean hasOutput() {
        return begun
                && (output.pending()
                        || (failure == null && protocol.get().signals().keyUpdateOwed()));
    }

    private boolean isNegotiating() {
        return begun
                && failure == null
                && (handshakeResult == null || protocol.get().negotiating());
    }

    /** Returns the task to run on a thread that may block, null if there is none or it was returned already. */
    public @Nullable Runnable task() {
        lock.lock();
        try {
            if (taskTaken) {
                return null;
            }
            taskTaken = task != null;
            return task;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A step of a handshake that may block, for a thread of the application's choice. It holds no lock: until it is
     * over nothing else uses the protocol object. Running it again does nothing.
     */
    private final class Task implements Runnable {
        private final Step step;
        private final AtomicBoolean started = new AtomicBoolean();

        Task(Step step) {
            this.step = step;
        }

        @Override
        public void run() {
            if (started.getAndSet(true)) {
                return;
            }
            @Nullable Throwable thrown = null;
            try {
                step.run();
            } catch (IOException | RuntimeException | Error e) {
                thrown = e;
            }
            completed(this, thrown);
        }
    }

    private void completed(Task completed, @Nullable Throwable thrown) {
        lock.lock();
        try {
            if (task == completed) {
                task = null;
                taskTaken = false;
                settle(thrown);
            }
        } finally {
            lock.unlock();
        }
    }

    private void settle(@Nullable Throwable thrown) {
        try {
            if (thrown != null) {
                throw fail(thrown);
            }
            run(() -> {});
        } catch (TlsFailure e) {
            pendingFailure = e;
        }
    }

    /** Runs a step of the protocol, and updates the state of the connection by its outcome. */
    private void run(Step step) throws TlsFailure {
        try {
            step.run();
            HandshakeResult latest = protocol.get().result();
            if (latest != null && latest != handshakeResult) {
                handshakeResult = latest;
                output.negotiated();
                finishedPending = true;
                rules.progress();
                protocol.dropHandshake();
            }
            if (protocol.get().signals().isCloseNotifyReceived()) {
                inboundDone = true;
                // RFC 5246 7.2.1 requires an answer at once; RFC 8446 6.1 leaves the local direction open.
                closing |= latest != null && latest.version() != TlsVersion.TLS_1_3;
            }
            protocol.get().tracer().notifySessions(protocol.get().tracer().takeSessions());
        } catch (IOException | RuntimeException | Error e) {
            throw fail(e);
        }
    }

    /** Ends the connection, after whose first failure only an alert is sent, and returns that failure. */
    private TlsFailure fail(Throwable thrown) {
        TlsFailure first = failure;
        if (first != null) {
            return first;
        }
        TlsFailure cause = FatalAlerts.failure(thrown);
        inboundDone = true;
        finishedPending = false;
        if (cause.alert().isPresent()) {
            protocol.get().forgetSessions();
        }
        if (cause.code().blame() == Blame.PEER_ALERT) {
            outboundDone = true;
            failure = cause;
            return cause;
        }
        closing = true;
        Optional<Alert> alert = cause.alert();
        if (alert.isPresent()) {
            try {
                protocol.get().sendFatal((short) alert.get().number(), cause);
            } catch (IOException e) {
                // The first failure counts.
            }
        }
        TlsFailure recorded = cause.ended(protocol.get().signals().alertSent());
        failure = recorded;
        return recorded;
    }

    private void throwPendingFailure() throws TlsFailure {
        TlsFailure pending = pendingFailure;
        if (pending != null) {
            pendingFailure = null;
            throw pending;
        }
    }

    // Receiving

    /**
     * Processes one record.
     *
     * @param source holds the record, or a part of it
     * @param into receives application data
     */
    public SSLEngineResult unwrap(ByteBuffer source, PlaintextTarget into) throws TlsFailure {
        lock.lock();
        try {
            throwPendingFailure();
            if (!begun && !inboundDone && !closing) {
                begin();
            }
            if (inboundDone || !begun) {
                return engineResult(Status.CLOSED, 0, 0);
            }
            HandshakeStatus need = need();
            if (need == HandshakeStatus.NEED_TASK || (need == HandshakeStatus.NEED_WRAP && isNegotiating())) {
                return engineResult(Status.OK, 0, 0);
            }
            return unwrapRecord(source, into);
        } finally {
            lock.unlock();
        }
    }

    private SSLEngineResult unwrapRecord(ByteBuffer source, PlaintextTarget into) throws TlsFailure {
        if (source.remaining() < HEADER) {
            return engineResult(Status.BUFFER_UNDERFLOW, 0, 0);
        }
        byte[] header = new byte[HEADER];
        source.get(source.position(), header);
        run(() -> RecordHeader.check(header, 0, rules.longestBody(), !recordSeen));
        recordSeen = true;
        int length = RecordHeader.recordLength(header, 0);
        if (source.remaining() < length) {
            return engineResult(Status.BUFFER_UNDERFLOW, 0, 0);
        }
        short type = (short) (header[0] & 0xff);
        if (handshakeResult == null) {
            byte[] record = take(source, length);
            perform(() -> intake.offer(record, 0, length), isLight(type));
            return engineResult(inboundDone ? Status.CLOSED : Status.OK, length, 0);
        }
        return unwrapSecure(type, source, length, into);
    }

    /**
     * Returns whether a record of this type neither calls the application nor takes much work, so that it needs
     * no task.
     */
    private boolean isLight(short type) {
        boolean handshake = type == ContentType.handshake || type == ContentType.application_data;
        return !handshake || protocol.get().awaitsFinishedOnly();
    }

    private void perform(Step step, boolean light) throws TlsFailure {
        if (light) {
            run(step);
        } else {
            task = new Task(step);
        }
    }

    private static byte[] take(ByteBuffer source, int length) {
        byte[] record = new byte[length];
        source.get(record);
        return record;
    }

    private SSLEngineResult unwrapSecure(short type, ByteBuffer source, int length, PlaintextTarget into)
            throws TlsFailure {
        RecordCipher opener = protocol.get().opener();
        if (type == ContentType.change_cipher_spec || (type != ContentType.application_data && opener.hidesType())) {
            // In the clear where no such record may be: bctls fails with the right alert.
            byte[] record = take(source, length);
            run(() -> intake.offer(record, 0, length));
            return engineResult(inboundDone ? Status.CLOSED : Status.OK, length, 0);
        }
        int room = opener.openRoom(length - HEADER);
        int largest = Math.min(RecordCipher.LARGEST_FRAGMENT, opener.hidesType() ? room - 1 : room);
        if (type == ContentType.application_data && into.remaining() < largest) {
            return engineResult(Status.BUFFER_OVERFLOW, 0, 0);
        }
        int opened = open(opener, type, source, length, into);
        return engineResult(inboundDone ? Status.CLOSED : Status.OK, length, opened);
    }

    /** Opens a record, and returns how many bytes of application data it carried. */
    private int open(RecordCipher opener, short type, ByteBuffer source, int length, PlaintextTarget into)
            throws TlsFailure {
        int[] data = {0};
        run(() -> {
            byte[] message = RecordCodec.open(opener, type, source, length, into, n -> data[0] = rules.data(n));
            if (message != null) {
                control(opener, message);
            }
        });
        return data[0];
    }

    /**
     * Passes the opened content of an alert or a handshake message to bctls. Alerts, tickets and KeyUpdate need no
     * task; below TLS 1.3 a handshake message belongs to a negotiation, which does.
     */
    private void control(RecordCipher opener, byte[] content) throws IOException {
        boolean light = opener.hidesType()
                || opener.openedType() != ContentType.handshake
                || protocol.get().awaitsFinishedOnly();
        if (light) {
            protocol.get().offerOpened(content);
        } else {
            task = new Task(() -> protocol.get().offerOpened(content));
        }
        rules.pendingOutput(protocol.get().getAvailableOutputBytes());
    }

    // Sending

    /**
     * Produces the records that the protocol has to send, or else one record of application data.
     *
     * @param source the application data to send
     * @param into receives the records
     */
    public SSLEngineResult wrap(PlaintextSource source, ByteBuffer into) throws TlsFailure {
        lock.lock();
        try {
            throwPendingFailure();
            if (!begun && !closing && !outboundDone) {
                begin();
            }
            if (outboundDone || (closing && !begun)) {
                outboundDone = true;
                return engineResult(Status.CLOSED, 0, 0);
            }
            if (task != null) {
                return engineResult(Status.OK, 0, 0);
            }
            run(() -> {
                if (failure == null) {
                    output.prepare(closing, handshakeResult != null);
                }
            });
            if (hasOutput()) {
                return drain(into);
            }
            if (closing) {
                outboundDone = true;
                return engineResult(Status.CLOSED, 0, 0);
            }
            if (finishedPending || isNegotiating() || source.remaining() == 0) {
                return engineResult(Status.OK, 0, 0);
            }
            return seal(source, into);
        } finally {
            lock.unlock();
        }
    }

    private SSLEngineResult drain(ByteBuffer into) {
        int produced = output.drain(into);
        if (output.pending()) {
            return engineResult(produced == 0 ? Status.BUFFER_OVERFLOW : Status.OK, 0, produced);
        }
        if (handshakeResult != null) {
            protocol.get().releaseBuffers();
        }
        outboundDone = closing;
        return engineResult(outboundDone ? Status.CLOSED : Status.OK, 0, produced);
    }

    private SSLEngineResult seal(PlaintextSource source, ByteBuffer into) throws TlsFailure {
        int length = output.nextFragment(source);
        if (into.remaining() < output.roomFor(length)) {
            return engineResult(Status.BUFFER_OVERFLOW, 0, 0);
        }
        int[] sealed = {0};
        run(() -> sealed[0] = output.seal(source, length, into));
        return engineResult(Status.OK, length, sealed[0]);
    }

    /** Returns the result of a call, with {@code FINISHED} once per negotiation, when all its output was taken. */
    private SSLEngineResult engineResult(Status status, int consumed, int produced) {
        boolean finished =
                finishedPending && task == null && !hasOutput() && (status == Status.OK || status == Status.CLOSED);
        if (finished) {
            finishedPending = false;
        }
        return new SSLEngineResult(status, finished ? HandshakeStatus.FINISHED : need(), consumed, produced);
    }

    // Closing

    /** Ends the local direction: the next {@link #wrap} produces close_notify. */
    public void closeOutbound() {
        lock.lock();
        try {
            if (!begun) {
                outboundDone = true;
            }
            closing = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the peer's direction.
     *
     * @throws TlsFailure if the peer has not sent close_notify, so that its data may be truncated
     */
    public void closeInbound() throws TlsFailure {
        lock.lock();
        try {
            boolean truncated = begun && !inboundDone;
            inboundDone = true;
            closing |= truncated;
            if (truncated) {
                throw Code.ERR_SSL_UNEXPECTED_EOF_WHILE_READING.failure(
                        "close: the peer's direction is closed before its close_notify came");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether no further record is accepted. */
    public boolean isInboundDone() {
        return inboundDone;
    }

    /** Returns whether no further record is produced. */
    public boolean isOutboundDone() {
        return outboundDone;
    }

    /** Returns the result of the last handshake, empty before the first is complete. */
    public Optional<HandshakeResult> result() {
        return Optional.ofNullable(handshakeResult);
    }

    /** Returns the failure that ended the connection, empty if there is none. */
    Optional<TlsFailure> failure() {
        return Optional.ofNullable(failure);
    }
}
