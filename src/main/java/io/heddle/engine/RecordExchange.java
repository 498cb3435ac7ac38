package io.heddle.engine;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.ClientAuthRequirement;
import io.heddle.engine.handshake.ClientHandshake;
import io.heddle.engine.handshake.ClientSettings;
import io.heddle.engine.handshake.ConnectionObservers;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.Protocol;
import io.heddle.engine.handshake.ServerHandshake;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.engine.record.PlaintextSource;
import io.heddle.engine.record.PlaintextTarget;
import io.heddle.engine.record.RecordCodec;
import io.heddle.engine.record.RecordHeader;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Blame;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import org.bouncycastle.tls.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * One TLS connection whose records somebody else carries: the non-blocking side of the protocol object, in the terms of {@code
 * SSLEngine}. {@link Connection} is the blocking one.
 *
 * <p>Records of a handshake become tasks, since they may ask callbacks of the application, sign and verify. While one is to be run
 * or runs, the protocol is its own and nothing else touches it. What the protocol has to say leaves in as few calls as the room
 * allows; application data in one record a call.
 *
 * <p>Thread-safe: wrapping and unwrapping by two threads is legal. The one lock is held for computation only, but for listeners of
 * sessions.
 */
public final class RecordExchange {
    private static final int HEADER = RecordHeader.LENGTH;

    private final Protocol protocol;
    private final RecordRules rules;
    private final RecordIntake intake;
    private final ExchangeOutput output;
    private final ReentrantLock lock = new ReentrantLock();

    // All of it guarded by the lock; what is volatile is read by anyone.

    private boolean begun;
    private boolean recordSeen;

    /** A record whose processing is to be done, or is being done, by the application. */
    private @Nullable DelegatedTask task;

    private boolean taskTaken;

    /** A negotiation is complete, and nobody was told. */
    private boolean finishedOwed;

    /** What a task failed with, for the next call to throw. */
    private @Nullable TlsFailure owed;

    private volatile @Nullable HandshakeResult result;
    private volatile @Nullable TlsFailure failure;

    private boolean closing;
    private volatile boolean inboundDone;
    private volatile boolean outboundDone;

    private RecordExchange(Protocol protocol) {
        this.protocol = protocol;
        this.rules = new RecordRules(protocol);
        this.intake = new RecordIntake(protocol);
        this.output = new ExchangeOutput(protocol);
    }

    /** Returns the server's side. */
    public static RecordExchange server(ServerSettings settings, ConnectionObservers observers) {
        return new RecordExchange(new ServerHandshake(settings, observers));
    }

    /** Returns the client's side. */
    public static RecordExchange client(ClientSettings settings, ConnectionObservers observers) {
        return new RecordExchange(new ClientHandshake(settings, observers));
    }

    /** Sets how long a record of application data may be, header included; 0 for as long as the protocol has them. */
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
     * Begins the handshake. On a connection that is secure it begins another, in TLS 1.2 and below, or changes the keys.
     *
     * @param clientCertificates what a server asks of its client from now on
     * @throws TlsFailure if there is nothing to be begun any more
     */
    public void begin(Optional<ClientAuthRequirement> clientCertificates) throws TlsFailure {
        lock.lock();
        try {
            throwOwed();
            if (closing || outboundDone || inboundDone) {
                throw Code.ERR_TLS_INVALID_STATE.failure("handshake: the connection has ended, or is about to");
            }
            if (!begun) {
                begin();
            } else if (result != null && task == null && !protocol.negotiating()) {
                beginAgain(clientCertificates);
            }
        } finally {
            lock.unlock();
        }
    }

    private void begin() throws TlsFailure {
        begun = true;
        run(protocol::start);
    }

    private void beginAgain(Optional<ClientAuthRequirement> clientCertificates) throws TlsFailure {
        if (protocol.sealer().hidesType()) {
            run(() -> protocol.sendKeyUpdate(true));
            return;
        }
        try {
            protocol.renegotiate(clientCertificates.orElse(null));
        } catch (TlsFailure refused) {
            // The connection goes on as it is.
            throw refused;
        } catch (IOException | RuntimeException | Error e) {
            throw failed(e);
        }
    }

    /** Returns what the connection needs next. */
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
        if (owed != null) {
            // So that it is thrown, even where nothing is to be sent.
            return HandshakeStatus.NEED_WRAP;
        }
        if (outboundDone) {
            return HandshakeStatus.NOT_HANDSHAKING;
        }
        if (closing || finishedOwed || hasOutput()) {
            return HandshakeStatus.NEED_WRAP;
        }
        return isNegotiating() && !inboundDone ? HandshakeStatus.NEED_UNWRAP : HandshakeStatus.NOT_HANDSHAKING;
    }

    private boolean hasOutput() {
        return begun
                && (output.pending() || (failure == null && protocol.signals().keyUpdateOwed()));
    }

    private boolean isNegotiating() {
        return begun && failure == null && (result == null || protocol.negotiating());
    }

    /** Returns what is to be done on a thread that may block, null if there is nothing, or somebody does it. */
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

    /** A task is over: the protocol is ours again. */
    private void done(DelegatedTask over, @Nullable Throwable thrown) {
        lock.lock();
        try {
            if (task == over) {
                task = null;
                taskTaken = false;
                settleTask(thrown);
            }
        } finally {
            lock.unlock();
        }
    }

    private void settleTask(@Nullable Throwable thrown) {
        try {
            if (thrown != null) {
                throw failed(thrown);
            }
            run(() -> {});
        } catch (TlsFailure e) {
            owed = e;
        }
    }

    /** Does something with the protocol, and looks what came of it. */
    private void run(DelegatedTask.Step step) throws TlsFailure {
        try {
            step.run();
            HandshakeResult made = protocol.result();
            if (made != null && made != result) {
                result = made;
                output.negotiated();
                finishedOwed = true;
                rules.progress();
            }
            if (protocol.signals().isCloseNotifyReceived()) {
                inboundDone = true;
                // RFC 5246 7.2.1 wants an answer at once; RFC 8446 6.1 leaves our direction open.
                closing |= made != null && made.version() != TlsVersion.TLS_1_3;
            }
            protocol.tracer().tell(protocol.tracer().takeSessions());
        } catch (IOException | RuntimeException | Error e) {
            throw failed(e);
        }
    }

    /** Returns the first failure. It ends the connection: what the protocol wants to say about it is the last to leave. */
    private TlsFailure failed(Throwable thrown) {
        TlsFailure known = failure;
        if (known != null) {
            return known;
        }
        TlsFailure told = FatalAlerts.failure(thrown);
        inboundDone = true;
        finishedOwed = false;
        if (told.alert().isPresent()) {
            protocol.forgetSessions();
        }
        if (told.code().blame() == Blame.PEER_ALERT) {
            outboundDone = true;
            failure = told;
            return told;
        }
        closing = true;
        Optional<Alert> alert = told.alert();
        if (alert.isPresent()) {
            try {
                protocol.sendFatal((short) alert.get().number(), told);
            } catch (IOException e) {
                // The first failure counts.
            }
        }
        TlsFailure ended = told.ended(protocol.signals().alertSent());
        failure = ended;
        return ended;
    }

    private void throwOwed() throws TlsFailure {
        TlsFailure thrown = owed;
        if (thrown != null) {
            owed = null;
            throw thrown;
        }
    }

    // Receiving

    /**
     * Takes one record.
     *
     * @param source has it, or a part of it
     * @param into where application data goes
     */
    public SSLEngineResult unwrap(ByteBuffer source, PlaintextTarget into) throws TlsFailure {
        lock.lock();
        try {
            throwOwed();
            if (!begun && !inboundDone && !closing) {
                begin();
            }
            if (inboundDone || !begun) {
                return told(Status.CLOSED, 0, 0);
            }
            HandshakeStatus need = need();
            if (need == HandshakeStatus.NEED_TASK || (need == HandshakeStatus.NEED_WRAP && isNegotiating())) {
                return told(Status.OK, 0, 0);
            }
            return unwrapRecord(source, into);
        } finally {
            lock.unlock();
        }
    }

    private SSLEngineResult unwrapRecord(ByteBuffer source, PlaintextTarget into) throws TlsFailure {
        if (source.remaining() < HEADER) {
            return told(Status.BUFFER_UNDERFLOW, 0, 0);
        }
        byte[] header = new byte[HEADER];
        source.get(source.position(), header);
        run(() -> RecordHeader.check(header, 0, rules.longestBody(), !recordSeen));
        recordSeen = true;
        int length = RecordHeader.recordLength(header, 0);
        if (source.remaining() < length) {
            return told(Status.BUFFER_UNDERFLOW, 0, 0);
        }
        short type = (short) (header[0] & 0xff);
        if (result == null) {
            byte[] record = take(source, length);
            perform(() -> intake.offer(record, 0, length), isLight(type));
            return told(inboundDone ? Status.CLOSED : Status.OK, length, 0);
        }
        return unwrapSecure(type, source, length, into);
    }

    /** Returns whether a record asks neither the application nor for much work, so that no task is made of it. */
    private boolean isLight(short type) {
        boolean handshake = type == ContentType.handshake || type == ContentType.application_data;
        return !handshake || protocol.awaitsFinishedOnly();
    }

    private void perform(DelegatedTask.Step step, boolean light) throws TlsFailure {
        if (light) {
            run(step);
        } else {
            task = new DelegatedTask(step, this::done);
        }
    }

    private static byte[] take(ByteBuffer source, int length) {
        byte[] record = new byte[length];
        source.get(record);
        return record;
    }

    private SSLEngineResult unwrapSecure(short type, ByteBuffer source, int length, PlaintextTarget into)
            throws TlsFailure {
        RecordCipher opener = protocol.opener();
        if (type == ContentType.change_cipher_spec || (type != ContentType.application_data && opener.hidesType())) {
            // In the clear where nothing may be: bctls has the words for it.
            byte[] record = take(source, length);
            run(() -> intake.offer(record, 0, length));
            return told(inboundDone ? Status.CLOSED : Status.OK, length, 0);
        }
        int room = opener.openRoom(length - HEADER);
        int content = Math.min(RecordCipher.LARGEST_FRAGMENT, opener.hidesType() ? room - 1 : room);
        if (type == ContentType.application_data && into.remaining() < content) {
            return told(Status.BUFFER_OVERFLOW, 0, 0);
        }
        int opened = open(opener, type, source, length, into);
        return told(inboundDone ? Status.CLOSED : Status.OK, length, opened);
    }

    /** Opens a record, and returns how many bytes of application data it had. */
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

    /** Alerts, tickets and KeyUpdate are light; a handshake message below TLS 1.3 is of a negotiation. */
    private void control(RecordCipher opener, byte[] content) throws IOException {
        boolean light =
                opener.hidesType() || opener.openedType() != ContentType.handshake || protocol.awaitsFinishedOnly();
        if (light) {
            protocol.offerOpened(content);
        } else {
            task = new DelegatedTask(() -> protocol.offerOpened(content), this::done);
        }
        rules.pendingOutput(protocol.getAvailableOutputBytes());
    }

    // Sending

    /**
     * Makes what the protocol has to say, or else one record of application data.
     *
     * @param source what is to be sent
     * @param into where the records go
     */
    public SSLEngineResult wrap(PlaintextSource source, ByteBuffer into) throws TlsFailure {
        lock.lock();
        try {
            throwOwed();
            if (!begun && !closing && !outboundDone) {
                begin();
            }
            if (outboundDone || (closing && !begun)) {
                outboundDone = true;
                return told(Status.CLOSED, 0, 0);
            }
            if (task != null) {
                return told(Status.OK, 0, 0);
            }
            run(() -> {
                if (failure == null) {
                    output.prepare(closing, result != null);
                }
            });
            if (hasOutput()) {
                return drain(into);
            }
            if (closing) {
                outboundDone = true;
                return told(Status.CLOSED, 0, 0);
            }
            if (finishedOwed || isNegotiating() || source.remaining() == 0) {
                return told(Status.OK, 0, 0);
            }
            return seal(source, into);
        } finally {
            lock.unlock();
        }
    }

    private SSLEngineResult drain(ByteBuffer into) {
        int produced = output.drain(into);
        if (output.pending()) {
            return told(produced == 0 ? Status.BUFFER_OVERFLOW : Status.OK, 0, produced);
        }
        if (result != null) {
            protocol.releaseBuffers();
        }
        outboundDone = closing;
        return told(outboundDone ? Status.CLOSED : Status.OK, 0, produced);
    }

    private SSLEngineResult seal(PlaintextSource source, ByteBuffer into) throws TlsFailure {
        int length = output.nextFragment(source);
        if (into.remaining() < output.roomFor(length)) {
            return told(Status.BUFFER_OVERFLOW, 0, 0);
        }
        int[] sealed = {0};
        run(() -> sealed[0] = output.seal(source, length, into));
        return told(Status.OK, length, sealed[0]);
    }

    /** Says that a negotiation is complete where that is so, the first time that nothing of it is left to be sent. */
    private SSLEngineResult told(Status status, int consumed, int produced) {
        boolean finished =
                finishedOwed && task == null && !hasOutput() && (status == Status.OK || status == Status.CLOSED);
        if (finished) {
            finishedOwed = false;
        }
        return new SSLEngineResult(status, finished ? HandshakeStatus.FINISHED : need(), consumed, produced);
    }

    // The end

    /** Ends our direction: the next {@link #wrap} says so to the peer. */
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
     * Takes nothing more.
     *
     * @throws TlsFailure if the peer has not said that it sends nothing more, so that something may be missing
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

    /** Returns whether nothing more is taken. */
    public boolean isInboundDone() {
        return inboundDone;
    }

    /** Returns whether nothing more is made. */
    public boolean isOutboundDone() {
        return outboundDone;
    }

    /** Returns whether the handshake has begun, so that settings come too late. */
    public boolean hasBegun() {
        lock.lock();
        try {
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** Returns what was negotiated last, empty before that. */
    public Optional<HandshakeResult> result() {
        return Optional.ofNullable(result);
    }

    /** Returns what ended the connection, empty if nothing did. */
    public Optional<TlsFailure> failure() {
        return Optional.ofNullable(failure);
    }

    /** Returns how many bytes of application data were received. */
    public long bytesRead() {
        return rules.bytes();
    }

    /** Returns how many bytes of application data were sent. */
    public long bytesWritten() {
        return output.bytesWritten();
    }
}
