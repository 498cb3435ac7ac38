package io.heddle.engine;

import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
    /** How long {@link #close} tries to tell the peer. */
    static final Duration CLOSE_BOUND = Duration.ofSeconds(1);

    /** How long a peer that is still talking is heard, so that it gets to read the fatal alert. */
    private static final Duration ALERT_BOUND = Duration.ofMillis(500);

    /** What is read and thrown away on closing, so that unread bytes do not make the kernel send a reset. */
    private static final int CLOSE_DRAIN = 256 * 1024;

    private final Transport transport;
    private final Protocol protocol;
    private final ReentrantLock handshake = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();
    private final ReentrantLock in = new ReentrantLock();
    private final ReentrantLock out = new ReentrantLock();
    private final EngineLock engine;

    private final RecordReader reader;
    private final RecordWriter writer;
    private final Renegotiation renegotiation;

    /** Written when a handshake is complete, by who holds in; read by anyone. */
    private volatile @Nullable HandshakeResult result;

    /** The first failure, thrown again by whatever is tried later. Written once under engine. */
    private volatile @Nullable IOException failure;

    /** Written by the thread that negotiates, read by who has to wake it; null when nobody does. */
    private volatile @Nullable Negotiation negotiation;

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
        this.renegotiation =
                new Renegotiation(this, engine, protocol, new Renegotiation.Lanes(in, reader, out, writer));
    }

    /** Returns the server's side of a connection. Does no input or output. */
    public static Connection server(Transport transport, ServerSettings settings, Observers observers) {
        return new Connection(transport, new ServerHandshake(settings, observers));
    }

    /** Returns the client's side of a connection. Does no input or output. */
    public static Connection client(Transport transport, ClientSettings settings, Observers observers) {
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
                return negotiate(limit, atDeadline);
            } finally {
                out.unlock();
                in.unlock();
            }
        } finally {
            handshake.unlock();
        }
    }

    private HandshakeResult negotiate(Duration limit, Consumer<TlsFailure> atDeadline) throws IOException {
        renegotiation.limit(limit);
        var running = new Negotiation();
        negotiation = running;
        Watchdog deadline =
                limit.isZero() ? null : Watchdog.after(limit, () -> deadlinePassed(running, limit, atDeadline));
        try {
            engine.run(protocol::start);
            HandshakeResult made;
            while (true) {
                IOException lost = flushOrTell();
                made = engine.call(protocol::result);
                if (made != null) {
                    break;
                }
                if (!reader.handshakeRecord()) {
                    throw Fatal.hangUp(lost);
                }
            }
            throwIfUnusable();
            engine.run(protocol::releaseBuffers);
            if (!running.complete()) {
                throw closedFailure();
            }
            negotiated(made);
            return made;
        } catch (IOException | RuntimeException e) {
            throw endHandshake(e, running);
        } catch (Error e) {
            endHandshake(e, running);
            throw e;
        } finally {
            if (deadline != null) {
                deadline.close();
            }
            negotiation = null;
            running.end();
        }
    }

    /** A peer that hung up may have said why: what it said is still to be read. And tickets are sent as well as can be. */
    private @Nullable IOException flushOrTell() throws IOException {
        try {
            writer.flush();
            return null;
        } catch (IOException e) {
            if (e instanceof TlsFailure || fromEngine(e)) {
                throw e;
            }
            return e;
        }
    }

    private IOException endHandshake(Throwable thrown, Negotiation ended) {
        IOException told;
        TlsFailure expired = ended.expired();
        if (expired != null) {
            told = expired;
        } else if (closed.get()) {
            told = closedFailure();
        } else if (thrown instanceof TlsFailure || !(thrown instanceof IOException io) || fromEngine(io)) {
            told = Fatal.failure(thrown);
        } else {
            told = Fatal.hangUp(io);
        }
        fail(told);
        terminate();
        return told;
    }

    private static boolean fromEngine(IOException thrown) {
        return thrown instanceof org.bouncycastle.tls.TlsException;
    }

    private void deadlinePassed(Negotiation running, Duration limit, Consumer<TlsFailure> atDeadline) {
        TlsFailure failure =
                Code.ERR_TLS_HANDSHAKE_TIMEOUT.failure("handshake: not finished within %d ms", limit.toMillis());
        if (running.expire(failure)) {
            breakOff();
            running.wake();
            atDeadline.accept(failure);
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
    public HandshakeResult renegotiate(Optional<ClientCertificateDemand> clientCertificates, Duration allowed)
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
            renegotiation.gate().signal();
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
            if (!in.tryLock(deadline.remainingMillis(), TimeUnit.MILLISECONDS)) {
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
            return reader.awaitTicket(ReadDeadline.in((int) Math.max(1, limit.toMillis())));
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
    public Ending ending() {
        if (failure != null) {
            return Ending.FAILED;
        }
        if (reset) {
            return Ending.RESET;
        }
        if (reader.closeNotifyReceived()) {
            return Ending.CLOSE_NOTIFY;
        }
        return reader.hasEnded() ? Ending.EOF : Ending.CLOSED;
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
        long end = System.nanoTime() + CLOSE_BOUND.toNanos();
        try {
            if (result == null) {
                // Whoever negotiates has to be woken, and what it negotiated on is of no use to anyone.
                if (handshake.isLocked()) {
                    breakOff();
                    wakeNegotiator();
                }
            } else if (sayGoodbye(end)) {
                discardInput(null);
                awaitPeerIfShared(end);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            transport.close();
            releaseInput();
            renegotiation.gate().ended();
        }
    }

    private void wakeNegotiator() {
        Negotiation running = negotiation;
        if (running != null) {
            running.wake();
        }
    }

    private boolean sayGoodbye(long end) throws InterruptedException {
        try (Watchdog ignored = Watchdog.after(CLOSE_BOUND, this::breakOff)) {
            if (!out.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                breakOff();
                return false;
            }
            try {
                writer.endForGood(end);
            } catch (IOException e) {
                // The peer is gone already; there is nobody to tell.
            } finally {
                out.unlock();
            }
            return true;
        }
    }

    /** Where the transport goes on after TLS, it must stand right behind the peer's close_notify. */
    private void awaitPeerIfShared(long endNanos) {
        if (transport.endsWithTls() || !in.tryLock()) {
            return;
        }
        try {
            reader.skipToEnd(new ReadDeadline(false, endNanos));
        } catch (IOException e) {
            // The peer did not end TLS in time or in order; what follows is its user's problem.
        } finally {
            in.unlock();
        }
    }

    /** Closes the transport without a word to the peer. */
    public void abort() throws IOException {
        if (closed.compareAndSet(false, true)) {
            transport.close();
            wakeNegotiator();
            releaseInput();
            renegotiation.gate().ended();
        }
    }

    /** Returns whether {@link #close} or {@link #abort} was called. */
    public boolean isClosed() {
        return closed.get();
    }

    /** A reset for unread bytes would overtake what we sent last and take it from the peer. */
    private void discardInput(@Nullable ReadDeadline deadline) {
        if (!in.tryLock()) {
            return;
        }
        byte[] nowhere = BufferPool.borrow();
        try {
            for (int left = CLOSE_DRAIN; left > 0; ) {
                int there = Math.min(transport.available(), nowhere.length);
                int n;
                if (there > 0) {
                    n = transport.read(nowhere, 0, there, 1);
                } else {
                    n = deadline == null ? -1 : transport.read(nowhere, 0, nowhere.length, deadline.remainingMillis());
                }
                if (n < 0) {
                    return;
                }
                left -= n;
            }
        } catch (IOException e) {
            // Whatever it was, the connection is being closed.
        } finally {
            BufferPool.giveBack(nowhere);
            in.unlock();
        }
    }

    private void releaseInput() {
        if (in.tryLock()) {
            try {
                reader.release();
            } finally {
                in.unlock();
            }
        }
    }

    /** Tells the observer of sessions that are new. It may use the connection, so the engine lock is not held. */
    void tellSessions() throws IOException {
        var arrived = engine.call(protocol.witness()::takeSessions);
        try {
            protocol.witness().tell(arrived);
        } catch (RuntimeException e) {
            throw broken(Code.ERR_TLS_CALLBACK.failure(e, "session: the listener failed: %s", e));
        }
    }

    // What the lanes share

    void throwIfUnusable() throws IOException {
        if (closed.get()) {
            throw closedFailure();
        }
        IOException first = failure;
        if (first != null) {
            throw first;
        }
    }

    /** Returns what to throw for something that a lane met, and ends the connection if TLS broke and not the transport. */
    IOException broken(Exception thrown) {
        if (closed.get()) {
            return closedFailure();
        }
        IOException first = failure;
        if (first != null) {
            return first;
        }
        if (thrown instanceof IOException io && !(io instanceof TlsFailure) && !fromEngine(io)) {
            // The transport's own business, and of this lane only: what the other still has to give is not lost.
            reset = true;
            return io;
        }
        IOException told = fail(Fatal.failure(thrown));
        Thread.ofVirtual().name("heddle-alert").start(this::terminate);
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
                IOException first = failure;
                if (first != null) {
                    return first;
                }
                failure = told;
                if (told instanceof TlsFailure tls && tls.code().blame() != TlsFailure.Blame.PEER_ALERT) {
                    Optional<Alert> alert = tls.alert();
                    if (alert.isPresent()) {
                        protocol.sendFatal((short) alert.get().number(), tls);
                    }
                }
                return told;
            });
        } catch (IOException e) {
            return told;
        }
    }

    /** Gives the last alert its chance to leave, within the bound, and closes the transport. */
    private void terminate() {
        try (Watchdog ignored = Watchdog.after(CLOSE_BOUND, this::breakOff)) {
            if (out.tryLock(CLOSE_BOUND.toNanos(), TimeUnit.NANOSECONDS)) {
                try {
                    writer.flush();
                    transport.shutdownOutput();
                } finally {
                    out.unlock();
                }
                if (transport.resetsUnread()) {
                    discardInput(new ReadDeadline(false, System.nanoTime() + ALERT_BOUND.toNanos()));
                } else {
                    discardInput(null);
                }
            }
        } catch (IOException e) {
            // The peer is gone; the alert had its chance.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeTransport();
        }
    }

    private void closeTransport() {
        try {
            transport.close();
        } catch (IOException e) {
            // It is as closed as it will ever be.
        }
    }

    void breakOff() {
        try {
            transport.breakOff();
        } catch (IOException e) {
            // It is as closed as it will ever be.
        }
    }

    Renegotiation renegotiation() {
        return renegotiation;
    }

    /** Lets what the protocol wants to say leave soon, without waiting for it here. */
    void flushLater() {
        if (engine.hasPending() && !out.isLocked()) {
            Thread.ofVirtual().name("heddle-flush").start(this::flushIfFree);
        }
    }

    private void flushIfFree() {
        while (engine.hasPending() && out.tryLock()) {
            try {
                writer.flush();
            } catch (IOException e) {
                broken(e);
                return;
            } finally {
                out.unlock();
            }
        }
    }

    private static SocketException closedFailure() {
        return new SocketException("Socket is closed");
    }
}
