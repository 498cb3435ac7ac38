package io.heddle.engine;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.handshake.ClientAuthRequirement;
import io.heddle.engine.handshake.ClientHandshake;
import io.heddle.engine.handshake.ClientSettings;
import io.heddle.engine.handshake.ConnectionObservers;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.Protocol;
import io.heddle.engine.handshake.ServerHandshake;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.Transport;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One TLS connection over a transport: handshake, the two record lanes, half-close and close.
 *
 * <p>Reading, writing and closing from three threads at once is legal at all times. Five locks make it so, always taken in this
 * order, each optional: {@code handshake}, {@code writing}, {@code in}, {@code out}, {@code engine}.
 *
 * <ul>
 *   <li>{@code handshake}: who negotiates. It is held over the whole negotiation; over the first one with in and out.
 *   <li>{@code writing}: the one who writes application data, or ends our direction: a write stays in one piece even where a
 *       renegotiation holds it back in the middle.
 *   <li>{@code in}: the one reader of the transport; guards the opening side of the cipher. Held while waiting for the peer.
 *   <li>{@code out}: the one writer of the transport. Held while the transport takes bytes.
 *   <li>{@code engine}: every call into the protocol object, and the sealing side of the cipher. Never held in transport I/O, so
 *       whoever waits for it waits for computation only, or in a handshake for a callback of the application.
 * </ul>
 *
 * <p>A reader never takes {@code out}: what the protocol wants to say while reading (an alert, a KeyUpdate) goes out with the
 * writer that is at work, or on a virtual thread of its own, so that a stuck writer never stops reading. Sealing happens only
 * under out and engine together, after everything that the protocol has sealed before was taken for the wire, so the order on
 * the wire is the order of the sequence numbers.
 *
 * <p>A renegotiation (TLS 1.2 and below) is made by whoever reads. Where nobody does, who waits for its end reads in his place:
 * who asked for it, and who wants to write, since application data is held back meanwhile.
 */
public final class Connection {
    private final Transport transport;
    private final Protocol protocol;
    private final ReentrantLock handshake = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();
    private final NegotiationGate gate = new NegotiationGate();
    private final InputLock in = new InputLock(gate);
    private final ReentrantLock out = new ReentrantLock();
    private final EngineLock engine;

    private final RecordReader reader;
    private final RecordWriter writer;
    private final ConnectionShutdown farewell;
    private final FirstHandshake first;
    private final Renegotiation renegotiation;
    private final DeferredFlush deferredFlush;

    /** Written when a handshake is complete, by who holds in; read by anyone. */
    private volatile @Nullable HandshakeResult result;

    /** The first failure, thrown again by whatever is tried later. Written once under engine. */
    private volatile @Nullable IOException failure;

    /** Written by {@link #shutdownInput}, read by anyone. */
    private volatile boolean inputShut;

    /** Written by whichever lane meets it, read by anyone: the transport broke. */
    private volatile boolean reset;

    private final AtomicBoolean closed = new AtomicBoolean();

    Connection(Transport transport, Protocol protocol) {
        this.transport = transport;
        this.protocol = protocol;
        this.engine = new EngineLock(protocol);
        this.reader = new RecordReader(this, engine, transport, protocol);
        this.writer = new RecordWriter(this, engine, transport, protocol);
        var lanes = new RecordLayer(in, reader, out, writer);
        this.farewell = new ConnectionShutdown(transport, lanes);
        this.first = new FirstHandshake(this, engine, protocol, lanes, farewell);
        this.renegotiation = new Renegotiation(this, engine, protocol, lanes, gate, farewell);
        this.deferredFlush = new DeferredFlush(this, engine, lanes);
    }

    /** Returns the server's side of a connection. Does no input or output. */
    public static Connection server(Transport transport, ServerSettings settings, ConnectionObservers observers) {
        return new Connection(transport, new ServerHandshake(settings, observers));
    }

    /** Returns the client's side of a connection. Does no input or output. */
    public static Connection client(Transport transport, ClientSettings settings, ConnectionObservers observers) {
        return new Connection(transport, new ClientHandshake(settings, observers));
    }

    /**
     * Negotiates, unless that has happened; who comes second waits for the first.
     *
     * @param limit for all of it, however slowly the peer drips its bytes; zero for none
     * @throws TlsFailure if it fails; the alert has been sent
     */
    public HandshakeResult handshake(Duration limit) throws IOException {
        return handshake(limit, failure -> {});
    }

    /**
     * Negotiates, and tells when the time is over even if this thread is in a callback that does not return: its transport is
     * closed and it is interrupted by then.
     *
     * @param atDeadline is given the failure that this throws, or would throw, on another thread
     */
    public HandshakeResult handshake(Duration limit, Consumer<TlsFailure> atDeadline) throws IOException {
        HandshakeResult done = result;
        if (done != null) {
            return done;
        }
        done = handshakeOnce(limit, atDeadline);
        tellSessions();
        return done;
    }

    private HandshakeResult handshakeOnce(Duration limit, Consumer<TlsFailure> atDeadline) throws IOException {
        handshake.lock();
        try {
            HandshakeResult done = result;
            if (done != null) {
                return done;
            }
            throwIfUnusable();
            in.lock();
            out.lock();
            try {
                renegotiation.limit(limit);
                return first.run(limit, atDeadline);
            } finally {
                out.unlock();
                in.unlock();
            }
        } finally {
            handshake.unlock();
        }
    }

    // Negotiating anew

    /** Sets who is told, on the thread that reads, when a renegotiation is complete. It must not block. */
    public void onRenegotiation(Consumer<HandshakeResult> listener) {
        renegotiation.onCompleted(listener);
    }

    /** Refuses from now on, with the end of the connection, the renegotiations that the peer begins. */
    public void disableRenegotiation() throws IOException {
        engine.run(protocol::disableRenegotiation);
    }

    /**
     * Negotiates anew, and returns when that is done. The handshake must be complete. Application data that comes first is kept
     * for {@link #read}, up to a bound; beyond, somebody has to read.
     *
     * @param clientCertificates what a server asks of its client's certificate from now on, empty for no change
     * @param allowed how long it may take, zero for as long as it takes
     * @throws TlsFailure if the connection has no renegotiation or the client refuses it, after which the connection goes on, or
     *     if the negotiation fails, which ends it
     */
    public HandshakeResult renegotiate(Optional<ClientAuthRequirement> clientCertificates, Duration allowed)
            throws IOException {
        handshake.lock();
        try {
            return renegotiation.run(clientCertificates, allowed);
        } finally {
            handshake.unlock();
        }
    }

    /** A negotiation is complete. */
    void negotiated(HandshakeResult made) throws IOException {
        writer.negotiatedFragment(engine.call(protocol::getApplicationDataLimit));
        result = made;
    }

    /** Returns what was negotiated last, empty before that. */
    public Optional<HandshakeResult> result() {
        return Optional.ofNullable(result);
    }

    /**
     * Reads application data. The handshake must be complete.
     *
     * @param timeoutMillis how long to wait, 0 for as long as it takes
     * @return how many bytes, at least one, or -1 when the peer ended its direction or {@link #shutdownInput} was called
     * @throws java.net.SocketTimeoutException when the time is over; the connection stays usable
     */
    public int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException {
        if (length == 0) {
            return 0;
        }
        ReadDeadline deadline = ReadDeadline.in(timeoutMillis);
        lockInput(deadline);
        try {
            if (inputShut) {
                throwIfUnusable();
                return -1;
            }
            return reader.read(into, offset, length, deadline);
        } finally {
            in.unlock();
        }
    }

    private void lockInput(ReadDeadline deadline) throws IOException {
        if (in.tryLock()) {
            return;
        }
        if (deadline.unlimited()) {
            in.lock();
            return;
        }
        try {
            if (!in.tryLock(deadline.remainingNanos())) {
                throw new SocketTimeoutException("Read timed out");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting to read");
        }
    }

    /** Returns how many bytes can be read for certain without waiting. */
    public int available() {
        if (!in.tryLock()) {
            return 0;
        }
        try {
            return reader.available();
        } finally {
            in.unlock();
        }
    }

    /**
     * Takes in what the peer sent until a session ticket is among it, application data comes, or the time is over. What comes
     * is kept for {@link #read}.
     *
     * @return whether a ticket came since the handshake
     */
    public boolean awaitTicket(Duration limit) throws IOException {
        in.lock();
        try {
            return reader.awaitTicket(ReadDeadline.in(limit));
        } finally {
            in.unlock();
        }
    }

    /** Writes application data, all of it and in one piece. The handshake must be complete. */
    public void write(byte[] from, int offset, int length) throws IOException {
        writing.lock();
        try {
            int at = offset;
            do {
                renegotiation.await();
                out.lock();
                try {
                    at = writer.write(from, at, offset + length);
                } finally {
                    out.unlock();
                }
                flushLater();
            } while (at < offset + length);
        } finally {
            writing.unlock();
        }
    }

    /** Asks the peer for new keys and takes new ones, RFC 8446 4.6.3. Does nothing below TLS 1.3. */
    public void updateKeys() throws IOException {
        out.lock();
        try {
            writer.updateKeys();
        } finally {
            out.unlock();
        }
        flushLater();
    }

    /** Sets the longest fragment of application data that is sent, 512 to 16384 bytes. */
    public void maxSendFragment(int bytes) {
        writer.maxFragment(bytes);
    }

    /** Sets how long a record of application data may be, header included; 0 for as long as the protocol has them. */
    public void maxPacket(int bytes) {
        writer.maxPacket(bytes);
    }

    /** Sends close_notify and ends our direction; reading goes on. */
    public void shutdownOutput() throws IOException {
        writing.lock();
        try {
            renegotiation.await();
            out.lock();
            try {
                writer.end();
            } finally {
                out.unlock();
            }
        } finally {
            writing.unlock();
        }
    }

    /**
     * Ends reading: every read from now on finds the end, and who waits in one is woken. A transport that has to be woken for
     * that stays deaf, so it is done only then.
     */
    public void shutdownInput() {
        inputShut = true;
        if (result == null) {
            // Whoever negotiates looks again before it reads.
            return;
        }
        if (in.tryLock()) {
            in.unlock();
            return;
        }
        try {
            transport.shutdownInput();
        } catch (IOException e) {
            // The reader is woken by what comes next.
        }
    }

    boolean inputIsShut() {
        return inputShut;
    }

    /** Returns whether the peer sent close_notify, so that the end of its data is known to be the end. */
    public boolean closeNotifyReceived() {
        return reader.closeNotifyReceived();
    }

    /** Returns how the connection has ended, or would have if it were closed now. */
    public ConnectionEnd ending() {
        if (reset) {
            // First, so that what came of it does not count.
            return ConnectionEnd.RESET;
        }
        if (failure != null) {
            return ConnectionEnd.FAILED;
        }
        if (reader.closeNotifyReceived()) {
            return ConnectionEnd.CLOSE_NOTIFY;
        }
        return reader.hasEnded() ? ConnectionEnd.EOF : ConnectionEnd.CLOSED;
    }

    /** Returns the code of the failure that ended TLS, empty if none did. */
    public Optional<Code> failureCode() {
        return failure instanceof TlsFailure tls ? Optional.of(tls.code()) : Optional.empty();
    }

    /** Returns how many bytes of application data were received. */
    public long bytesRead() {
        return reader.bytes();
    }

    /** Returns how many bytes of application data were sent. */
    public long bytesWritten() {
        return writer.bytes();
    }

    /**
     * Tells the peer, within a second at most, and closes the transport. Wakes readers and writers of other threads.
     *
     * <p>A second call does nothing.
     */
    public void close() throws IOException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        long end = ReadDeadline.end(ConnectionShutdown.BOUND);
        try (var interrupt = new DeferredInterrupt()) {
            end(interrupt, end);
        }
    }

    private void end(DeferredInterrupt interrupt, long end) throws IOException {
        try {
            if (result == null) {
                // Whoever negotiates has to be woken, and what it negotiated on is of no use to anyone.
                if (handshake.isLocked()) {
                    farewell.breakOff();
                    first.wake();
                }
            } else if (farewell.sayGoodbye(interrupt, end)) {
                farewell.discardInput(null);
                farewell.awaitPeerIfShared(interrupt, end);
            }
        } finally {
            transport.close();
            farewell.releaseInput();
            gate.ended();
        }
    }

    /**
     * Ends the connection with a fatal alert in place of close_notify, within a second at most, so that the peer does not take
     * what it has for everything. After {@link #shutdownOutput}, which has said that it is, this is {@link #close}.
     */
    public void closeWithAlert(TlsFailure cause) throws IOException {
        if (result == null || writer.hasEnded()) {
            close();
        } else if (closed.compareAndSet(false, true)) {
            try (var interrupt = new DeferredInterrupt()) {
                engine.tryRun(interrupt, ReadDeadline.end(ConnectionShutdown.BOUND), () -> fail(cause));
                farewell.terminate();
            } finally {
                transport.close();
                farewell.releaseInput();
                gate.ended();
            }
        }
    }

    /** Closes the transport without a word to the peer. */
    public void abort() throws IOException {
        if (closed.compareAndSet(false, true)) {
            transport.close();
            first.wake();
            farewell.releaseInput();
            gate.ended();
        }
    }

    /** Returns whether {@link #close} or {@link #abort} was called. */
    public boolean isClosed() {
        return closed.get();
    }

    /** Returns whether a failure of TLS has ended the connection, which closes the transport. */
    public boolean hasFailed() {
        return failure != null;
    }

    /** Tells the observer of sessions that are new. It may use the connection, so the engine lock is not held. */
    void tellSessions() throws IOException {
        var arrived = engine.call(protocol.tracer()::takeSessions);
        try {
            protocol.tracer().tell(arrived);
        } catch (RuntimeException e) {
            throw broken(Code.ERR_TLS_CALLBACK.failure(e, "session: the listener failed: %s", e));
        }
    }

    // What the lanes share

    void throwIfUnusable() throws IOException {
        if (closed.get()) {
            throw closedFailure();
        }
        IOException kept = failure;
        if (kept != null) {
            throw kept;
        }
    }

    /** Returns what to throw for something that a lane met, and ends the connection if TLS broke and not the transport. */
    IOException broken(Exception thrown) {
        if (closed.get()) {
            return closedFailure();
        }
        IOException kept = failure;
        if (kept != null) {
            return kept;
        }
        if (thrown instanceof IOException io && !(io instanceof TlsFailure) && !FatalAlerts.isEngines(io)) {
            // The transport's own business, and of this lane only: what the other still has to give is not lost.
            reset = true;
            return io;
        }
        IOException told = fail(FatalAlerts.failure(thrown));
        Thread.ofVirtual().name("heddle-alert").start(farewell::terminate);
        return told;
    }

    /** Keeps the first failure and lets the protocol send its alert, if it has not done so itself. */
    IOException fail(IOException told) {
        try {
            return sendAndKeep(told);
        } finally {
            renegotiation.gate().ended();
        }
    }

    private IOException sendAndKeep(IOException told) {
        try {
            return engine.call(() -> {
                IOException kept = failure;
                if (kept != null) {
                    return kept;
                }
                IOException ended = told instanceof TlsFailure tls ? alerted(tls) : told;
                failure = ended;
                if (told instanceof TlsFailure tls && tls.alert().isPresent()) {
                    protocol.forgetSessions();
                }
                return ended;
            });
        } catch (IOException e) {
            return told;
        }
    }

    private TlsFailure alerted(TlsFailure told) throws IOException {
        if (told.code().blame() == TlsFailure.Blame.PEER_ALERT) {
            return told;
        }
        Optional<Alert> alert = told.alert();
        if (alert.isPresent()) {
            protocol.sendFatal((short) alert.get().number(), told);
        }
        return told.ended(writer.canSend() ? protocol.signals().alertSent() : Optional.empty());
    }

    Renegotiation renegotiation() {
        return renegotiation;
    }

    /** Lets what the protocol has to say leave soon, without waiting for it here. */
    void flushLater() {
        deferredFlush.begin();
    }

    static SocketException closedFailure() {
        return new SocketException("Socket is closed");
    }
}
