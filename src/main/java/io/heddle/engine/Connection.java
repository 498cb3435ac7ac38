package io.heddle.engine;

import io.heddle.engine.handshake.ClientHandshake;
import io.heddle.engine.handshake.ClientSettings;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.Protocol;
import io.heddle.engine.handshake.ServerHandshake;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
import io.heddle.engine.handshake.trace.ConnectionObservers;
import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.Transport;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A TLS connection over a transport: handshake, application data in both directions, half-close and close.
 *
 * <p>One thread may read, one write and a third close at the same time. Five locks make this safe. An operation takes
 * those that it needs in this order:
 *
 * <table>
 * <caption>The locks of a connection, outermost first</caption>
 * <tr><th>Lock</th><th>Guards</th><th>Held</th></tr>
 * <tr><td>{@code handshake}</td><td>The right to start a negotiation</td>
 *     <td>During the whole negotiation; during the first one together with {@code in} and {@code out}</td></tr>
 * <tr><td>{@code writing}</td><td>The right to write application data, or to end the local direction</td>
 *     <td>During a whole write, which therefore stays contiguous even if a renegotiation suspends it</td></tr>
 * <tr><td>{@code in}</td><td>The input of the transport, and the opening half of the cipher</td>
 *     <td>While waiting for the peer</td></tr>
 * <tr><td>{@code out}</td><td>The output of the transport</td>
 *     <td>While the transport accepts bytes</td></tr>
 * <tr><td>{@code engine}</td><td>Every call into the protocol object, and the sealing half of the cipher</td>
 *     <td>Never during input or output of the transport: a thread that waits for it waits for computation only, or in a
 *     handshake for a callback of the application</td></tr>
 * </table>
 *
 * <p>A reader never takes {@code out}: output that the protocol produces while reading (an alert, a KeyUpdate) leaves
 * with the active writer, or on a virtual thread of its own, so that a blocked writer never stops reading. Application
 * data is sealed only under {@code out} and {@code engine} together, after everything that the protocol sealed earlier
 * has been placed in the output buffer, so the order on the wire is the order of the sequence numbers.
 *
 * <p>A renegotiation (TLS 1.2 and below) is performed by the thread that reads; if there is none, see
 * {@link Renegotiation}.
 */
public final class Connection {
    /** How a connection ended, as far as it has. */
    public enum End {
        /** At most the local side has ended it. */
        CLOSED,
        /** The peer sent close_notify. */
        CLOSE_NOTIFY,
        /** The transport ended without close_notify. */
        EOF,
        /** The transport failed. */
        RESET,
        /** TLS failed, or the peer sent a fatal alert. */
        FAILED
    }

    private final Transport transport;
    private final CurrentProtocol protocol;
    private final ReentrantLock handshake = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();
    private final RenegotiationGate gate = new RenegotiationGate();
    private final InputLock in = new InputLock(gate);
    private final ReentrantLock out = new ReentrantLock();
    private final EngineLock engine;

    private final ConnectionState state;
    private final RecordReader reader;
    private final RecordWriter writer;
    private final DeferredFlush deferredFlush;
    private final RenegotiationMonitor monitor;

    /** Written by the thread that performs the first handshake, read by those that interrupt it; null at other times. */
    private volatile @Nullable FirstHandshake firstHandshake;

    Connection(Transport transport, Protocol handshakes) {
        this.transport = transport;
        this.protocol = new CurrentProtocol(handshakes);
        this.engine = new EngineLock(protocol);
        this.state = new ConnectionState(engine, protocol, transport, gate, this::terminate);
        this.writer = new RecordWriter(state, engine, protocol, transport, out);
        this.deferredFlush = new DeferredFlush(state, engine, writer);
        this.monitor = new RenegotiationMonitor(state, engine, protocol, writer, gate);
        this.reader = new RecordReader(state, engine, protocol, transport, in, monitor, deferredFlush);
    }

    // Parts without a state, which are created when they are needed: an idle connection is small.

    private ConnectionShutdown shutdown() {
        return new ConnectionShutdown(state, transport, reader, writer);
    }

    private Renegotiation renegotiation() {
        return new Renegotiation(state, engine, protocol, reader, writer, monitor, gate, deferredFlush);
    }

    private void terminate() {
        shutdown().terminate();
    }

    private void interruptHandshake() {
        FirstHandshake running = firstHandshake;
        if (running != null) {
            running.interrupt();
        }
    }

    /** Returns the server's side of a connection. Does no input or output. */
    public static Connection server(Transport transport, ServerSettings settings, ConnectionObservers observers) {
        return new Connection(transport, new ServerHandshake(settings, observers));
    }

    /** Returns the client's side of a connection. Does no input or output. */
    public static Connection client(Transport transport, ClientSettings settings, ConnectionObservers observers) {
        return new Connection(transport, new ClientHandshake(settings, observers));
    }

    // Handshake and renegotiation

    /**
     * Performs the handshake, unless that has happened. A second thread waits for the first.
     *
     * @param limit for the whole handshake, however slowly the peer sends; zero for none
     * @throws TlsFailure if it fails; the alert has been sent
     */
    public HandshakeResult handshake(Duration limit) throws IOException {
        return handshake(limit, failure -> {});
    }

    /**
     * Performs the handshake, and reports when its time is over even if this thread is in a callback that does not
     * return: by then the transport is closed and this thread is interrupted.
     *
     * @param atDeadline receives, on another thread, the failure that this method throws or would throw
     */
    public HandshakeResult handshake(Duration limit, Consumer<TlsFailure> atDeadline) throws IOException {
        HandshakeResult result = state.result();
        if (result == null) {
            result = handshakeOnce(limit, atDeadline);
            reader.notifySessions();
        }
        return result;
    }

    private HandshakeResult handshakeOnce(Duration limit, Consumer<TlsFailure> atDeadline) throws IOException {
        handshake.lock();
        try {
            HandshakeResult result = state.result();
            if (result != null) {
                return result;
            }
            state.throwIfUnusable();
            in.lock();
            out.lock();
            try {
                monitor.limit(limit);
                var running = new FirstHandshake(state, engine, protocol, reader, writer, shutdown());
                firstHandshake = running;
                return running.run(limit, atDeadline);
            } finally {
                firstHandshake = null;
                out.unlock();
                in.unlock();
            }
        } finally {
            handshake.unlock();
        }
    }

    /** Returns the result of the last handshake, empty before the first is complete. */
    public Optional<HandshakeResult> result() {
        return Optional.ofNullable(state.result());
    }

    /**
     * Sets the listener that is called, on the thread that reads, when a renegotiation is complete. It must not block.
     */
    public void onRenegotiation(Consumer<HandshakeResult> listener) {
        monitor.onCompleted(listener);
    }

    /** Makes a renegotiation that the peer begins end the connection from now on. */
    public void disableRenegotiation() throws IOException {
        engine.run(() -> protocol.get().disableRenegotiation());
    }

    /**
     * Renegotiates, and returns when that is complete. The handshake must be complete. Application data that arrives
     * first is kept for {@link #read}, up to a limit; beyond it the application has to read.
     *
     * @param clientCertificates the certificate that a server requires of its client from now on, empty for no change
     * @param limit for the whole renegotiation, zero for none
     * @throws TlsFailure if the connection cannot renegotiate or the client refuses it, after which the connection goes
     *     on, or if the negotiation fails, which ends it
     */
    public HandshakeResult renegotiate(Optional<ClientAuthRequirement> clientCertificates, Duration limit)
            throws IOException {
        handshake.lock();
        try {
            return renegotiation().run(clientCertificates, limit);
        } finally {
            handshake.unlock();
        }
    }

    // Reading

    /**
     * Reads application data. The handshake must be complete.
     *
     * @param timeoutMillis how long to wait, 0 for no limit
     * @return how many bytes, at least one, or -1 if the peer ended its direction or {@link #shutdownInput} was called
     * @throws java.net.SocketTimeoutException if the time is over; the connection stays usable
     */
    public int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException {
        if (length == 0) {
            return 0;
        }
        ReadDeadline deadline = ReadDeadline.in(timeoutMillis);
        lockInput(deadline);
        try {
            state.throwIfUnusable();
            if (state.isInputShutdown()) {
                return -1;
            }
            try {
                int n = 0;
                while (n == 0) {
                    if (reader.awaitsRecord()) {
                        // Here and not in the reader: the stack of a thread that waits, of which there are many, is
                        // short.
                        byte[] room = reader.input().waitingRoom();
                        reader.input().arrived(transport.read(room, 0, room.length, deadline.remainingMillis()));
                    }
                    n = reader.read(into, offset, length, deadline);
                }
                return n;
            } catch (IOException | RuntimeException e) {
                return reader.failed(e);
            }
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

    /** Returns how many bytes can certainly be read without waiting. */
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
     * Processes records of the peer until one brings a session ticket or application data, or the time is over.
     * Application data is kept for {@link #read}.
     *
     * @return whether a ticket has arrived since the handshake
     */
    public boolean awaitTicket(Duration limit) throws IOException {
        in.lock();
        try {
            return reader.awaitTicket(ReadDeadline.in(limit));
        } finally {
            in.unlock();
        }
    }

    /**
     * Ends reading: every read returns the end of the stream from now on, and a thread that waits in a read is woken.
     * The input of the transport is shut down only if there is such a thread, since that cannot be undone.
     */
    public void shutdownInput() {
        state.shutdownInput();
        if (state.result() == null) {
            // The handshake goes on, and every read checks the state before it waits.
            return;
        }
        if (in.tryLock()) {
            in.unlock();
            return;
        }
        try {
            transport.shutdownInput();
        } catch (IOException e) {
            // The reader is woken by the next record.
        }
    }

    /** Returns whether the peer sent close_notify, so that its data is not truncated. */
    public boolean closeNotifyReceived() {
        return reader.closeNotifyReceived();
    }

    /** Returns how many bytes of application data were received. */
    public long bytesRead() {
        return reader.bytes();
    }

    // Writing

    /** Writes application data, all of it and in one piece. The handshake must be complete. */
    public void write(byte[] from, int offset, int length) throws IOException {
        writing.lock();
        try {
            int at = offset;
            do {
                awaitRenegotiation();
                out.lock();
                try {
                    at = writer.write(from, at, offset + length);
                } finally {
                    out.unlock();
                }
                deferredFlush.schedule();
            } while (at < offset + length);
        } finally {
            writing.unlock();
        }
    }

    private void awaitRenegotiation() throws IOException {
        if (engine.isNegotiating()) {
            renegotiation().await();
        }
    }

    /** Changes the local keys and requests new ones of the peer, RFC 8446 4.6.3. Does nothing below TLS 1.3. */
    public void updateKeys() throws IOException {
        out.lock();
        try {
            writer.updateKeys();
        } finally {
            out.unlock();
        }
        deferredFlush.schedule();
    }

    /** Sets the longest fragment of application data that is sent, 512 to 16384 bytes. */
    public void maxSendFragment(int bytes) {
        writer.maxFragment(bytes);
    }

    /** Sets the longest record of application data that is sent, header included; 0 for the protocol's own limit. */
    public void maxPacket(int bytes) {
        writer.maxPacket(bytes);
    }

    /** Sends close_notify and ends the local direction; reading goes on. */
    public void shutdownOutput() throws IOException {
        writing.lock();
        try {
            awaitRenegotiation();
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

    /** Returns how many bytes of application data were sent. */
    public long bytesWritten() {
        return writer.bytes();
    }

    // Closing

    /**
     * Sends close_notify, within a second at most and unless a reset has ended the transport, and closes the transport.
     * Wakes readers and writers of other threads. A second call does nothing.
     */
    public void close() throws IOException {
        if (!state.close()) {
            return;
        }
        long endNanos = ReadDeadline.end(ConnectionShutdown.LIMIT);
        try (var interrupt = new DeferredInterrupt()) {
            close(interrupt, endNanos);
        }
    }

    private void close(DeferredInterrupt interrupt, long endNanos) throws IOException {
        try {
            if (state.result() == null) {
                // A handshake in progress is woken. After half of one, no other protocol can use the transport.
                if (handshake.isLocked()) {
                    state.breakOff();
                    interruptHandshake();
                }
            } else if (!transport.isLost() && shutdown().sendCloseNotify(interrupt, endNanos)) {
                shutdown().discardInput(null);
                shutdown().awaitPeerIfShared(interrupt, endNanos);
            }
        } finally {
            closeTransport();
        }
    }

    private void closeTransport() throws IOException {
        transport.close();
        shutdown().releaseInput();
        gate.ended();
    }

    /**
     * Ends the connection with a fatal alert instead of close_notify, within a second at most, so that the peer
     * does not take truncated data for complete. After {@link #shutdownOutput}, which has declared it complete, and
     * after a reset, behind which nothing arrives, this is {@link #close}.
     */
    public void closeWithAlert(Supplier<TlsFailure> cause) throws IOException {
        if (state.result() == null || writer.hasEnded() || transport.isLost()) {
            close();
        } else if (state.close()) {
            try (var interrupt = new DeferredInterrupt()) {
                engine.tryRun(interrupt, ReadDeadline.end(ConnectionShutdown.LIMIT), () -> state.fail(cause.get()));
                shutdown().terminate();
            } finally {
                closeTransport();
            }
        }
    }

    /** Closes the transport without notice to the peer. */
    public void abort() throws IOException {
        if (state.close()) {
            transport.close();
            interruptHandshake();
            shutdown().releaseInput();
            gate.ended();
        }
    }

    /** Returns how the connection has ended, or would have if it were closed now. */
    public End end() {
        if (state.hasTransportFailed()) {
            // Checked first, since it may have caused the others.
            return End.RESET;
        }
        if (state.hasFailed()) {
            return End.FAILED;
        }
        if (reader.closeNotifyReceived()) {
            return End.CLOSE_NOTIFY;
        }
        return reader.hasEnded() ? End.EOF : End.CLOSED;
    }

    /** Returns whether a failure of TLS has ended the connection, which closes the transport. */
    public boolean hasFailed() {
        return state.hasFailed();
    }

    /** Returns the code of the failure of TLS that ended the connection, empty if there is none. */
    public Optional<Code> failureCode() {
        return state.failureCode();
    }
}
